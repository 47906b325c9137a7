/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Rounds in groups that have something in common, as those of one buffer.
 */
#ifndef DBB_BENCH_GROUP_H
#define DBB_BENCH_GROUP_H

#include <linux/types.h>

/**
 * struct dbb_group - figures over the medians of groups
 * @count: groups with rounds
 * @varies: the medians of groups differ by more than their rounds account for
 * @interval: @p50_lo and @p50_hi are valid: @count is at least 6 and @wanted 0
 * @wanted: groups that may do where those that follow each other are too much alike for
 *	    an interval, else 0
 * @p50: median of the medians
 * @p50_lo: lower end of its 95 % interval
 * @p50_hi: upper end
 */
struct dbb_group {
	u32 count;
	bool varies;
	bool interval;
	u32 wanted;
	s64 p50;
	s64 p50_lo;
	s64 p50_hi;
};

u32 dbb_group_start(u32 planned, u32 groups, u32 group);
u32 dbb_group_of(u32 planned, u32 groups, u32 round);
int dbb_group_find(struct dbb_group *group, const s64 *series, u32 n, u32 planned,
		   u32 groups, s64 *room, bool (*cancelled)(void));

#endif /* DBB_BENCH_GROUP_H */
