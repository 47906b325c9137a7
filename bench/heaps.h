/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Where the buffers of a run come from.
 */
#ifndef DBB_BENCH_HEAPS_H
#define DBB_BENCH_HEAPS_H

#include "../heap/heap.h"

extern const struct dbb_backend dbb_heaps_fd;

unsigned int dbb_heaps_count(void);
const struct dbb_backend *dbb_heaps_at(unsigned int i);
const struct dbb_backend *dbb_heaps_find(const char *name);
struct dma_buf *dbb_heaps_get_fd(int fd, struct dbb_refusal *why);
struct dma_buf *dbb_heaps_make(const struct dbb_backend *heap, u64 size_bytes,
			       struct dbb_refusal *why);

#endif /* DBB_BENCH_HEAPS_H */
