// SPDX-License-Identifier: GPL-2.0
/*
 * The engine: a run from its first allocation to its published result.
 */
#include <linux/dma-buf.h>
#include <linux/err.h>
#include <linux/errno.h>
#include <linux/gfp.h>
#include <linux/ktime.h>
#include <linux/random.h>
#include <linux/sched.h>
#include <linux/smp.h>

#include "../trace/dbb_trace.h"
#include "heaps.h"
#include "op/importer.h"
#include "renew.h"
#include "rounds.h"
#include "run.h"
#include "status.h"
#include "stop.h"

/* Changed only while the engine is claimed. */
static unsigned int dbb_run_number;

/*
 * The parameters have the size of the buffer at the writer's descriptor. Another
 * thread of it may have put another buffer there since.
 */
static struct dma_buf *dbb_run_get_fd(const struct dbb_params *params, s32 fd,
				      struct dbb_refusal *why)
{
	struct dma_buf *dmabuf = dbb_heaps_get_fd(fd, why);
	size_t bytes;

	if (IS_ERR(dmabuf) || dmabuf->size == params->size_bytes)
		return dmabuf;
	bytes = dmabuf->size;
	dma_buf_put(dmabuf);
	dbb_text_refuse(why, -ERANGE,
			"fd %d had %llu bytes and now has %zu; accepted: one that is not replaced",
			fd, params->size_bytes, bytes);
	return ERR_PTR(-ERANGE);
}

/* Arms of one heap share a buffer: the first of them owns it. */
static int dbb_run_get_subject(struct dbb_work *work, unsigned int arm, struct dbb_refusal *why)
{
	const struct dbb_params *params = work->params;
	const struct dbb_backend *heap = dbb_param_heap(params, arm);
	struct dbb_subject *subject = &work->subjects[arm];
	unsigned int first = dbb_param_first_arm(params, arm);
	struct dma_buf *dmabuf;

	if (first != arm) {
		*subject = work->subjects[first];
		work->chunks[arm] = work->chunks[first];
		return 0;
	}
	if (heap == &dbb_heaps_anon)
		return 0;	/* made by each sample */
	dmabuf = heap == &dbb_heaps_fd ? dbb_run_get_fd(params, dbb_param_fd(params, arm), why) :
					 dbb_heaps_make(heap, params->size_bytes, work->caching,
							why);
	if (IS_ERR(dmabuf))
		return PTR_ERR(dmabuf);
	subject->dmabuf = dmabuf;
	subject->buf = dbb_buffer_from(dmabuf);
	work->chunks[arm] = subject->buf ? dbb_buffer_chunks(subject->buf) :
					   dbb_importer_count_chunks(dmabuf);
	return 0;
}

static int dbb_run_prepare_work(struct dbb_work *work, struct dbb_refusal *why)
{
	const struct dbb_op *op = work->params->op;
	bool wanted = op->family != DBB_FAMILY_NONE && op->family != DBB_FAMILY_HEAP;
	unsigned int arm;
	int ret = 0;

	for (arm = 0; wanted && arm < work->params->narms; arm++) {
		ret = dbb_run_get_subject(work, arm, why);
		if (ret)
			return ret;
	}
	dbb_worker_take_turn(work, 0);
	if (op->prepare)
		ret = op->prepare(work);
	if (ret)
		dbb_text_refuse(why, ret, "op %s could not be prepared: %pe",
				op->name, ERR_PTR(ret));
	return ret;
}

static int dbb_run_pin(int cpu, cpumask_var_t *before, struct dbb_refusal *why)
{
	int ret;

	if (!alloc_cpumask_var(before, GFP_KERNEL))
		return dbb_text_refuse(why, -ENOMEM, "no memory for a CPU mask");
	cpumask_copy(*before, current->cpus_ptr);
	ret = set_cpus_allowed_ptr(current, cpumask_of(cpu));
	if (ret) {
		/* It went offline since the line was read. */
		ret = dbb_text_refuse(why, ret == -EINVAL ? -ERANGE : ret,
				      "cpu %d cannot be used: %pe", cpu, ERR_PTR(ret));
		free_cpumask_var(*before);
	}
	return ret;
}

/* Of all threads together: they run at the same time. */
static int dbb_run_note_placement(struct dbb_rounds *rounds)
{
	struct dbb_result *result = rounds->result;
	u64 hash = 0;
	unsigned int i;

	if (rounds->params->buffers == 1)
		return 0;	/* nothing to compare it with */
	for (i = 0; i < rounds->params->threads; i++)
		hash = dbb_renew_placement(dbb_worker_work(rounds->crew, i), hash);
	result->placements[result->made++] = hash;
	return dbb_stop_pause() ? -EINTR : 0;
}

/* Without room for old and new ones, the oldest go first. */
static int dbb_run_renew_work(struct dbb_rounds *rounds, struct dbb_work *work,
			      struct dbb_refusal *why)
{
	const struct dbb_op *op = work->params->op;
	int ret;

	if (op->unprepare)
		op->unprepare(work);
	dbb_renew_take_back(&rounds->old, work);
	dbb_renew_make_room(&rounds->old, work->params->size_bytes);
	for (;;) {
		ret = dbb_run_prepare_work(work, why);
		if (ret != -ENOMEM || !rounds->old.count)
			return ret;
		if (op->unprepare)
			op->unprepare(work);
		dbb_renew_give_way(&rounds->old, work);
	}
}

static int dbb_run_renew(struct dbb_rounds *rounds, struct dbb_refusal *why)
{
	unsigned int i;
	int ret;

	for (i = 0; i < rounds->params->threads; i++) {
		ret = dbb_run_renew_work(rounds, dbb_worker_work(rounds->crew, i), why);
		if (ret)
			return ret;
	}
	return dbb_run_note_placement(rounds);
}

static int dbb_run_prepare(struct dbb_rounds *rounds, struct dbb_refusal *why)
{
	const struct dbb_clock *clock = rounds->params->clock;
	unsigned int i;
	int ret;

	for (i = 0; i < rounds->params->threads; i++) {
		struct dbb_work *work = dbb_worker_work(rounds->crew, i);

		work->caching = rounds->result->caching;
		ret = dbb_run_prepare_work(work, why);
		if (ret)
			return ret;
	}
	ret = dbb_run_note_placement(rounds);
	if (ret)
		return ret;
	ret = dbb_worker_calibrate(rounds->crew, &rounds->result->cost);
	if (ret)
		dbb_text_refuse(why, ret, ret == -ENOMEM ? "no memory to calibrate the clock" :
				"clock %s does not advance here; accepted: monotonic, raw",
				clock->name);
	return ret;
}

/* Undoes dbb_run_prepare(), however far it came. */
static void dbb_run_unprepare(struct dbb_rounds *rounds)
{
	const struct dbb_params *params = rounds->params;
	struct dbb_subject *subjects = dbb_worker_work(rounds->crew, 0)->subjects;
	unsigned int i, arm;

	dbb_renew_drop_all(&rounds->old);
	for (arm = 0; arm < params->narms; arm++)
		if (subjects[arm].dmabuf)
			dbb_heaps_find_origin(subjects[arm].dmabuf, &rounds->result->origins[arm]);
	memcpy(rounds->result->chunks, dbb_worker_work(rounds->crew, 0)->chunks,
	       sizeof(rounds->result->chunks));
	for (i = 0; i < params->threads; i++) {
		struct dbb_work *work = dbb_worker_work(rounds->crew, i);

		if (params->op->unprepare)
			params->op->unprepare(work);
		for (arm = 0; arm < params->narms; arm++)
			if (work->subjects[arm].dmabuf && dbb_param_first_arm(params, arm) == arm)
				dma_buf_put(work->subjects[arm].dmabuf);
	}
}

static int dbb_run_take(struct dbb_rounds *rounds, struct dbb_refusal *why)
{
	const struct dbb_params *params = rounds->params;
	/* kernel threads are pinned one by one, see worker.c */
	bool pin = params->cpu != DBB_CPU_ANY && !dbb_param_in_kthreads(params);
	cpumask_var_t before;
	int ret;

	ret = pin ? dbb_run_pin(params->cpu, &before, why) : 0;
	if (ret)
		return ret;
	ret = params->clock->open ? params->clock->open(why) : 0;
	if (ret)
		goto out_unpin;
	rounds->crew = dbb_worker_hire(params, why);
	if (IS_ERR(rounds->crew)) {
		ret = PTR_ERR(rounds->crew);
		goto out_close_clock;
	}
	ret = dbb_run_prepare(rounds, why);
	if (!ret) {
		dbb_status_start();
		ret = dbb_rounds_take(rounds, why);
	}
	dbb_run_unprepare(rounds);
	dbb_worker_dismiss(rounds->crew);
out_close_clock:
	if (params->clock->close)
		params->clock->close();
out_unpin:
	if (pin) {
		set_cpus_allowed_ptr(current, before);
		free_cpumask_var(before);
	}
	return ret;
}

/*
 * What exporters return when a signal ends their wait for a fence. Out of write(), it
 * would start the run again once the signal is handled.
 */
static int dbb_run_not_restarted(int err)
{
	switch (err) {
	case -ERESTARTSYS:
	case -ERESTARTNOINTR:
	case -ERESTARTNOHAND:
	case -ERESTART_RESTARTBLOCK:
		return -EINTR;
	default:
		return err;
	}
}

static void dbb_run_begin(struct dbb_result *result)
{
	const struct dbb_params *params = &result->params;
	u32 warmup = params->warmup == DBB_WARMUP_AUTO ? DBB_WARMUP_CAP : params->warmup;
	unsigned int cpu = params->cpu == DBB_CPU_ANY ? raw_smp_processor_id() : params->cpu;

	result->run = ++dbb_run_number;
	while (!result->params.seed)
		result->params.seed = get_random_u32();
	dbb_env_read(&result->env, cpu);
	dbb_backend_system_read_mix(&result->mix);
	result->caching = dbb_knobs_caching();
	dbb_status_begin(result->run, params->op->name, warmup * params->buffers,
			 params->iterations);
	trace_dbb_run_begin(result->run, params->op->name, params->size_bytes,
			    params->narms, params->iterations);
}

int dbb_run_claim(struct dbb_refusal *why)
{
	if (!dbb_status_claim())
		return dbb_text_refuse(why, -EBUSY,
				       "a run is in progress; write 1 to bench/stop to end it");
	dbb_stop_reset();
	return 0;
}

/*
 * In the same step bench/status says that the run has ended: who sees that finds
 * the engine free and the results published.
 */
void dbb_run_release(void)
{
	dbb_status_release();
}

/**
 * dbb_run_measure() - one run, from parameters to samples
 * @params: parameters
 * @err: 0, or why the run ended early: -EINTR when stopped, -EIO when a mapping
 *	 showed a wrong page, -ENOMEM, -EOPNOTSUPP, what an exporter returned
 * @why: filled when @err is not 0
 *
 * Context: the writer's task, which has claimed the engine; op mmap maps in its
 * address space.
 *
 * Return: the result with what was measured, also when @err is not 0, and without
 * rows; NULL when there was no memory for one.
 */
struct dbb_result *dbb_run_measure(const struct dbb_params *params, int *err,
				   struct dbb_refusal *why)
{
	struct dbb_result *result = dbb_result_new(params);
	struct dbb_rounds rounds = { .result = result, .renew = dbb_run_renew };
	u64 start;

	if (IS_ERR(result)) {
		*err = dbb_text_refuse(why, PTR_ERR(result),
				       "no memory for the samples of %u rounds",
				       params->iterations);
		return NULL;
	}
	rounds.params = &result->params;
	start = ktime_get_ns();
	dbb_run_begin(result);
	prandom_seed_state(&rounds.rnd, result->params.seed);
	*err = dbb_run_not_restarted(dbb_run_take(&rounds, why));
	trace_dbb_run_end(result->run, params->op->name, result->rounds,
			  ktime_get_ns() - start, *err);
	if (*err == -EINTR)
		dbb_text_refuse(why, *err, "stopped after %u of %u rounds",
				result->rounds, params->iterations);
	dbb_status_end(*err, why);
	return result;
}

int dbb_run_execute(const struct dbb_params *params, struct dbb_refusal *why)
{
	struct dbb_result *result;
	int ret;

	ret = dbb_run_claim(why);
	if (ret)
		return ret;
	result = dbb_run_measure(params, &ret, why);
	if (result && (!ret || ret == -EINTR || result->rounds))
		dbb_result_publish(result);
	else
		dbb_result_put(result);
	dbb_run_release();
	return ret;
}
