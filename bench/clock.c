// SPDX-License-Identifier: GPL-2.0
/*
 * Calibration of the clock, anew at each run: frequency and idle states
 * change what a read costs.
 */
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/slab.h>

#include "clock.h"
#include "summary.h"

/* Enough to see the tick of a slow counter many times over. */
#define DBB_CLOCK_READS 20000

/**
 * dbb_clock_calibrate() - measure the clock's cost and tick
 * @clock: filled on success
 *
 * Context: process context; takes a few ms.
 *
 * Return: 0 or -ENOMEM.
 */
int dbb_clock_calibrate(struct dbb_clock *clock)
{
	struct dbb_summary summary;
	u64 last, now;
	u32 tick = 0;
	unsigned int i;
	s64 *steps;

	steps = kvmalloc_array(DBB_CLOCK_READS, sizeof(*steps), GFP_KERNEL);
	if (!steps)
		return -ENOMEM;
	last = dbb_clock_now();
	for (i = 0; i < DBB_CLOCK_READS; i++) {
		now = dbb_clock_now();
		steps[i] = now - last;
		last = now;
	}
	for (i = 0; i < DBB_CLOCK_READS; i++)
		if (steps[i] > 0 && (!tick || steps[i] < tick))
			tick = min_t(s64, steps[i], U32_MAX);
	dbb_summary_compute(&summary, steps, DBB_CLOCK_READS);
	kvfree(steps);
	clock->overhead_ns = min_t(s64, summary.p50, U32_MAX);
	clock->tick_ns = tick;
	return 0;
}
