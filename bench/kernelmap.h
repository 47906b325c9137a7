/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A mapping of the arm's buffer in kernel space: the steps that ops have in
 * common.
 */
#ifndef DBB_BENCH_KERNELMAP_H
#define DBB_BENCH_KERNELMAP_H

#include "op.h"

int dbb_kernelmap_point(struct dbb_work *work, struct dbb_refusal *why);
int dbb_kernelmap_map(struct dbb_work *work);
int dbb_kernelmap_verify(struct dbb_work *work, struct dbb_refusal *why);
int dbb_kernelmap_unmap(struct dbb_work *work);
void dbb_kernelmap_unprepare(struct dbb_work *work);
unsigned int dbb_kernelmap_reads(const struct dbb_work *work);

#endif /* DBB_BENCH_KERNELMAP_H */
