// SPDX-License-Identifier: GPL-2.0
/*
 * Ranks of a few samples, in integers, and the random order of the arms.
 */
#include <stdlib.h>

#include "ranks.h"

static int compare_u64(const void *a, const void *b)
{
	u64 x = *(const u64 *)a;
	u64 y = *(const u64 *)b;

	return (x > y) - (x < y);
}

void sort_u64(u64 *values, size_t n)
{
	qsort(values, n, sizeof(*values), compare_u64);
}

u64 sorted_median(const u64 *sorted, size_t n)
{
	u64 low = sorted[(n - 1) / 2];
	u64 high = sorted[n / 2];

	return low + (high - low) / 2;
}

u64 sorted_percentile(const u64 *sorted, size_t n, unsigned int percent)
{
	size_t rank = (n * percent + 99) / 100;

	return sorted[rank ? rank - 1 : 0];
}

static size_t int_sqrt(size_t value)
{
	size_t root = 0;

	while ((root + 1) * (root + 1) <= value)
		root++;

	return root;
}

bool sorted_interval(const u64 *sorted, size_t n, u64 *lo, u64 *hi)
{
	size_t rank;

	if (n < INTERVAL_MIN_N)
		return false;

	/* the normal approximation with 2 for 1.96; ranks count from 1 */
	rank = (n - int_sqrt(4 * n)) / 2;
	*lo = sorted[rank - 1];
	*hi = sorted[n - rank];
	return true;
}

void prng_seed(struct prng *prng, u64 seed)
{
	/* spread neighbouring seeds apart; the state must not be 0 */
	seed = (seed ^ (seed >> 30)) * 0xbf58476d1ce4e5b9ULL;
	seed = (seed ^ (seed >> 27)) * 0x94d049bb133111ebULL;
	seed ^= seed >> 31;
	prng->state = seed ? seed : 1;
}

u64 prng_next(struct prng *prng)
{
	u64 x = prng->state;

	x ^= x >> 12;
	x ^= x << 25;
	x ^= x >> 27;
	prng->state = x;
	return x * 0x2545f4914f6cdd1dULL;
}

void prng_shuffle(struct prng *prng, unsigned int *values, size_t n)
{
	for (size_t i = n; i > 1; i--) {
		/* the high half: the low bits of xorshift are the weak ones */
		size_t j = (prng_next(prng) >> 32) % i;
		unsigned int swap = values[i - 1];

		values[i - 1] = values[j];
		values[j] = swap;
	}
}
