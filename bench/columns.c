// SPDX-License-Identifier: GPL-2.0
/*
 * The columns of the results: one table that every format prints. Columns
 * are only ever appended.
 */
#include <linux/kernel.h>
#include <linux/math64.h>
#include <linux/seq_file.h>
#include <linux/stddef.h>
#include <linux/string.h>

#include "report.h"

static const char *const dbb_columns_verdicts[DBB_VERDICT_MAX] = {
	[DBB_VERDICT_BASELINE]	= "baseline",
	[DBB_VERDICT_FASTER]	= "faster",
	[DBB_VERDICT_SLOWER]	= "slower",
	[DBB_VERDICT_SAME]	= "same",
	[DBB_VERDICT_UNCLEAR]	= "unclear",
};

/* In the order of the DBB_ROW_ bits. */
static const char *const dbb_columns_flags[] = {
	"below_floor", "low_distinct", "mad_zero", "autocorrelated", "two_modes", "absent",
};

/**
 * dbb_columns_show_name() - print a column's name with its unit
 * @m: file being read
 * @result: the result, whose clock has the unit
 * @column: the column
 */
void dbb_columns_show_name(struct seq_file *m, const struct dbb_result *result,
			   const struct dbb_column *column)
{
	seq_puts(m, column->name);
	if (column->in_unit)
		seq_printf(m, "_%s", result->params.clock->unit);
}

/**
 * dbb_columns_heap() - the heap an arm is about
 * @result: the result
 * @arm: index of the arm
 *
 * Return: its name, or "none" when the op has no buffer.
 */
const char *dbb_columns_heap(const struct dbb_result *result, unsigned int arm)
{
	return result->params.op->family == DBB_FAMILY_NONE ?
	       "none" : dbb_param_heap(&result->params, arm)->name;
}

/**
 * dbb_columns_size() - the buffer size a result is about
 * @result: the result
 *
 * Return: bytes, 0 when the op has no buffer.
 */
u64 dbb_columns_size(const struct dbb_result *result)
{
	return result->params.op->family == DBB_FAMILY_NONE ? 0 : result->params.size_bytes;
}

/**
 * dbb_columns_verdict() - a row's verdict as a word
 * @row: the row
 *
 * Return: the word.
 */
const char *dbb_columns_verdict(const struct dbb_row *row)
{
	return dbb_columns_verdicts[row->verdict];
}

/**
 * dbb_columns_format_ratio() - print millionths with three decimals
 * @cell: room for %DBB_CELL_LEN
 * @millionths: the ratio
 */
void dbb_columns_format_ratio(char *cell, s64 millionths)
{
	s32 rest;
	s64 whole = div_s64_rem(div_s64(millionths + 500, 1000), 1000, &rest);

	snprintf(cell, DBB_CELL_LEN, "%lld.%03d", whole, rest);
}

/**
 * dbb_columns_format_flags() - print DBB_ROW_ bits as words
 * @cell: room for %DBB_CELL_LEN
 * @flags: the bits
 *
 * The words are joined by "+"; nothing for no flag.
 */
void dbb_columns_format_flags(char *cell, unsigned int flags)
{
	unsigned int i;
	int len = 0;

	*cell = '\0';
	for (i = 0; i < ARRAY_SIZE(dbb_columns_flags); i++)
		if (flags & BIT(i))
			len += scnprintf(cell + len, DBB_CELL_LEN - len, "%s%s",
					 len ? "+" : "", dbb_columns_flags[i]);
}

static const struct dbb_row *dbb_column_row(const struct dbb_cell *at)
{
	return dbb_result_row(at->result, at->arm, at->phase);
}

static void dbb_column_u64(char *text, u64 value)
{
	snprintf(text, DBB_CELL_LEN, "%llu", value);
}

static void dbb_column_s64(char *text, bool exists, s64 value)
{
	*text = '\0';
	if (exists)
		snprintf(text, DBB_CELL_LEN, "%lld", value);
}

static void dbb_column_run(char *text, const struct dbb_cell *at)
{
	dbb_column_u64(text, at->result->run);
}

static void dbb_column_size_bytes(char *text, const struct dbb_cell *at)
{
	dbb_column_u64(text, dbb_columns_size(at->result));
}

static void dbb_column_chunks(char *text, const struct dbb_cell *at)
{
	dbb_column_u64(text, at->result->chunks[at->arm]);
}

static void dbb_column_iterations(char *text, const struct dbb_cell *at)
{
	dbb_column_u64(text, at->result->rounds);
}

static void dbb_column_complete(char *text, const struct dbb_cell *at)
{
	dbb_column_u64(text, at->result->complete);
}

static void dbb_column_disturbed(char *text, const struct dbb_cell *at)
{
	dbb_column_u64(text, at->result->disturbed[at->arm].any);
}

static void dbb_column_overhead(char *text, const struct dbb_cell *at)
{
	dbb_column_u64(text, at->result->cost.overhead);
}

static void dbb_column_tick(char *text, const struct dbb_cell *at)
{
	dbb_column_u64(text, at->result->cost.tick);
}

static void dbb_column_modes(char *text, const struct dbb_cell *at)
{
	dbb_column_u64(text, dbb_column_row(at)->modes.count);
}

static void dbb_column_batch(char *text, const struct dbb_cell *at)
{
	dbb_column_u64(text, at->result->batch);
}

static void dbb_column_threads(char *text, const struct dbb_cell *at)
{
	dbb_column_u64(text, at->result->params.threads);
}

static void dbb_column_op(char *text, const struct dbb_cell *at)
{
	strscpy(text, at->result->params.op->name, DBB_CELL_LEN);
}

static void dbb_column_phase(char *text, const struct dbb_cell *at)
{
	strscpy(text, at->result->params.op->phases[at->phase].name, DBB_CELL_LEN);
}

static void dbb_column_strategy(char *text, const struct dbb_cell *at)
{
	strscpy(text, at->result->params.arms[at->arm].name, DBB_CELL_LEN);
}

static void dbb_column_heap(char *text, const struct dbb_cell *at)
{
	strscpy(text, dbb_columns_heap(at->result, at->arm), DBB_CELL_LEN);
}

static void dbb_column_verdict(char *text, const struct dbb_cell *at)
{
	strscpy(text, dbb_columns_verdict(dbb_column_row(at)), DBB_CELL_LEN);
}

static void dbb_column_mw(char *text, const struct dbb_cell *at)
{
	const struct dbb_mannwhitney *test = &dbb_column_row(at)->test;
	const char *word = !test->differ ? "same" : test->higher ? "slower" : "faster";

	strscpy(text, at->arm ? word : "baseline", DBB_CELL_LEN);
}

static void dbb_column_lag1(char *text, const struct dbb_cell *at)
{
	dbb_column_s64(text, dbb_column_row(at)->net.n > 1, dbb_column_row(at)->lag1);
}

static void dbb_column_mode_lo(char *text, const struct dbb_cell *at)
{
	const struct dbb_modes *modes = &dbb_column_row(at)->modes;

	dbb_column_s64(text, modes->count > 1, modes->low);
}

static void dbb_column_mode_hi(char *text, const struct dbb_cell *at)
{
	const struct dbb_modes *modes = &dbb_column_row(at)->modes;

	dbb_column_s64(text, modes->count > 1, modes->high);
}

static void dbb_column_flags(char *text, const struct dbb_cell *at)
{
	dbb_columns_format_flags(text, dbb_column_row(at)->flags);
}

/* The column's field of the row: there when there are samples. */
static s64 dbb_column_field(const struct dbb_cell *at)
{
	const void *row = dbb_column_row(at);

	return *(const s64 *)(row + at->column->offset);
}

static void dbb_column_figure(char *text, const struct dbb_cell *at)
{
	dbb_column_s64(text, dbb_column_row(at)->net.n, dbb_column_field(at));
}

/* One end of an interval: there when there are samples enough for one. */
static void dbb_column_bound(char *text, const struct dbb_cell *at)
{
	dbb_column_s64(text, dbb_column_row(at)->net.interval, dbb_column_field(at));
}

static void dbb_column_ratio(char *text, const struct dbb_cell *at)
{
	*text = '\0';
	if (dbb_column_row(at)->ratio.n)
		dbb_columns_format_ratio(text, dbb_column_field(at));
}

static void dbb_column_ratio_bound(char *text, const struct dbb_cell *at)
{
	*text = '\0';
	if (dbb_column_row(at)->ratio.interval)
		dbb_columns_format_ratio(text, dbb_column_field(at));
}

#define DBB_COLUMN_IN_ROW(_field) offsetof(struct dbb_row, _field)

const struct dbb_column dbb_columns[] = {
	{ .name = "run", .print = dbb_column_run },
	{ .name = "op", .is_text = true, .print = dbb_column_op },
	{ .name = "phase", .is_text = true, .print = dbb_column_phase },
	{ .name = "strategy", .is_text = true, .print = dbb_column_strategy },
	{ .name = "heap", .is_text = true, .print = dbb_column_heap },
	{ .name = "size_bytes", .print = dbb_column_size_bytes },
	{ .name = "chunks", .print = dbb_column_chunks },
	{ .name = "iterations", .print = dbb_column_iterations },
	{ .name = "complete", .print = dbb_column_complete },
	{ .name = "disturbed", .print = dbb_column_disturbed },
	{ .name = "overhead", .in_unit = true, .print = dbb_column_overhead },
	{ .name = "tick", .in_unit = true, .print = dbb_column_tick },
	{ .name = "min", .in_unit = true, .print = dbb_column_figure,
	  .offset = DBB_COLUMN_IN_ROW(net.min) },
	{ .name = "p50", .in_unit = true, .print = dbb_column_figure,
	  .offset = DBB_COLUMN_IN_ROW(net.p50) },
	{ .name = "p50_lo", .in_unit = true, .print = dbb_column_bound,
	  .offset = DBB_COLUMN_IN_ROW(net.p50_lo) },
	{ .name = "p50_hi", .in_unit = true, .print = dbb_column_bound,
	  .offset = DBB_COLUMN_IN_ROW(net.p50_hi) },
	{ .name = "p90", .in_unit = true, .print = dbb_column_figure,
	  .offset = DBB_COLUMN_IN_ROW(net.p90) },
	{ .name = "p99", .in_unit = true, .print = dbb_column_figure,
	  .offset = DBB_COLUMN_IN_ROW(net.p99) },
	{ .name = "max", .in_unit = true, .print = dbb_column_figure,
	  .offset = DBB_COLUMN_IN_ROW(net.max) },
	{ .name = "mean", .in_unit = true, .print = dbb_column_figure,
	  .offset = DBB_COLUMN_IN_ROW(net.mean) },
	{ .name = "mad", .in_unit = true, .print = dbb_column_figure,
	  .offset = DBB_COLUMN_IN_ROW(net.mad) },
	{ .name = "speedup", .print = dbb_column_ratio,
	  .offset = DBB_COLUMN_IN_ROW(ratio.p50) },
	{ .name = "speedup_lo", .print = dbb_column_ratio_bound,
	  .offset = DBB_COLUMN_IN_ROW(ratio.p50_lo) },
	{ .name = "speedup_hi", .print = dbb_column_ratio_bound,
	  .offset = DBB_COLUMN_IN_ROW(ratio.p50_hi) },
	{ .name = "verdict", .is_text = true, .print = dbb_column_verdict },
	{ .name = "diff", .in_unit = true, .print = dbb_column_figure,
	  .offset = DBB_COLUMN_IN_ROW(diff.p50) },
	{ .name = "diff_lo", .in_unit = true, .print = dbb_column_bound,
	  .offset = DBB_COLUMN_IN_ROW(diff.p50_lo) },
	{ .name = "diff_hi", .in_unit = true, .print = dbb_column_bound,
	  .offset = DBB_COLUMN_IN_ROW(diff.p50_hi) },
	{ .name = "mw", .is_text = true, .print = dbb_column_mw },
	{ .name = "lag1_permille", .print = dbb_column_lag1 },
	{ .name = "modes", .print = dbb_column_modes },
	{ .name = "mode_lo", .in_unit = true, .print = dbb_column_mode_lo },
	{ .name = "mode_hi", .in_unit = true, .print = dbb_column_mode_hi },
	{ .name = "batch", .print = dbb_column_batch },
	{ .name = "threads", .print = dbb_column_threads },
	{ .name = "flags", .is_text = true, .print = dbb_column_flags },
};

const unsigned int dbb_columns_count = ARRAY_SIZE(dbb_columns);

/**
 * dbb_columns_print() - write a cell as text
 * @text: room for %DBB_CELL_LEN
 * @result: the result
 * @i: index of the column
 * @arm: index of the arm
 * @phase: index of the phase
 */
void dbb_columns_print(char *text, const struct dbb_result *result, unsigned int i,
		       unsigned int arm, unsigned int phase)
{
	struct dbb_cell at = {
		.result = result, .column = &dbb_columns[i], .arm = arm, .phase = phase,
	};

	dbb_columns[i].print(text, &at);
}
