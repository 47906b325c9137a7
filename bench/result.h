/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The result of a run.
 */
#ifndef DBB_BENCH_RESULT_H
#define DBB_BENCH_RESULT_H

#include <linux/kref.h>
#include <linux/mutex.h>
#include <linux/types.h>

#include "clock.h"
#include "env.h"
#include "heaps.h"
#include "param.h"
#include "sample.h"
#include "stat/block.h"
#include "stat/group.h"
#include "stat/mannwhitney.h"
#include "stat/modes.h"
#include "stat/paired.h"
#include "stat/summary.h"

/* Reasons to doubt a row */
#define DBB_ROW_BELOW_FLOOR	BIT(0)	/* too short for the clock */
#define DBB_ROW_LOW_DISTINCT	BIT(1)	/* few different values */
#define DBB_ROW_MAD_ZERO	BIT(2)	/* most samples are equal */
#define DBB_ROW_AUTOCORRELATED	BIT(3)	/* intervals are wider for it, or missing */
#define DBB_ROW_TWO_MODES	BIT(4)	/* two groups: one median misleads */
#define DBB_ROW_ABSENT		BIT(5)	/* the strategy does not take this step */

/**
 * struct dbb_row - one arm and phase, summarised over rounds
 * @net: times net of clock overhead, of one call, in the clock's unit
 * @ratio: baseline / arm of the paired samples, in millionths; empty when the
 *	   phase is absent in either
 * @diff: arm - baseline of the paired samples, in the clock's unit
 * @verdict: of the interval of @ratio
 * @test: second opinion: baseline against arm
 * @lag1: autocorrelation of the rounds, in thousandths: of @ratio, of the baseline
 *	  of @net
 * @block: what correlated rounds did to the interval of the same
 * @group: over the buffers of a run that made several, of the same
 * @modes: groups of @net
 * @flags: DBB_ROW_ bits
 */
struct dbb_row {
	struct dbb_summary net;
	struct dbb_summary ratio;
	struct dbb_summary diff;
	enum dbb_verdict verdict;
	struct dbb_mannwhitney test;
	s64 lag1;
	struct dbb_block block;
	struct dbb_group group;
	struct dbb_modes modes;
	unsigned int flags;
};

/* Samples of an arm that something happened to; one may count in several. */
struct dbb_disturbed {
	u32 any;
	u32 migrated;	/* a step ended on another CPU */
	u32 switched;	/* the task was scheduled out */
	u32 interrupted;	/* the CPU took an interrupt */
};

/**
 * struct dbb_result - a run's parameters, samples and figures
 * @ref: the engine's and each open file's reference
 * @run: number of the run since the module was loaded
 * @params: as they were used; the seed is the one that was drawn
 * @env: where it ran
 * @mix: what buffers of heap system are made of
 * @caching: of the mappings of all buffers that the run made
 * @cost: calibration of the clock
 * @chunks: as in struct dbb_work, of the first thread
 * @origins: who made the buffers of the arms
 * @batch: calls in one sample
 * @warmup: warm-up rounds done
 * @settled: the warm-up ended because medians agreed
 * @rounds: measured rounds kept
 * @buffers: how many times buffers were made for them
 * @placements: a number for the pages of each time, when there are several
 * @made: how many of these there are
 * @different: how many of the first @buffers of them differ
 * @lost: samples of an incomplete round, which is not kept
 * @traced: tracepoints fired inside timed windows
 * @sample_size: bytes of one struct dbb_sample with its phases
 * @samples: rounds x arms x threads of them
 * @rows_lock: held while what follows is made
 * @has_rows: what follows is made, see dbb_result_rows_make()
 * @complete: @rounds is params.iterations
 * @disturbed: for each arm
 * @rows: arms x phases
 */
struct dbb_result {
	struct kref ref;
	unsigned int run;
	struct dbb_params params;
	struct dbb_env env;
	struct dbb_heap_mix mix;
	const struct dbb_caching *caching;
	struct dbb_clock_cost cost;
	unsigned int chunks[DBB_ARMS_MAX];
	struct dbb_heaps_origin origins[DBB_ARMS_MAX];
	u32 batch;
	u32 warmup;
	bool settled;
	u32 rounds;
	u32 buffers;
	u64 *placements;
	u32 made;
	u32 different;
	u32 lost;
	bool traced;
	size_t sample_size;
	void *samples;

	struct mutex rows_lock;	/* protects all below until it is made */
	bool has_rows;
	bool complete;
	struct dbb_disturbed disturbed[DBB_ARMS_MAX];
	struct dbb_row *rows;
};

static inline struct dbb_sample *
dbb_result_sample(const struct dbb_result *result, u32 round, unsigned int arm,
		  unsigned int thread)
{
	size_t index = (size_t)round * result->params.narms + arm;

	index = index * result->params.threads + thread;
	return result->samples + index * result->sample_size;
}

struct dbb_result *dbb_result_new(const struct dbb_params *params);
struct dbb_row *dbb_result_row(const struct dbb_result *result, unsigned int arm,
			       unsigned int phase);
u64 dbb_result_reads(const struct dbb_result *result, const struct dbb_sample *sample,
		     unsigned int phase);
s64 dbb_result_net(const struct dbb_result *result, u32 round, unsigned int arm,
		   unsigned int thread, unsigned int phase);
s64 dbb_result_figure(const struct dbb_result *result, u32 round, unsigned int arm,
		      unsigned int phase);
void dbb_result_describe(const struct dbb_result *result, dbb_describe_fn say, void *data);
void dbb_result_publish(struct dbb_result *result);
struct dbb_result *dbb_result_get(void);
void dbb_result_put(struct dbb_result *result);

/* result_rows.c */
int dbb_result_rows_make(struct dbb_result *result, bool (*cancelled)(void));

#endif /* DBB_BENCH_RESULT_H */
