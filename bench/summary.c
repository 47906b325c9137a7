// SPDX-License-Identifier: GPL-2.0
/*
 * Order statistics of samples, in integers. Timings have tails that make
 * means and variances useless, so everything decided here is decided on
 * ranks.
 */
#include <linux/kernel.h>
#include <linux/math64.h>
#include <linux/sort.h>
#include <linux/string.h>

#include "summary.h"

/* theta: a difference below 1 % is not worth a word. */
#define DBB_SUMMARY_THETA (DBB_SUMMARY_ONE / 100)

static int dbb_summary_cmp(const void *a, const void *b)
{
	s64 x = *(const s64 *)a;
	s64 y = *(const s64 *)b;

	return x < y ? -1 : x > y;
}

static void dbb_summary_sort(s64 *samples, u32 n)
{
	sort(samples, n, sizeof(*samples), dbb_summary_cmp, NULL);
}

/*
 * Mean of the two middle samples when n is even, rounded down. Taking the
 * upper middle instead gives 22 false alarms in 40 A/A trials.
 */
static s64 dbb_summary_median(const s64 *sorted, u32 n)
{
	s64 low = sorted[(n - 1) / 2];
	s64 high = sorted[n / 2];

	return low + ((high - low) >> 1);
}

/* Nearest rank: the smallest sample with at least percent % at or below it. */
static s64 dbb_summary_percentile(const s64 *sorted, u32 n, unsigned int percent)
{
	return sorted[(u32)div_u64((u64)n * percent + 99, 100) - 1];
}

static s64 dbb_summary_mean(const s64 *samples, u32 n)
{
	s64 sum = 0;
	u32 i;

	for (i = 0; i < n; i++)
		sum += samples[i];
	return div_s64(sum, n);
}

/**
 * dbb_summary_compute() - summarise samples
 * @summary: filled
 * @samples: the samples; left sorted by distance from the median
 * @n: how many
 *
 * The interval of the median is that of its order statistics: with
 * L = (n - isqrt(4n)) / 2 it is [x(L), x(n+1-L)], counted from 1, which
 * covers the true median with at least 95 % for each n from 6 on, whatever
 * the distribution (binomial tail; Conover, Practical Nonparametric
 * Statistics, section 3.2).
 *
 * Context: process context. The sum of the samples has to fit in 63 bits.
 */
void dbb_summary_compute(struct dbb_summary *summary, s64 *samples, u32 n)
{
	u32 rank, i;

	memset(summary, 0, sizeof(*summary));
	if (!n)
		return;
	dbb_summary_sort(samples, n);
	summary->n = n;
	summary->min = samples[0];
	summary->p50 = dbb_summary_median(samples, n);
	summary->p90 = dbb_summary_percentile(samples, n, 90);
	summary->p99 = dbb_summary_percentile(samples, n, 99);
	summary->max = samples[n - 1];
	summary->mean = dbb_summary_mean(samples, n);
	if (n >= DBB_SUMMARY_MIN_INTERVAL) {
		rank = (n - int_sqrt(4UL * n)) / 2;
		summary->interval = true;
		summary->p50_lo = samples[rank - 1];
		summary->p50_hi = samples[n - rank];
	}
	for (i = 0; i < n; i++)
		samples[i] = abs(samples[i] - summary->p50);
	dbb_summary_sort(samples, n);
	summary->mad = dbb_summary_median(samples, n);
}

/**
 * dbb_summary_ratio() - how many times faster than the baseline
 * @baseline: the baseline's time in ns, below 2^43
 * @arm: the arm's time in ns in the same round
 *
 * A time below 1 ns, which the clock's overhead can leave of a very short
 * one, counts as 1 ns.
 *
 * Return: baseline / arm in millionths.
 */
s64 dbb_summary_ratio(s64 baseline, s64 arm)
{
	return div64_s64(max(baseline, 1LL) * DBB_SUMMARY_ONE, max(arm, 1LL));
}

/**
 * dbb_summary_judge() - the verdict on paired ratios
 * @ratios: their summary, in millionths
 *
 * Return: the verdict; never %DBB_VERDICT_BASELINE.
 */
enum dbb_verdict dbb_summary_judge(const struct dbb_summary *ratios)
{
	if (!ratios->interval)
		return DBB_VERDICT_UNCLEAR;
	if (ratios->p50_lo > DBB_SUMMARY_ONE + DBB_SUMMARY_THETA)
		return DBB_VERDICT_FASTER;
	if (ratios->p50_hi < DBB_SUMMARY_ONE - DBB_SUMMARY_THETA)
		return DBB_VERDICT_SLOWER;
	if (ratios->p50_lo >= DBB_SUMMARY_ONE - DBB_SUMMARY_THETA &&
	    ratios->p50_hi <= DBB_SUMMARY_ONE + DBB_SUMMARY_THETA)
		return DBB_VERDICT_SAME;
	return DBB_VERDICT_UNCLEAR;
}
