// SPDX-License-Identifier: GPL-2.0
/*
 * samples.csv: every sample, row by row, however many there are.
 */
#include <linux/kernel.h>
#include <linux/math64.h>
#include <linux/seq_file.h>

#include "report.h"

/* A row of samples.csv */
struct dbb_sample_csv_cursor {
	u32 round;
	unsigned int arm;
	unsigned int thread;
	unsigned int phase;
};

/* Position 0 is the header line; the others count rows. */
static bool dbb_sample_csv_seek(const struct dbb_result *result, loff_t pos,
				struct dbb_sample_csv_cursor *cursor)
{
	u64 row = pos - 1;

	cursor->phase = do_div(row, result->params.op->nphases);
	cursor->thread = do_div(row, result->params.threads);
	cursor->arm = do_div(row, result->params.narms);
	cursor->round = row;
	return row < result->rounds;
}

static void *dbb_sample_csv_start(struct seq_file *m, loff_t *pos)
{
	const struct dbb_result *result = m->private;
	struct dbb_sample_csv_cursor cursor;

	if (!*pos)
		return SEQ_START_TOKEN;
	return result && dbb_sample_csv_seek(result, *pos, &cursor) ? pos : NULL;
}

static void *dbb_sample_csv_next(struct seq_file *m, void *v, loff_t *pos)
{
	++*pos;
	return dbb_sample_csv_start(m, pos);
}

static void dbb_sample_csv_stop(struct seq_file *m, void *v)
{
}

static void dbb_sample_csv_show_flags(struct seq_file *m, unsigned int flags)
{
	static const char *const names[] = { "migrated", "switched", "interrupted" };
	const char *plus = "";
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(names); i++) {
		if (flags & BIT(i)) {
			seq_printf(m, "%s%s", plus, names[i]);
			plus = "+";
		}
	}
}

static int dbb_sample_csv_show(struct seq_file *m, void *v)
{
	const struct dbb_result *result = m->private;
	const struct dbb_sample *sample;
	struct dbb_sample_csv_cursor cursor;

	if (v == SEQ_START_TOKEN) {
		seq_printf(m, "round,arm,phase,strategy,order_in_round,%s,cpu,flags,thread,buffer\n",
			   result ? result->params.clock->unit : "ns");
		return 0;
	}
	dbb_sample_csv_seek(result, *(loff_t *)v, &cursor);
	sample = dbb_result_sample(result, cursor.round, cursor.arm, cursor.thread);
	seq_printf(m, "%u,%u,%s,%s,%u,%llu,%u,", cursor.round, cursor.arm,
		   result->params.op->phases[cursor.phase].name,
		   result->params.arms[cursor.arm].name, sample->order,
		   sample->raw[cursor.phase], sample->cpu);
	dbb_sample_csv_show_flags(m, sample->flags);
	seq_printf(m, ",%u,%u\n", cursor.thread,
		   dbb_group_of(result->params.iterations, result->params.buffers, cursor.round));
	return 0;
}

const struct seq_operations dbb_sample_csv_ops = {
	.start	= dbb_sample_csv_start,
	.next	= dbb_sample_csv_next,
	.stop	= dbb_sample_csv_stop,
	.show	= dbb_sample_csv_show,
};
