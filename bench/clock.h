/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The clocks that samples can be taken with.
 */
#ifndef DBB_BENCH_CLOCK_H
#define DBB_BENCH_CLOCK_H

#include <linux/types.h>

struct dbb_refusal;

enum dbb_clock_id {
	DBB_CLOCK_MONOTONIC,
	DBB_CLOCK_RAW,
	DBB_CLOCK_CYCLES,
	DBB_CLOCK_INSTRUCTIONS,
	DBB_CLOCK_MAX
};

/**
 * struct dbb_clock - a counter that a sample is the difference of two reads of
 * @name: what a user writes
 * @unit: of its values; part of the names of the columns
 * @help: one line for the README file
 * @now: read it
 * @open: let the calling task read it, or refuse with -EOPNOTSUPP. Optional.
 * @close: undo @open. Optional.
 */
struct dbb_clock {
	const char *name;
	const char *unit;
	const char *help;
	u64 (*now)(void);
	int (*open)(struct dbb_refusal *why);
	void (*close)(void);
};

/**
 * struct dbb_clock_cost - calibration of a clock
 * @overhead: of one read: the median of back-to-back reads
 * @tick: smallest step seen that is not 0
 */
struct dbb_clock_cost {
	u32 overhead;
	u32 tick;
};

extern const struct dbb_clock dbb_clocks[DBB_CLOCK_MAX];

const struct dbb_clock *dbb_clock_find(const char *name);
int dbb_clock_calibrate(const struct dbb_clock *clock, struct dbb_clock_cost *cost);
u64 dbb_clock_spin(const struct dbb_clock *clock, u64 duration);

#endif /* DBB_BENCH_CLOCK_H */
