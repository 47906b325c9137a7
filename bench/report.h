/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A result as text, one file for each format.
 */
#ifndef DBB_BENCH_REPORT_H
#define DBB_BENCH_REPORT_H

#include "result.h"

struct seq_file;

/* Room for any cell as text. */
#define DBB_CELL_LEN 72

struct dbb_column;

/**
 * struct dbb_cell - a place in the table of results
 * @result: the result
 * @column: the column
 * @arm: with @phase, the row
 * @phase: with @arm, the row
 */
struct dbb_cell {
	const struct dbb_result *result;
	const struct dbb_column *column;
	unsigned int arm;
	unsigned int phase;
};

/**
 * struct dbb_column - one column of the results
 * @name: without the unit
 * @in_unit: its values are in the clock's unit, which is appended to the name
 * @is_text: its values are words
 * @print: write a cell to a buffer of %DBB_CELL_LEN; an empty one is a figure
 *	   that does not exist
 * @offset: of the field of struct dbb_row that @print shows, if it needs one
 *
 * All formats print the same cells in the same order.
 */
struct dbb_column {
	const char *name;
	bool in_unit;
	bool is_text;
	void (*print)(char *text, const struct dbb_cell *at);
	size_t offset;
};

extern const struct dbb_column dbb_columns[];
extern const unsigned int dbb_columns_count;

void dbb_columns_show_name(struct seq_file *m, const struct dbb_result *result,
			   const struct dbb_column *column);
void dbb_columns_print(char *text, const struct dbb_result *result, unsigned int i,
		       unsigned int arm, unsigned int phase);
const char *dbb_columns_heap(const struct dbb_result *result, unsigned int arm);
u64 dbb_columns_size(const struct dbb_result *result);
const char *dbb_columns_verdict(const struct dbb_row *row);
void dbb_columns_format_ratio(char *cell, s64 millionths);
void dbb_columns_format_flags(char *cell, unsigned int flags);

void dbb_csv_show(struct seq_file *m, const struct dbb_result *result);
void dbb_gobench_show(struct seq_file *m, const struct dbb_result *result);
void dbb_json_show(struct seq_file *m, const struct dbb_result *result);
void dbb_markdown_show(struct seq_file *m, const struct dbb_result *result);
void dbb_table_show(struct seq_file *m, const struct dbb_result *result);

extern const struct seq_operations dbb_stream_ops;

#endif /* DBB_BENCH_REPORT_H */
