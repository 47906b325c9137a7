// SPDX-License-Identifier: GPL-2.0
/*
 * One sample: an arm's phases, timed once. Two clock reads around each step
 * and nothing else of the engine between them.
 */
#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/sched.h>
#include <linux/smp.h>

#include "op.h"
#include "param.h"
#include "sample.h"

/**
 * struct dbb_sample_watch - what tells that a step was disturbed
 * @cpu: where the task runs
 * @switches: how often it was scheduled out
 * @interrupts: how many interrupts @cpu took
 */
struct dbb_sample_watch {
	unsigned int cpu;
	unsigned long switches;
	u64 interrupts;
};

static __always_inline void dbb_sample_watch(struct dbb_sample_watch *watch)
{
	watch->cpu = raw_smp_processor_id();
	watch->switches = current->nvcsw + current->nivcsw;
	watch->interrupts = dbb_compat_interrupts();
}

static u8 dbb_sample_compare(const struct dbb_sample_watch *before,
			     const struct dbb_sample_watch *after)
{
	u8 flags = 0;

	if (after->cpu != before->cpu)
		flags |= DBB_SAMPLE_MIGRATED;
	else if (after->interrupts != before->interrupts)
		flags |= DBB_SAMPLE_INTERRUPTED;
	if (after->switches != before->switches)
		flags |= DBB_SAMPLE_SWITCHED;
	return flags;
}

/* The delay of an arm that has one goes into its first step. */
static __always_inline int
dbb_sample_time_step(struct dbb_work *work, const struct dbb_phase *phase, u32 batch,
		     u64 delay, struct dbb_sample *sample, u64 *raw)
{
	const struct dbb_clock *clock = work->params->clock;
	struct dbb_sample_watch before, after;
	u64 start;
	int ret;

	dbb_sample_watch(&before);
	start = clock->now();
	do {
		ret = phase->run(work);
	} while (--batch && !ret);
	if (delay)
		sample->spun = dbb_clock_spin(clock, delay);
	*raw = clock->now() - start;
	dbb_sample_watch(&after);
	sample->flags |= dbb_sample_compare(&before, &after);
	sample->cpu = after.cpu;
	return ret;
}

/**
 * dbb_sample_take() - time all phases of the operation once
 * @work: what to work on; its arm says how
 * @batch: calls of each step between two clock reads
 * @sample: filled, but for its order
 * @why: filled on failure
 *
 * Context: the task that owns @work.
 *
 * Return: 0, -EIO when a mapping showed a wrong page, -EINTR when stopped, or
 * what a step returned. What a failed sample leaves mapped is undone by the
 * op's unprepare hook.
 */
int dbb_sample_take(struct dbb_work *work, u32 batch, struct dbb_sample *sample,
		    struct dbb_refusal *why)
{
	const struct dbb_op *op = work->params->op;
	u64 delay = op->delays ? 0 : work->arm->delay;
	unsigned int i;
	int ret = 0;

	if (op->point)
		ret = op->point(work, why);
	sample->flags = 0;
	sample->spun = 0;
	for (i = 0; !ret && i < op->nphases; i++) {
		const struct dbb_phase *phase = &op->phases[i];

		if (phase->derive) {
			sample->raw[i] = phase->derive(work, sample->raw);
			if (phase->inner_reads)
				sample->inner_reads[i] = phase->inner_reads(work);
			continue;
		}
		ret = dbb_sample_time_step(work, phase, batch, delay, sample, &sample->raw[i]);
		delay = 0;
		if (ret)
			return dbb_text_refuse(why, ret, "strategy %s: phase %s returned %pe%s%s",
					       work->arm->name, phase->name, ERR_PTR(ret),
					       *work->detail.text ? ": " : "",
					       work->detail.text);
		if (phase->inner_reads)
			sample->inner_reads[i] = phase->inner_reads(work);
		if (phase->verify && work->params->verify)
			ret = op->verify(work, why);
	}
	return ret;
}
