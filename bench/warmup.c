// SPDX-License-Identifier: GPL-2.0
/*
 * A run is warm when the medians of its last two windows of rounds agree within
 * 1 %, for each arm. First calls are slower: they allocate kernel page tables, which
 * stay after vunmap(), and fill caches and predictors.
 */
#include <linux/kernel.h>
#include <linux/string.h>

#include "stat/summary.h"
#include "warmup.h"

void dbb_warmup_add(struct dbb_warmup *warmup, unsigned int arm, s64 value)
{
	warmup->last[arm][warmup->rounds % DBB_WARMUP_KEPT] = value;
}

/* Window 0 is the older one; the ring is full. */
static s64 dbb_warmup_median(const struct dbb_warmup *warmup, unsigned int arm,
			     unsigned int window)
{
	u32 first = warmup->rounds + window * DBB_WARMUP_WINDOW;
	s64 values[DBB_WARMUP_WINDOW];
	unsigned int i;

	for (i = 0; i < DBB_WARMUP_WINDOW; i++)
		values[i] = warmup->last[arm][(first + i) % DBB_WARMUP_KEPT];
	dbb_summary_sort(values, DBB_WARMUP_WINDOW, NULL);
	return dbb_summary_median(values, DBB_WARMUP_WINDOW);
}

/* False before two windows have been seen. */
bool dbb_warmup_settled(const struct dbb_warmup *warmup, unsigned int narms)
{
	unsigned int arm;

	if (warmup->rounds < DBB_WARMUP_KEPT)
		return false;
	for (arm = 0; arm < narms; arm++) {
		s64 older = dbb_warmup_median(warmup, arm, 0);
		s64 newer = dbb_warmup_median(warmup, arm, 1);

		if (abs(newer - older) * 100 > older)
			return false;
	}
	return true;
}
