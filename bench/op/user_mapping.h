/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A mapping of the arm's buffer in the writer's address space: the steps that ops
 * share.
 */
#ifndef DBB_BENCH_USER_MAPPING_H
#define DBB_BENCH_USER_MAPPING_H

#include "op.h"

int dbb_user_mapping_remove(unsigned long addr, size_t size);
unsigned long dbb_user_mapping_find_room(const struct dbb_work *work, size_t size);
int dbb_user_mapping_prepare(struct dbb_work *work);
int dbb_user_mapping_point(struct dbb_work *work, struct dbb_refusal *why);
int dbb_user_mapping_map(struct dbb_work *work);
int dbb_user_mapping_tag(struct dbb_work *work);
int dbb_user_mapping_unmap(struct dbb_work *work);
void dbb_user_mapping_unprepare(struct dbb_work *work);

#endif /* DBB_BENCH_USER_MAPPING_H */
