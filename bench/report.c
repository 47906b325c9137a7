// SPDX-License-Identifier: GPL-2.0
/*
 * A result as text: the table for people, csv for programs, the samples.
 */
#include <linux/kernel.h>
#include <linux/math64.h>
#include <linux/seq_file.h>

#include "report.h"
#include "result.h"

static const char *const dbb_report_verdicts[DBB_VERDICT_MAX] = {
	[DBB_VERDICT_BASELINE]	= "baseline",
	[DBB_VERDICT_FASTER]	= "faster",
	[DBB_VERDICT_SLOWER]	= "slower",
	[DBB_VERDICT_SAME]	= "same",
	[DBB_VERDICT_UNCLEAR]	= "unclear",
};

/* Room for a number or a ratio of millionths with three decimals. */
#define DBB_REPORT_CELL 24

static const char *dbb_report_ratio(char *cell, s64 millionths)
{
	s64 thousandths = div_s64(millionths + 500, 1000);
	s32 rest;
	s64 whole = div_s64_rem(thousandths, 1000, &rest);

	snprintf(cell, DBB_REPORT_CELL, "%lld.%03d", whole, rest);
	return cell;
}

static void dbb_report_header(struct seq_file *m, const struct dbb_result *result)
{
	dbb_env_show(m, &result->env);
	seq_printf(m, "# traced=%d\n", result->traced);
	seq_puts(m, "# params=");
	dbb_param_show_line(m, &result->params);
}

static u64 dbb_report_size(const struct dbb_result *result)
{
	return result->params.op->family == DBB_FAMILY_NONE ? 0 : result->params.size_bytes;
}

static const char *dbb_report_heap(const struct dbb_result *result)
{
	return result->params.op->family == DBB_FAMILY_NONE ? "none" :
							     result->params.heap->name;
}

static void dbb_report_csv_row(struct seq_file *m, const struct dbb_result *result,
			       unsigned int arm, unsigned int phase)
{
	const struct dbb_params *params = &result->params;
	const struct dbb_row *row = dbb_result_row(result, arm, phase);
	const struct dbb_summary *net = &row->net;
	char cell[DBB_REPORT_CELL];

	seq_printf(m, "%u,%s,%s,%s,%s,%llu,%u,%u,%d,%u,%u,%u,", result->run,
		   params->op->name, params->op->phases[phase].name,
		   params->arms[arm].name, dbb_report_heap(result),
		   dbb_report_size(result), result->chunks, net->n, result->complete,
		   result->disturbed[arm], result->clock.overhead_ns,
		   result->clock.tick_ns);
	if (!net->n) {
		seq_printf(m, ",,,,,,,,,,,,%s\n", dbb_report_verdicts[row->verdict]);
		return;
	}
	seq_printf(m, "%lld,%lld,", net->min, net->p50);
	if (net->interval)
		seq_printf(m, "%lld,%lld,", net->p50_lo, net->p50_hi);
	else
		seq_puts(m, ",,");
	seq_printf(m, "%lld,%lld,%lld,%lld,%lld,", net->p90, net->p99, net->max,
		   net->mean, net->mad);
	seq_printf(m, "%s,", dbb_report_ratio(cell, row->ratio.p50));
	if (row->ratio.interval) {
		seq_printf(m, "%s,", dbb_report_ratio(cell, row->ratio.p50_lo));
		seq_printf(m, "%s,", dbb_report_ratio(cell, row->ratio.p50_hi));
	} else {
		seq_puts(m, ",,");
	}
	seq_printf(m, "%s\n", dbb_report_verdicts[row->verdict]);
}

/**
 * dbb_report_csv() - print a result as csv: "# key=value" lines, a header
 *		      line, a row for each strategy and phase
 * @m: file being read
 * @result: the result
 *
 * A figure that does not exist (an interval of fewer than 6 rounds) is an
 * empty field.
 */
void dbb_report_csv(struct seq_file *m, const struct dbb_result *result)
{
	unsigned int arm, phase;

	dbb_report_header(m, result);
	seq_puts(m, "run,op,phase,strategy,heap,size_bytes,chunks,iterations,complete,disturbed,overhead_ns,tick_ns,min_ns,p50_ns,p50_lo_ns,p50_hi_ns,p90_ns,p99_ns,max_ns,mean_ns,mad_ns,speedup,speedup_lo,speedup_hi,verdict\n");
	for (arm = 0; arm < result->params.narms; arm++)
		for (phase = 0; phase < result->params.op->nphases; phase++)
			dbb_report_csv_row(m, result, arm, phase);
}

/*
 * A phase's share of the arm's total over all rounds, in tenths of a percent.
 * Of means, not medians, because only those add up.
 */
static void dbb_report_share(struct seq_file *m, const struct dbb_result *result,
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

static void dbb_report_interval(struct seq_file *m, const char *format,
				const struct dbb_summary *summary)
{
	char lo[DBB_REPORT_CELL] = "-", hi[DBB_REPORT_CELL] = "-";

	if (summary->interval) {
		dbb_report_ratio(lo, summary->p50_lo);
		dbb_report_ratio(hi, summary->p50_hi);
	}
	seq_printf(m, format, lo, hi);
}

static void dbb_report_table_row(struct seq_file *m, const struct dbb_result *result,
				 unsigned int arm, unsigned int phase)
{
	const struct dbb_params *params = &result->params;
	const struct dbb_row *row = dbb_result_row(result, arm, phase);
	const struct dbb_summary *net = &row->net;
	char cell[DBB_REPORT_CELL];

	seq_printf(m, "%-8s %-7s %7u", params->arms[arm].name,
		   params->op->phases[phase].name, net->n);
	if (!net->n) {
		seq_puts(m, "  no round was completed\n");
		return;
	}
	seq_printf(m, " %12lld %12lld %12lld %12lld %12lld", net->min, net->p50, net->p90,
		   net->max, net->mad);
	dbb_report_share(m, result, arm, phase);
	seq_printf(m, " %9s", dbb_report_ratio(cell, row->ratio.p50));
	dbb_report_interval(m, " %9s %9s", &row->ratio);
	seq_printf(m, "  %s\n", dbb_report_verdicts[row->verdict]);
}

/**
 * dbb_report_table() - print a result as a table for people
 * @m: file being read
 * @result: the result
 */
void dbb_report_table(struct seq_file *m, const struct dbb_result *result)
{
	unsigned int arm, phase;

	dbb_report_header(m, result);
	seq_printf(m, "run %u: op %s, heap %s, %llu bytes in %u chunks, %u of %u rounds%s\n",
		   result->run, result->params.op->name, dbb_report_heap(result),
		   dbb_report_size(result), result->chunks, result->rounds,
		   result->params.iterations, result->complete ? "" : " (INCOMPLETE)");
	seq_printf(m, "clock: overhead %u ns (subtracted), tick %u ns\n",
		   result->clock.overhead_ns, result->clock.tick_ns);
	seq_printf(m, "%-8s %-7s %7s %12s %12s %12s %12s %12s %9s %9s %9s %9s  %s\n",
		   "strategy", "phase", "rounds", "min_ns", "p50_ns", "p90_ns", "max_ns",
		   "mad_ns", "share_pct", "speedup", "lo95", "hi95", "verdict");
	for (arm = 0; arm < result->params.narms; arm++)
		for (phase = 0; phase < result->params.op->nphases; phase++)
			dbb_report_table_row(m, result, arm, phase);
	for (arm = 0; arm < result->params.narms; arm++)
		if (result->disturbed[arm])
			seq_printf(m, "note: %u of %u samples of arm %u (%s) were disturbed (migrated or scheduled out)\n",
				   result->disturbed[arm], result->rounds, arm,
				   result->params.arms[arm].name);
	if (result->traced)
		seq_puts(m, "note: traced: tracepoints fired inside timed windows\n");
	if (dbb_env_is_emulated())
		seq_puts(m, "note: emulated CPU: times are not a device's, only ratios mean anything\n");
}

/**
 * struct dbb_report_cursor - a row of samples.csv
 * @round: measured round
 * @arm: index of the arm
 * @phase: index of the phase
 */
struct dbb_report_cursor {
	u32 round;
	unsigned int arm;
	unsigned int phase;
};

/* Position 0 is the header line; the others count rows. */
static bool dbb_report_seek(const struct dbb_result *result, loff_t pos,
			    struct dbb_report_cursor *cursor)
{
	u64 row = pos - 1;

	cursor->phase = do_div(row, result->params.op->nphases);
	cursor->arm = do_div(row, result->params.narms);
	cursor->round = row;
	return row < result->rounds;
}

static void *dbb_report_samples_start(struct seq_file *m, loff_t *pos)
{
	const struct dbb_result *result = m->private;
	struct dbb_report_cursor cursor;

	if (!*pos)
		return SEQ_START_TOKEN;
	return result && dbb_report_seek(result, *pos, &cursor) ? pos : NULL;
}

static void *dbb_report_samples_next(struct seq_file *m, void *v, loff_t *pos)
{
	++*pos;
	return dbb_report_samples_start(m, pos);
}

static void dbb_report_samples_stop(struct seq_file *m, void *v)
{
}

static void dbb_report_flags(struct seq_file *m, unsigned int flags)
{
	if (flags & DBB_SAMPLE_MIGRATED)
		seq_puts(m, "migrated");
	if (flags & DBB_SAMPLE_SWITCHED)
		seq_puts(m, flags & DBB_SAMPLE_MIGRATED ? "+switched" : "switched");
	seq_putc(m, '\n');
}

static int dbb_report_samples_show(struct seq_file *m, void *v)
{
	const struct dbb_result *result = m->private;
	const struct dbb_sample *sample;
	struct dbb_report_cursor cursor;

	if (v == SEQ_START_TOKEN) {
		seq_puts(m, "round,arm,phase,strategy,order_in_round,ns,cpu,flags\n");
		return 0;
	}
	dbb_report_seek(result, *(loff_t *)v, &cursor);
	sample = dbb_result_sample(result, cursor.round, cursor.arm);
	seq_printf(m, "%u,%u,%s,%s,%u,%llu,%u,", cursor.round, cursor.arm,
		   result->params.op->phases[cursor.phase].name,
		   result->params.arms[cursor.arm].name, sample->order,
		   sample->ns[cursor.phase], sample->cpu);
	dbb_report_flags(m, sample->flags);
	return 0;
}

const struct seq_operations dbb_report_samples_ops = {
	.start	= dbb_report_samples_start,
	.next	= dbb_report_samples_next,
	.stop	= dbb_report_samples_stop,
	.show	= dbb_report_samples_show,
};
