// SPDX-License-Identifier: GPL-2.0
/*
 * Rounds in groups that have something in common: those of one buffer share its
 * pages. They are as good as one figure for the question what another buffer would
 * show, so each group is one.
 */
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/math64.h>
#include <linux/string.h>

#include "block.h"
#include "group.h"
#include "summary.h"

/**
 * dbb_group_start() - the first round of a group
 * @planned: rounds of all groups
 * @groups: how many, at most @planned
 * @group: which, @groups for the end of the last one
 *
 * What is left after equal shares goes to the first groups, a round each.
 *
 * Return: its number, from 0.
 */
u32 dbb_group_start(u32 planned, u32 groups, u32 group)
{
	return group * (planned / groups) + min(group, planned % groups);
}

/* The group of a round. */
u32 dbb_group_of(u32 planned, u32 groups, u32 round)
{
	u32 share = planned / groups, longer = planned % groups;

	if (round < longer * (share + 1))
		return round / (share + 1);
	return longer + (round - longer * (share + 1)) / share;
}

/* Sorts the values and returns their median, or some value when cancelled. */
static s64 dbb_group_median(s64 *values, u32 n, bool (*cancelled)(void))
{
	dbb_summary_sort(values, n, cancelled);
	return dbb_summary_median(values, n);
}

static s64 dbb_group_mad(s64 *values, u32 n, s64 median, bool (*cancelled)(void))
{
	u32 i;

	for (i = 0; i < n; i++)
		values[i] = abs(values[i] - median);
	return dbb_group_median(values, n, cancelled);
}

/*
 * The median of m rounds strays by sqrt(pi / 2 m) of what one of normal rounds does.
 * Groups vary more than rounds when the spread of their medians has at least as
 * much of its own as comes from that, in squares: pi / m.
 */
static bool dbb_group_varies(s64 between, s64 within, u32 rounds)
{
	u64 noise = div_u64(min_t(u64, within, 1ULL << 52) * 1772, int_sqrt(1000000UL * rounds));

	return between > (s64)noise;
}

/**
 * dbb_group_find() - figures over groups of rounds
 * @group: filled
 * @series: values in the order of the rounds
 * @n: how many, at least 1 and at most @planned
 * @planned: as many as there should be
 * @groups: of the @planned
 * @room: for @n + 2 * @groups values
 * @cancelled: as of dbb_summary_sort(); stays true once it is
 *
 * The interval is that of the order statistics of the groups' medians, which may be
 * correlated, too: buffers that are measured within one second share its disturbances.
 * dbb_block_find() widens it, or leaves none.
 *
 * Return: 0, or -EINTR when cancelled, with @group incomplete.
 */
int dbb_group_find(struct dbb_group *group, const s64 *series, u32 n, u32 planned,
		   u32 groups, s64 *room, bool (*cancelled)(void))
{
	s64 *medians = room + n, *spreads = room + n + groups;
	struct dbb_block block;
	u32 i;

	memset(group, 0, sizeof(*group));
	for (i = 0; i < groups; i++) {
		u32 from = dbb_group_start(planned, groups, i);
		u32 to = min(n, dbb_group_start(planned, groups, i + 1));

		if (from >= to)
			break;
		memcpy(room, series + from, (to - from) * sizeof(*room));
		medians[i] = dbb_group_median(room, to - from, cancelled);
		if (cancelled && cancelled())
			return -EINTR;
		spreads[i] = dbb_group_mad(room, to - from, medians[i], cancelled);
	}
	group->count = i;
	memcpy(room, medians, i * sizeof(*room));
	group->p50 = dbb_group_median(medians, i, NULL);
	dbb_block_find(&block, room, i, group->p50);
	group->wanted = block.wanted;
	if (block.rank) {
		group->interval = true;
		group->p50_lo = medians[block.rank - 1];
		group->p50_hi = medians[i - block.rank];
	}
	group->varies = dbb_group_varies(dbb_group_mad(medians, i, group->p50, NULL),
					 dbb_group_median(spreads, i, NULL), planned / groups);
	return 0;
}
