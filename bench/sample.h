/* SPDX-License-Identifier: GPL-2.0 */
/*
 * One sample: an arm's phases, timed once.
 */
#ifndef DBB_BENCH_SAMPLE_H
#define DBB_BENCH_SAMPLE_H

#include <linux/bits.h>
#include <linux/types.h>

#include "op/op.h"

/* Disturbances of a sample */
#define DBB_SAMPLE_MIGRATED	BIT(0)	/* a step ended on another CPU */
#define DBB_SAMPLE_SWITCHED	BIT(1)	/* the task was scheduled out */
#define DBB_SAMPLE_INTERRUPTED	BIT(2)	/* the CPU took an interrupt */

/**
 * struct dbb_sample - one arm's turn in one round, in one thread
 * @order: its place in the round
 * @flags: DBB_SAMPLE_ bits
 * @cpu: where it ended
 * @spun: the added delay of its arm, as it was, in the clock's unit
 * @inner_reads: clock reads that the strategy and a delay made inside each phase
 * @raw: each phase, in the clock's unit, clock overhead included, of all the
 *	 calls of a batch together
 */
struct dbb_sample {
	u8 order;
	u8 flags;
	u16 cpu;
	u32 spun;
	u8 inner_reads[DBB_PHASES_MAX];
	u64 raw[];
};

int dbb_sample_take(struct dbb_work *work, u32 batch, struct dbb_sample *sample,
		    struct dbb_refusal *why);

#endif /* DBB_BENCH_SAMPLE_H */
