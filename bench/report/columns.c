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

void dbb_columns_show_name(struct seq_file *m, const struct dbb_result *result,
			   const struct dbb_column *column)
{
	seq_puts(m, column->name);
	if (column->in_unit)
		seq_printf(m, "_%s", result->params.clock->unit);
}

void dbb_columns_format_heap(char *cell, const struct dbb_result *result, unsigned int arm)
{
	if (result->params.op->family == DBB_FAMILY_NONE)
		strscpy(cell, "none", DBB_CELL_LEN);
	else
		dbb_param_print_arm_heap(cell, DBB_CELL_LEN, &result->params, arm);
}

u64 dbb_columns_size(const struct dbb_result *result)
{
	return result->params.op->family == DBB_FAMILY_NONE ? 0 : result->params.size_bytes;
}

const char *dbb_columns_verdict(const struct dbb_row *row)
{
	return dbb_columns_verdicts[row->verdict];
}

void dbb_columns_format_ratio(char *cell, s64 millionths)
{
	s32 rest;
	s64 whole = div_s64_rem(div_s64(millionths + 500, 1000), 1000, &rest);

	snprintf(cell, DBB_CELL_LEN, "%lld.%03d", whole, rest);
}

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

/*
 * Bytes of the buffer a second, of a phase that passes over all of it; else empty. In
 * units of 1024, so that the product fits.
 */
void dbb_columns_format_rate(char *cell, const struct dbb_result *result, unsigned int arm,
			     unsigned int phase)
{
	const struct dbb_row *row = dbb_result_row(result, arm, phase);

	*cell = '\0';
	if (result->params.op->phases[phase].covers && row->net.n && row->net.p50 > 0 &&
	    !strcmp(result->params.clock->unit, "ns"))
		snprintf(cell, DBB_CELL_LEN, "%llu",
			 div64_u64((result->params.size_bytes >> 10) * NSEC_PER_SEC,
				   row->net.p50) << 10);
}

static const char *dbb_columns_word(enum dbb_column_cell cell, const struct dbb_result *result,
				    unsigned int arm, unsigned int phase)
{
	const struct dbb_row *row = dbb_result_row(result, arm, phase);

	switch (cell) {
	case DBB_COLUMN_OP:
		return result->params.op->name;
	case DBB_COLUMN_PHASE:
		return result->params.op->phases[phase].name;
	case DBB_COLUMN_STRATEGY:
		return result->params.arms[arm].name;
	case DBB_COLUMN_VERDICT:
		return dbb_columns_verdict(row);
	case DBB_COLUMN_MW:
		if (!arm)
			return "baseline";
		return !row->test.differ ? "same" : row->test.higher ? "slower" : "faster";
	default:
		return "";
	}
}

static bool dbb_column_exists(const struct dbb_column *column, const struct dbb_row *row)
{
	switch (column->needs) {
	case DBB_COLUMN_NEEDS_SAMPLES:
		return row->net.n;
	case DBB_COLUMN_NEEDS_NEIGHBOURS:
		return row->net.n > 1;
	case DBB_COLUMN_NEEDS_INTERVAL:
		return row->net.interval;
	case DBB_COLUMN_NEEDS_DIFF_INTERVAL:
		return row->diff.interval;
	case DBB_COLUMN_NEEDS_RATIO:
		return row->ratio.n;
	case DBB_COLUMN_NEEDS_RATIO_INTERVAL:
		return row->ratio.interval;
	case DBB_COLUMN_NEEDS_TWO_MODES:
		return row->modes.count > 1;
	default:
		return true;
	}
}

static s64 dbb_column_number(const struct dbb_column *column, const struct dbb_result *result,
			     const struct dbb_row *row, unsigned int arm)
{
	if (column->in_row)
		return *(const s64 *)((const void *)row + column->offset);
	return *(const u32 *)((const void *)result + column->offset + arm * column->stride);
}

#define DBB_COLUMN_TEXT(_name, _cell) \
	.name = _name, .is_text = true, .cell = DBB_COLUMN_##_cell

#define DBB_COLUMN_RESULT(_field) \
	.offset = offsetof(struct dbb_result, _field)

#define DBB_COLUMN_ROW(_field) \
	.in_row = true, .offset = offsetof(struct dbb_row, _field)

#define DBB_COLUMN_TIME(_name, _needs, _field) \
	.name = _name, .in_unit = true, .needs = DBB_COLUMN_NEEDS_##_needs, DBB_COLUMN_ROW(_field)

#define DBB_COLUMN_SPEEDUP(_name, _needs, _field) \
	.name = _name, .is_ratio = true, .needs = DBB_COLUMN_NEEDS_##_needs, DBB_COLUMN_ROW(_field)

const struct dbb_column dbb_columns[] = {
	{ .name = "run", DBB_COLUMN_RESULT(run) },
	{ DBB_COLUMN_TEXT("op", OP) },
	{ DBB_COLUMN_TEXT("phase", PHASE) },
	{ DBB_COLUMN_TEXT("strategy", STRATEGY) },
	{ DBB_COLUMN_TEXT("heap", HEAP) },
	{ .name = "size_bytes", .cell = DBB_COLUMN_SIZE },
	{ .name = "chunks", DBB_COLUMN_RESULT(chunks[0]), .stride = sizeof(unsigned int) },
	{ .name = "iterations", DBB_COLUMN_RESULT(rounds) },
	{ .name = "complete", .cell = DBB_COLUMN_COMPLETE },
	{ .name = "disturbed", DBB_COLUMN_RESULT(disturbed[0].any),
	  .stride = sizeof(struct dbb_disturbed) },
	{ .name = "overhead", .in_unit = true, DBB_COLUMN_RESULT(cost.overhead) },
	{ .name = "tick", .in_unit = true, DBB_COLUMN_RESULT(cost.tick) },
	{ DBB_COLUMN_TIME("min", SAMPLES, net.min) },
	{ DBB_COLUMN_TIME("p50", SAMPLES, net.p50) },
	{ DBB_COLUMN_TIME("p50_lo", INTERVAL, net.p50_lo) },
	{ DBB_COLUMN_TIME("p50_hi", INTERVAL, net.p50_hi) },
	{ DBB_COLUMN_TIME("p90", SAMPLES, net.p90) },
	{ DBB_COLUMN_TIME("p99", SAMPLES, net.p99) },
	{ DBB_COLUMN_TIME("max", SAMPLES, net.max) },
	{ DBB_COLUMN_TIME("mean", SAMPLES, net.mean) },
	{ DBB_COLUMN_TIME("mad", SAMPLES, net.mad) },
	{ DBB_COLUMN_SPEEDUP("speedup", RATIO, ratio.p50) },
	{ DBB_COLUMN_SPEEDUP("speedup_lo", RATIO_INTERVAL, ratio.p50_lo) },
	{ DBB_COLUMN_SPEEDUP("speedup_hi", RATIO_INTERVAL, ratio.p50_hi) },
	{ DBB_COLUMN_TEXT("verdict", VERDICT) },
	{ DBB_COLUMN_TIME("diff", SAMPLES, diff.p50) },
	{ DBB_COLUMN_TIME("diff_lo", DIFF_INTERVAL, diff.p50_lo) },
	{ DBB_COLUMN_TIME("diff_hi", DIFF_INTERVAL, diff.p50_hi) },
	{ DBB_COLUMN_TEXT("mw", MW) },
	{ .name = "lag1_permille", .needs = DBB_COLUMN_NEEDS_NEIGHBOURS, DBB_COLUMN_ROW(lag1) },
	{ .name = "modes", .cell = DBB_COLUMN_MODES },
	{ DBB_COLUMN_TIME("mode_lo", TWO_MODES, modes.low) },
	{ DBB_COLUMN_TIME("mode_hi", TWO_MODES, modes.high) },
	{ .name = "batch", DBB_COLUMN_RESULT(batch) },
	{ .name = "threads", DBB_COLUMN_RESULT(params.threads) },
	{ DBB_COLUMN_TEXT("flags", FLAGS) },
	{ .name = "buffers", DBB_COLUMN_RESULT(buffers) },
	{ .name = "bytes_per_s", .cell = DBB_COLUMN_BYTES_PER_S },
};

const unsigned int dbb_columns_count = ARRAY_SIZE(dbb_columns);

/* An empty cell is a figure that does not exist. */
void dbb_columns_print(char *text, const struct dbb_result *result, unsigned int i,
		       unsigned int arm, unsigned int phase)
{
	const struct dbb_row *row = dbb_result_row(result, arm, phase);
	const struct dbb_column *column = &dbb_columns[i];
	s64 number = dbb_column_number(column, result, row, arm);

	*text = '\0';
	if (column->cell == DBB_COLUMN_FLAGS)
		dbb_columns_format_flags(text, row->flags);
	else if (column->cell == DBB_COLUMN_HEAP)
		dbb_columns_format_heap(text, result, arm);
	else if (column->cell == DBB_COLUMN_BYTES_PER_S)
		dbb_columns_format_rate(text, result, arm, phase);
	else if (column->is_text)
		strscpy(text, dbb_columns_word(column->cell, result, arm, phase), DBB_CELL_LEN);
	else if (column->cell == DBB_COLUMN_SIZE)
		snprintf(text, DBB_CELL_LEN, "%llu", dbb_columns_size(result));
	else if (column->cell == DBB_COLUMN_COMPLETE)
		snprintf(text, DBB_CELL_LEN, "%u", result->complete);
	else if (column->cell == DBB_COLUMN_MODES)
		snprintf(text, DBB_CELL_LEN, "%u", row->modes.count);
	else if (dbb_column_exists(column, row) && column->is_ratio)
		dbb_columns_format_ratio(text, number);
	else if (dbb_column_exists(column, row))
		snprintf(text, DBB_CELL_LEN, "%lld", number);
}
