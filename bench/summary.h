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
 * struct dbb_summary - what is said of a set of samples
 * @n: samples; all other fields are 0 when there are none
 * @interval: @p50_lo and @p50_hi are valid (@n is at least 6)
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

/**
 * enum dbb_verdict - what a paired comparison comes to
 * @DBB_VERDICT_BASELINE: the arm is the baseline
 * @DBB_VERDICT_FASTER: the whole interval is above 1 + theta
 * @DBB_VERDICT_SLOWER: the whole interval is below 1 - theta
 * @DBB_VERDICT_SAME: the whole interval is within 1 - theta and 1 + theta
 * @DBB_VERDICT_UNCLEAR: none of these, or too few samples
 */
enum dbb_verdict {
	DBB_VERDICT_BASELINE,
	DBB_VERDICT_FASTER,
	DBB_VERDICT_SLOWER,
	DBB_VERDICT_SAME,
	DBB_VERDICT_UNCLEAR,
	DBB_VERDICT_MAX
};

void dbb_summary_compute(struct dbb_summary *summary, s64 *samples, u32 n);
s64 dbb_summary_ratio(s64 baseline, s64 arm);
enum dbb_verdict dbb_summary_judge(const struct dbb_summary *ratios);

#endif /* DBB_BENCH_SUMMARY_H */
