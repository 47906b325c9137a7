/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The clock that samples are taken with.
 */
#ifndef DBB_BENCH_CLOCK_H
#define DBB_BENCH_CLOCK_H

#include <linux/ktime.h>
#include <linux/types.h>

/**
 * struct dbb_clock - what the clock costs and how fine it is
 * @overhead_ns: median of back-to-back reads: what one read adds to a figure
 * @tick_ns: smallest step seen that is not 0
 */
struct dbb_clock {
	u32 overhead_ns;
	u32 tick_ns;
};

/**
 * dbb_clock_now() - read the clock
 *
 * Return: ns, monotonic.
 */
static inline u64 dbb_clock_now(void)
{
	return ktime_get_ns();
}

int dbb_clock_calibrate(struct dbb_clock *clock);

#endif /* DBB_BENCH_CLOCK_H */
