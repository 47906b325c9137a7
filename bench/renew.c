// SPDX-License-Identifier: GPL-2.0
/*
 * New buffers in the middle of a run. The page allocator gives back first what was
 * freed last, so a buffer that is freed and allocated again has the same pages: the
 * old ones are kept while the next are allocated, as many as memory allows.
 */
#include <linux/completion.h>
#include <linux/dma-buf.h>
#include <linux/err.h>
#include <linux/file.h>
#include <linux/kthread.h>
#include <linux/mm.h>
#include <linux/sched/task.h>
#include <linux/string.h>

#include "param.h"
#include "renew.h"
#include "stop.h"

/* A buffer to be released */
struct dbb_renew_release {
	struct file *file;
	struct completion done;
};

static int dbb_renew_release_main(void *data)
{
	struct dbb_renew_release *release = data;

	__fput_sync(release->file);
	complete(&release->done);
	return 0;
}

/*
 * dma_buf_put() would leave the release to the writer's return to user space, after
 * the run. __fput_sync() is for kernel threads only.
 */
static void dbb_renew_release(struct dma_buf *dmabuf)
{
	struct dbb_renew_release release = { .file = dmabuf->file };
	struct task_struct *task;

	init_completion(&release.done);
	task = kthread_create(dbb_renew_release_main, &release, "dmabuf_bench/free");
	if (IS_ERR(task)) {
		dma_buf_put(dmabuf);
		return;
	}
	get_task_struct(task);
	wake_up_process(task);
	wait_for_completion(&release.done);
	/* its code may not go away before it has ended */
	kthread_stop(task);
	put_task_struct(task);
}

static void dbb_renew_drop_oldest(struct dbb_renew *renew)
{
	struct dma_buf *oldest = renew->held[0];

	renew->count--;
	memmove(renew->held, renew->held + 1, renew->count * sizeof(*renew->held));
	dbb_renew_release(oldest);
}

void dbb_renew_drop_all(struct dbb_renew *renew)
{
	while (renew->count)
		dbb_renew_drop_oldest(renew);
}

/* Takes the buffers from the work, which then has none. Nothing maps them any more. */
void dbb_renew_take_back(struct dbb_renew *renew, struct dbb_work *work)
{
	const struct dbb_params *params = work->params;
	unsigned int arm;

	for (arm = 0; arm < params->narms; arm++) {
		struct dma_buf *dmabuf = work->subjects[arm].dmabuf;

		if (!dmabuf || dbb_param_first_arm(params, arm) != arm)
			continue;
		if (renew->count == DBB_RENEW_HELD_MAX)
			dbb_renew_drop_oldest(renew);
		renew->held[renew->count++] = dmabuf;
	}
	memset(work->subjects, 0, sizeof(work->subjects));
	work->dmabuf = NULL;
	work->buf = NULL;
}

/* Memory does not suffice: takes back what the work has, and leaves one less in all. */
void dbb_renew_give_way(struct dbb_renew *renew, struct dbb_work *work)
{
	unsigned int before = renew->count;

	dbb_renew_take_back(renew, work);
	while (renew->count && renew->count >= before)
		dbb_renew_drop_oldest(renew);
}

/* An eighth of the memory is left to others, who would else lose their caches. */
void dbb_renew_make_room(struct dbb_renew *renew, u64 size_bytes)
{
	u64 wanted = (size_bytes >> PAGE_SHIFT) + totalram_pages() / 8;

	while (renew->count && (u64)si_mem_available() < wanted)
		dbb_renew_drop_oldest(renew);
}

/* A number that differs when any page of the buffers does. */
u64 dbb_renew_placement(const struct dbb_work *work, u64 hash)
{
	const struct dbb_params *params = work->params;
	unsigned int arm;

	for (arm = 0; arm < params->narms; arm++) {
		const struct dbb_buffer *buf = work->subjects[arm].buf;
		struct dbb_buffer_walk walk;
		unsigned long done = 0;
		struct page *page;

		if (!buf || dbb_param_first_arm(params, arm) != arm)
			continue;
		dbb_buffer_walk_begin(&walk, buf);
		while ((page = dbb_buffer_walk_next(&walk))) {
			hash = (hash ^ page_to_pfn(page)) * 0x9e3779b97f4a7c15ULL;
			hash ^= hash >> 32;
			if (dbb_stop_after(++done))
				return hash;
		}
	}
	return hash;
}
