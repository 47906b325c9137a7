/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A kernel mapping of the arm's buffer: the steps that ops share.
 */
#ifndef DBB_BENCH_KERNEL_MAPPING_H
#define DBB_BENCH_KERNEL_MAPPING_H

#include "op.h"

int dbb_kernel_mapping_point(struct dbb_work *work, struct dbb_refusal *why);
int dbb_kernel_mapping_map(struct dbb_work *work);
int dbb_kernel_mapping_verify(struct dbb_work *work, struct dbb_refusal *why);
int dbb_kernel_mapping_unmap(struct dbb_work *work);
void dbb_kernel_mapping_unprepare(struct dbb_work *work);
unsigned int dbb_kernel_mapping_reads(const struct dbb_work *work);

#endif /* DBB_BENCH_KERNEL_MAPPING_H */
