/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A second opinion on two sets of samples.
 */
#ifndef DBB_BENCH_MANNWHITNEY_H
#define DBB_BENCH_MANNWHITNEY_H

#include <linux/types.h>

/**
 * struct dbb_mannwhitney - a two-sided Mann-Whitney test at the 5 % level
 * @twice_u: twice the U statistic of the second set: pairs in which it is
 *	     larger count 2, ties 1
 * @differ: the sets differ
 * @higher: the second set is the higher one
 */
struct dbb_mannwhitney {
	u64 twice_u;
	bool differ;
	bool higher;
};

void dbb_mannwhitney_test(struct dbb_mannwhitney *test, const s64 *first, u32 n,
			  const s64 *second, u32 m);

#endif /* DBB_BENCH_MANNWHITNEY_H */
