// SPDX-License-Identifier: GPL-2.0
/*
 * The results of dmabuf_probe as csv, with the columns of bench's results.csv, as
 * JSON, and as files that compare.sh and plot.sh read.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "dmabuf_probe.h"

#define CELL_MAX	80

#define TEXT(_name)	{ .name = _name, .is_text = true }
#define NUMBER(_name)	{ .name = _name }

/* As bench/report/columns.c, and bytes_per_s. */
static const struct column {
	const char *name;
	bool is_text;
} columns[] = {
	NUMBER("run"), TEXT("op"), TEXT("phase"), TEXT("strategy"), TEXT("heap"),
	NUMBER("size_bytes"), NUMBER("chunks"), NUMBER("iterations"), NUMBER("complete"),
	NUMBER("disturbed"), NUMBER("overhead_ns"), NUMBER("tick_ns"), NUMBER("min_ns"),
	NUMBER("p50_ns"), NUMBER("p50_lo_ns"), NUMBER("p50_hi_ns"), NUMBER("p90_ns"),
	NUMBER("p99_ns"), NUMBER("max_ns"), NUMBER("mean_ns"), NUMBER("mad_ns"),
	NUMBER("speedup"), NUMBER("speedup_lo"), NUMBER("speedup_hi"), TEXT("verdict"),
	NUMBER("diff_ns"), NUMBER("diff_lo_ns"), NUMBER("diff_hi_ns"), TEXT("mw"),
	NUMBER("lag1_permille"), NUMBER("modes"), NUMBER("mode_lo_ns"), NUMBER("mode_hi_ns"),
	NUMBER("batch"), NUMBER("threads"), TEXT("flags"), NUMBER("buffers"),
	NUMBER("bytes_per_s"),
};

/* The cells of a row, in the order of the columns. */
struct row {
	char cells[ARRAY_SIZE(columns)][CELL_MAX];
	unsigned int n;
};

static void __printf(2, 3) add_cell(struct row *row, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vsnprintf(row->cells[row->n++], CELL_MAX, fmt, args);
	va_end(args);
}

/* An empty cell is a figure that does not exist. */
static void add_number(struct row *row, bool exists, long long number)
{
	if (exists)
		add_cell(row, "%lld", number);
	else
		add_cell(row, "%s", "");
}

static void add_ratio(struct row *row, bool exists, u64 thousandths)
{
	if (exists)
		add_cell(row, "%llu.%03llu", thousandths / 1000, thousandths % 1000);
	else
		add_cell(row, "%s", "");
}

static void add_place(struct row *row, const struct probe *probe, const struct run *run,
		      enum arm arm, enum phase phase)
{
	add_cell(row, "%u", run->number + 1);
	add_cell(row, "%s", phase_op(phase));
	add_cell(row, "%s", phase_name(phase));
	add_cell(row, "%s", arm_strategy(arm));
	add_cell(row, "%s", arm_heap(probe, run, arm));
	add_cell(row, "%llu", run->window[phase]);
	/* scatterlist entries, which nobody here knows */
	add_cell(row, "%u", 0);
	add_cell(row, "%u", run->rounds);
	add_cell(row, "%d", !run->stopped);
}

static void add_times(struct row *row, const struct probe *probe, const struct figures *f)
{
	bool some = f->n;

	add_number(row, true, f->disturbed);
	add_number(row, true, probe->overhead_ns);
	add_number(row, true, probe->tick_ns);
	add_number(row, some, f->min);
	add_number(row, some, f->p50);
	add_number(row, f->interval, f->p50_lo);
	add_number(row, f->interval, f->p50_hi);
	add_number(row, some, f->p90);
	add_number(row, some, f->p99);
	add_number(row, some, f->max);
	add_number(row, some, f->mean);
	add_number(row, some, f->mad);
}

static void add_comparison(struct row *row, const struct figures *f, enum arm arm)
{
	bool base = arm == ARM_ANON && f->n && !f->absent;

	add_ratio(row, base || f->ratio, base ? 1000 : f->speedup);
	add_ratio(row, (base && f->interval) || f->ratio_interval, base ? 1000 : f->speedup_lo);
	add_ratio(row, (base && f->interval) || f->ratio_interval, base ? 1000 : f->speedup_hi);
	add_cell(row, "%s", f->verdict);
	add_number(row, base || f->ratio, f->diff);
	add_number(row, (base && f->interval) || f->diff_interval, f->diff_lo);
	add_number(row, (base && f->interval) || f->diff_interval, f->diff_hi);
	add_cell(row, "%s", f->mw);
	add_number(row, f->n > 1, f->lag1_permille);
	add_number(row, true, f->modes);
	add_number(row, f->modes > 1, f->mode_lo);
	add_number(row, f->modes > 1, f->mode_hi);
}

/* Buffers are made anew in each round, where the source makes any. */
static void make_row(struct row *row, const struct probe *probe, const struct run *run,
		     enum arm arm, enum phase phase)
{
	struct figures figures;

	make_figures(probe, run, arm, phase, &figures);
	row->n = 0;
	add_place(row, probe, run, arm, phase);
	add_times(row, probe, &figures);
	add_comparison(row, &figures, arm);
	add_number(row, true, 1);
	add_number(row, true, 1);
	add_cell(row, "%s", figures.flags);
	add_number(row, true, run->source->foreign ? 1 : run->rounds);
	add_number(row, figures.bytes_per_s, figures.bytes_per_s);
}

typedef void (*row_fn)(const struct row *row, void *data);

/* Arm by arm, each with the same phases. */
static void each_row(const struct probe *probe, const struct run *run, row_fn fn, void *data)
{
	static struct row row;

	if (!run->samples || !run->rounds)
		return;
	for (enum arm arm = 0; arm < ARM_MAX; arm++) {
		for (enum phase phase = 0; phase < PHASE_MAX; phase++) {
			if (!run->has[phase])
				continue;
			make_row(&row, probe, run, arm, phase);
			fn(&row, data);
		}
	}
}

typedef void (*lines_fn)(const struct probe *probe, unsigned int number, enum arm arm,
			 enum phase phase, const struct line *line, void *data);

static void each_line(const struct probe *probe, unsigned int number, lines_fn fn, void *data)
{
	struct line line;

	for (enum arm arm = 0; arm < ARM_MAX; arm++)
		for (enum phase phase = 0; phase < PHASE_MAX; phase++)
			if (make_line(probe, number, arm, phase, &line))
				fn(probe, number, arm, phase, &line, data);
}

static bool is_measured(const struct probe *probe, unsigned int number)
{
	return probe->runs[number][0].samples && probe->runs[number][0].rounds;
}

/* --- csv --- */

static void csv_key(void *data, const char *key, const char *value)
{
	fprintf(data, "# %s=%s\n", key, value);
}

/* Facts that belong together are one line. */
static void csv_fact(void *data, const char *key, const char *value)
{
	fprintf(data, " %s=%s", key, value);
}

static void csv_row(const struct row *row, void *data)
{
	for (unsigned int i = 0; i < row->n; i++)
		fprintf(data, "%s%s", i ? "," : "", row->cells[i]);
	fputc('\n', data);
}

static void csv_line(const struct probe *probe, unsigned int number, enum arm arm,
		     enum phase phase, const struct line *line, void *data)
{
	fputc('#', data);
	describe_line(probe, number, arm, phase, line, csv_fact, data);
	fputc('\n', data);
}

static void csv_source(const struct probe *probe, unsigned int number, FILE *out)
{
	const struct source *source = &probe->sources[number];

	if (!is_measured(probe, number)) {
		fprintf(out, "# not_measured=%s failed=%s errno=%s\n", source->from.path,
			source->from.failed, errno_name(source->from.error));
		return;
	}
	fputc('#', out);
	describe_source(probe, number, csv_fact, out);
	fputc('\n', out);
	if (source->mmap_error)
		return;
	fputc('#', out);
	describe_reference(probe, number, csv_fact, out);
	fputc('\n', out);
}

static void csv_header(FILE *out, const char *end)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(columns); i++)
		fprintf(out, "%s%s", i ? "," : "", columns[i].name);
	fprintf(out, "%s\n", end);
}

void print_csv(const struct probe *probe, FILE *out)
{
	describe_environment(probe, csv_key, out);
	for (unsigned int i = 0; i < probe->nsources; i++) {
		csv_source(probe, i, out);
		each_line(probe, i, csv_line, out);
	}
	csv_header(out, "");
	for (unsigned int i = 0; i < probe->nsources; i++)
		for (unsigned int size = 0; size < MAX_SIZES; size++)
			each_row(probe, &probe->runs[i][size], csv_row, out);
}

/* --- JSON --- */

struct json {
	FILE *out;
	bool any;	/* a comma comes first */
};

static void json_string(FILE *out, const char *text)
{
	fputc('"', out);
	for (; *text; text++) {
		if (*text == '"' || *text == '\\')
			fputc('\\', out);
		if (*text >= ' ')
			fputc(*text, out);
	}
	fputc('"', out);
}

static void json_comma(struct json *json, const char *indent)
{
	fprintf(json->out, "%s\n%s", json->any ? "," : "", indent);
	json->any = true;
}

static void json_key(void *data, const char *key, const char *value)
{
	struct json *json = data;

	json_comma(json, "      ");
	json_string(json->out, key);
	fputs(": ", json->out);
	json_string(json->out, value);
}

static void json_row(const struct row *row, void *data)
{
	struct json *json = data;

	json_comma(json, "    ");
	for (unsigned int i = 0; i < row->n; i++) {
		fprintf(json->out, "%s\"%s\": ", i ? ", " : "{", columns[i].name);
		if (columns[i].is_text)
			json_string(json->out, row->cells[i]);
		else
			fputs(row->cells[i][0] ? row->cells[i] : "null", json->out);
	}
	fputc('}', json->out);
}

static void json_object(struct json *list, struct json *object)
{
	json_comma(list, "    ");
	fputc('{', list->out);
	*object = (struct json){ .out = list->out };
}

static void json_line(const struct probe *probe, unsigned int number, enum arm arm,
		      enum phase phase, const struct line *line, void *data)
{
	struct json object;

	json_object(data, &object);
	describe_line(probe, number, arm, phase, line, json_key, &object);
	fputs("\n    }", object.out);
}

static void json_sources(const struct probe *probe, struct json *list)
{
	struct json object;

	for (unsigned int i = 0; i < probe->nsources; i++) {
		const struct source *source = &probe->sources[i];

		json_object(list, &object);
		if (is_measured(probe, i)) {
			describe_source(probe, i, json_key, &object);
		} else {
			json_key(&object, "not_measured", source->from.path);
			json_key(&object, "failed", source->from.failed);
			json_key(&object, "errno", errno_name(source->from.error));
		}
		fputs("\n    }", list->out);
	}
}

void print_json(const struct probe *probe, FILE *out)
{
	struct json list = { .out = out };

	fputs("{\n  \"environment\": {", out);
	describe_environment(probe, json_key, &list);
	fputs("\n  },\n  \"sources\": [", out);
	list.any = false;
	json_sources(probe, &list);
	fputs("\n  ],\n  \"references\": [", out);
	list.any = false;
	for (unsigned int i = 0; i < probe->nsources; i++) {
		struct json object;

		if (!is_measured(probe, i) || probe->sources[i].mmap_error)
			continue;
		json_object(&list, &object);
		describe_reference(probe, i, json_key, &object);
		fputs("\n    }", out);
	}
	fputs("\n  ],\n  \"lines\": [", out);
	list.any = false;
	for (unsigned int i = 0; i < probe->nsources; i++)
		each_line(probe, i, json_line, &list);
	fputs("\n  ],\n  \"rows\": [", out);
	list.any = false;
	for (unsigned int i = 0; i < probe->nsources; i++)
		for (unsigned int size = 0; size < MAX_SIZES; size++)
			each_row(probe, &probe->runs[i][size], json_row, &list);
	fputs("\n  ]\n}\n", out);
}

/* --- files --- */

bool make_folder(const char *path)
{
	if (!mkdir(path, 0777))
		return true;
	complain_errno("--out %s: a folder that is not there yet is accepted", path);
	return false;
}

static FILE *open_file(const struct probe *probe, const char *fmt, ...) __printf(2, 3);

static FILE *open_file(const struct probe *probe, const char *fmt, ...)
{
	char path[1024];
	va_list args;
	size_t n;
	FILE *file;

	n = snprintf(path, sizeof(path), "%s/", probe->opt.out);
	va_start(args, fmt);
	if (n < sizeof(path))
		n += vsnprintf(path + n, sizeof(path) - n, fmt, args);
	va_end(args);
	errno = ENAMETOOLONG;
	file = n < sizeof(path) ? fopen(path, "wxe") : NULL;
	if (!file)
		complain_errno("open(%s)", path);
	return file;
}

static int close_file(FILE *file)
{
	int failed = ferror(file);

	if (fclose(file) || failed) {
		complain_errno("a file of --out");
		return -1;
	}
	return 0;
}

static const char *sample_flags(const struct sample *sample)
{
	if (sample->migrated)
		return sample->switched ? "migrated+switched" : "migrated";
	return sample->switched ? "switched" : "";
}

static void write_sample(const struct probe *probe, const struct run *run, unsigned int round,
			 enum arm arm, enum phase phase, FILE *out)
{
	const struct sample *sample = &run->samples[round][arm][phase];
	bool absent = arm == ARM_ANON && phase >= PHASE_SYNC;

	(void)probe;
	fprintf(out, "%u,%u,%s,%s,%u,%llu,%u,%s,0,%u\n", round, arm, phase_name(phase),
		arm_strategy(arm), sample->order, absent ? 0 : sample->ns, sample->cpu,
		sample_flags(sample), run->source->foreign ? 0 : round);
}

static int write_samples(const struct probe *probe, unsigned int number)
{
	const struct run *run = &probe->runs[number][0];
	FILE *out = open_file(probe, "%02u-%s.samples.csv", number + 1, run->source->name);

	if (!out)
		return -1;
	fputs("round,arm,phase,strategy,order_in_round,ns,cpu,flags,thread,buffer\n", out);
	for (unsigned int round = 0; round < run->rounds; round++)
		for (enum arm arm = 0; arm < ARM_MAX; arm++)
			for (enum phase phase = 0; phase < PHASE_MAX; phase++)
				if (run->has[phase])
					write_sample(probe, run, round, arm, phase, out);
	return close_file(out);
}

static int write_run(const struct probe *probe, unsigned int number)
{
	const struct run *run = &probe->runs[number][0];
	FILE *out = open_file(probe, "%02u-%s.csv", number + 1, run->source->name);

	if (!out)
		return -1;
	describe_environment(probe, csv_key, out);
	csv_source(probe, number, out);
	csv_header(out, "");
	each_row(probe, run, csv_row, out);
	return close_file(out);
}

/* As sweep.sh has it: chunks of one order, which nobody knows here, and no refusal. */
static void sweep_row(const struct row *row, void *data)
{
	bool some = row->cells[13][0];

	for (unsigned int i = 0; some && i < row->n; i++)
		fprintf(data, "%s%s", i ? "," : "", row->cells[i]);
	if (some)
		fputs(",0,\n", data);
}

static int write_sizes(const struct probe *probe, unsigned int number)
{
	FILE *out = open_file(probe, "sizes-%s.csv", probe->sources[number].name);

	if (!out)
		return -1;
	describe_environment(probe, csv_key, out);
	csv_source(probe, number, out);
	csv_header(out, ",orders,refused");
	for (unsigned int size = 0; size < MAX_SIZES; size++) {
		struct run run = probe->runs[number][size];

		for (enum phase phase = PHASE_ACCESS; phase < PHASE_SYNC; phase++)
			run.has[phase] = false;
		each_row(probe, &run, sweep_row, out);
	}
	return close_file(out);
}

int write_files(const struct probe *probe)
{
	static const char * const formats[] = { "csv", "json", "table" };

	for (unsigned int i = 0; i < ARRAY_SIZE(formats); i++) {
		FILE *out = open_file(probe, "probe.%s", i == 2 ? "txt" : formats[i]);

		if (!out)
			return -1;
		print_format(probe, formats[i], out);
		if (close_file(out) < 0)
			return -1;
	}
	for (unsigned int i = 0; i < probe->nsources; i++)
		if (is_measured(probe, i) && (write_run(probe, i) < 0 ||
					      write_samples(probe, i) < 0 ||
					      write_sizes(probe, i) < 0))
			return -1;
	return 0;
}
