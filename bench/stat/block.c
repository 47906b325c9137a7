// SPDX-License-Identifier: GPL-2.0
/*
 * How many rounds is a run of correlated rounds worth? A neighbour that disturbs
 * every tenth second disturbs a hundred rounds in a row, and the order statistics of
 * rounds then promise far too much.
 *
 * The interval of the median rests on one count: how many values lie above it. Of
 * independent rounds its variance is n / 4. Here it is measured: the run is cut into
 * blocks of odd length, each block gets the sum of its signs, and sums of blocks that
 * are longer than the correlation vary as they do, whatever its lag and shape. The
 * ranks of the interval are moved apart by that variance. Medians of blocks, the other
 * way, need blocks several times as long: one that is mostly disturbed has a median
 * that is no better than one round.
 */
#include <linux/kernel.h>
#include <linux/math64.h>
#include <linux/string.h>

#include "block.h"
#include "summary.h"

/* Fewer blocks say nothing of their variance. */
#define DBB_BLOCK_MIN_BLOCKS 6

/* Shorter runs are judged by their neighbours only. */
#define DBB_BLOCK_MIN_ROUNDS 30

/* A run should have this many times the rounds that stand for one independent one. */
#define DBB_BLOCK_ENOUGH 50

/* Squares of the 97.5 % point of Student's t in thousandths, from 5 degrees of freedom. */
static const u16 dbb_block_t2[] = {
	6608, 5987, 5591, 5318, 5117, 4965, 4844, 4747, 4667, 4600, 4543, 4494, 4451,
	4414, 4381, 4351, 4325, 4301, 4279, 4260, 4242, 4225, 4210, 4196, 4183, 4171,
};

/* The signs of a series, which add up to 0, or 1 or -1 when n is odd */
struct dbb_block_signs {
	const s64 *series;
	s64 median;
	u32 ties;	/* values equal to the median */
	u32 up;	/* how many of them count as above it */
	u32 carry;
};

static void dbb_block_count(struct dbb_block_signs *signs, u32 n)
{
	u32 below = 0, above = 0;
	u32 i;

	for (i = 0; i < n; i++) {
		below += signs->series[i] < signs->median;
		above += signs->series[i] > signs->median;
	}
	signs->ties = n - below - above;
	signs->up = (signs->ties + below - above) / 2;
}

/* Ties go up or down as evenly as can be, so that they are no pattern of their own. */
static int dbb_block_sign(struct dbb_block_signs *signs, u32 i)
{
	if (signs->series[i] != signs->median)
		return signs->series[i] < signs->median ? -1 : 1;
	signs->carry += signs->up;
	if (signs->carry < signs->ties)
		return -1;
	signs->carry -= signs->ties;
	return 1;
}

/* Variance of the sum of all signs, from blocks of this length; n if independent. */
static u64 dbb_block_variance(struct dbb_block_signs *signs, u32 n, u32 length)
{
	u32 blocks = n / length;
	u64 squares = 0;
	u32 i, j;

	signs->carry = 0;
	for (i = 0; i < blocks; i++) {
		s64 sum = 0;

		for (j = 0; j < length; j++)
			sum += dbb_block_sign(signs, i * length + j);
		squares += sum * sum;
	}
	return div64_u64(squares * n, (u64)(blocks - 1) * length);
}

/* With few blocks the variance is itself uncertain: Student's t instead of 2. */
static u64 dbb_block_reach(u64 variance, u32 blocks)
{
	u32 i = min_t(u32, blocks - DBB_BLOCK_MIN_BLOCKS, ARRAY_SIZE(dbb_block_t2) - 1);

	return div_u64(variance * dbb_block_t2[i], 1000);
}

/* Blocks that are too short miss a part that shrinks with their length: add it. */
static u64 dbb_block_extend(u64 variance, u64 shorter)
{
	return variance > shorter ? variance + (variance - shorter) / 2 : variance;
}

/*
 * The longest blocks are too short when a third of one moves as one, or when the
 * variance still grows: twice the length should not change it.
 */
static bool dbb_block_grows(u64 variance, u64 quarter, u32 n, u32 length)
{
	return 3 * variance > (u64)n * (3 + length) || 2 * variance > 5 * quarter;
}

static void dbb_block_give_up(struct dbb_block *block, u64 variance, u32 n)
{
	u64 wanted = div_u64(variance * DBB_BLOCK_ENOUGH, n);

	block->rank = 0;
	block->wanted = min_t(u64, max_t(u64, wanted, 2ULL * n), U32_MAX);
}

/* Too few rounds for blocks: correlated neighbours leave no interval. */
static void dbb_block_find_short(struct dbb_block *block, struct dbb_block_signs *signs, u32 n)
{
	int last = dbb_block_sign(signs, 0);
	s64 sum = 0;
	u32 i;

	for (i = 1; i < n; i++) {
		int sign = dbb_block_sign(signs, i);

		sum += last * sign;
		last = sign;
	}
	/* two standard deviations of independent signs, and at least 0.2 */
	if (sum > 0 && sum * sum > 4 * (s64)(n - 1) && 5 * sum > n - 1)
		dbb_block_give_up(block, div_u64((u64)n * (n - 1 + sum), n - sum), n);
}

/**
 * dbb_block_find() - the interval of the median of correlated rounds
 * @block: filled
 * @series: values in the order of the rounds
 * @n: how many, at most 10^6
 * @median: of the values
 *
 * Looks at blocks of 3, 5, 9, 17 ... rounds as long as there are 6, and takes the
 * widest of the intervals they call for, but never one narrower than that of
 * independent rounds. In simulations (scripts/test/golden/coverage.R) the interval
 * holds the median in more than 93 % of the runs that have 100 times the rounds that
 * are worth one independent round. A run that is shorter than what disturbs it looks
 * undisturbed, here too.
 */
void dbb_block_find(struct dbb_block *block, const s64 *series, u32 n, s64 median)
{
	struct dbb_block_signs signs = { .series = series, .median = median };
	u64 last = n, before = n, quarter = n, reach = 4ULL * n;
	u32 length;

	memset(block, 0, sizeof(*block));
	block->length = 1;
	block->widened = 100;
	block->rank = dbb_summary_rank(n);
	if (!block->rank)
		return;
	dbb_block_count(&signs, n);
	if (n < DBB_BLOCK_MIN_ROUNDS) {
		dbb_block_find_short(block, &signs, n);
		return;
	}
	for (length = 3; n / length >= DBB_BLOCK_MIN_BLOCKS; length = 2 * length - 1) {
		quarter = before;
		before = last;
		last = dbb_block_variance(&signs, n, length);
		reach = max(reach, dbb_block_reach(dbb_block_extend(last, before), n / length));
		block->length = length;
	}
	block->widened = int_sqrt64(div_u64(10000 * reach, 4 * n));
	block->rank = int_sqrt64(reach) < n - 1 ? (n - int_sqrt64(reach)) / 2 : 0;
	if (!block->rank ||
	    dbb_block_grows(last, max_t(u64, quarter, n), n, block->length))
		dbb_block_give_up(block, dbb_block_extend(last, before), n);
}
