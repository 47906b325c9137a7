// SPDX-License-Identifier: GPL-2.0
/*
 * Do the samples fall into two groups? A lazy purge in every eighth vunmap, or a
 * cluster of faster cores, makes two; the median describes neither.
 */
#include <linux/kernel.h>

#include "modes.h"
#include "summary.h"

/* With fewer samples, gaps are common. */
#define DBB_MODES_MIN_SAMPLES 20

/* A group has at least a tenth of the samples; fewer are a tail. */
#define DBB_MODES_MIN_SHARE 10

static u32 dbb_modes_widest_gap(const s64 *sorted, u32 n)
{
	u32 from = max_t(u32, n / DBB_MODES_MIN_SHARE, 1);
	u32 best = from;
	u32 i;

	for (i = from; i <= n - from; i++)
		if (sorted[i] - sorted[i - 1] > sorted[best] - sorted[best - 1])
			best = i;
	return best;
}

/* Distance of the quartiles. */
static s64 dbb_modes_spread(const s64 *sorted, u32 n)
{
	return sorted[n - 1 - n / 4] - sorted[n / 4];
}

/**
 * dbb_modes_find() - look for two groups
 * @modes: filled
 * @sorted: sorted samples, in ns
 * @n: how many
 * @tick: smallest step of the clock, in ns
 *
 * Two groups are seen where the widest gap between neighbours in the middle
 * four fifths of the samples is wider than twice the spread of the quartiles
 * on either side of it, wider than three ticks, and wider than 2 % of the
 * value above it. In evenly spread samples the widest gap is about ln(n) / n
 * of their range and the spread of either side a quarter of it.
 */
void dbb_modes_find(struct dbb_modes *modes, const s64 *sorted, u32 n, u32 tick)
{
	s64 gap, spread;
	u32 split;

	modes->count = n ? 1 : 0;
	modes->low = 0;
	modes->high = 0;
	if (n < DBB_MODES_MIN_SAMPLES)
		return;

	split = dbb_modes_widest_gap(sorted, n);
	gap = sorted[split] - sorted[split - 1];
	spread = max(dbb_modes_spread(sorted, split),
		     dbb_modes_spread(sorted + split, n - split));
	if (gap <= 2 * spread || gap <= 3 * (s64)tick || gap * 50 <= sorted[split])
		return;
	modes->count = 2;
	modes->low = dbb_summary_median(sorted, split);
	modes->high = dbb_summary_median(sorted + split, n - split);
}
