// SPDX-License-Identifier: GPL-2.0
/*
 * The engine: a run from its first allocation to its result. Its rounds are
 * in rounds.c.
 */
#include <linux/err.h>
#include <linux/ktime.h>
#include <linux/mutex.h>
#include <linux/random.h>
#include <linux/sched/signal.h>

#include "rounds.h"
#include "run.h"
#include "source.h"
#include "status.h"
#include "../trace/dbb_trace.h"

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

static bool dbb_run_wants_stop(void)
{
	return READ_ONCE(dbb_run_stop_wanted) || signal_pending(current);
}

/**
 * dbb_run_stopped() - has the run been asked to stop?
 *
 * Context: the run's task or one of its threads.
 *
 * Return: whether a signal or dbb_run_stop() came.
 */
bool dbb_run_stopped(void)
{
	return dbb_run_wants_stop();
}

/**
 * dbb_run_pause() - let others run, and look whether to stop
 *
 * Return: as dbb_run_stopped().
 */
bool dbb_run_pause(void)
{
	cond_resched();
	return dbb_run_wants_stop();
}

static int dbb_run_get_subject(struct dbb_rounds *run, struct dbb_work *work,
			       unsigned int arm, struct dbb_refusal *why)
{
	const struct dbb_backend *heap = dbb_param_heap(run->params, arm);
	struct dbb_subject *subject = &work->subjects[arm];
	unsigned int first = dbb_param_first_arm(run->params, arm);

	if (first != arm) {
		*subject = work->subjects[first];
		work->chunks[arm] = work->chunks[first];
		return 0;
	}
	subject->dmabuf = heap == &dbb_source_fd ?
			  dbb_source_get_fd(run->params->fd, why) :
			  dbb_source_make(heap, run->params->size_bytes, why);
	if (IS_ERR(subject->dmabuf)) {
		int ret = PTR_ERR(subject->dmabuf);

		subject->dmabuf = NULL;
		return ret;
	}
	subject->buf = dbb_buffer_from(subject->dmabuf);
	work->chunks[arm] = subject->buf ? dbb_buffer_chunks(subject->buf) :
					   dbb_importer_count_chunks(subject->dmabuf);
	return 0;
}

static int dbb_run_prepare_work(struct dbb_rounds *run, struct dbb_work *work,
				struct dbb_refusal *why)
{
	const struct dbb_op *op = run->params->op;
	bool wanted = op->family != DBB_FAMILY_NONE && op->family != DBB_FAMILY_HEAP;
	unsigned int arm;
	int ret = 0;

	for (arm = 0; wanted && arm < run->params->narms; arm++) {
		ret = dbb_run_get_subject(run, work, arm, why);
		if (ret)
			return ret;
	}
	work->dmabuf = work->subjects[0].dmabuf;
	work->buf = work->subjects[0].buf;
	if (op->prepare)
		ret = op->prepare(work);
	if (ret)
		dbb_text_refuse(why, ret, "op %s could not be prepared: %pe",
				op->name, ERR_PTR(ret));
	return ret;
}

static void dbb_run_unprepare_work(struct dbb_rounds *run, struct dbb_work *work)
{
	unsigned int arm;

	if (run->params->op->unprepare)
		run->params->op->unprepare(work);
	for (arm = 0; arm < run->params->narms; arm++)
		if (work->subjects[arm].dmabuf && dbb_param_first_arm(run->params, arm) == arm)
			dma_buf_put(work->subjects[arm].dmabuf);
}

static int dbb_run_take_all(struct dbb_rounds *run, struct dbb_refusal *why)
{
	unsigned int i;
	int ret = 0;

	for (i = 0; !ret && i < run->params->threads; i++)
		ret = dbb_run_prepare_work(run, dbb_worker_work(run->crew, i), why);
	if (!ret) {
		ret = dbb_clock_calibrate(run->params->clock, &run->result->cost);
		if (ret)
			dbb_text_refuse(why, ret, "no memory to calibrate the clock");
	}
	dbb_status_start();
	if (!ret)
		ret = dbb_rounds_choose_batch(run, why);
	if (!ret)
		ret = dbb_rounds_warm_up(run, why);
	if (!ret)
		ret = dbb_rounds_take(run, why);
	memcpy(run->result->chunks, dbb_worker_work(run->crew, 0)->chunks,
	       sizeof(run->result->chunks));
	for (i = 0; i < run->params->threads; i++)
		dbb_run_unprepare_work(run, dbb_worker_work(run->crew, i));
	return ret;
}

static int dbb_run_hire(struct dbb_rounds *run, struct dbb_refusal *why)
{
	int ret;

	run->crew = dbb_worker_hire(run->params, why);
	if (IS_ERR(run->crew))
		return PTR_ERR(run->crew);
	ret = dbb_run_take_all(run, why);
	dbb_worker_dismiss(run->crew);
	return ret;
}

static int dbb_run_open_clock(struct dbb_rounds *run, struct dbb_refusal *why)
{
	const struct dbb_clock *clock = run->params->clock;
	int ret = 0;

	if (clock->open)
		ret = clock->open(why);
	if (ret)
		return ret;
	ret = dbb_run_hire(run, why);
	if (clock->close)
		clock->close();
	return ret;
}

/* Kernel threads are pinned each on its own, here it is the asking task. */
static int dbb_run_pin(struct dbb_rounds *run, struct dbb_refusal *why)
{
	const struct dbb_params *params = run->params;
	cpumask_var_t before;
	int ret;

	if (params->cpu == DBB_CPU_ANY || params->threads > 1 || params->op->in_kthread)
		return dbb_run_open_clock(run, why);
	if (!alloc_cpumask_var(&before, GFP_KERNEL))
		return dbb_text_refuse(why, -ENOMEM, "no memory for a CPU mask");
	cpumask_copy(before, current->cpus_ptr);
	ret = set_cpus_allowed_ptr(current, cpumask_of(params->cpu));
	if (ret) {
		dbb_text_refuse(why, ret, "cpu %d cannot be used: %pe", params->cpu,
				ERR_PTR(ret));
	} else {
		ret = dbb_run_open_clock(run, why);
		set_cpus_allowed_ptr(current, before);
	}
	free_cpumask_var(before);
	return ret;
}

static void dbb_run_measure_into(struct dbb_result *result, int *err,
				 struct dbb_refusal *why)
{
	struct dbb_rounds run = { .params = &result->params, .result = result };
	const struct dbb_params *params = run.params;
	u64 start = ktime_get_ns();
	u32 warmup = params->warmup == DBB_WARMUP_AUTO ? DBB_WARMUP_CAP : params->warmup;

	prandom_seed_state(&run.rnd, params->seed);
	dbb_env_read(&result->env);
	dbb_system_read_mix(&result->mix);
	dbb_status_begin(result->run, params->op->name, warmup + params->iterations);
	trace_dbb_run_begin(result->run, params->op->name, params->size_bytes,
			    params->narms, params->iterations);
	*err = dbb_run_pin(&run, why);
	trace_dbb_run_end(result->run, params->op->name, result->rounds,
			  ktime_get_ns() - start, *err);
	if (*err == -EINTR)
		dbb_text_refuse(why, *err, "stopped after %u of %u rounds",
				result->rounds, params->iterations);
}

/**
 * dbb_run_claim() - make the engine the caller's own
 * @why: filled on failure
 *
 * Return: 0, or -EBUSY when a run is on.
 */
int dbb_run_claim(struct dbb_refusal *why)
{
	if (!mutex_trylock(&dbb_run_lock))
		return dbb_text_refuse(why, -EBUSY,
				       "another run is on; write 1 to bench/stop to end it");
	WRITE_ONCE(dbb_run_stop_wanted, false);
	return 0;
}

/**
 * dbb_run_release() - give the engine back
 */
void dbb_run_release(void)
{
	mutex_unlock(&dbb_run_lock);
}

/**
 * dbb_run_measure() - one run, from parameters to figures
 * @params: parameters
 * @err: 0, or why the run ended early: -EINTR when stopped, -EIO when a
 *	 mapping showed a wrong page, -ENOMEM, -EOPNOTSUPP, what an exporter
 *	 returned
 * @why: filled when @err is not 0
 *
 * Context: process context of the writer, whose address space op mmap uses;
 * the engine was claimed. Blocks until the run is done or stopped.
 *
 * Return: the result with what was measured, also when @err is not 0; NULL
 * when there was no memory for one.
 */
struct dbb_result *dbb_run_measure(const struct dbb_params *params, int *err,
				   struct dbb_refusal *why)
{
	struct dbb_result *result = dbb_result_new(params);
	int ret;

	if (IS_ERR(result)) {
		*err = dbb_text_refuse(why, PTR_ERR(result),
				       "no memory for the samples of %u rounds",
				       params->iterations);
		return NULL;
	}
	result->run = ++dbb_run_number;
	while (!result->params.seed)
		result->params.seed = get_random_u32();
	dbb_run_measure_into(result, err, why);
	ret = dbb_figures_make(result);
	if (ret) {
		dbb_result_put(result);
		result = NULL;
		*err = dbb_text_refuse(why, ret, "no memory to summarise the samples");
	}
	dbb_status_end(*err, why);
	return result;
}

/**
 * dbb_run_execute() - run, and publish what was measured
 * @params: parameters
 * @why: filled on failure
 *
 * Context: as dbb_run_measure(), but the engine is claimed here.
 *
 * Return: 0, -EBUSY when another run is on, or the error of dbb_run_measure().
 */
int dbb_run_execute(const struct dbb_params *params, struct dbb_refusal *why)
{
	struct dbb_result *result;
	int ret;

	ret = dbb_run_claim(why);
	if (ret)
		return ret;
	result = dbb_run_measure(params, &ret, why);
	/*
	 * What was measured before an error or a stop is kept, and marked. A
	 * run that never came to measure leaves the last result alone.
	 */
	if (result && (!ret || ret == -EINTR || result->rounds))
		dbb_result_publish(result);
	else
		dbb_result_put(result);
	dbb_run_release();
	return ret;
}
