/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Ranks of a few samples, in integers, and the random order of the arms.
 */
#ifndef DMABUF_BENCH_USER_RANKS_H
#define DMABUF_BENCH_USER_RANKS_H

#include <stdbool.h>
#include <stddef.h>

#include "common.h"

/* Fewer samples than this have no 95 % interval of the median. */
#define INTERVAL_MIN_N 6

void sort_u64(u64 *values, size_t n);

/* Of sorted values. An even n gives the mean of the two in the middle. */
u64 sorted_median(const u64 *sorted, size_t n);

/* Of sorted values: the smallest one that @percent % are not above. */
u64 sorted_percentile(const u64 *sorted, size_t n, unsigned int percent);

/*
 * Of sorted values: the order statistics around the median that hold it with at
 * least 95 %. False below INTERVAL_MIN_N values.
 */
bool sorted_interval(const u64 *sorted, size_t n, u64 *lo, u64 *hi);

/* xorshift64*; any @seed will do, 0 included. */
struct prng {
	u64 state;
};

void prng_seed(struct prng *prng, u64 seed);
u64 prng_next(struct prng *prng);
void prng_shuffle(struct prng *prng, unsigned int *values, size_t n);

#endif
