// SPDX-License-Identifier: GPL-2.0
/*
 * The rounds of a run: its arms in random order, first to warm up, then to
 * be kept. How a sample is timed is in sample.c.
 */
#include <linux/bits.h>
#include <linux/kernel.h>
#include <linux/prandom.h>
#include <linux/rcupdate.h>
#include <linux/vmalloc.h>

#include "rounds.h"
#include "run.h"
#include "status.h"
#include "../trace/dbb_trace.h"

/* A sample is long enough when it has so many ticks and overheads. */
#define DBB_ROUNDS_MIN_TICKS 100
#define DBB_ROUNDS_MIN_OVERHEADS 50

/* More calls than this in one sample would hide what it is a sample of. */
#define DBB_ROUNDS_MAX_BATCH BIT(20)

static bool dbb_rounds_is_traced(const struct dbb_op *op)
{
	if (op->family == DBB_FAMILY_HEAP)
		return trace_dbb_alloc_enabled() || trace_dbb_free_enabled();
	if (op->family == DBB_FAMILY_BUFFER)
		return trace_dbb_attach_enabled();
	return trace_dbb_mmap_enabled() || trace_dbb_vmap_enabled() ||
	       trace_dbb_vunmap_enabled() || trace_dbb_fill_enabled();
}

/*
 * Kernel mappings outlive vunmap() until enough have gathered. Page tables that
 * munmap() freed wait for a grace period, and then take time from whoever runs.
 */
static void dbb_rounds_purge(void)
{
	vm_unmap_aliases();
	rcu_barrier();
}

static inline int dbb_rounds_take_sample(struct dbb_rounds *rounds, u32 round, unsigned int arm,
					 u8 order, struct dbb_refusal *why)
{
	const struct dbb_result *result = rounds->result;
	struct dbb_sample *first = dbb_result_sample(result, round, arm, 0);
	unsigned int thread = rounds->params->threads;

	if (rounds->params->purge == DBB_PURGE_SAMPLE)
		dbb_rounds_purge();
	while (thread--) {
		struct dbb_sample *sample = (void *)first + thread * result->sample_size;

		sample->order = order;
	}
	return dbb_worker_sample(rounds->crew, arm, result->batch, first,
				 result->sample_size, why);
}

/* Fisher-Yates: every order is equally likely, so no arm is always second. */
static void dbb_rounds_draw_order(struct dbb_rounds *rounds, u8 *order)
{
	unsigned int i, j;

	for (i = 0; i < rounds->params->narms; i++) {
		j = prandom_u32_state(&rounds->rnd) % (i + 1);
		order[i] = order[j];
		order[j] = i;
	}
}

/* @round is its place in the result, @count its number, which a warm-up has too. */
static int dbb_rounds_take_round(struct dbb_rounds *rounds, u32 round, u32 count,
				 struct dbb_refusal *why)
{
	const struct dbb_params *params = rounds->params;
	u8 order[DBB_ARMS_MAX];
	unsigned int i;
	int ret;

	if (params->purge == DBB_PURGE_ROUND ||
	    (params->purge == DBB_PURGE_BLOCK && !(count % DBB_PURGE_BLOCK_ROUNDS)))
		dbb_rounds_purge();
	dbb_rounds_draw_order(rounds, order);
	for (i = 0; i < params->narms; i++) {
		ret = dbb_rounds_take_sample(rounds, round, order[i], i, why);
		if (ret)
			return ret;
		rounds->result->lost += params->threads;
		if (dbb_run_pause())
			return -EINTR;
	}
	rounds->result->lost -= params->narms * params->threads;
	return 0;
}

static void dbb_rounds_trace_sample(const struct dbb_rounds *rounds, u32 round,
				    unsigned int arm, unsigned int thread)
{
	const struct dbb_params *params = rounds->params;
	const struct dbb_sample *sample = dbb_result_sample(rounds->result, round, arm, thread);
	unsigned int phase;

	for (phase = 0; phase < params->op->nphases; phase++)
		trace_dbb_sample(rounds->result->run, params->op->name,
				 params->op->phases[phase].name, params->arms[arm].name,
				 arm, round, sample->order, sample->raw[phase], sample->cpu);
}

static void dbb_rounds_trace_round(const struct dbb_rounds *rounds, u32 round)
{
	unsigned int arm, thread;

	if (!trace_dbb_sample_enabled())
		return;
	for (arm = 0; arm < rounds->params->narms; arm++)
		for (thread = 0; thread < rounds->params->threads; thread++)
			dbb_rounds_trace_sample(rounds, round, arm, thread);
}

static s64 dbb_rounds_sum_steps(const struct dbb_rounds *rounds, unsigned int arm)
{
	const struct dbb_sample *sample = dbb_result_sample(rounds->result, 0, arm, 0);
	const struct dbb_op *op = rounds->params->op;
	unsigned int i;
	s64 sum = 0;

	for (i = 0; i < op->nphases; i++)
		if (op->phases[i].run)
			sum += sample->raw[i];
	return sum;
}

static bool dbb_rounds_is_warm(const struct dbb_rounds *rounds)
{
	if (rounds->params->warmup != DBB_WARMUP_AUTO)
		return rounds->warmup.rounds == rounds->params->warmup;
	return rounds->warmup.rounds == DBB_WARMUP_CAP || rounds->result->settled;
}

/**
 * dbb_rounds_warm_up() - rounds that are not kept
 * @rounds: the rounds of a run
 * @why: filled on failure
 *
 * They use the place of the first measured round.
 *
 * Return: 0, -EINTR when stopped, or as dbb_worker_sample().
 */
int dbb_rounds_warm_up(struct dbb_rounds *rounds, struct dbb_refusal *why)
{
	unsigned int arm;
	int ret;

	while (!dbb_rounds_is_warm(rounds)) {
		ret = dbb_rounds_take_round(rounds, 0, rounds->warmup.rounds, why);
		if (ret)
			return ret;
		for (arm = 0; arm < rounds->params->narms; arm++)
			dbb_warmup_add(&rounds->warmup, arm, dbb_rounds_sum_steps(rounds, arm));
		rounds->result->warmup = ++rounds->warmup.rounds;
		rounds->result->settled = dbb_warmup_settled(&rounds->warmup,
							     rounds->params->narms);
		dbb_status_step(rounds->warmup.rounds);
	}
	dbb_status_total(rounds->warmup.rounds + rounds->params->iterations);
	return 0;
}

/**
 * dbb_rounds_take() - the rounds that are kept
 * @rounds: the rounds of a run, warmed up
 * @why: filled on failure
 *
 * Return: as dbb_rounds_warm_up(); the result knows how many were completed.
 */
int dbb_rounds_take(struct dbb_rounds *rounds, struct dbb_refusal *why)
{
	struct dbb_result *result = rounds->result;
	int ret;

	/* Again, so that a seed gives one order however long the warm-up was. */
	prandom_seed_state(&rounds->rnd, rounds->params->seed);
	while (result->rounds < rounds->params->iterations) {
		result->traced |= dbb_rounds_is_traced(rounds->params->op);
		ret = dbb_rounds_take_round(rounds, result->rounds, result->rounds, why);
		if (ret)
			return ret;
		dbb_rounds_trace_round(rounds, result->rounds);
		result->rounds++;
		dbb_status_step(rounds->warmup.rounds + result->rounds);
	}
	return 0;
}

/**
 * dbb_rounds_choose_batch() - how many calls make a sample long enough
 * @rounds: the rounds of a run, whose clock was calibrated
 * @why: filled on failure
 *
 * The same for all arms, so that their samples pair: what the shortest asks.
 *
 * Return: as dbb_rounds_warm_up().
 */
int dbb_rounds_choose_batch(struct dbb_rounds *rounds, struct dbb_refusal *why)
{
	const struct dbb_params *params = rounds->params;
	struct dbb_result *result = rounds->result;
	u64 wanted = max_t(u64, (u64)DBB_ROUNDS_MIN_TICKS * result->cost.tick,
			   (u64)DBB_ROUNDS_MIN_OVERHEADS * result->cost.overhead);
	unsigned int arm;
	int ret;

	result->batch = params->batch == DBB_BATCH_AUTO ? 1 : params->batch;
	if (params->batch != DBB_BATCH_AUTO || !params->op->batches)
		return 0;
	for (arm = 0; arm < params->narms; arm++) {
		for (;;) {
			ret = dbb_rounds_take_sample(rounds, 0, arm, 0, why);
			if (ret)
				return ret;
			if (dbb_result_sample(result, 0, arm, 0)->raw[0] >= wanted ||
			    result->batch >= DBB_ROUNDS_MAX_BATCH)
				break;
			result->batch *= 2;
		}
	}
	return 0;
}
