/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The interval of a median where rounds are correlated.
 */
#ifndef DBB_BENCH_BLOCK_H
#define DBB_BENCH_BLOCK_H

#include <linux/types.h>

/**
 * struct dbb_block - what blocks of rounds say of a series
 * @rank: of the lower end of the interval among the sorted values, counted from
 *	  1; the upper end is as far from the other side. 0: no interval
 * @length: rounds in the longest blocks, 1 when the run is too short for any
 * @widened: width of the interval in ranks, in hundredths of that of independent
 *	     rounds
 * @wanted: rounds that may do when correlated rounds leave no interval, else 0
 */
struct dbb_block {
	u32 rank;
	u32 length;
	u32 widened;
	u32 wanted;
};

void dbb_block_find(struct dbb_block *block, const s64 *series, u32 n, s64 median);

#endif /* DBB_BENCH_BLOCK_H */
