// SPDX-License-Identifier: GPL-2.0
/*
 * What a person reads of dmabuf_probe: a sentence for each source, its table, its
 * facts.
 */
#include <string.h>

#include "dmabuf_probe.h"

static void print_key(void *data, const char *key, const char *value)
{
	fprintf(data, "# %s=%s\n", key, value);
}

/* Facts in lines of a width that a terminal has. */
struct wrapped {
	FILE *out;
	size_t column;
};

static void print_fact(void *data, const char *key, const char *value)
{
	struct wrapped *wrapped = data;
	size_t len = strlen(key) + strlen(value) + 2;

	if (wrapped->column && wrapped->column + len > 96) {
		fputc('\n', wrapped->out);
		wrapped->column = 0;
	}
	if (!wrapped->column)
		wrapped->column = fprintf(wrapped->out, " ");
	wrapped->column += fprintf(wrapped->out, " %s=%s", key, value);
}

static void print_facts(const struct probe *probe, unsigned int number, FILE *out)
{
	struct wrapped wrapped = { .out = out };

	describe_source(probe, number, print_fact, &wrapped);
	fputc('\n', out);
	wrapped.column = 0;
	if (!probe->sources[number].mmap_error) {
		describe_reference(probe, number, print_fact, &wrapped);
		fputc('\n', out);
	}
}

static double times(u64 thousandths)
{
	return thousandths ? 1000.0 / thousandths : 0;
}

/* A speedup of 0.080 reads "12.5 x slower than". */
static void print_answer(const struct probe *probe, unsigned int number, enum phase phase,
			 const char *what, FILE *out)
{
	const struct run *run = &probe->runs[number][0];
	struct figures f;

	if (!run->has[phase] || !run->rounds)
		return;
	make_figures(probe, run, ARM_EXPORTER, phase, &f);
	fprintf(out, "%s: %s ", run->source->name, what);
	if (!strcmp(f.verdict, "slower"))
		fprintf(out, "is %.2f x slower than ordinary memory [%.2f, %.2f]",
			times(f.speedup), times(f.speedup_hi), times(f.speedup_lo));
	else if (!strcmp(f.verdict, "faster"))
		fprintf(out, "is %.2f x faster than ordinary memory [%.2f, %.2f]",
			f.speedup / 1e3, f.speedup_lo / 1e3, f.speedup_hi / 1e3);
	else if (!strcmp(f.verdict, "same"))
		fprintf(out, "is as fast as ordinary memory, within 1 %%");
	else if (f.ratio_interval)
		fprintf(out, "unclear against ordinary memory: %.3f [%.3f, %.3f] times as fast",
			f.speedup / 1e3, f.speedup_lo / 1e3, f.speedup_hi / 1e3);
	else
		fprintf(out, "unclear against ordinary memory: %.3f times as fast, no interval",
			f.speedup / 1e3);
	fprintf(out, ", %.1f MB/s\n", f.bytes_per_s / 1e6);
}

static void print_rate(FILE *out, u64 bytes_per_s)
{
	if (bytes_per_s)
		fprintf(out, " %10.1f", bytes_per_s / 1e6);
	else
		fprintf(out, " %10s", "-");
}

static void print_time(FILE *out, const struct figures *f)
{
	if (f->n && !f->absent)
		fprintf(out, " %12lld", f->p50);
	else
		fprintf(out, " %12s", "-");
}

static void print_ratio(FILE *out, bool exists, u64 thousandths)
{
	if (exists)
		fprintf(out, " %9.3f", thousandths / 1e3);
	else
		fprintf(out, " %9s", "-");
}

static void print_phase(const struct probe *probe, const struct run *run, enum phase phase,
			FILE *out)
{
	struct figures anon, f;

	make_figures(probe, run, ARM_ANON, phase, &anon);
	make_figures(probe, run, ARM_EXPORTER, phase, &f);
	fprintf(out, "%-7s %-12s %11llu", phase_op(phase), phase_name(phase),
		run->window[phase]);
	print_time(out, &anon);
	print_time(out, &f);
	print_rate(out, anon.bytes_per_s);
	print_rate(out, f.bytes_per_s);
	print_ratio(out, f.ratio, f.speedup);
	print_ratio(out, f.ratio_interval, f.speedup_lo);
	print_ratio(out, f.ratio_interval, f.speedup_hi);
	if (f.flags[0])
		fprintf(out, "  %-8s %s\n", f.ratio ? f.verdict : "-", f.flags);
	else
		fprintf(out, "  %s\n", f.ratio ? f.verdict : "-");
}

static void print_lines(const struct probe *probe, unsigned int number, FILE *out)
{
	struct line line;
	bool any = false;

	for (enum phase phase = 0; phase < PHASE_MAX; phase++) {
		for (enum arm arm = 0; arm < ARM_MAX; arm++) {
			if (!make_line(probe, number, arm, phase, &line))
				continue;
			if (!any)
				fprintf(out, "%-7s %-12s %-9s %6s %12s %12s %8s\n", "op",
					"phase", "strategy", "sizes", "fixed_ns",
					"per_page_ns", "off_pct");
			any = true;
			fprintf(out, "%-7s %-12s %-9s %6u %12.0f %12.3f %+8.1f\n",
				phase_op(phase), phase_name(phase), arm_strategy(arm),
				line.sizes, line.fixed_ns, line.per_page_ns, line.off_pct);
		}
	}
}

static void print_source(const struct probe *probe, unsigned int number, FILE *out)
{
	const struct run *run = &probe->runs[number][0];
	const struct source *source = run->source;

	fprintf(out, "\nsource %u: %s, %s, %llu bytes, %u rounds%s\n", number + 1, source->name,
		source->from.path, run->len, run->rounds, run->stopped ? ", stopped" : "");
	if (source->mmap_error)
		fprintf(out, "cannot be mapped: %s: %s\n", errno_name(source->mmap_error),
			strerror(source->mmap_error));
	fprintf(out, "%-7s %-12s %11s %12s %12s %10s %10s %9s %9s %9s  %s\n", "op", "phase",
		"size_bytes", "anon_p50_ns", "p50_ns", "anon_MB/s", "MB/s", "speedup", "lo95",
		"hi95", "verdict");
	for (enum phase phase = 0; phase < PHASE_MAX; phase++)
		if (run->has[phase])
			print_phase(probe, run, phase, out);
	print_lines(probe, number, out);
	print_facts(probe, number, out);
}

static void print_refusals(const struct probe *probe, FILE *out)
{
	for (unsigned int i = 0; i < probe->nsources; i++) {
		const struct source *source = &probe->sources[i];

		if (source->from.error && !probe->runs[i][0].rounds)
			fprintf(out, "%s: %s, not measured (%s)\n", source->from.path,
				errno_name(source->from.error), source->from.failed);
	}
}

static void print_warning(FILE *out)
{
	char accel[16];

	read_accel(accel, sizeof(accel));
	if (!strcmp(accel, "tcg"))
		fprintf(out, "emulated: neither times nor ratios of times are a device's\n");
	else if (!strcmp(accel, "icount"))
		fprintf(out, "icount: one ns is one guest instruction: work, not time\n");
}

void print_table(const struct probe *probe, FILE *out)
{
	for (unsigned int i = 0; i < probe->nsources; i++) {
		if (!probe->runs[i][0].samples)
			continue;
		print_answer(probe, i, PHASE_COPY_OUT, "copying out", out);
		print_answer(probe, i, PHASE_COPY_IN, "copying in", out);
		if (probe->sources[i].mmap_error)
			fprintf(out, "%s: cannot be mapped: %s\n", probe->sources[i].name,
				errno_name(probe->sources[i].mmap_error));
	}
	print_refusals(probe, out);
	print_warning(out);
	fputc('\n', out);
	describe_environment(probe, print_key, out);
	for (unsigned int i = 0; i < probe->nsources; i++)
		if (probe->runs[i][0].samples && probe->runs[i][0].rounds)
			print_source(probe, i, out);
}

bool print_format(const struct probe *probe, const char *format, FILE *out)
{
	static const struct {
		const char *name;
		void (*print)(const struct probe *probe, FILE *out);
	} formats[] = {
		{ "table", print_table },
		{ "csv", print_csv },
		{ "json", print_json },
	};

	for (unsigned int i = 0; i < ARRAY_SIZE(formats); i++) {
		if (strcmp(formats[i].name, format))
			continue;
		if (out)
			formats[i].print(probe, out);
		return true;
	}
	return false;
}
