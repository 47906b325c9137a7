// SPDX-License-Identifier: GPL-2.0
/*
 * results: an aligned table for people, with notes on figures to doubt.
 */
#include <linux/kernel.h>
#include <linux/math64.h>
#include <linux/seq_file.h>
#include <linux/string.h>

#include "report.h"

static void dbb_table_show_key(void *data, const char *key, const char *value)
{
	seq_printf(data, "# %s=%s\n", key, value);
}

/* Tenths of a percent of the arm's total, of medians as the p50 column. */
static void dbb_table_show_share(struct seq_file *m, s64 part, s64 whole)
{
	char cell[DBB_CELL_LEN] = "-";
	u64 percent;
	u32 tenths;

	if (whole > 0) {
		percent = div_u64_rem(div64_u64(abs(part) * 1000 + whole / 2, whole), 10, &tenths);
		snprintf(cell, sizeof(cell), "%s%llu.%u",
			 part < 0 && (percent || tenths) ? "-" : "", percent, tenths);
	}
	seq_printf(m, " %9s", cell);
}

/* The median of the phase that the others are shares of; 0 when the op has none. */
static s64 dbb_table_whole(const struct dbb_result *result, unsigned int arm)
{
	int total = result->params.op->total;

	return total < 0 ? 0 : dbb_result_row(result, arm, total)->net.p50;
}

static void dbb_table_show_speedup(struct seq_file *m, const struct dbb_summary *ratio)
{
	char cell[DBB_CELL_LEN] = "-", lo[DBB_CELL_LEN] = "-", hi[DBB_CELL_LEN] = "-";

	if (ratio->n)
		dbb_columns_format_ratio(cell, ratio->p50);
	if (ratio->interval) {
		dbb_columns_format_ratio(lo, ratio->p50_lo);
		dbb_columns_format_ratio(hi, ratio->p50_hi);
	}
	seq_printf(m, " %9s %9s %9s", cell, lo, hi);
}

/* Wide enough for the longest arm with its heap. */
static int dbb_table_width(const struct dbb_result *result)
{
	char name[DBB_ARM_TEXT_LEN];
	unsigned int i;
	int width = 10;

	for (i = 0; i < result->params.narms; i++)
		width = max(width, dbb_arm_print(name, sizeof(name), &result->params.arms[i]));
	return width;
}

static void dbb_table_show_row(struct seq_file *m, const struct dbb_result *result,
			       unsigned int arm, unsigned int phase)
{
	const struct dbb_row *row = dbb_result_row(result, arm, phase);
	const struct dbb_summary *net = &row->net;
	char flags[DBB_CELL_LEN];
	char name[DBB_ARM_TEXT_LEN];

	dbb_arm_print(name, sizeof(name), &result->params.arms[arm]);
	seq_printf(m, "%-*s %-7s %7u", dbb_table_width(result), name,
		   result->params.op->phases[phase].name, net->n);
	if (!net->n) {
		seq_puts(m, "  no round was completed\n");
		return;
	}
	seq_printf(m, " %12lld %12lld %12lld %12lld %12lld", net->min, net->p50, net->p90,
		   net->max, net->mad);
	dbb_table_show_share(m, net->p50, dbb_table_whole(result, arm));
	dbb_table_show_speedup(m, &row->ratio);
	dbb_columns_format_flags(flags, row->flags);
	seq_printf(m, "  %-8s%s%s\n", dbb_columns_verdict(row), *flags ? " " : "", flags);
}

/*
 * The median of the total minus the medians of its parts: time in no part, and the
 * amount by which medians do not add up.
 */
static void dbb_table_show_rest(struct seq_file *m, const struct dbb_result *result,
				unsigned int arm)
{
	const struct dbb_op *op = result->params.op;
	s64 whole = dbb_table_whole(result, arm);
	char name[DBB_ARM_TEXT_LEN];
	s64 rest = whole, inner = 0;
	unsigned int i;

	if (whole <= 0)
		return;
	for (i = op->total + 1; i < op->nphases; i++)
		inner += dbb_result_row(result, arm, i)->net.p50;
	if (op->phases[op->total].divided)
		rest -= inner;
	for (i = 0; i < op->total; i++)
		rest -= op->phases[i].divided && inner ?
			inner : dbb_result_row(result, arm, i)->net.p50;
	dbb_arm_print(name, sizeof(name), &result->params.arms[arm]);
	seq_printf(m, "%-*s %-7s %7s %12s %12lld %12s %12s %12s", dbb_table_width(result), name,
		   "rest", "-", "-", rest, "-", "-", "-");
	dbb_table_show_share(m, rest, whole);
	seq_putc(m, '\n');
}

static void dbb_table_show_heaps(struct seq_file *m, const struct dbb_result *result)
{
	char heap[DBB_CELL_LEN];
	unsigned int i;

	if (result->params.op->family == DBB_FAMILY_NONE)
		return;
	for (i = 0; i < result->params.narms; i++) {
		if (dbb_param_first_arm(&result->params, i) != i)
			continue;
		dbb_columns_format_heap(heap, result, i);
		seq_printf(m, "heap %s, %llu bytes in ", heap, dbb_columns_size(result));
		if (result->chunks[i])
			seq_printf(m, "%u chunks, ", result->chunks[i]);
		else
			seq_puts(m, "unknown chunks, ");
	}
}

static void dbb_table_show_head(struct seq_file *m, const struct dbb_result *result)
{
	static const char *const columns[] = { "min", "p50", "p90", "max", "mad" };
	const char *unit = result->params.clock->unit;
	unsigned int i;

	seq_printf(m, "run %u: op %s, ", result->run, result->params.op->name);
	dbb_table_show_heaps(m, result);
	seq_printf(m, "%u of %u rounds%s\n", result->rounds, result->params.iterations,
		   result->complete ? "" : " (INCOMPLETE)");
	seq_printf(m, "clock %s: overhead %u %s (subtracted), tick %u %s\n",
		   result->params.clock->name, result->cost.overhead, unit,
		   result->cost.tick, unit);
	if (result->batch > 1)
		seq_printf(m, "each sample is %u calls; figures are of one call\n",
			   result->batch);
	seq_printf(m, "%-*s %-7s %7s", dbb_table_width(result), "strategy", "phase", "samples");
	for (i = 0; i < ARRAY_SIZE(columns); i++)
		seq_printf(m, "%*s%s_%s", (int)(12 - strlen(columns[i]) - strlen(unit)), "",
			   columns[i], unit);
	seq_printf(m, " %9s %9s %9s %9s  %s\n", "share_pct", "speedup", "lo95", "hi95",
		   "verdict");
}

static void dbb_table_note_disturbed(struct seq_file *m, const struct dbb_result *result,
				     unsigned int arm)
{
	const struct dbb_disturbed *disturbed = &result->disturbed[arm];
	char name[DBB_ARM_TEXT_LEN];

	if (!disturbed->any)
		return;
	dbb_arm_print(name, sizeof(name), &result->params.arms[arm]);
	seq_printf(m, "note: %s: %u of %u samples disturbed: %u scheduled out, %u migrated, %u interrupted\n",
		   name, disturbed->any,
		   result->rounds * result->params.threads, disturbed->switched,
		   disturbed->migrated, disturbed->interrupted);
}

/* What an interval is over, and what it cannot know. */
static void dbb_table_note_buffers(struct seq_file *m, const struct dbb_result *result)
{
	enum dbb_family family = result->params.op->family;
	u32 buffers = result->buffers;

	if (family == DBB_FAMILY_NONE || family == DBB_FAMILY_HEAP)
		return;
	if (result->params.buffers == 1) {
		seq_puts(m, "note: one buffer: intervals are over rounds, and of this placement in memory only\n");
		return;
	}
	seq_printf(m, "note: %u buffers, %u rounds each: ", buffers,
		   result->params.iterations / result->params.buffers);
	if (buffers < DBB_SUMMARY_MIN_INTERVAL)
		seq_printf(m, "no intervals, which need buffers=%u\n", DBB_SUMMARY_MIN_INTERVAL);
	else if (result->different < DBB_SUMMARY_MIN_INTERVAL)
		seq_printf(m, "no intervals, as memory gave only %u different placements; try a smaller size\n",
			   result->different);
	else
		seq_printf(m, "intervals are over buffers, of %u different placements\n",
			   result->different);
}

/* Which level varied most: where it is the rounds, more buffers are of no use. */
static void dbb_table_note_level(struct seq_file *m, const struct dbb_result *result,
				 unsigned int arm)
{
	unsigned int phase = max(result->params.op->total, 0);
	const struct dbb_row *row = dbb_result_row(result, arm, phase);
	char name[DBB_ARM_TEXT_LEN];

	if (row->group.count < 2)
		return;
	dbb_arm_print(name, sizeof(name), &result->params.arms[arm]);
	seq_printf(m, "note: %s %s: %s varied most: %s\n", name,
		   result->params.op->phases[phase].name,
		   row->group.varies ? "buffers" : "rounds",
		   row->group.varies ? "more buffers narrow the interval" :
		   "more rounds for each buffer narrow the interval");
}

/* What a frame takes of the time that there is for one. */
static void dbb_table_note_frame(struct seq_file *m, const struct dbb_result *result,
				 unsigned int arm)
{
	const struct dbb_replay *replay = &result->params.replay;
	s64 ns = max_t(s64, dbb_result_row(result, arm, 0)->net.p50, 0);
	u32 hundredths, percent = div_u64_rem(div_u64(ns * replay->hz, 100000), 100, &hundredths);
	char name[DBB_ARM_TEXT_LEN];

	dbb_arm_print(name, sizeof(name), &result->params.arms[arm]);
	seq_printf(m, "note: %s: a frame takes %lld ns, %u.%02u %% of the %u ns that there are at %u Hz\n",
		   name, ns, percent, hundredths, (u32)NSEC_PER_SEC / replay->hz, replay->hz);
}

static void dbb_table_note_frames(struct seq_file *m, const struct dbb_result *result)
{
	const struct dbb_replay *replay = &result->params.replay;
	unsigned int arm;

	if (result->params.op != &dbb_op_replay || !result->rounds)
		return;
	if (replay->held == replay->nsteps)
		seq_puts(m, "note: this preset holds what it mapped: a frame takes no step\n");
	if (!replay->hz || strcmp(result->params.clock->unit, "ns"))
		return;
	for (arm = 0; arm < result->params.narms; arm++)
		dbb_table_note_frame(m, result, arm);
}

static void dbb_table_note_alike(struct seq_file *m, const struct dbb_result *result,
				 const struct dbb_row *row, const char *name, const char *where)
{
	const struct dbb_params *params = &result->params;
	u32 each = params->iterations / params->buffers;
	u32 most = DBB_PARAM_MAX_ITERATIONS / params->threads / each;
	u32 buffers = min(row->group.wanted, most);

	seq_printf(m, "note: %s %s: buffers are correlated beyond what %u buffers can show, so there is no interval; try buffers=%u iterations=%u\n",
		   name, where, row->group.count, buffers, buffers * each);
}

static void dbb_table_note_row(struct seq_file *m, const struct dbb_result *result,
			       unsigned int arm, unsigned int phase)
{
	const struct dbb_row *row = dbb_result_row(result, arm, phase);
	const char *where = result->params.op->phases[phase].name;
	char name[DBB_ARM_TEXT_LEN], rate[DBB_CELL_LEN];

	dbb_arm_print(name, sizeof(name), &result->params.arms[arm]);
	if (row->flags & DBB_ROW_TWO_MODES)
		seq_printf(m, "note: %s %s: two modes, about %lld and %lld %s; the median describes neither\n",
			   name, where, row->modes.low, row->modes.high,
			   result->params.clock->unit);
	/* Times may drift; ratios, which verdicts rest on, should not. */
	if (arm && row->group.wanted)
		dbb_table_note_alike(m, result, row, name, where);
	else if (arm && row->block.wanted)
		seq_printf(m, "note: %s %s: rounds are correlated beyond what %u rounds can show, so there is no interval; try iterations=%u\n",
			   name, where, row->net.n,
			   min_t(u32, row->block.wanted, DBB_PARAM_MAX_ITERATIONS));
	else if (arm && row->block.rank && (row->flags & DBB_ROW_AUTOCORRELATED))
		seq_printf(m, "note: %s %s: rounds are correlated, so the interval is %u.%02u times as wide as that of independent rounds\n",
			   name, where, row->block.widened / 100, row->block.widened % 100);
	dbb_columns_format_rate(rate, result, arm, phase);
	if (*rate)
		seq_printf(m, "note: %s %s: %s bytes a second\n", name, where, rate);
	if (row->flags & DBB_ROW_BELOW_FLOOR)
		seq_printf(m, "note: %s %s is too short for this clock%s\n", name, where,
			   result->params.op->batches ? "; use a larger batch" : "");
}

static void dbb_table_show_notes(struct seq_file *m, const struct dbb_result *result)
{
	const char *machine = dbb_env_warning(&result->env);
	unsigned int arm, phase;

	dbb_table_note_frames(m, result);
	for (arm = 0; arm < result->params.narms; arm++)
		dbb_table_note_disturbed(m, result, arm);
	if (result->rounds)
		dbb_table_note_buffers(m, result);
	for (arm = 0; result->rounds && arm < result->params.narms; arm++)
		dbb_table_note_level(m, result, arm);
	for (arm = 0; result->rounds && arm < result->params.narms; arm++)
		for (phase = 0; phase < result->params.op->nphases; phase++)
			dbb_table_note_row(m, result, arm, phase);
	if (result->traced)
		seq_puts(m, "note: tracepoints fired inside timed windows (traced=1)\n");
	if (machine)
		seq_printf(m, "note: %s\n", machine);
}

void dbb_table_show(struct seq_file *m, const struct dbb_result *result)
{
	unsigned int arm, phase;

	dbb_result_describe(result, dbb_table_show_key, m);
	dbb_table_show_head(m, result);
	for (arm = 0; arm < result->params.narms; arm++) {
		for (phase = 0; phase < result->params.op->nphases; phase++)
			dbb_table_show_row(m, result, arm, phase);
		dbb_table_show_rest(m, result, arm);
	}
	dbb_table_show_notes(m, result);
}
