// SPDX-License-Identifier: GPL-2.0
/*
 * From samples to figures: the rows of a result. They are made when they are first
 * read: a million samples take seconds, and a run that is stopped ends at once.
 */
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/math64.h>
#include <linux/mm.h>
#include <linux/mutex.h>
#include <linux/overflow.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "result.h"

/* Many samples with fewer distinct values than this: the clock is too coarse. */
#define DBB_RESULT_ROWS_FEW_DISTINCT 5
#define DBB_RESULT_ROWS_MANY 20

/* Hundredths: independent rounds seldom have an interval twice as wide. */
#define DBB_RESULT_ROWS_WIDE 200

/* Rounds that are collected between two calls of @cancelled. */
#define DBB_RESULT_ROWS_STRIDE 1024

/* Room to work in */
struct dbb_result_rows {
	struct dbb_result *result;
	u32 n;	/* rounds: one figure each */
	s64 *series;	/* figures in the order of the rounds */
	s64 *scratch;	/* the same, sorted, and room for a figure or two a buffer */
	s64 *baseline;	/* sorted net samples of the first arm */
	bool (*cancelled)(void);
};

enum dbb_result_rows_what {
	DBB_RESULT_ROWS_NET,
	DBB_RESULT_ROWS_RATIO,
	DBB_RESULT_ROWS_DIFF,
};

static s64 dbb_result_rows_value(const struct dbb_result *result, enum dbb_result_rows_what what,
				 u32 round, unsigned int arm, unsigned int phase)
{
	s64 net = dbb_result_figure(result, round, arm, phase);
	s64 base;

	if (what == DBB_RESULT_ROWS_NET)
		return div_s64(net, result->batch);
	base = dbb_result_figure(result, round, 0, phase);
	if (what == DBB_RESULT_ROWS_RATIO)
		return dbb_paired_ratio(base, net);
	return div_s64(net - base, result->batch);
}

static int dbb_result_rows_collect(struct dbb_result_rows *figures, enum dbb_result_rows_what what,
				   unsigned int arm, unsigned int phase)
{
	u32 i;

	for (i = 0; i < figures->n; i++) {
		if (!(i % DBB_RESULT_ROWS_STRIDE) && figures->cancelled())
			return -EINTR;
		figures->series[i] = dbb_result_rows_value(figures->result, what, i, arm, phase);
	}
	memcpy(figures->scratch, figures->series, figures->n * sizeof(*figures->scratch));
	return dbb_summary_sort(figures->scratch, figures->n, figures->cancelled);
}

/*
 * Of a run with several buffers, median and interval are those of the buffers'
 * medians. Buffers of the same pages are not several.
 */
static int dbb_result_rows_regroup(struct dbb_result_rows *figures,
				   struct dbb_summary *summary, struct dbb_group *group)
{
	const struct dbb_result *result = figures->result;
	int ret;

	ret = dbb_summary_compute(summary, figures->scratch, figures->n, 0, figures->cancelled);
	if (!ret)
		ret = dbb_group_find(group, figures->series, figures->n, result->params.iterations,
				     result->params.buffers, figures->scratch, figures->cancelled);
	if (ret)
		return ret;
	if (result->different < DBB_SUMMARY_MIN_INTERVAL)
		group->interval = false;
	summary->p50 = group->p50;
	summary->interval = group->interval;
	summary->p50_lo = group->p50_lo;
	summary->p50_hi = group->p50_hi;
	return 0;
}

/* Of what was collected last, whose sorted copy is of no use afterwards. */
static int dbb_result_rows_summarise(struct dbb_result_rows *figures,
				     struct dbb_summary *summary, struct dbb_block *block,
				     struct dbb_group *group)
{
	if (figures->result->params.buffers > 1) {
		memset(block, 0, sizeof(*block));
		return dbb_result_rows_regroup(figures, summary, group);
	}
	memset(group, 0, sizeof(*group));
	dbb_block_find(block, figures->series, figures->n,
		       dbb_summary_median(figures->scratch, figures->n));
	return dbb_summary_compute(summary, figures->scratch, figures->n, block->rank,
				   figures->cancelled);
}

/*
 * A step that the strategy does not take has no clock reads in it either. The
 * last round counts: a step that only the first mapping takes is absent there.
 */
static bool dbb_result_rows_is_absent(const struct dbb_result *result, unsigned int arm,
				      unsigned int phase)
{
	const struct dbb_sample *last = dbb_result_sample(result, result->rounds - 1, arm, 0);

	return !dbb_result_reads(result, last, phase) && !last->raw[phase];
}

static unsigned int dbb_result_rows_flags(const struct dbb_result *result, unsigned int arm,
					  unsigned int phase, const struct dbb_row *row)
{
	const struct dbb_sample *first = dbb_result_sample(result, 0, arm, 0);
	u64 reads = dbb_result_reads(result, first, phase);
	s64 floor = max(3 * reads * result->cost.overhead, 10ULL * result->cost.tick);
	unsigned int flags = 0;

	if (dbb_result_rows_is_absent(result, arm, phase))
		return DBB_ROW_ABSENT;
	if (row->net.p50 * result->batch < floor)
		flags |= DBB_ROW_BELOW_FLOOR;
	if (row->net.n >= DBB_RESULT_ROWS_MANY && row->net.distinct < DBB_RESULT_ROWS_FEW_DISTINCT)
		flags |= DBB_ROW_LOW_DISTINCT;
	if (!row->net.mad)
		flags |= DBB_ROW_MAD_ZERO;
	if (dbb_paired_autocorrelated(row->lag1, row->net.n) || row->block.wanted ||
	    row->group.wanted || row->block.widened >= DBB_RESULT_ROWS_WIDE)
		flags |= DBB_ROW_AUTOCORRELATED;
	if (row->modes.count > 1)
		flags |= DBB_ROW_TWO_MODES;
	return flags;
}

static int dbb_result_rows_make_net(struct dbb_result_rows *figures, unsigned int arm,
				    unsigned int phase, struct dbb_row *row)
{
	int ret = dbb_result_rows_collect(figures, DBB_RESULT_ROWS_NET, arm, phase);

	if (ret)
		return ret;
	if (!arm)
		memcpy(figures->baseline, figures->scratch,
		       figures->n * sizeof(*figures->baseline));
	dbb_modes_find(&row->modes, figures->scratch, figures->n, figures->result->cost.tick);
	dbb_mannwhitney_test(&row->test, figures->baseline, figures->n,
			     figures->scratch, figures->n);
	ret = dbb_result_rows_summarise(figures, &row->net, &row->block, &row->group);
	if (!dbb_result_rows_is_absent(figures->result, arm, phase))
		row->lag1 = dbb_paired_lag1(figures->series, figures->n, row->net.p50);
	return ret;
}

static int dbb_result_rows_make_diff(struct dbb_result_rows *figures, unsigned int arm,
				     unsigned int phase, struct dbb_row *row)
{
	struct dbb_block block;
	struct dbb_group group;
	int ret = dbb_result_rows_collect(figures, DBB_RESULT_ROWS_DIFF, arm, phase);

	return ret ?: dbb_result_rows_summarise(figures, &row->diff, &block, &group);
}

static int dbb_result_rows_make_ratio(struct dbb_result_rows *figures, unsigned int arm,
				      unsigned int phase, struct dbb_row *row)
{
	struct dbb_block block;
	struct dbb_group group;
	int ret;

	if (dbb_result_rows_is_absent(figures->result, arm, phase) ||
	    dbb_result_rows_is_absent(figures->result, 0, phase))
		return 0;
	ret = dbb_result_rows_collect(figures, DBB_RESULT_ROWS_RATIO, arm, phase);
	if (!ret)
		ret = dbb_result_rows_summarise(figures, &row->ratio, &block, &group);
	if (ret || !arm)
		return ret;
	/* What matters is the correlation of what the verdict is made of. */
	row->lag1 = dbb_paired_lag1(figures->series, figures->n, row->ratio.p50);
	row->block = block;
	row->group = group;
	return 0;
}

static int dbb_result_rows_make_row(struct dbb_result_rows *figures, unsigned int arm,
				    unsigned int phase)
{
	struct dbb_row *row = dbb_result_row(figures->result, arm, phase);
	int ret;

	ret = dbb_result_rows_make_net(figures, arm, phase, row);
	if (!ret)
		ret = dbb_result_rows_make_diff(figures, arm, phase, row);
	if (!ret)
		ret = dbb_result_rows_make_ratio(figures, arm, phase, row);
	if (ret)
		return ret;
	row->verdict = arm ? dbb_paired_judge(&row->ratio) : DBB_VERDICT_BASELINE;
	row->flags = dbb_result_rows_flags(figures->result, arm, phase, row);
	return 0;
}

static void dbb_result_rows_count_disturbed(struct dbb_result *result, unsigned int arm)
{
	struct dbb_disturbed *disturbed = &result->disturbed[arm];
	u32 round, thread;

	for (round = 0; round < result->rounds; round++) {
		for (thread = 0; thread < result->params.threads; thread++) {
			u8 flags = dbb_result_sample(result, round, arm, thread)->flags;

			disturbed->any += !!flags;
			disturbed->migrated += !!(flags & DBB_SAMPLE_MIGRATED);
			disturbed->switched += !!(flags & DBB_SAMPLE_SWITCHED);
			disturbed->interrupted += !!(flags & DBB_SAMPLE_INTERRUPTED);
		}
	}
}

static int dbb_result_rows_fill(struct dbb_result_rows *figures)
{
	const struct dbb_params *params = &figures->result->params;
	unsigned int arm, phase;
	int ret = 0;

	memset(figures->result->disturbed, 0, sizeof(figures->result->disturbed));
	for (arm = 0; arm < params->narms; arm++) {
		if (figures->cancelled())
			return -EINTR;
		dbb_result_rows_count_disturbed(figures->result, arm);
	}
	for (phase = 0; !ret && phase < params->op->nphases; phase++)
		for (arm = 0; !ret && arm < params->narms; arm++)
			ret = dbb_result_rows_make_row(figures, arm, phase);
	return ret;
}

/* How many times buffers were made, and how often they had other pages. */
static void dbb_result_rows_count_buffers(struct dbb_result *result)
{
	const struct dbb_params *params = &result->params;
	u32 i, j;

	result->buffers = dbb_group_of(params->iterations, params->buffers, result->rounds - 1) + 1;
	result->different = 0;
	for (i = 0; i < min(result->buffers, result->made); i++) {
		for (j = 0; j < i && result->placements[j] != result->placements[i]; j++)
			;
		result->different += i == j;
	}
}

static int dbb_result_rows_compute(struct dbb_result *result, bool (*cancelled)(void))
{
	struct dbb_result_rows figures = {
		.result = result,
		.n = result->rounds,
		.cancelled = cancelled,
	};
	int ret = -ENOMEM;

	result->complete = result->rounds == result->params.iterations;
	if (!figures.n)
		return 0;
	dbb_result_rows_count_buffers(result);
	figures.series = kvmalloc_array(figures.n, sizeof(s64), DBB_GFP_TABLE);
	figures.scratch = kvmalloc_array(figures.n + 2 * result->params.buffers, sizeof(s64),
					 DBB_GFP_TABLE);
	figures.baseline = kvmalloc_array(figures.n, sizeof(s64), DBB_GFP_TABLE);
	if (figures.series && figures.scratch && figures.baseline)
		ret = dbb_result_rows_fill(&figures);
	kvfree(figures.series);
	kvfree(figures.scratch);
	kvfree(figures.baseline);
	return ret;
}

/**
 * dbb_result_rows_make() - see that a result has its rows
 * @result: of a run that has ended
 * @cancelled: asked every few milliseconds whether to give up; may sleep
 *
 * Return: 0, -ENOMEM, or -EINTR when cancelled; who asks next starts again.
 */
int dbb_result_rows_make(struct dbb_result *result, bool (*cancelled)(void))
{
	int ret;

	if (mutex_lock_killable(&result->rows_lock))
		return -EINTR;
	ret = result->has_rows ? 0 : dbb_result_rows_compute(result, cancelled);
	result->has_rows = !ret;
	mutex_unlock(&result->rows_lock);
	return ret;
}
