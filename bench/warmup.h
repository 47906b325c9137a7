/* SPDX-License-Identifier: GPL-2.0 */
/*
 * When is a run warm?
 */
#ifndef DBB_BENCH_WARMUP_H
#define DBB_BENCH_WARMUP_H

#include "param.h"

/* Odd, so that the median of a window is one of its samples. */
#define DBB_WARMUP_WINDOW 5
#define DBB_WARMUP_KEPT (2 * DBB_WARMUP_WINDOW)

/* A run that has not settled after this many rounds will not. */
#define DBB_WARMUP_CAP 40

/* The last two windows of each arm */
struct dbb_warmup {
	u32 rounds;
	/* sums of the timed steps, a ring of rounds for each arm */
	s64 last[DBB_ARMS_MAX][DBB_WARMUP_KEPT];
};

void dbb_warmup_add(struct dbb_warmup *warmup, unsigned int arm, s64 value);
bool dbb_warmup_settled(const struct dbb_warmup *warmup, unsigned int narms);

#endif /* DBB_BENCH_WARMUP_H */
