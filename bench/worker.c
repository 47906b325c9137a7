// SPDX-License-Identifier: GPL-2.0
/*
 * Who takes the samples: the writer itself, unless threads > 1 or the op needs a
 * kernel thread; then kernel threads that use the writer's address space and start
 * each sample together.
 */
#include <linux/atomic.h>
#include <linux/completion.h>
#include <linux/cpumask.h>
#include <linux/dma-buf.h>
#include <linux/err.h>
#include <linux/kthread.h>
#include <linux/mm.h>
#include <linux/overflow.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>

#include "param.h"
#include "stop.h"
#include "worker.h"

/* One thread */
struct dbb_worker {
	struct dbb_crew *crew;
	struct dbb_work work;
	struct task_struct *task;	/* NULL when the calling task does the work */
	struct completion go;	/* take a sample, calibrate the clock, or end */
	struct completion done;
	struct dbb_sample *sample;
	int ret;
	struct dbb_refusal why;
};

/* All threads of a run */
struct dbb_crew {
	const struct dbb_params *params;
	struct mm_struct *mm;
	u32 batch;	/* calls in this sample */
	bool is_kthreads;
	struct dbb_clock_cost *cost;	/* to be filled; NULL: a sample is wanted */
	atomic_t missing;	/* threads not yet at the start of the sample */
	bool share_cpus;	/* more threads than CPUs */
	struct completion assembled;	/* no thread is missing; if CPUs are shared */
	bool quit;
	struct dbb_worker workers[];
};

/*
 * All threads run before the first one starts its sample, given enough CPUs. Where
 * threads share a CPU, one that spins keeps the CPU from the one it waits for: 20 ms a
 * sample were seen.
 */
static void dbb_worker_wait_for_others(struct dbb_crew *crew)
{
	bool last = atomic_dec_and_test(&crew->missing);

	if (!crew->share_cpus) {
		while (atomic_read(&crew->missing) > 0) {
			cpu_relax();
			cond_resched();
		}
		return;
	}
	if (last)
		complete_all(&crew->assembled);
	/* not in state D: see dbb_worker_main() */
	while (wait_for_completion_interruptible(&crew->assembled))
		continue;
}

static int dbb_worker_main(void *data)
{
	struct dbb_worker *worker = data;
	struct dbb_crew *crew = worker->crew;

	kthread_use_mm(crew->mm);
	for (;;) {
		/*
		 * Not in state D: the writer may allocate for minutes, which is no
		 * hung task. No signal reaches a kernel thread.
		 */
		if (wait_for_completion_interruptible(&worker->go))
			continue;
		if (crew->quit)
			break;
		if (crew->cost) {
			worker->ret = dbb_clock_calibrate(crew->params->clock, crew->cost);
		} else {
			dbb_worker_wait_for_others(crew);
			worker->ret = dbb_sample_take(&worker->work, crew->batch, worker->sample,
						      &worker->why);
		}
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

/* fork's -EAGAIN is -ENOMEM here: no memory, or kernel.threads-max is reached. */
static int dbb_worker_start(struct dbb_crew *crew, unsigned int thread)
{
	struct dbb_worker *worker = &crew->workers[thread];
	struct task_struct *task;

	task = kthread_create(dbb_worker_main, worker, "dmabuf_bench/%u", thread);
	if (IS_ERR(task))
		return PTR_ERR(task) == -EAGAIN ? -ENOMEM : PTR_ERR(task);
	if (crew->params->cpu != DBB_CPU_ANY)
		kthread_bind(task, dbb_worker_cpu(crew->params, thread));
	get_task_struct(task);
	worker->task = task;
	wake_up_process(task);
	return 0;
}

/* The caller, whose address space the threads use, stays until they are dismissed. */
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
	crew->is_kthreads = dbb_param_in_kthreads(params);
	crew->share_cpus = params->threads > num_online_cpus();
	init_completion(&crew->assembled);
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

struct dbb_work *dbb_worker_work(struct dbb_crew *crew, unsigned int thread)
{
	return &crew->workers[thread].work;
}

/* In the first thread, on its CPU: clocks differ there, and so does their cost. */
int dbb_worker_calibrate(struct dbb_crew *crew, struct dbb_clock_cost *cost)
{
	struct dbb_worker *first = &crew->workers[0];

	if (!crew->is_kthreads)
		return dbb_clock_calibrate(crew->params->clock, cost);
	crew->cost = cost;
	complete(&first->go);
	wait_for_completion(&first->done);
	crew->cost = NULL;
	return first->ret;
}

/* Points the work at the arm and its buffer. */
void dbb_worker_take_turn(struct dbb_work *work, unsigned int arm)
{
	const struct dbb_subject *subject = &work->subjects[arm];

	work->arm = &work->params->arms[arm];
	work->dmabuf = subject->dmabuf;
	work->buf = subject->buf;
	work->bytes = subject->dmabuf ? subject->dmabuf->size :
					PAGE_ALIGN(work->params->size_bytes);
}

/* noinline: keeps its register spills out of the path without threads. */
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
	reinit_completion(&crew->assembled);
	for (i = 0; i < threads; i++)
		complete(&crew->workers[i].go);
	for (i = 0; i < threads; i++)
		/* A signal comes to this task only: pass it on as a stop. */
		while (!wait_for_completion_timeout(&crew->workers[i].done, HZ / 50 + 1))
			if (signal_pending(current))
				dbb_stop_request();
	for (i = 0; i < threads && !ret; i++) {
		ret = crew->workers[i].ret;
		if (ret)
			*why = crew->workers[i].why;
	}
	return ret;
}

int dbb_worker_sample(struct dbb_crew *crew, unsigned int arm, u32 batch,
		      struct dbb_sample *first, size_t sample_size,
		      struct dbb_refusal *why)
{
	if (crew->is_kthreads)
		return dbb_worker_sample_all(crew, arm, batch, first, sample_size, why);
	dbb_worker_take_turn(&crew->workers[0].work, arm);
	return dbb_sample_take(&crew->workers[0].work, batch, first, why);
}
