// SPDX-License-Identifier: GPL-2.0
/*
 * A second opinion on two sets of samples: the Mann-Whitney test in integers. It
 * ignores pairs, so it errs in other ways than the interval of the paired ratios:
 * where the two disagree, trust neither.
 */
#include <linux/kernel.h>
#include <linux/math64.h>

#include "mannwhitney.h"

/* Both sets walked together in order */
struct dbb_mannwhitney_merge {
	u64 twice_u;
	u64 ties;	/* sum of t^3 - t over the groups of t equal values */
};

static u32 dbb_mannwhitney_run(const s64 *sorted, u32 from, u32 n, s64 value)
{
	u32 i = from;

	while (i < n && sorted[i] == value)
		i++;
	return i - from;
}

static void dbb_mannwhitney_merge(struct dbb_mannwhitney_merge *merge,
				  const s64 *first, u32 n, const s64 *second, u32 m)
{
	u32 i = 0, j = 0;

	while (i < n || j < m) {
		s64 value = j == m || (i < n && first[i] < second[j]) ? first[i] : second[j];
		u64 in_first = dbb_mannwhitney_run(first, i, n, value);
		u64 in_second = dbb_mannwhitney_run(second, j, m, value);
		u64 t = in_first + in_second;

		/* i of the first set lie below each of these of the second. */
		merge->twice_u += in_second * (2 * (u64)i + in_first);
		merge->ties += t * t * t - t;
		i += in_first;
		j += in_second;
	}
}

/*
 * pairs * part / whole, within 2^-21 of it; pairs is below 2^41. The kernel's
 * mul_u64_u64_div_u64() loses bits on some architectures before 6.9.
 */
static u64 dbb_mannwhitney_share(u64 pairs, u64 part, u64 whole)
{
	while (part >> 22) {
		part >>= 1;
		whole >>= 1;
	}
	return div64_u64(pairs * part, whole);
}

/**
 * dbb_mannwhitney_test() - do two sets of samples differ in location?
 * @test: filled
 * @first: sorted samples
 * @n: how many, at most 10^6
 * @second: sorted samples
 * @m: how many, at most 10^6
 *
 * Normal approximation with the correction for ties (Lehmann, Nonparametrics,
 * section 1.4), no continuity correction. With N = n + m and T the sum of
 * t^3 - t over the ties, the variance of U is
 *
 *	s^2 = n m (N^3 - N - T) / (12 N (N - 1))
 *	    = (n m (N + 1) - n m T / (N (N - 1))) / 12
 *
 * and the test rejects when |U - n m / 2| > 1.96 s. With d = |2U - n m| that
 * is d^2 > (38416 / 30000) (12 s^2), which fits in 64 bits for the sizes above.
 */
void dbb_mannwhitney_test(struct dbb_mannwhitney *test, const s64 *first, u32 n,
			  const s64 *second, u32 m)
{
	struct dbb_mannwhitney_merge merge = { };
	u64 total = (u64)n + m;
	u64 pairs = (u64)n * m;
	u64 variance, whole, rest, limit, d;

	dbb_mannwhitney_merge(&merge, first, n, second, m);
	test->twice_u = merge.twice_u;
	test->higher = merge.twice_u > pairs;
	test->differ = false;
	if (!pairs)
		return;

	variance = pairs * (total + 1);
	variance -= pairs * div64_u64_rem(merge.ties, total * (total - 1), &rest);
	variance -= dbb_mannwhitney_share(pairs, rest, total * (total - 1));
	whole = div64_u64_rem(variance, 30000, &rest);
	limit = whole * 38416 + div_u64(rest * 38416, 30000);
	d = test->higher ? merge.twice_u - pairs : pairs - merge.twice_u;
	test->differ = d > int_sqrt64(limit);
}
