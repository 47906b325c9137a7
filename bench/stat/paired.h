/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Two arms compared round by round.
 */
#ifndef DBB_BENCH_PAIRED_H
#define DBB_BENCH_PAIRED_H

#include "summary.h"

/**
 * enum dbb_verdict - outcome of a paired comparison
 * @DBB_VERDICT_BASELINE: the arm is the baseline
 * @DBB_VERDICT_FASTER: the whole interval is above 1 + theta
 * @DBB_VERDICT_SLOWER: the whole interval is below 1 - theta
 * @DBB_VERDICT_SAME: the whole interval is within 1 - theta and 1 + theta
 * @DBB_VERDICT_UNCLEAR: none of these, or too few rounds
 */
enum dbb_verdict {
	DBB_VERDICT_BASELINE,
	DBB_VERDICT_FASTER,
	DBB_VERDICT_SLOWER,
	DBB_VERDICT_SAME,
	DBB_VERDICT_UNCLEAR,
	DBB_VERDICT_MAX
};

s64 dbb_paired_ratio(s64 baseline, s64 arm);
enum dbb_verdict dbb_paired_judge(const struct dbb_summary *ratios);
int dbb_paired_lag1(const s64 *series, u32 n, s64 median);
bool dbb_paired_autocorrelated(int lag1, u32 n);

#endif /* DBB_BENCH_PAIRED_H */
