// SPDX-License-Identifier: GPL-2.0
/*
 * From samples to figures: what the rows of a result say.
 */
#include <linux/kernel.h>
#include <linux/math64.h>
#include <linux/mm.h>
#include <linux/overflow.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "result.h"

/* Fewer different values than this, of many samples, are a coarse clock's. */
#define DBB_FIGURES_FEW_DISTINCT 5
#define DBB_FIGURES_MANY 20

/**
 * struct dbb_figures - room to work in
 * @result: whose figures are made
 * @n: samples of an arm and phase: rounds x threads
 * @scratch: room for n values
 * @baseline: the sorted net samples of the first arm, for the phase at hand
 */
struct dbb_figures {
	struct dbb_result *result;
	u32 n;
	s64 *scratch;
	s64 *baseline;
};

enum dbb_figures_what {
	DBB_FIGURES_NET,
	DBB_FIGURES_RATIO,
	DBB_FIGURES_DIFF,
};

static s64 dbb_figures_value(const struct dbb_result *result, enum dbb_figures_what what,
			     u32 index, unsigned int arm, unsigned int phase)
{
	u32 round = index / result->params.threads;
	u32 thread = index % result->params.threads;
	s64 net = dbb_result_net(result, round, arm, thread, phase);
	s64 base;

	if (what == DBB_FIGURES_NET)
		return div_s64(net, result->batch);
	base = dbb_result_net(result, round, 0, thread, phase);
	if (what == DBB_FIGURES_RATIO)
		return dbb_paired_ratio(base, net);
	return div_s64(net - base, result->batch);
}

/* Fills the scratch in the order of the rounds. */
static void dbb_figures_collect(struct dbb_figures *figures, enum dbb_figures_what what,
				unsigned int arm, unsigned int phase)
{
	u32 i;

	for (i = 0; i < figures->n; i++)
		figures->scratch[i] = dbb_figures_value(figures->result, what, i, arm, phase);
}

static void dbb_figures_summarise(struct dbb_figures *figures, enum dbb_figures_what what,
				  unsigned int arm, unsigned int phase,
				  struct dbb_summary *summary)
{
	dbb_figures_collect(figures, what, arm, phase);
	dbb_summary_sort(figures->scratch, figures->n);
	dbb_summary_compute(summary, figures->scratch, figures->n);
}

/*
 * A step that the strategy does not take has no clock reads in it either. One
 * that is taken only once, by the first mapping, is not there in the last round.
 */
static bool dbb_figures_is_absent(const struct dbb_result *result, unsigned int arm,
				  unsigned int phase)
{
	const struct dbb_sample *last = dbb_result_sample(result, result->rounds - 1, arm, 0);

	return !dbb_result_reads(result, last, phase) && !last->raw[phase];
}

static unsigned int dbb_figures_flags(const struct dbb_result *result, unsigned int arm,
				      unsigned int phase, const struct dbb_row *row)
{
	const struct dbb_sample *first = dbb_result_sample(result, 0, arm, 0);
	u64 reads = dbb_result_reads(result, first, phase);
	s64 floor = max(3 * reads * result->cost.overhead, 10ULL * result->cost.tick);
	unsigned int flags = 0;

	if (dbb_figures_is_absent(result, arm, phase))
		return DBB_ROW_ABSENT;
	if (row->net.p50 * result->batch < floor)
		flags |= DBB_ROW_BELOW_FLOOR;
	if (row->net.n >= DBB_FIGURES_MANY && row->net.distinct < DBB_FIGURES_FEW_DISTINCT)
		flags |= DBB_ROW_LOW_DISTINCT;
	if (!row->net.mad)
		flags |= DBB_ROW_MAD_ZERO;
	if (dbb_paired_autocorrelated(row->lag1, row->net.n))
		flags |= DBB_ROW_AUTOCORRELATED;
	if (row->modes.count > 1)
		flags |= DBB_ROW_TWO_MODES;
	return flags;
}

/*
 * The autocorrelation that matters is that of what the interval is made of:
 * the ratios, and for the baseline, which has none, the times.
 */
static void dbb_figures_make_lag1(struct dbb_figures *figures, struct dbb_row *row,
				  unsigned int arm, unsigned int phase)
{
	dbb_figures_collect(figures, arm ? DBB_FIGURES_RATIO : DBB_FIGURES_NET, arm, phase);
	row->lag1 = dbb_paired_lag1(figures->scratch, figures->n,
				    arm ? row->ratio.p50 : row->net.p50);
}

static void dbb_figures_make_row(struct dbb_figures *figures, unsigned int arm,
				 unsigned int phase)
{
	struct dbb_result *result = figures->result;
	struct dbb_row *row = dbb_result_row(result, arm, phase);

	dbb_figures_collect(figures, DBB_FIGURES_NET, arm, phase);
	dbb_summary_sort(figures->scratch, figures->n);
	if (!arm)
		memcpy(figures->baseline, figures->scratch,
		       figures->n * sizeof(*figures->baseline));
	dbb_modes_find(&row->modes, figures->scratch, figures->n, result->cost.tick);
	dbb_mannwhitney_test(&row->test, figures->baseline, figures->n,
			     figures->scratch, figures->n);
	dbb_summary_compute(&row->net, figures->scratch, figures->n);

	dbb_figures_summarise(figures, DBB_FIGURES_DIFF, arm, phase, &row->diff);
	if (!dbb_figures_is_absent(result, arm, phase) &&
	    !dbb_figures_is_absent(result, 0, phase)) {
		dbb_figures_summarise(figures, DBB_FIGURES_RATIO, arm, phase, &row->ratio);
		dbb_figures_make_lag1(figures, row, arm, phase);
	}
	row->verdict = arm ? dbb_paired_judge(&row->ratio) : DBB_VERDICT_BASELINE;
	row->flags = dbb_figures_flags(result, arm, phase, row);
}

static void dbb_figures_count_disturbed(struct dbb_result *result, unsigned int arm)
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

/**
 * dbb_figures_make() - make all figures of a result
 * @result: result whose samples, rounds, batch and clock cost are filled
 *
 * Return: 0 or -ENOMEM.
 */
int dbb_figures_make(struct dbb_result *result)
{
	const struct dbb_params *params = &result->params;
	struct dbb_figures figures = {
		.result = result,
		.n = result->rounds * params->threads,
	};
	unsigned int arm, phase;
	int ret = -ENOMEM;

	result->complete = result->rounds == params->iterations;
	if (!figures.n)
		return 0;
	figures.scratch = kvmalloc_array(figures.n, sizeof(s64), GFP_KERNEL);
	figures.baseline = kvmalloc_array(figures.n, sizeof(s64), GFP_KERNEL);
	if (!figures.scratch || !figures.baseline)
		goto out;
	for (arm = 0; arm < params->narms; arm++)
		dbb_figures_count_disturbed(result, arm);
	for (phase = 0; phase < params->op->nphases; phase++) {
		for (arm = 0; arm < params->narms; arm++) {
			dbb_figures_make_row(&figures, arm, phase);
			cond_resched();
		}
	}
	ret = 0;
out:
	kvfree(figures.scratch);
	kvfree(figures.baseline);
	return ret;
}
