/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Where the buffers of a run come from.
 */
#ifndef DBB_BENCH_HEAPS_H
#define DBB_BENCH_HEAPS_H

#include "../heap/heap.h"

extern const struct dbb_backend dbb_heaps_fd;
extern const struct dbb_backend dbb_heaps_anon;

#define DBB_HEAPS_NAME_LEN 32

/**
 * struct dbb_heaps_origin - who made a dma-buf
 * @exporter: name of the exporter, "" when there is no dma-buf
 * @name: of the buffer, as DMA_BUF_SET_NAME set it, or ""
 */
struct dbb_heaps_origin {
	char exporter[DBB_HEAPS_NAME_LEN];
	char name[DBB_HEAPS_NAME_LEN];
};

unsigned int dbb_heaps_count(void);
const struct dbb_backend *dbb_heaps_at(unsigned int i);
const struct dbb_backend *dbb_heaps_find(const char *name);
struct dma_buf *dbb_heaps_get_fd(int fd, struct dbb_refusal *why);
struct dma_buf *dbb_heaps_make(const struct dbb_backend *heap, u64 size_bytes,
			       const struct dbb_caching *caching, struct dbb_refusal *why);
void dbb_heaps_find_origin(struct dma_buf *dmabuf, struct dbb_heaps_origin *origin);

#endif /* DBB_BENCH_HEAPS_H */
