/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A result as text, one file for each format.
 */
#ifndef DBB_BENCH_REPORT_H
#define DBB_BENCH_REPORT_H

#include "../result.h"

struct seq_file;

/* Room for any cell as text. */
#define DBB_CELL_LEN 72

/* What a cell shows */
enum dbb_column_cell {
	DBB_COLUMN_NUMBER,	/* a number of the result or the row */
	DBB_COLUMN_OP,
	DBB_COLUMN_PHASE,
	DBB_COLUMN_STRATEGY,
	DBB_COLUMN_HEAP,
	DBB_COLUMN_VERDICT,
	DBB_COLUMN_MW,
	DBB_COLUMN_FLAGS,
	DBB_COLUMN_SIZE,
	DBB_COLUMN_COMPLETE,
	DBB_COLUMN_MODES,
	DBB_COLUMN_BYTES_PER_S,
};

/* What a row must have for a number to exist. */
enum dbb_column_needs {
	DBB_COLUMN_NEEDS_NOTHING,
	DBB_COLUMN_NEEDS_SAMPLES,
	DBB_COLUMN_NEEDS_NEIGHBOURS,
	DBB_COLUMN_NEEDS_INTERVAL,
	DBB_COLUMN_NEEDS_DIFF_INTERVAL,
	DBB_COLUMN_NEEDS_RATIO,
	DBB_COLUMN_NEEDS_RATIO_INTERVAL,
	DBB_COLUMN_NEEDS_TWO_MODES,
};

/**
 * struct dbb_column - one column of the results
 * @name: without the unit
 * @in_unit: the clock's unit is appended to the name
 * @is_text: its values are words
 * @is_ratio: its values are millionths
 * @cell: what it shows; the fields below describe a number
 * @in_row: the number is an s64 of struct dbb_row, else a u32 of struct dbb_result
 * @needs: the cell is empty unless the row has this
 * @offset: of the number in the struct
 * @stride: distance of the numbers of two arms, 0 when all share one
 *
 * All formats print the same cells in the same order.
 */
struct dbb_column {
	const char *name;
	bool in_unit;
	bool is_text;
	bool is_ratio;
	enum dbb_column_cell cell;
	bool in_row;
	enum dbb_column_needs needs;
	size_t offset;
	size_t stride;
};

extern const struct dbb_column dbb_columns[];
extern const unsigned int dbb_columns_count;

void dbb_columns_show_name(struct seq_file *m, const struct dbb_result *result,
			   const struct dbb_column *column);
void dbb_columns_print(char *text, const struct dbb_result *result, unsigned int i,
		       unsigned int arm, unsigned int phase);
void dbb_columns_format_heap(char *cell, const struct dbb_result *result, unsigned int arm);
void dbb_columns_format_rate(char *cell, const struct dbb_result *result, unsigned int arm,
			     unsigned int phase);
u64 dbb_columns_size(const struct dbb_result *result);
const char *dbb_columns_verdict(const struct dbb_row *row);
void dbb_columns_format_ratio(char *cell, s64 millionths);
void dbb_columns_format_flags(char *cell, unsigned int flags);

void dbb_csv_show(struct seq_file *m, const struct dbb_result *result);
void dbb_gobench_show(struct seq_file *m, const struct dbb_result *result);
void dbb_json_show(struct seq_file *m, const struct dbb_result *result);
void dbb_markdown_show(struct seq_file *m, const struct dbb_result *result);
void dbb_table_show(struct seq_file *m, const struct dbb_result *result);

extern const struct seq_operations dbb_sample_csv_ops;

#endif /* DBB_BENCH_REPORT_H */
