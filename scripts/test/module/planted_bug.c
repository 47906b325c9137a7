// SPDX-License-Identifier: GPL-2.0
/*
 * A bug for the tests to find: bug=leak, bug=use_after_free, bug=out_of_bounds,
 * bug=lock_inversion or bug=data_race on a kernel that looks for such, and on any kernel
 * "bug=dma_buf fd=N", a reference to a dma-buf that is never given back.
 */
#include <linux/compiler.h>
#include <linux/delay.h>
#include <linux/dma-buf.h>
#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "../../../heap/compat.h"

static char *bug = "none";
module_param(bug, charp, 0444);

static int fd = -1;
module_param(fd, int, 0444);

static DEFINE_MUTEX(planted_first);
static DEFINE_MUTEX(planted_second);
static unsigned long planted_shared;

/* Many: pointers to single objects stay on stacks and in registers. */
static int planted_leak(void)
{
	char *object;
	int i;

	for (i = 0; i < 64; i++) {
		object = kzalloc(200, GFP_KERNEL);
		if (!object)
			return -ENOMEM;
		OPTIMIZER_HIDE_VAR(object);
	}
	return 0;
}

static int planted_use_after_free(void)
{
	char *object = kzalloc(200, GFP_KERNEL);

	if (!object)
		return -ENOMEM;
	OPTIMIZER_HIDE_VAR(object);
	kfree(object);
	WRITE_ONCE(object[10], 1);
	return 0;
}

static int planted_out_of_bounds(void)
{
	char *object = kzalloc(200, GFP_KERNEL);

	if (!object)
		return -ENOMEM;
	OPTIMIZER_HIDE_VAR(object);
	WRITE_ONCE(object[200], 1);
	kfree(object);
	return 0;
}

/* No task waits for another one: the order is what lockdep sees. */
static int planted_lock_inversion(void)
{
	mutex_lock(&planted_first);
	mutex_lock(&planted_second);
	mutex_unlock(&planted_second);
	mutex_unlock(&planted_first);
	mutex_lock(&planted_second);
	mutex_lock(&planted_first);
	mutex_unlock(&planted_first);
	mutex_unlock(&planted_second);
	return 0;
}

static int planted_count(void *unused)
{
	unsigned int i;

	while (!kthread_should_stop()) {
		for (i = 0; i < 10000; i++) {
			planted_shared++;
			barrier();
		}
		cond_resched();
	}
	return 0;
}

static struct task_struct *planted_start(unsigned int cpu)
{
	struct task_struct *task = kthread_create(planted_count, NULL, "planted_bug/%u", cpu);

	if (!IS_ERR(task)) {
		kthread_bind(task, cpu);
		wake_up_process(task);
	}
	return task;
}

/* On two CPUs: where both share one, one of them hardly runs while the other waits. */
static int planted_data_race(void)
{
	struct task_struct *one = planted_start(0), *other = planted_start(1);

	msleep(5000);
	if (!IS_ERR(one))
		kthread_stop(one);
	if (!IS_ERR(other))
		kthread_stop(other);
	return IS_ERR(one) ? PTR_ERR(one) : PTR_ERR_OR_ZERO(other);
}

static int planted_dma_buf(void)
{
	return PTR_ERR_OR_ZERO(dma_buf_get(fd));
}

static const struct {
	const char *name;
	int (*have)(void);
} planted_bugs[] = {
	{ "leak", planted_leak },
	{ "use_after_free", planted_use_after_free },
	{ "out_of_bounds", planted_out_of_bounds },
	{ "lock_inversion", planted_lock_inversion },
	{ "data_race", planted_data_race },
	{ "dma_buf", planted_dma_buf },
};

static int __init planted_bug_init(void)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(planted_bugs); i++)
		if (!strcmp(bug, planted_bugs[i].name))
			return planted_bugs[i].have();
	pr_err("bug=%s is none of those at the head of planted_bug.c\n", bug);
	return -EINVAL;
}
module_init(planted_bug_init);

static void __exit planted_bug_exit(void)
{
}
module_exit(planted_bug_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("A bug for tests of the tests");
DBB_IMPORT_NS_DMA_BUF();
