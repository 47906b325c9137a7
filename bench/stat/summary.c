// SPDX-License-Identifier: GPL-2.0
/*
 * Order statistics of samples, in integers. Timings have tails that make means and
 * variances useless, so every decision rests on ranks.
 */
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/math64.h>
#include <linux/string.h>

#include "summary.h"

/* Steps of a sort between two calls of @cancelled: about a millisecond. */
#define DBB_SUMMARY_STRIDE 4096

/* Moves a value down to where both of its children are no larger. */
static void dbb_summary_sift(s64 *heap, u32 at, u32 n)
{
	s64 value = heap[at];
	u32 child = 2 * at + 1;

	for (; child < n; child = 2 * at + 1) {
		if (child + 1 < n && heap[child] < heap[child + 1])
			child++;
		if (heap[child] <= value)
			break;
		heap[at] = heap[child];
		at = child;
	}
	heap[at] = value;
}

/**
 * dbb_summary_sort() - sort samples
 * @samples: the samples
 * @n: how many, at most 10^6
 * @cancelled: asked now and then whether to give up; NULL for few samples
 *
 * A heapsort, as the kernel's sort(), which cannot be interrupted: a million
 * samples take it seconds on a slow machine.
 *
 * Return: 0, or -EINTR when cancelled, with the samples in any order.
 */
int dbb_summary_sort(s64 *samples, u32 n, bool (*cancelled)(void))
{
	u32 root = n / 2, end = n;

	while (end > 1) {
		if (root) {
			root--;
		} else {
			end--;
			swap(samples[0], samples[end]);
		}
		dbb_summary_sift(samples, root, end);
		if (cancelled && !((root + end) % DBB_SUMMARY_STRIDE) && cancelled())
			return -EINTR;
	}
	return 0;
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

/* Destroys the samples: they become sorted distances from the median. */
static int dbb_summary_sort_distances(s64 *samples, u32 n, s64 median,
				      bool (*cancelled)(void))
{
	u32 i;

	for (i = 0; i < n; i++)
		samples[i] = abs(samples[i] - median);
	return dbb_summary_sort(samples, n, cancelled);
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
 * dbb_summary_rank() - the interval of the median of independent samples
 * @n: how many
 *
 * It is that of the order statistics: with L = (n - isqrt(4n)) / 2 it is
 * [x(L), x(n+1-L)], counted from 1, which covers the true median with at least
 * 95 % for each n from 6 on, whatever the distribution (binomial tail; Conover,
 * Practical Nonparametric Statistics, section 3.2).
 *
 * Return: L, or 0 when there is no such interval.
 */
u32 dbb_summary_rank(u32 n)
{
	return n < DBB_SUMMARY_MIN_INTERVAL ? 0 : (n - int_sqrt(4UL * n)) / 2;
}

/**
 * dbb_summary_compute() - summarise samples
 * @summary: filled
 * @samples: the samples, sorted; left in no useful state
 * @n: how many
 * @rank: of the lower end of the interval of the median, counted from 1, as
 *	  dbb_summary_rank() or dbb_block_find() says; 0: no interval
 * @cancelled: as of dbb_summary_sort()
 *
 * The sum of the samples has to fit in 63 bits.
 *
 * Return: 0, or -EINTR when cancelled, with @summary incomplete.
 */
int dbb_summary_compute(struct dbb_summary *summary, s64 *samples, u32 n, u32 rank,
			bool (*cancelled)(void))
{
	memset(summary, 0, sizeof(*summary));
	if (!n)
		return 0;
	summary->n = n;
	summary->distinct = dbb_summary_distinct(samples, n);
	summary->min = samples[0];
	summary->p50 = dbb_summary_median(samples, n);
	summary->p90 = dbb_summary_percentile(samples, n, 90);
	summary->p99 = dbb_summary_percentile(samples, n, 99);
	summary->max = samples[n - 1];
	summary->mean = dbb_summary_mean(samples, n);
	if (rank) {
		summary->interval = true;
		summary->p50_lo = samples[rank - 1];
		summary->p50_hi = samples[n - rank];
	}
	if (dbb_summary_sort_distances(samples, n, summary->p50, cancelled))
		return -EINTR;
	summary->mad = dbb_summary_median(samples, n);
	return 0;
}
