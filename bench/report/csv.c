// SPDX-License-Identifier: GPL-2.0
/*
 * results.csv: "# key=value" lines, a header line, a row for each strategy
 * and phase.
 */
#include <linux/seq_file.h>

#include "report.h"

static void dbb_csv_show_key(void *data, const char *key, const char *value)
{
	seq_printf(data, "# %s=%s\n", key, value);
}

static void dbb_csv_show_row(struct seq_file *m, const struct dbb_result *result,
			     unsigned int arm, unsigned int phase)
{
	char cell[DBB_CELL_LEN];
	unsigned int i;

	for (i = 0; i < dbb_columns_count; i++) {
		dbb_columns_print(cell, result, i, arm, phase);
		seq_printf(m, "%s%s", i ? "," : "", cell);
	}
	seq_putc(m, '\n');
}

void dbb_csv_show(struct seq_file *m, const struct dbb_result *result)
{
	unsigned int arm, phase, i;

	dbb_result_describe(result, dbb_csv_show_key, m);
	for (i = 0; i < dbb_columns_count; i++) {
		seq_puts(m, i ? "," : "");
		dbb_columns_show_name(m, result, &dbb_columns[i]);
	}
	seq_putc(m, '\n');
	for (arm = 0; arm < result->params.narms; arm++)
		for (phase = 0; phase < result->params.op->nphases; phase++)
			dbb_csv_show_row(m, result, arm, phase);
}
