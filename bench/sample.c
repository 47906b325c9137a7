// SPDX-License-Identifier: GPL-2.0
/*
 * One sample: an arm's phases, timed once. Two clock reads around each step
 * and nothing else of the engine between them.
 */
#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/ktime.h>
#include <linux/sched.h>
#include <linux/smp.h>

#include "../heap/compat.h"
#include "../trace/dbb_trace.h"
#include "op/op.h"
#include "op/page_access.h"
#include "param.h"
#include "sample.h"
#include "stop.h"

/* What tells that a step was disturbed */
struct dbb_sample_watch {
	unsigned int cpu;
	unsigned long switches;	/* of the task */
	u64 interrupts;	/* of the CPU */
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

/*
 * @began: when the step did, of ktime_get_ns(), as clocks have other units. noinline:
 * keeps its registers out of the path without a trace.
 */
static noinline void dbb_sample_trace_step(const struct dbb_work *work,
					   const struct dbb_phase *phase,
					   const struct dbb_sample *sample, u64 raw, u64 began,
					   unsigned int from_cpu, u8 flags)
{
	trace_dbb_disturbed(phase->name, work->arm->name, work->arm - work->params->arms,
			    work->thread, raw, ktime_get_ns() - began, from_cpu, sample->cpu,
			    flags & DBB_SAMPLE_SWITCHED, flags & DBB_SAMPLE_INTERRUPTED);
}

/* The delay of an arm that has one goes into its first step. */
static __always_inline int
dbb_sample_time_step(struct dbb_work *work, const struct dbb_phase *phase, u32 batch,
		     u64 delay, struct dbb_sample *sample, u64 *raw)
{
	const struct dbb_clock *clock = work->params->clock;
	u64 start, began = trace_dbb_disturbed_enabled() ? ktime_get_ns() : 0;
	struct dbb_sample_watch before, after;
	u8 flags;
	int ret;

	dbb_sample_watch(&before);
	start = clock->now();
	do {
		ret = phase->run(work);
	} while (--batch && !ret && !dbb_stop_pause());
	if (delay)
		sample->spun = dbb_clock_spin(clock, delay);
	*raw = clock->now() - start;
	dbb_sample_watch(&after);
	flags = dbb_sample_compare(&before, &after);
	sample->flags |= flags;
	sample->cpu = after.cpu;
	if (flags && began)
		dbb_sample_trace_step(work, phase, sample, *raw, began, before.cpu, flags);
	/* what was timed is not a whole batch */
	if (batch && !ret)
		ret = -EINTR;
	return ret;
}

/* Clock reads inside a figure: the strategy's, and the first one of a delay's spin. */
static u8 dbb_sample_inner_reads(const struct dbb_work *work, const struct dbb_phase *phase,
				 bool spun)
{
	return (phase->inner_reads ? phase->inner_reads(work) : 0) + spun;
}

/* What a failed sample leaves mapped is undone by the op's unprepare hook. */
int dbb_sample_take(struct dbb_work *work, u32 batch, struct dbb_sample *sample,
		    struct dbb_refusal *why)
{
	const struct dbb_op *op = work->params->op;
	u64 delay = op->delays ? 0 : work->arm->delay;
	const bool spins = delay;
	unsigned int i;
	int ret = 0;

	if (op->point)
		ret = op->point(work, why);
	sample->flags = 0;
	sample->spun = 0;
	for (i = 0; !ret && i < op->nphases; i++) {
		const struct dbb_phase *phase = &op->phases[i];

		if (!phase->run) {
			sample->raw[i] = phase->derive ? phase->derive(work) :
					 dbb_op_sum_steps(op, sample->raw);
			sample->inner_reads[i] =
				dbb_sample_inner_reads(work, phase, spins && !phase->derive);
			continue;
		}
		ret = dbb_sample_time_step(work, phase, batch, delay, sample, &sample->raw[i]);
		delay = 0;
		/* here, as the loops over pages are measured */
		if (ret == -EFAULT)
			ret = dbb_page_access_fault(work);
		if (ret)
			return dbb_text_refuse(why, ret, "strategy %s: phase %s returned %pe%s%s",
					       work->arm->name, phase->name, ERR_PTR(ret),
					       *work->detail.text ? ": " : "",
					       work->detail.text);
		sample->inner_reads[i] = dbb_sample_inner_reads(work, phase, spins && !i);
		if (phase->verify && work->params->verify)
			ret = op->verify(work, why);
	}
	return ret;
}
