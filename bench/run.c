// SPDX-License-Identifier: GPL-2.0
/*
 * The engine: rounds of arms in random order, two clock reads around each
 * step, everything else outside of them.
 */
#include <linux/err.h>
#include <linux/mutex.h>
#include <linux/prandom.h>
#include <linux/random.h>
#include <linux/sched/signal.h>
#include <linux/smp.h>

#include "param.h"
#include "result.h"
#include "run.h"
#include "status.h"
#include "../trace/dbb_trace.h"

/**
 * struct dbb_run - one run
 * @params: its parameters
 * @result: what it fills
 * @work: what its operation works on
 * @rnd: draws the order of the arms
 */
struct dbb_run {
	const struct dbb_params *params;
	struct dbb_result *result;
	struct dbb_work work;
	struct rnd_state rnd;
};

static DEFINE_MUTEX(dbb_run_lock);
static bool dbb_run_stop_wanted;
static unsigned int dbb_run_number;

/**
 * dbb_run_stop() - ask the run to stop
 *
 * Without a run this does nothing: a new run starts with a clean slate.
 */
void dbb_run_stop(void)
{
	WRITE_ONCE(dbb_run_stop_wanted, true);
}

/**
 * dbb_run_stopped() - has the run been asked to stop?
 *
 * Context: the run's task.
 *
 * Return: whether a signal or dbb_run_stop() came.
 */
bool dbb_run_stopped(void)
{
	return READ_ONCE(dbb_run_stop_wanted) || signal_pending(current);
}

/**
 * dbb_run_pause() - let others run, and look whether to stop
 *
 * Return: as dbb_run_stopped().
 */
bool dbb_run_pause(void)
{
	cond_resched();
	return dbb_run_stopped();
}

static bool dbb_run_is_traced(void)
{
	return trace_dbb_mmap_enabled() || trace_dbb_vmap_enabled() ||
	       trace_dbb_vunmap_enabled() || trace_dbb_fill_enabled();
}

static int dbb_run_time_step(struct dbb_run *run, const struct dbb_phase *phase, u64 *ns)
{
	u64 start;
	int ret;

	start = dbb_clock_now();
	ret = phase->run(&run->work);
	*ns = dbb_clock_now() - start;
	return ret;
}

static int dbb_run_verify(struct dbb_run *run, struct dbb_refusal *why)
{
	const struct dbb_params *params = run->params;

	if (!params->verify)
		return 0;
	return params->op->verify(&run->work, why);
}

static int dbb_run_take_phases(struct dbb_run *run, u64 *ns, struct dbb_refusal *why)
{
	const struct dbb_op *op = run->params->op;
	unsigned int i;
	int ret;

	for (i = 0; i < op->nphases; i++) {
		const struct dbb_phase *phase = &op->phases[i];

		if (phase->derive) {
			ns[i] = phase->derive(&run->work, ns);
			continue;
		}
		ret = dbb_run_time_step(run, phase, &ns[i]);
		if (ret)
			return dbb_text_refuse(why, ret, "strategy %s: phase %s returned %pe",
					       run->work.arm->name, phase->name, ERR_PTR(ret));
		if (phase->verify) {
			ret = dbb_run_verify(run, why);
			if (ret)
				return ret;
		}
	}
	return 0;
}

static int dbb_run_take_sample(struct dbb_run *run, unsigned int arm,
			       struct dbb_sample *sample, struct dbb_refusal *why)
{
	const struct dbb_op *op = run->params->op;
	unsigned long switches;
	int cpu, ret;

	run->work.arm = &run->params->arms[arm];
	if (op->point) {
		ret = op->point(&run->work);
		if (ret)
			return dbb_text_refuse(why, ret, "strategy %s cannot be used: %pe",
					       run->work.arm->name, ERR_PTR(ret));
	}
	cpu = raw_smp_processor_id();
	switches = current->nvcsw + current->nivcsw;
	ret = dbb_run_take_phases(run, sample->ns, why);
	sample->cpu = raw_smp_processor_id();
	sample->flags = 0;
	if (sample->cpu != cpu)
		sample->flags |= DBB_SAMPLE_MIGRATED;
	if (current->nvcsw + current->nivcsw != switches)
		sample->flags |= DBB_SAMPLE_SWITCHED;
	return ret;
}

/* Fisher-Yates: every order is equally likely, so no arm is always second. */
static void dbb_run_draw_order(struct dbb_run *run, u8 *order)
{
	unsigned int i, j;

	for (i = 0; i < run->params->narms; i++) {
		j = prandom_u32_state(&run->rnd) % (i + 1);
		order[i] = order[j];
		order[j] = i;
	}
}

static int dbb_run_take_round(struct dbb_run *run, u32 round, struct dbb_refusal *why)
{
	u8 order[DBB_ARMS_MAX];
	unsigned int i;
	int ret;

	dbb_run_draw_order(run, order);
	for (i = 0; i < run->params->narms; i++) {
		struct dbb_sample *sample = dbb_result_sample(run->result, round, order[i]);

		ret = dbb_run_take_sample(run, order[i], sample, why);
		if (ret)
			return ret;
		sample->order = i;
		if (dbb_run_pause())
			return -EINTR;
	}
	return 0;
}

static void dbb_run_trace_round(const struct dbb_run *run, u32 round)
{
	const struct dbb_params *params = run->params;
	unsigned int arm, phase;

	if (!trace_dbb_sample_enabled())
		return;
	for (arm = 0; arm < params->narms; arm++) {
		const struct dbb_sample *sample = dbb_result_sample(run->result, round, arm);

		for (phase = 0; phase < params->op->nphases; phase++)
			trace_dbb_sample(run->result->run, params->op->name,
					 params->op->phases[phase].name,
					 params->arms[arm].name, arm, round,
					 sample->order, sample->ns[phase], sample->cpu);
	}
}

/* Warm-up rounds write to the place of the first measured round. */
static int dbb_run_take_rounds(struct dbb_run *run, struct dbb_refusal *why)
{
	const struct dbb_params *params = run->params;
	u32 total = params->warmup + params->iterations;
	u32 done;
	int ret;

	dbb_status_step(0);
	for (done = 0; done < total; done++) {
		u32 round = done < params->warmup ? 0 : done - params->warmup;

		run->result->traced |= dbb_run_is_traced();
		ret = dbb_run_take_round(run, round, why);
		if (ret)
			return ret;
		if (done >= params->warmup) {
			dbb_run_trace_round(run, round);
			run->result->rounds++;
		}
		dbb_status_step(done + 1);
	}
	return 0;
}

static int dbb_run_prepare(struct dbb_run *run, struct dbb_refusal *why)
{
	const struct dbb_params *params = run->params;
	struct dma_buf *dmabuf;
	int ret;

	run->work.params = params;
	run->work.times.now = dbb_clock_now;
	run->work.salt = params->seed;
	prandom_seed_state(&run->rnd, params->seed);

	if (params->op->family != DBB_FAMILY_NONE) {
		dmabuf = dbb_buffer_create(params->heap, params->size_bytes, O_RDWR,
					   dbb_run_stopped);
		if (IS_ERR(dmabuf))
			return dbb_text_refuse(why, PTR_ERR(dmabuf),
					       "a buffer of %llu bytes could not be allocated from heap %s: %pe",
					       params->size_bytes, params->heap->name, dmabuf);
		run->work.dmabuf = dmabuf;
		run->work.buf = dbb_buffer_from(dmabuf);
		run->result->chunks = dbb_buffer_chunks(run->work.buf);
	}
	if (params->op->prepare) {
		ret = params->op->prepare(&run->work);
		if (ret)
			return dbb_text_refuse(why, ret, "op %s could not be prepared: %pe",
					       params->op->name, ERR_PTR(ret));
	}
	return 0;
}

static void dbb_run_unprepare(struct dbb_run *run)
{
	if (run->params->op->unprepare)
		run->params->op->unprepare(&run->work);
	if (run->work.dmabuf)
		dma_buf_put(run->work.dmabuf);
}

static int dbb_run_measure(struct dbb_run *run, struct dbb_refusal *why)
{
	int ret;

	ret = dbb_run_prepare(run, why);
	if (!ret) {
		ret = dbb_clock_calibrate(&run->result->clock);
		if (ret)
			dbb_text_refuse(why, ret, "no memory to calibrate the clock");
	}
	if (!ret)
		ret = dbb_run_take_rounds(run, why);
	dbb_run_unprepare(run);
	if (ret == -EINTR)
		dbb_text_refuse(why, ret, "stopped after %u of %u rounds",
				run->result->rounds, run->params->iterations);
	return ret;
}

/* What was measured before an error or a stop is kept, and marked. */
static int dbb_run_conclude(struct dbb_run *run, int err, struct dbb_refusal *why)
{
	int ret = dbb_result_finish(run->result);

	if (ret) {
		dbb_result_put(run->result);
		return err ?: dbb_text_refuse(why, ret, "no memory to summarise the samples");
	}
	dbb_result_publish(run->result);
	return err;
}

static int dbb_run_locked(const struct dbb_params *params, struct dbb_refusal *why)
{
	struct dbb_run run = { };
	unsigned int number = ++dbb_run_number;
	u64 start = ktime_get_ns();
	int ret;

	WRITE_ONCE(dbb_run_stop_wanted, false);
	run.result = dbb_result_new(params);
	if (IS_ERR(run.result))
		return dbb_text_refuse(why, PTR_ERR(run.result),
				       "no memory for the samples of %u rounds",
				       params->iterations);
	run.result->run = number;
	while (!run.result->params.seed)
		run.result->params.seed = get_random_u32();
	run.params = &run.result->params;
	dbb_env_read(&run.result->env);

	dbb_status_begin(number, params->op->name, params->warmup + params->iterations);
	trace_dbb_run_begin(number, params->op->name, params->size_bytes, params->narms,
			    params->iterations);
	ret = dbb_run_measure(&run, why);
	trace_dbb_run_end(number, params->op->name, run.result->rounds,
			  ktime_get_ns() - start, ret);
	ret = dbb_run_conclude(&run, ret, why);
	dbb_status_end(ret, why);
	return ret;
}

/**
 * dbb_run_execute() - run, and publish what was measured
 * @params: parameters
 * @why: filled on failure
 *
 * Context: process context of the writer, whose address space op mmap uses.
 * Blocks until the run is done or stopped.
 *
 * Return: 0; -EBUSY when another run is on; -ENOMEM; -EINTR when stopped;
 * -EIO when a mapping showed a wrong page; what an exporter returned.
 */
int dbb_run_execute(const struct dbb_params *params, struct dbb_refusal *why)
{
	int ret;

	if (!mutex_trylock(&dbb_run_lock))
		return dbb_text_refuse(why, -EBUSY,
				       "another run is on; write 1 to bench/stop to end it");
	ret = dbb_run_locked(params, why);
	mutex_unlock(&dbb_run_lock);
	return ret;
}
