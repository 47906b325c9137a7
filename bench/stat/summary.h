/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Order statistics of samples, in integers.
 */
#ifndef DBB_BENCH_SUMMARY_H
#define DBB_BENCH_SUMMARY_H

#include <linux/types.h>

/* Ratios are integers in millionths. */
#define DBB_SUMMARY_ONE 1000000

/* Below this many samples a 95 % interval of the median does not exist. */
#define DBB_SUMMARY_MIN_INTERVAL 6

/**
 * struct dbb_summary - summary of a set of samples
 * @n: samples; all other fields are 0 when there are none
 * @distinct: different values among them
 * @interval: @p50_lo and @p50_hi are valid
 * @min: smallest
 * @p50: median
 * @p50_lo: lower end of the 95 % interval of the median
 * @p50_hi: upper end
 * @p90: 90th percentile
 * @p99: 99th percentile
 * @max: largest
 * @mean: arithmetic mean, towards zero
 * @mad: median of the distances from the median
 */
struct dbb_summary {
	u32 n;
	u32 distinct;
	bool interval;
	s64 min;
	s64 p50;
	s64 p50_lo;
	s64 p50_hi;
	s64 p90;
	s64 p99;
	s64 max;
	s64 mean;
	s64 mad;
};

int dbb_summary_sort(s64 *samples, u32 n, bool (*cancelled)(void));
s64 dbb_summary_median(const s64 *sorted, u32 n);
u32 dbb_summary_rank(u32 n);
int dbb_summary_compute(struct dbb_summary *summary, s64 *samples, u32 n, u32 rank,
			bool (*cancelled)(void));

#endif /* DBB_BENCH_SUMMARY_H */
