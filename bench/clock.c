// SPDX-License-Identifier: GPL-2.0
/*
 * The clocks that samples can be taken with, and their calibration, anew at
 * each run: frequency and idle states change what a read costs.
 */
#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/ktime.h>
#include <linux/mm.h>
#include <linux/perf_event.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/timex.h>

#include "../heap/heap.h"
#include "clock.h"
#include "summary.h"

/* Enough to see the tick of a slow counter many times over. */
#define DBB_CLOCK_READS 20000

static u64 dbb_clock_monotonic_now(void)
{
	return ktime_get_ns();
}

static u64 dbb_clock_raw_now(void)
{
	return ktime_get_raw_fast_ns();
}

static u64 dbb_clock_cycles_now(void)
{
	return get_cycles();
}

static int dbb_clock_cycles_open(struct dbb_refusal *why)
{
	if (get_cycles())
		return 0;
	return dbb_text_refuse(why, -EOPNOTSUPP,
			       "no cycle counter in this machine; accepted: monotonic, raw");
}

/* Counts the task that runs: the engine holds its lock from open to close. */
static struct perf_event *dbb_clock_event;

static u64 dbb_clock_instructions_now(void)
{
	u64 enabled, running;

	return perf_event_read_value(dbb_clock_event, &enabled, &running);
}

static int dbb_clock_instructions_open(struct dbb_refusal *why)
{
	struct perf_event_attr attr = {
		.type		= PERF_TYPE_HARDWARE,
		.config		= PERF_COUNT_HW_INSTRUCTIONS,
		.size		= sizeof(attr),
		.pinned		= 1,
		.exclude_user	= 1,
		.exclude_hv	= 1,
	};
	struct perf_event *event;

	event = perf_event_create_kernel_counter(&attr, -1, current, NULL, NULL);
	if (IS_ERR(event))
		return dbb_text_refuse(why, -EOPNOTSUPP,
				       "no perf counter of instructions (%pe); accepted: monotonic, raw",
				       event);
	dbb_clock_event = event;
	return 0;
}

static void dbb_clock_instructions_close(void)
{
	perf_event_release_kernel(dbb_clock_event);
	dbb_clock_event = NULL;
}

const struct dbb_clock dbb_clocks[DBB_CLOCK_MAX] = {
	[DBB_CLOCK_MONOTONIC] = {
		.name	= "monotonic",
		.unit	= "ns",
		.help	= "ktime_get_ns(); NTP slews it a little",
		.now	= dbb_clock_monotonic_now,
	},
	[DBB_CLOCK_RAW] = {
		.name	= "raw",
		.unit	= "ns",
		.help	= "ktime_get_raw_fast_ns(); no NTP",
		.now	= dbb_clock_raw_now,
	},
	[DBB_CLOCK_CYCLES] = {
		.name	= "cycles",
		.unit	= "cycles",
		.help	= "get_cycles(): TSC or arm64's timer; fixed rate, not core cycles",
		.now	= dbb_clock_cycles_now,
		.open	= dbb_clock_cycles_open,
	},
	[DBB_CLOCK_INSTRUCTIONS] = {
		.name	= "instructions",
		.unit	= "instructions",
		.help	= "a perf counter of the task in the kernel; one thread only",
		.now	= dbb_clock_instructions_now,
		.open	= dbb_clock_instructions_open,
		.close	= dbb_clock_instructions_close,
	},
};

/**
 * dbb_clock_find() - look a clock up by name
 * @name: name, a trailing newline is ignored
 *
 * Return: the clock, or NULL when there is none of that name.
 */
const struct dbb_clock *dbb_clock_find(const char *name)
{
	unsigned int i;

	for (i = 0; i < DBB_CLOCK_MAX; i++)
		if (sysfs_streq(name, dbb_clocks[i].name))
			return &dbb_clocks[i];
	return NULL;
}

/**
 * dbb_clock_calibrate() - measure a clock's cost and tick
 * @clock: an open clock
 * @cost: filled on success
 *
 * Context: process context; takes a few ms.
 *
 * Return: 0 or -ENOMEM.
 */
int dbb_clock_calibrate(const struct dbb_clock *clock, struct dbb_clock_cost *cost)
{
	struct dbb_summary summary;
	u64 last, now;
	unsigned int i;
	s64 *steps;

	steps = kvmalloc_array(DBB_CLOCK_READS, sizeof(*steps), GFP_KERNEL);
	if (!steps)
		return -ENOMEM;
	last = clock->now();
	for (i = 0; i < DBB_CLOCK_READS; i++) {
		now = clock->now();
		steps[i] = now - last;
		last = now;
	}
	dbb_summary_sort(steps, DBB_CLOCK_READS);
	for (i = 0; i < DBB_CLOCK_READS - 1 && steps[i] <= 0; i++)
		;
	cost->tick = clamp_t(s64, steps[i], 0, U32_MAX);
	dbb_summary_compute(&summary, steps, DBB_CLOCK_READS);
	cost->overhead = clamp_t(s64, summary.p50, 0, U32_MAX);
	kvfree(steps);
	return 0;
}

/**
 * dbb_clock_spin() - a known delay on the clock that measures it
 * @clock: an open clock
 * @duration: how long, in the clock's unit
 *
 * ndelay() is no ruler: under emulation 400 ns of it took 200 ns to 1 us.
 *
 * Return: how long it was, from the first read to the last, at least
 * @duration. The caller's figure grows by that and by one clock read.
 */
u64 dbb_clock_spin(const struct dbb_clock *clock, u64 duration)
{
	u64 start = clock->now();
	u64 spun;

	do {
		spun = clock->now() - start;
	} while (spun < duration);
	return spun;
}
