// SPDX-License-Identifier: GPL-2.0
/*
 * The clocks that samples can be taken with. Each run calibrates its clock anew:
 * CPU frequency and idle states change what a read costs.
 */
#include <linux/bits.h>
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
#include "stat/summary.h"
#include "stop.h"

/* Enough to see the tick of a slow counter many times over. */
#define DBB_CLOCK_READS 20000

/* Reads between two checks for a stop: some milliseconds. */
#define DBB_CLOCK_SPIN_STRIDE BIT(16)

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
			       "this machine has no cycle counter; accepted: monotonic, raw");
}

/* One event will do: the engine is claimed from open to close. */
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
	if (PTR_ERR(event) == -ENOMEM)
		return dbb_text_refuse(why, -ENOMEM, "no memory for a perf counter");
	if (IS_ERR(event))
		return dbb_text_refuse(why, -EOPNOTSUPP,
				       "no perf counter for instructions (%pe); accepted: monotonic, raw",
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
		.help	= "ktime_get_ns(); NTP may slew it",
		.now	= dbb_clock_monotonic_now,
	},
	[DBB_CLOCK_RAW] = {
		.name	= "raw",
		.unit	= "ns",
		.help	= "ktime_get_raw_fast_ns(); not slewed",
		.now	= dbb_clock_raw_now,
	},
	[DBB_CLOCK_CYCLES] = {
		.name	= "cycles",
		.unit	= "cycles",
		.help	= "get_cycles(): TSC, or arm64's timer; constant rate, not core cycles",
		.now	= dbb_clock_cycles_now,
		.open	= dbb_clock_cycles_open,
	},
	[DBB_CLOCK_INSTRUCTIONS] = {
		.name	= "instructions",
		.unit	= "instructions",
		.help	= "perf counter of the writing task, kernel mode only; threads=1",
		.now	= dbb_clock_instructions_now,
		.open	= dbb_clock_instructions_open,
		.close	= dbb_clock_instructions_close,
	},
};

const struct dbb_clock *dbb_clock_find(const char *name)
{
	unsigned int i;

	for (i = 0; i < DBB_CLOCK_MAX; i++)
		if (sysfs_streq(name, dbb_clocks[i].name))
			return &dbb_clocks[i];
	return NULL;
}

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
	dbb_summary_sort(steps, DBB_CLOCK_READS, NULL);
	for (i = 0; i < DBB_CLOCK_READS - 1 && steps[i] <= 0; i++)
		;
	cost->tick = clamp_t(s64, steps[i], 0, U32_MAX);
	dbb_summary_compute(&summary, steps, DBB_CLOCK_READS, 0, NULL);
	cost->overhead = clamp_t(s64, summary.p50, 0, U32_MAX);
	kvfree(steps);
	/* It counts something else, or another CPU. */
	return cost->tick ? 0 : -EOPNOTSUPP;
}

/**
 * dbb_clock_spin() - a known delay on the clock that measures it
 * @clock: an open clock
 * @duration: how long, in the clock's unit
 *
 * ndelay() is no ruler: under emulation 400 ns of it took 200 ns to 1 us.
 *
 * Return: the time from the first read to the last, at least @duration unless
 * the run is being stopped. The caller's figure grows by that and by one clock
 * read.
 */
u64 dbb_clock_spin(const struct dbb_clock *clock, u64 duration)
{
	u64 start = clock->now();
	u32 reads = 0;
	u64 spun;

	do {
		spun = clock->now() - start;
		if (!(++reads % DBB_CLOCK_SPIN_STRIDE) && dbb_stop_pause())
			break;
	} while (spun < duration);
	return spun;
}
