// SPDX-License-Identifier: GPL-2.0
/*
 * results.bench: the text format of Go benchmarks, which benchstat and its
 * like read. Words go into a benchmark's name, numbers become its metrics.
 */
#include <linux/seq_file.h>

#include "report.h"

static void dbb_gobench_show_key(void *data, const char *key, const char *value)
{
	seq_printf(data, "%s: %s\n", key, value);
}

static void dbb_gobench_show_row(struct seq_file *m, const struct dbb_result *result,
				 unsigned int arm, unsigned int phase)
{
	const struct dbb_row *row = dbb_result_row(result, arm, phase);
	char cell[DBB_CELL_LEN];
	unsigned int i;

	if (!row->net.n)
		return;
	/* The name has no blank; flags and verdict would split one history in two. */
	dbb_columns_format_heap(cell, result, arm);
	seq_printf(m, "Benchmark%s/phase=%s/strategy=%s/heap=%s/size_bytes=%llu",
		   result->params.op->name, result->params.op->phases[phase].name,
		   result->params.arms[arm].name, cell, dbb_columns_size(result));
	seq_printf(m, "\t%u\t%lld %s/op", row->net.n, row->net.p50,
		   result->params.clock->unit);
	for (i = 0; i < dbb_columns_count; i++) {
		dbb_columns_print(cell, result, i, arm, phase);
		if (dbb_columns[i].is_text || !*cell)
			continue;
		seq_printf(m, "\t%s ", cell);
		dbb_columns_show_name(m, result, &dbb_columns[i]);
	}
	seq_putc(m, '\n');
}

/* The first metric is the median; the others are named as the columns. */
void dbb_gobench_show(struct seq_file *m, const struct dbb_result *result)
{
	unsigned int arm, phase;

	dbb_result_describe(result, dbb_gobench_show_key, m);
	for (arm = 0; arm < result->params.narms; arm++)
		for (phase = 0; phase < result->params.op->nphases; phase++)
			dbb_gobench_show_row(m, result, arm, phase);
}
