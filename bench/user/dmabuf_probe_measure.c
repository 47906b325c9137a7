// SPDX-License-Identifier: GPL-2.0
/*
 * How much of dmabuf_probe's work fits into its time: a first round of each source
 * says what a byte costs there, and so how many bytes each phase may work on.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "dmabuf_probe.h"

/* What the first round works on. */
#define LOOK_BYTES	(64ULL << 10)

#define ROUNDS_WANTED	25
#define QUICK_ROUNDS	11

/* Rounds that the windows are chosen for; fewer fit when the machine is busy. */
#define ROUNDS_PLANNED	15

/* Of the time for a source, what its smaller sizes take at most. */
#define SIZES_PERCENT	25

#define CLOCK_READS	2000
#define NSEC		1000000000ULL

void calibrate_clock(struct probe *probe)
{
	u64 deltas[CLOCK_READS];
	u64 last = now_ns();

	probe->tick_ns = UINT64_MAX;
	for (unsigned int i = 0; i < CLOCK_READS; i++) {
		u64 now = now_ns();

		deltas[i] = now - last;
		last = now;
		if (deltas[i] && deltas[i] < probe->tick_ns)
			probe->tick_ns = deltas[i];
	}
	sort_u64(deltas, CLOCK_READS);
	probe->overhead_ns = sorted_median(deltas, CLOCK_READS);
}

static void choose_phases(struct run *run, bool whole)
{
	const struct source *source = run->source;
	bool maps = !source->mmap_error;

	for (enum phase phase = 0; phase < PHASE_MAX; phase++) {
		bool has = phase_exists(phase);

		if (phase <= PHASE_FREE)
			has = !source->foreign && (whole || !source->from.fixed);
		else if (phase < PHASE_ACCESS)
			has = maps;
		else if (phase < PHASE_READ)
			has = has && maps && whole && source->writable;
		else if (phase < PHASE_SYNC)
			has = has && maps && whole;
		else
			has = !source->sync_error && (whole || !source->from.fixed) &&
			      (phase < PHASE_BEGIN_WRITE || !source->foreign || source->writable);
		run->has[phase] = has;
		run->window[phase] = run->len;
	}
}

/* The sums that reads of the pattern have. */
static void expect_sums(struct probe *probe, struct run *run)
{
	run->filled = 0;
	for (enum phase phase = PHASE_READ; phase < PHASE_SYNC; phase++) {
		struct access access = {
			.map = probe->pattern,
			.other = probe->scratch,
			.bytes = run->window[phase],
		};

		if (!run->has[phase])
			continue;
		run->expected[phase] = access_run(phase, &access);
		if (run->filled < run->window[phase])
			run->filled = run->window[phase];
	}
}

static void set_windows(struct probe *probe, struct run *run, u64 bytes)
{
	for (enum phase phase = PHASE_ACCESS; phase < PHASE_SYNC; phase++)
		if (run->window[phase] > bytes)
			run->window[phase] = bytes;
	expect_sums(probe, run);
}

/* An order of arms in random order; false when one fails. */
static bool run_arms(struct probe *probe, struct run *run,
		     struct sample (*samples)[PHASE_MAX], bool look)
{
	unsigned int arms[ARM_MAX] = { ARM_ANON, ARM_EXPORTER };

	prng_shuffle(&probe->prng, arms, ARM_MAX);
	for (unsigned int i = 0; i < ARM_MAX; i++) {
		for (enum phase phase = 0; phase < PHASE_MAX; phase++)
			samples[arms[i]][phase].order = i;
		if (!run_round(probe, run, arms[i], samples[arms[i]], look))
			return false;
	}
	return true;
}

/* What has just failed; false when there is nothing to go on with. */
static bool leave_out(struct run *run)
{
	struct source *source = run->source;
	bool maps = !strcmp(source->from.failed, "mmap");

	if (maps && source->writable && source->from.error == EACCES) {
		source->write_error = source->from.error;
		source->writable = false;
		return true;
	}
	if (maps || (source->dropped[0] && !source->mmap_error)) {
		source->mmap_error = source->from.error;
		return true;
	}
	return source->sync_error && run->has[PHASE_BEGIN_READ];
}

/* What does not work is left out, one after the other. */
static bool look(struct probe *probe, struct run *run, struct sample (*samples)[PHASE_MAX])
{
	struct source *source = run->source;

	for (;;) {
		choose_phases(run, true);
		set_windows(probe, run, LOOK_BYTES);
		source->from.failed = NULL;
		if (run_arms(probe, run, samples, true)) {
			source->from.error = 0;
			return true;
		}
		if (!source->from.failed || probe->wrong)
			return false;
		if (!leave_out(run))
			return false;
	}
}

static u64 step_ns(const struct sample (*samples)[PHASE_MAX], enum phase phase)
{
	return samples[ARM_ANON][phase].ns + samples[ARM_EXPORTER][phase].ns;
}

/* Nanoseconds of all that is not access, and of access to what is filled. */
static u64 fixed_ns(const struct run *run, const struct sample (*samples)[PHASE_MAX])
{
	u64 sum = 0;

	for (enum phase phase = 0; phase < PHASE_MAX; phase++)
		if (run->has[phase] && !phase_is_access(phase))
			sum += step_ns(samples, phase);
	return sum;
}

static u64 scaled(u64 ns, u64 bytes, u64 from)
{
	return (double)ns * bytes / from;
}

static void choose_windows(struct probe *probe, struct run *run, u64 budget_ns,
			   const struct sample (*samples)[PHASE_MAX])
{
	u64 looked = run->len < LOOK_BYTES ? run->len : LOOK_BYTES;
	u64 round_ns = budget_ns / ROUNDS_PLANNED;
	u64 rest_ns = fixed_ns(run, samples);
	unsigned int phases = 0;
	u64 limit_ns;

	for (enum phase phase = PHASE_ACCESS; phase < PHASE_SYNC; phase++)
		phases += run->has[phase];
	/* one more for what is written and looked for between the phases */
	limit_ns = round_ns > 2 * rest_ns ? (round_ns - rest_ns) / (phases + 1) : round_ns / 40;
	run->estimate_ns = rest_ns;
	for (enum phase phase = PHASE_ACCESS; phase < PHASE_SYNC; phase++) {
		u64 ns = step_ns(samples, phase);

		if (!run->has[phase])
			continue;
		run->window[phase] = run->len;
		if (phase == PHASE_RANDOM)
			while (run->window[phase] & (run->window[phase] - 1))
				run->window[phase] &= run->window[phase] - 1;
		while (run->window[phase] / 2 >= probe->page &&
		       run->window[phase] % (2 * probe->page) == 0 &&
		       scaled(ns, run->window[phase], looked) > limit_ns)
			run->window[phase] /= 2;
		run->estimate_ns += scaled(ns, run->window[phase], looked);
	}
	run->estimate_ns += run->estimate_ns / 8;
	expect_sums(probe, run);
}

/* Smaller ones by four, each a multiple of a page. */
static u64 smaller_size(const struct probe *probe, u64 size)
{
	return size / 4 / probe->page * probe->page;
}

static void plan_sizes(struct probe *probe, struct source *source, unsigned int number,
		       u64 budget_ns)
{
	struct run *runs = probe->runs[number];

	for (unsigned int i = 1; i < MAX_SIZES; i++) {
		struct run *run = &runs[i];

		run->source = source;
		run->number = number;
		run->len = smaller_size(probe, runs[i - 1].len);
		if (!run->len)
			break;
		choose_phases(run, false);
		run->budget_ns = budget_ns / (MAX_SIZES - 1);
		run->estimate_ns = runs[0].estimate_ns / 8;
	}
}

static void plan_rounds(const struct probe *probe, struct run *run, u64 budget_ns)
{
	u64 wanted = probe->opt.quick ? QUICK_ROUNDS : ROUNDS_WANTED;

	run->budget_ns = budget_ns;
	run->planned = probe->opt.rounds;
	if (run->estimate_ns > budget_ns / wanted)
		wanted = budget_ns / (run->estimate_ns ? run->estimate_ns : 1);
	if (wanted < INTERVAL_MIN_N)
		wanted = INTERVAL_MIN_N;
	run->rounds = run->planned ? run->planned : wanted;
}

bool plan_source(struct probe *probe, struct source *source, unsigned int number)
{
	struct sample samples[ARM_MAX][PHASE_MAX] = { };
	struct run *run = &probe->runs[number][0];
	u64 budget_ns = probe->opt.seconds * NSEC / probe->usable;
	u64 sizes_ns = budget_ns * SIZES_PERCENT / 100;

	run->source = source;
	run->number = number;
	run->len = probe->opt.size;
	if (run->len > source->buffer_bytes)
		run->len = source->buffer_bytes / probe->page * probe->page;
	if (!look(probe, run, samples))
		return false;
	choose_windows(probe, run, budget_ns - sizes_ns,
		       (const struct sample (*)[PHASE_MAX])samples);
	plan_rounds(probe, run, budget_ns - sizes_ns);
	plan_sizes(probe, source, number, sizes_ns);
	return true;
}

u64 estimate_ns(const struct probe *probe, unsigned int number)
{
	const struct run *run = &probe->runs[number][0];
	u64 sizes_ns = 0;

	for (unsigned int i = 1; i < MAX_SIZES; i++)
		if (probe->runs[number][i].len)
			sizes_ns += run->rounds * probe->runs[number][i].estimate_ns;
	return run->rounds * run->estimate_ns + sizes_ns;
}

static void show_progress(const struct probe *probe, const struct run *run, unsigned int size,
			  unsigned int done, unsigned int rounds)
{
	if (isatty(STDERR_FILENO))
		fprintf(stderr, "\r\033[K%s: source %u of %u, %s, size %u of %d, round %u of %u",
			program, run->number + 1, probe->nsources, run->source->name, size + 1,
			MAX_SIZES, done + 1, rounds);
	else if (!size && !done)
		fprintf(stderr, "%s: source %u of %u, %s\n", program, run->number + 1,
			probe->nsources, run->source->name);
}

static bool measure_size(struct probe *probe, struct run *run, unsigned int size,
			 unsigned int rounds)
{
	u64 begin = now_ns();

	run->samples = calloc(rounds, sizeof(*run->samples));
	if (!run->samples) {
		exporter_fail(&run->source->from, "calloc");
		return false;
	}
	run->planned = rounds;
	run->rounds = 0;
	while (run->rounds < run->planned && !is_stopped()) {
		show_progress(probe, run, size, run->rounds, rounds);
		if (!run_arms(probe, run, run->samples[run->rounds], false))
			return false;
		run->rounds++;
		if (!probe->opt.rounds && run->rounds >= INTERVAL_MIN_N &&
		    now_ns() - begin > run->budget_ns)
			run->planned = run->rounds;
	}
	return true;
}

/* The first round of each size is one that is not kept. */
static bool warm_up(struct probe *probe, struct run *run)
{
	struct sample samples[ARM_MAX][PHASE_MAX] = { };

	return run_arms(probe, run, samples, false);
}

void measure_source(struct probe *probe, unsigned int number)
{
	struct run *runs = probe->runs[number];
	unsigned int rounds = runs[0].rounds;

	for (unsigned int i = 0; i < MAX_SIZES && runs[i].len && !is_stopped(); i++) {
		if (!warm_up(probe, &runs[i]) || !measure_size(probe, &runs[i], i, rounds)) {
			runs[i].stopped = true;
			break;
		}
		runs[i].stopped = runs[i].rounds < runs[i].planned;
	}
	if (isatty(STDERR_FILENO))
		fputs("\r\033[K", stderr);
}
