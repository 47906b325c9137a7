// SPDX-License-Identifier: GPL-2.0
/*
 * The statistics of bench/, compiled unchanged in user space, for R to check:
 * reads pairs of arrays, prints what the kernel would say of each.
 *
 * Input: "NX NY", then NX and NY numbers, again and again.
 * Output: a line of key=value each.
 */
#include <limits.h>
#include <linux/errno.h>
#include <stdio.h>

#include "block.h"
#include "group.h"
#include "mannwhitney.h"
#include "modes.h"
#include "paired.h"
#include "summary.h"

static s64 *golden_read(unsigned int n)
{
	s64 *samples = malloc((n + 1) * sizeof(*samples));
	unsigned int i;

	for (i = 0; samples && i < n; i++) {
		if (scanf("%lld", &samples[i]) != 1) {
			fprintf(stderr, "golden: the input ends early\n");
			exit(1);
		}
	}
	if (!samples)
		exit(1);
	return samples;
}

static s64 *golden_copy(const s64 *samples, unsigned int n)
{
	s64 *copy = malloc((n + 1) * sizeof(*copy));

	if (!copy)
		exit(1);
	return memcpy(copy, samples, n * sizeof(*copy));
}

static void golden_print(const char *prefix, const struct dbb_summary *summary)
{
	printf("%sn=%u %sdistinct=%u %sinterval=%d %smin=%lld %sp50=%lld ",
	       prefix, summary->n, prefix, summary->distinct, prefix, summary->interval,
	       prefix, summary->min, prefix, summary->p50);
	printf("%sp50_lo=%lld %sp50_hi=%lld %sp90=%lld %sp99=%lld %smax=%lld ",
	       prefix, summary->p50_lo, prefix, summary->p50_hi, prefix, summary->p90,
	       prefix, summary->p99, prefix, summary->max);
	printf("%smean=%lld %smad=%lld ", prefix, summary->mean, prefix, summary->mad);
}

static void golden_summary(const s64 *samples, unsigned int n)
{
	s64 *copy = golden_copy(samples, n);
	struct dbb_summary summary;
	struct dbb_block block;

	dbb_summary_sort(copy, n, NULL);
	dbb_summary_compute(&summary, copy, n, dbb_summary_rank(n), NULL);
	golden_print("", &summary);
	printf("lag1=%d ", dbb_paired_lag1(samples, n, summary.p50));
	dbb_block_find(&block, samples, n, summary.p50);
	printf("rank=%u length=%u widened=%u wanted=%u ", block.rank, block.length,
	       block.widened, block.wanted);
	free(copy);
}

static unsigned int golden_asked, golden_patience;

static bool golden_cancelled(void)
{
	return ++golden_asked > golden_patience;
}

/* Whether a sort that is cancelled the time after @patience ends there. */
static bool golden_ends(const s64 *samples, unsigned int n, unsigned int patience)
{
	s64 *copy = golden_copy(samples, n);
	int ret;

	golden_asked = 0;
	golden_patience = patience;
	ret = dbb_summary_sort(copy, n, golden_cancelled);
	free(copy);
	return ret == -EINTR && golden_asked == patience + 1;
}

static void golden_cancel(const s64 *samples, unsigned int n)
{
	s64 *copy = golden_copy(samples, n);
	struct dbb_summary summary;
	unsigned int asked;
	bool ends = true;

	golden_asked = 0;
	golden_patience = UINT_MAX;
	if (dbb_summary_sort(copy, n, golden_cancelled))
		ends = false;
	asked = golden_asked;
	if (asked) {
		ends = ends && golden_ends(samples, n, 0) && golden_ends(samples, n, asked / 2) &&
		       golden_ends(samples, n, asked - 1);
		golden_patience = 0;
		ends = ends &&
		       dbb_summary_compute(&summary, copy, n, 0, golden_cancelled) == -EINTR;
	}
	printf("asked=%u ends=%d ", asked, ends);
	free(copy);
}

/* As a run of 10 rounds more would have it, which was stopped. */
static void golden_groups(const s64 *samples, unsigned int n)
{
	unsigned int planned = n + 10, groups = planned < 40 ? 7 : planned < 1000 ? 13 : 60;
	s64 *room = malloc((n + 2 * groups) * sizeof(*room));
	struct dbb_group group;
	unsigned int i;

	if (!room)
		exit(1);
	for (i = 0; i < planned; i++) {
		u32 at = dbb_group_of(planned, groups, i);

		if (i < dbb_group_start(planned, groups, at) ||
		    i >= dbb_group_start(planned, groups, at + 1))
			exit(1);
	}
	dbb_group_find(&group, samples, n, planned, groups, room, NULL);
	printf("groups=%u varies=%d gi=%d gw=%u g50=%lld g50_lo=%lld g50_hi=%lld ", group.count,
	       group.varies, group.interval, group.wanted, group.p50, group.p50_lo, group.p50_hi);
	free(room);
}

static void golden_paired(const s64 *baseline, const s64 *arm, unsigned int n)
{
	s64 *ratios = golden_copy(baseline, n);
	struct dbb_summary summary;
	unsigned int i;

	for (i = 0; i < n; i++)
		ratios[i] = dbb_paired_ratio(baseline[i], arm[i]);
	dbb_summary_sort(ratios, n, NULL);
	dbb_summary_compute(&summary, ratios, n, dbb_summary_rank(n), NULL);
	golden_print("ratio_", &summary);
	printf("verdict=%d ", dbb_paired_judge(&summary));
	free(ratios);
}

static void golden_mannwhitney(const s64 *x, unsigned int nx, const s64 *y, unsigned int ny)
{
	s64 *first = golden_copy(x, nx), *second = golden_copy(y, ny);
	struct dbb_mannwhitney test;
	struct dbb_modes modes;

	dbb_summary_sort(first, nx, NULL);
	dbb_summary_sort(second, ny, NULL);
	dbb_mannwhitney_test(&test, first, nx, second, ny);
	printf("twice_u=%llu differ=%d higher=%d ", test.twice_u, test.differ, test.higher);
	dbb_modes_find(&modes, first, nx, 1);
	printf("modes=%u mode_lo=%lld mode_hi=%lld ", modes.count, modes.low, modes.high);
	free(first);
	free(second);
}

int main(void)
{
	unsigned int nx, ny;

	while (scanf("%u %u", &nx, &ny) == 2) {
		s64 *x = golden_read(nx);
		s64 *y = golden_read(ny);

		golden_summary(x, nx);
		golden_groups(x, nx);
		if (nx == ny)
			golden_paired(x, y, nx);
		golden_mannwhitney(x, nx, y, ny);
		golden_cancel(x, nx);
		putchar('\n');
		free(x);
		free(y);
	}
	return ferror(stdin) || fflush(stdout);
}
