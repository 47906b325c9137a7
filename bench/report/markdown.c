// SPDX-License-Identifier: GPL-2.0
/*
 * results.md: for a mail or a merge request.
 */
#include <linux/seq_file.h>

#include "report.h"

static void dbb_markdown_show_key(void *data, const char *key, const char *value)
{
	seq_printf(data, "- %s: `%s`\n", key, value);
}

static void dbb_markdown_show_head(struct seq_file *m, const struct dbb_result *result)
{
	unsigned int i;

	for (i = 0; i < dbb_columns_count; i++) {
		seq_puts(m, "| ");
		dbb_columns_show_name(m, result, &dbb_columns[i]);
		seq_putc(m, ' ');
	}
	seq_puts(m, "|\n");
	for (i = 0; i < dbb_columns_count; i++)
		seq_puts(m, dbb_columns[i].is_text ? "|---" : "|--:");
	seq_puts(m, "|\n");
}

static void dbb_markdown_show_row(struct seq_file *m, const struct dbb_result *result,
				  unsigned int arm, unsigned int phase)
{
	char cell[DBB_CELL_LEN];
	unsigned int i;

	for (i = 0; i < dbb_columns_count; i++) {
		dbb_columns_print(cell, result, i, arm, phase);
		seq_printf(m, "| %s ", cell);
	}
	seq_puts(m, "|\n");
}

void dbb_markdown_show(struct seq_file *m, const struct dbb_result *result)
{
	unsigned int arm, phase;

	dbb_result_describe(result, dbb_markdown_show_key, m);
	seq_putc(m, '\n');
	dbb_markdown_show_head(m, result);
	for (arm = 0; arm < result->params.narms; arm++)
		for (phase = 0; phase < result->params.op->nphases; phase++)
			dbb_markdown_show_row(m, result, arm, phase);
}
