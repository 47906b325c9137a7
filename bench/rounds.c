// SPDX-License-Identifier: GPL-2.0
/*
 * The rounds of a run: warm-up rounds, then those that are kept, each with all arms
 * in random order.
 */
#include <linux/bits.h>
#include <linux/kernel.h>
#include <linux/prandom.h>
#include <linux/rcupdate.h>
#include <linux/string.h>
#include <linux/vmalloc.h>

#include "../trace/dbb_trace.h"
#include "rounds.h"
#include "stat/group.h"
#include "status.h"
#include "stop.h"

/* batch=auto makes a sample this many ticks and overheads long. */
#define DBB_ROUNDS_MIN_TICKS 100
#define DBB_ROUNDS_MIN_OVERHEADS 50

/* Samples of more calls would average every disturbance away. */
#define DBB_ROUNDS_MAX_BATCH BIT(20)

/*
 * A length is judged by the shortest of so many samples: the first one finds cold
 * caches, and an interrupt may hit another.
 */
#define DBB_ROUNDS_TRIALS 3

/* Setting up for a sample may fire events, too: those are outside the timed steps. */
static bool dbb_rounds_is_traced(const struct dbb_op *op)
{
	switch (op->events) {
	case DBB_EVENTS_ALLOC:
		return trace_dbb_alloc_enabled() || trace_dbb_free_enabled();
	case DBB_EVENTS_ATTACH:
		return trace_dbb_attach_enabled();
	case DBB_EVENTS_MMAP:
		return trace_dbb_mmap_enabled();
	case DBB_EVENTS_VMAP:
		return trace_dbb_vmap_enabled() || trace_dbb_vunmap_enabled() ||
		       trace_dbb_fill_enabled();
	case DBB_EVENTS_FILL:
		return trace_dbb_fill_enabled();
	default:
		return false;
	}
}

/*
 * vunmap() leaves mappings until enough have gathered. Page tables that munmap()
 * frees wait for an RCU grace period, and are then freed inside some sample.
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

/* Fisher-Yates: every order is equally likely. */
static void dbb_rounds_draw_order(struct dbb_rounds *rounds, u8 *order)
{
	unsigned int i, j;

	for (i = 0; i < rounds->params->narms; i++) {
		j = prandom_u32_state(&rounds->rnd) % (i + 1);
		order[i] = order[j];
		order[j] = i;
	}
}

/* @round: where its samples go. @count: its number, which warm-up rounds have, too. */
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
		/* Not after the sample: a stop in the last one of a run cuts nothing short. */
		if (dbb_stop_pause())
			return -EINTR;
		ret = dbb_rounds_take_sample(rounds, round, order[i], i, why);
		if (ret)
			return ret;
		rounds->result->lost += params->threads;
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
				 arm, round, sample->order, sample->raw[phase], sample->cpu,
				 thread, sample->flags);
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

static bool dbb_rounds_is_warm(const struct dbb_rounds *rounds)
{
	if (rounds->params->warmup != DBB_WARMUP_AUTO)
		return rounds->warmup.rounds == rounds->params->warmup;
	return rounds->warmup.rounds == DBB_WARMUP_CAP || rounds->result->settled;
}

static int dbb_rounds_try_batch(struct dbb_rounds *rounds, unsigned int arm, u64 *shortest,
				struct dbb_refusal *why)
{
	const struct dbb_sample *sample = dbb_result_sample(rounds->result, 0, arm, 0);
	unsigned int trial;
	int ret;

	*shortest = U64_MAX;
	for (trial = 0; trial < DBB_ROUNDS_TRIALS; trial++) {
		ret = dbb_rounds_take_sample(rounds, 0, arm, 0, why);
		if (ret)
			return ret;
		*shortest = min_t(u64, *shortest, sample->raw[0]);
	}
	return 0;
}

/* One batch for all arms, so that samples pair: what the fastest arm needs. */
static int dbb_rounds_choose_batch(struct dbb_rounds *rounds, struct dbb_refusal *why)
{
	const struct dbb_params *params = rounds->params;
	struct dbb_result *result = rounds->result;
	u64 wanted = max_t(u64, (u64)DBB_ROUNDS_MIN_TICKS * result->cost.tick,
			   (u64)DBB_ROUNDS_MIN_OVERHEADS * result->cost.overhead);
	unsigned int arm;
	u64 shortest;
	int ret;

	result->batch = params->batch == DBB_BATCH_AUTO ? 1 : params->batch;
	if (params->batch != DBB_BATCH_AUTO || !params->op->batches)
		return 0;
	for (arm = 0; arm < params->narms; arm++) {
		for (;;) {
			ret = dbb_rounds_try_batch(rounds, arm, &shortest, why);
			if (ret)
				return ret;
			if (shortest >= wanted || result->batch >= DBB_ROUNDS_MAX_BATCH)
				break;
			result->batch *= 2;
		}
	}
	return 0;
}

/* Rounds of warm-up before each buffer's own, at most. */
static u32 dbb_rounds_warmup_cap(const struct dbb_params *params)
{
	return params->warmup == DBB_WARMUP_AUTO ? DBB_WARMUP_CAP : params->warmup;
}

/* Their samples go to the place of the next round, which overwrites them. */
static int dbb_rounds_warm_up(struct dbb_rounds *rounds, struct dbb_refusal *why)
{
	const struct dbb_params *params = rounds->params;
	struct dbb_result *result = rounds->result;
	unsigned int arm;
	u32 left;
	int ret;

	while (!dbb_rounds_is_warm(rounds)) {
		ret = dbb_rounds_take_round(rounds, result->rounds, rounds->warmup.rounds, why);
		if (ret)
			return ret;
		for (arm = 0; arm < params->narms; arm++) {
			const struct dbb_sample *sample = dbb_result_sample(result, result->rounds,
									    arm, 0);

			dbb_warmup_add(&rounds->warmup, arm,
				       dbb_op_sum_steps(params->op, sample->raw));
		}
		rounds->warmup.rounds++;
		result->warmup++;
		result->settled = dbb_warmup_settled(&rounds->warmup, params->narms);
		dbb_status_step(result->warmup + result->rounds);
	}
	left = params->buffers - 1 - dbb_group_of(params->iterations, params->buffers,
						  result->rounds);
	dbb_status_warm(result->warmup + left * dbb_rounds_warmup_cap(params));
	return 0;
}

static bool dbb_rounds_begins_buffer(const struct dbb_rounds *rounds)
{
	const struct dbb_params *params = rounds->params;
	u32 round = rounds->result->rounds;
	u32 buffer = dbb_group_of(params->iterations, params->buffers, round);

	return round && round == dbb_group_start(params->iterations, params->buffers, buffer);
}

/* The order of the arms goes on as if there had been no warm-up. */
static int dbb_rounds_renew(struct dbb_rounds *rounds, struct dbb_refusal *why)
{
	bool settled = rounds->result->settled;
	struct rnd_state rnd = rounds->rnd;
	int ret;

	ret = rounds->renew(rounds, why);
	if (ret)
		return ret;
	memset(&rounds->warmup, 0, sizeof(rounds->warmup));
	rounds->result->settled = false;
	ret = dbb_rounds_warm_up(rounds, why);
	rounds->result->settled &= settled;
	rounds->rnd = rnd;
	return ret;
}

int dbb_rounds_take(struct dbb_rounds *rounds, struct dbb_refusal *why)
{
	struct dbb_result *result = rounds->result;
	int ret;

	ret = dbb_rounds_choose_batch(rounds, why);
	if (!ret)
		ret = dbb_rounds_warm_up(rounds, why);
	if (ret)
		return ret;
	result->traced = dbb_rounds_is_traced(rounds->params->op);
	/* Again, so that the order depends on the seed only, not on the warm-up. */
	prandom_seed_state(&rounds->rnd, rounds->params->seed);
	while (result->rounds < rounds->params->iterations) {
		if (dbb_rounds_begins_buffer(rounds)) {
			ret = dbb_rounds_renew(rounds, why);
			if (ret)
				return ret;
		}
		ret = dbb_rounds_take_round(rounds, result->rounds, result->rounds, why);
		if (ret)
			return ret;
		result->traced |= dbb_rounds_is_traced(rounds->params->op);
		dbb_rounds_trace_round(rounds, result->rounds);
		result->rounds++;
		dbb_status_step(result->warmup + result->rounds);
	}
	return 0;
}
