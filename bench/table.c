// SPDX-License-Identifier: GPL-2.0
/*
 * results: an aligned table for people, with notes on what not to believe.
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

/*
 * A phase's share of the arm's total over all samples, in tenths of a
 * percent. Of means, not medians, because only those add up.
 */
static void dbb_table_show_share(struct seq_file *m, const struct dbb_result *result,
				 unsigned int arm, unsigned int phase)
{
	int total = result->params.op->total;
	s64 whole, permille;
	s32 rest;

	whole = total < 0 ? 0 : dbb_result_row(result, arm, total)->net.mean;
	if (whole <= 0) {
		seq_printf(m, " %9s", "-");
		return;
	}
	permille = dbb_result_row(result, arm, phase)->net.mean * 1000 + whole / 2;
	permille = div_s64_rem(div64_s64(permille, whole), 10, &rest);
	seq_printf(m, " %7lld.%d", permille, abs(rest));
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
	dbb_table_show_share(m, result, arm, phase);
	dbb_table_show_speedup(m, &row->ratio);
	dbb_columns_format_flags(flags, row->flags);
	seq_printf(m, "  %-8s%s%s\n", dbb_columns_verdict(row), *flags ? " " : "", flags);
}

static void dbb_table_show_heaps(struct seq_file *m, const struct dbb_result *result)
{
	unsigned int i;

	if (result->params.op->family == DBB_FAMILY_NONE)
		return;
	for (i = 0; i < result->params.narms; i++) {
		if (dbb_param_first_arm(&result->params, i) != i)
			continue;
		seq_printf(m, "heap %s, %llu bytes in ", dbb_columns_heap(result, i),
			   dbb_columns_size(result));
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

static void dbb_table_note_row(struct seq_file *m, const struct dbb_result *result,
			       unsigned int arm, unsigned int phase)
{
	const struct dbb_row *row = dbb_result_row(result, arm, phase);
	const char *where = result->params.op->phases[phase].name;
	char name[DBB_ARM_TEXT_LEN];

	dbb_arm_print(name, sizeof(name), &result->params.arms[arm]);
	if (row->flags & DBB_ROW_TWO_MODES)
		seq_printf(m, "note: %s %s has two modes, about %lld and %lld %s: its median is neither\n",
			   name, where, row->modes.low, row->modes.high,
			   result->params.clock->unit);
	/* Times drift; what the verdicts are made of should not. */
	if (arm && (row->flags & DBB_ROW_AUTOCORRELATED))
		seq_printf(m, "note: %s %s: rounds foretell each other (lag-1 0.%03d), so its interval is too narrow\n",
			   name, where, row->lag1);
	if (row->flags & DBB_ROW_BELOW_FLOOR)
		seq_printf(m, "note: %s %s is too short for this clock%s\n", name, where,
			   result->params.op->batches ? ": a larger batch helps" : "");
}

static void dbb_table_show_notes(struct seq_file *m, const struct dbb_result *result)
{
	unsigned int arm, phase;

	for (arm = 0; arm < result->params.narms; arm++)
		dbb_table_note_disturbed(m, result, arm);
	for (arm = 0; result->rounds && arm < result->params.narms; arm++)
		for (phase = 0; phase < result->params.op->nphases; phase++)
			dbb_table_note_row(m, result, arm, phase);
	if (result->traced)
		seq_puts(m, "note: traced: tracepoints fired inside timed windows\n");
	if (dbb_env_is_emulated())
		seq_puts(m, "note: emulated CPU: times are not a device's, only ratios mean anything\n");
}

/**
 * dbb_table_show() - print a result as a table for people
 * @m: file being read
 * @result: the result
 */
void dbb_table_show(struct seq_file *m, const struct dbb_result *result)
{
	unsigned int arm, phase;

	dbb_result_describe(result, dbb_table_show_key, m);
	dbb_table_show_head(m, result);
	for (arm = 0; arm < result->params.narms; arm++)
		for (phase = 0; phase < result->params.op->nphases; phase++)
			dbb_table_show_row(m, result, arm, phase);
	dbb_table_show_notes(m, result);
}
