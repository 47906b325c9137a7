/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A mapping of the arm's buffer in the address space of whoever wrote to
 * "run": the steps that ops have in common.
 */
#ifndef DBB_BENCH_USERMAP_H
#define DBB_BENCH_USERMAP_H

#include "op.h"

int dbb_usermap_prepare(struct dbb_work *work);
int dbb_usermap_point(struct dbb_work *work, struct dbb_refusal *why);
int dbb_usermap_map(struct dbb_work *work);
int dbb_usermap_tag(struct dbb_work *work);
int dbb_usermap_unmap(struct dbb_work *work);
void dbb_usermap_unprepare(struct dbb_work *work);

#endif /* DBB_BENCH_USERMAP_H */
