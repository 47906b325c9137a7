// SPDX-License-Identifier: GPL-2.0
/*
 * Two arms compared round by round: a disturbance hits both, so the ratio of a pair
 * is steadier than either time.
 */
#include <linux/kernel.h>
#include <linux/math64.h>

#include "paired.h"

/* Autocorrelation to warn of, in thousandths */
#define DBB_PAIRED_LAG1_LIMIT 200

/* theta: differences below 1 % do not matter. */
#define DBB_PAIRED_THETA (DBB_SUMMARY_ONE / 100)

/**
 * dbb_paired_ratio() - how many times faster than the baseline
 * @baseline: the baseline's time in ns, below 2^43
 * @arm: the arm's time in ns in the same round
 *
 * A time below 1 ns, which the clock's overhead can leave of a very short
 * one, counts as 1 ns.
 *
 * Return: baseline / arm in millionths.
 */
s64 dbb_paired_ratio(s64 baseline, s64 arm)
{
	return div64_s64(max_t(s64, baseline, 1) * DBB_SUMMARY_ONE, max_t(s64, arm, 1));
}

/**
 * dbb_paired_judge() - the verdict on paired ratios
 * @ratios: their summary, in millionths
 *
 * Two one-sided tests on the interval of the median: a difference is claimed
 * only when all of the interval is beyond theta, and sameness only when all
 * of it is within.
 *
 * Return: the verdict; never %DBB_VERDICT_BASELINE.
 */
enum dbb_verdict dbb_paired_judge(const struct dbb_summary *ratios)
{
	if (!ratios->interval)
		return DBB_VERDICT_UNCLEAR;
	if (ratios->p50_lo > DBB_SUMMARY_ONE + DBB_PAIRED_THETA)
		return DBB_VERDICT_FASTER;
	if (ratios->p50_hi < DBB_SUMMARY_ONE - DBB_PAIRED_THETA)
		return DBB_VERDICT_SLOWER;
	if (ratios->p50_lo >= DBB_SUMMARY_ONE - DBB_PAIRED_THETA &&
	    ratios->p50_hi <= DBB_SUMMARY_ONE + DBB_PAIRED_THETA)
		return DBB_VERDICT_SAME;
	return DBB_VERDICT_UNCLEAR;
}

static int dbb_paired_sign(s64 value, s64 median)
{
	return value < median ? -1 : value > median;
}

/**
 * dbb_paired_lag1() - are consecutive rounds correlated?
 * @series: values in the order of the rounds
 * @n: how many
 * @median: their median
 *
 * Sign autocorrelation at lag 1: the mean product of the signs of the
 * distances from the median of neighbours. 0 for independent rounds, with a
 * standard deviation of 1 / sqrt(n); signs are immune to the tails.
 *
 * Return: thousandths, -1000 to 1000; 0 for fewer than 2 values.
 */
int dbb_paired_lag1(const s64 *series, u32 n, s64 median)
{
	s64 sum = 0;
	u32 i;

	if (n < 2)
		return 0;
	for (i = 1; i < n; i++)
		sum += dbb_paired_sign(series[i - 1], median) *
		       dbb_paired_sign(series[i], median);
	return div_s64(sum * 1000, n - 1);
}

/**
 * dbb_paired_autocorrelated() - are the intervals too narrow?
 * @lag1: from dbb_paired_lag1(), in thousandths
 * @n: of how many values
 *
 * They assume independent rounds. Few rounds need more than two standard
 * deviations of their own before anything is said.
 *
 * Return: whether to warn.
 */
bool dbb_paired_autocorrelated(int lag1, u32 n)
{
	return lag1 > DBB_PAIRED_LAG1_LIMIT && (u64)lag1 * lag1 * n > 4000000;
}
