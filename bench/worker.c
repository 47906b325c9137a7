// SPDX-License-Identifier: GPL-2.0
/*
 * Who takes the samples: with one thread the task that asked, unless the op
 * wants none of its kind, otherwise kernel threads that share its address space
 * and start each sample together.
 */
#include <linux/atomic.h>
#include <linux/completion.h>
#include <linux/cpumask.h>
#include <linux/err.h>
#include <linux/kthread.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>

#include "param.h"
#include "run.h"
#include "worker.h"

/**
 * struct dbb_worker - one thread
 * @crew: its crew
 * @work: what it works on
 * @task: the thread; NULL when the calling task does the work
 * @go: a sample is wanted, or the end
 * @done: the sample was taken
 * @sample: where to
 * @ret: how it went
 * @why: why it did not
 */
struct dbb_worker {
	struct dbb_crew *crew;
	struct dbb_work work;
	struct task_struct *task;
	struct completion go;
	struct completion done;
	struct dbb_sample *sample;
	int ret;
	struct dbb_refusal why;
};

/**
 * struct dbb_crew - all threads of a run
 * @params: the run's parameters
 * @mm: address space that they map into
 * @batch: calls in the sample at hand
 * @is_kthreads: the workers are kernel threads, else the calling task works
 * @missing: threads that have not come to the start of the sample yet
 * @quit: there will be no more samples
 * @workers: params->threads of them
 */
struct dbb_crew {
	const struct dbb_params *params;
	struct mm_struct *mm;
	u32 batch;
	bool is_kthreads;
	atomic_t missing;
	bool quit;
	struct dbb_worker workers[];
};

/* All are awake and on a CPU, as far as there are enough, when they start. */
static void dbb_worker_wait_for_others(struct dbb_crew *crew)
{
	atomic_dec(&crew->missing);
	while (atomic_read(&crew->missing) > 0) {
		cpu_relax();
		cond_resched();
	}
}

static int dbb_worker_main(void *data)
{
	struct dbb_worker *worker = data;
	struct dbb_crew *crew = worker->crew;

	kthread_use_mm(crew->mm);
	for (;;) {
		wait_for_completion(&worker->go);
		if (crew->quit)
			break;
		dbb_worker_wait_for_others(crew);
		worker->ret = dbb_sample_take(&worker->work, crew->batch, worker->sample,
					      &worker->why);
		complete(&worker->done);
	}
	kthread_unuse_mm(crew->mm);
	return 0;
}

static int dbb_worker_cpu(const struct dbb_params *params, unsigned int thread)
{
	int cpu = params->cpu;

	while (thread--)
		cpu = cpumask_next(cpu, cpu_online_mask) < nr_cpu_ids ?
		      cpumask_next(cpu, cpu_online_mask) : cpumask_first(cpu_online_mask);
	return cpu;
}

static int dbb_worker_start(struct dbb_crew *crew, unsigned int thread)
{
	struct dbb_worker *worker = &crew->workers[thread];
	struct task_struct *task;

	task = kthread_create(dbb_worker_main, worker, "dmabuf_bench/%u", thread);
	if (IS_ERR(task))
		return PTR_ERR(task);
	if (crew->params->cpu != DBB_CPU_ANY)
		kthread_bind(task, dbb_worker_cpu(crew->params, thread));
	get_task_struct(task);
	worker->task = task;
	wake_up_process(task);
	return 0;
}

/**
 * dbb_worker_hire() - make the crew of a run
 * @params: the run's parameters; they outlive the crew
 * @why: filled on failure
 *
 * Context: the task that asked for the run; it stays until the crew is
 * dismissed, and its address space with it.
 *
 * Return: the crew, or an ERR_PTR: -ENOMEM, -EINTR.
 */
struct dbb_crew *dbb_worker_hire(const struct dbb_params *params, struct dbb_refusal *why)
{
	struct dbb_crew *crew;
	unsigned int i;
	int ret;

	crew = kvzalloc(struct_size(crew, workers, params->threads), GFP_KERNEL);
	if (!crew) {
		dbb_text_refuse(why, -ENOMEM, "no memory for %u threads", params->threads);
		return ERR_PTR(-ENOMEM);
	}
	crew->params = params;
	crew->mm = current->mm;
	crew->is_kthreads = params->threads > 1 || params->op->in_kthread;
	for (i = 0; i < params->threads; i++) {
		struct dbb_worker *worker = &crew->workers[i];

		worker->crew = crew;
		worker->work.params = params;
		worker->work.thread = i;
		worker->work.times.now = params->clock->now;
		worker->work.salt = params->seed + i;
		init_completion(&worker->go);
		init_completion(&worker->done);
	}
	for (i = 0; crew->is_kthreads && i < params->threads; i++) {
		ret = dbb_worker_start(crew, i);
		if (ret) {
			dbb_text_refuse(why, ret, "thread %u of %u could not be started: %pe",
					i + 1, params->threads, ERR_PTR(ret));
			dbb_worker_dismiss(crew);
			return ERR_PTR(ret);
		}
	}
	return crew;
}

/**
 * dbb_worker_dismiss() - end all threads
 * @crew: the crew; no sample is being taken
 */
void dbb_worker_dismiss(struct dbb_crew *crew)
{
	unsigned int i;

	crew->quit = true;
	for (i = 0; i < crew->params->threads; i++) {
		struct dbb_worker *worker = &crew->workers[i];

		if (!worker->task)
			continue;
		complete(&worker->go);
		kthread_stop(worker->task);
		put_task_struct(worker->task);
	}
	kvfree(crew);
}

/**
 * dbb_worker_work() - what a thread works on
 * @crew: the crew
 * @thread: index of the thread
 *
 * Return: the work, to be prepared and unprepared by the caller while no
 * sample is being taken.
 */
struct dbb_work *dbb_worker_work(struct dbb_crew *crew, unsigned int thread)
{
	return &crew->workers[thread].work;
}

/* A signal comes to the caller only: it is passed on as a stop. */
static void dbb_worker_wait(struct dbb_worker *worker)
{
	while (!wait_for_completion_timeout(&worker->done, HZ / 50 + 1))
		if (signal_pending(current))
			dbb_run_stop();
}

static void dbb_worker_take_turn(struct dbb_work *work, unsigned int arm)
{
	work->arm = &work->params->arms[arm];
	work->dmabuf = work->subjects[arm].dmabuf;
	work->buf = work->subjects[arm].buf;
}

/* Apart, so that a sample without threads does not pay for its registers. */
static noinline int dbb_worker_sample_all(struct dbb_crew *crew, unsigned int arm, u32 batch,
					  struct dbb_sample *first, size_t sample_size,
					  struct dbb_refusal *why)
{
	unsigned int threads = crew->params->threads;
	unsigned int i;
	int ret = 0;

	for (i = 0; i < threads; i++) {
		dbb_worker_take_turn(&crew->workers[i].work, arm);
		crew->workers[i].sample = (void *)first + i * sample_size;
	}
	crew->batch = batch;
	atomic_set(&crew->missing, threads);
	for (i = 0; i < threads; i++)
		complete(&crew->workers[i].go);
	for (i = 0; i < threads; i++)
		dbb_worker_wait(&crew->workers[i]);
	for (i = 0; i < threads && !ret; i++) {
		ret = crew->workers[i].ret;
		if (ret)
			*why = crew->workers[i].why;
	}
	return ret;
}

/**
 * dbb_worker_sample() - take a sample in each thread, at the same time
 * @crew: the crew
 * @arm: index of the arm whose turn it is
 * @batch: calls of each step between two clock reads
 * @first: the first thread's sample; the others follow
 * @sample_size: distance of two samples, in bytes
 * @why: filled on failure
 *
 * Return: 0, or what the first thread that failed returned.
 */
int dbb_worker_sample(struct dbb_crew *crew, unsigned int arm, u32 batch,
		      struct dbb_sample *first, size_t sample_size,
		      struct dbb_refusal *why)
{
	if (crew->is_kthreads)
		return dbb_worker_sample_all(crew, arm, batch, first, sample_size, why);
	dbb_worker_take_turn(&crew->workers[0].work, arm);
	return dbb_sample_take(&crew->workers[0].work, batch, first, why);
}
