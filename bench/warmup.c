// SPDX-License-Identifier: GPL-2.0
/*
 * When is a run warm? When the medians of its last two windows of rounds
 * agree within 1 %, for each arm. First calls are slower: page tables of the
 * kernel's address space stay after a vunmap, caches and predictors fill.
 */
#include <linux/kernel.h>
#include <linux/string.h>

#include "summary.h"
#include "warmup.h"

/**
 * dbb_warmup_add() - note an arm's sample of the round at hand
 * @warmup: state; its rounds is the number of rounds before this one
 * @arm: index of the arm
 * @value: sum of the timed steps
 */
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
	dbb_summary_sort(values, DBB_WARMUP_WINDOW);
	return dbb_summary_median(values, DBB_WARMUP_WINDOW);
}

/**
 * dbb_warmup_settled() - do the last two windows of every arm agree?
 * @warmup: state
 * @narms: number of arms
 *
 * Return: whether they do; false before two windows have been seen.
 */
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
