/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a run leaves behind.
 */
#ifndef DBB_BENCH_RESULT_H
#define DBB_BENCH_RESULT_H

#include <linux/kref.h>
#include <linux/types.h>

#include "clock.h"
#include "env.h"
#include "param.h"
#include "summary.h"

/* What may have happened to a sample besides the operation. */
#define DBB_SAMPLE_MIGRATED	BIT(0)	/* ended on another CPU */
#define DBB_SAMPLE_SWITCHED	BIT(1)	/* was scheduled out */

/**
 * struct dbb_sample - one arm's turn in one round
 * @order: its place in the round
 * @flags: DBB_SAMPLE_ bits
 * @cpu: where it ended
 * @ns: raw time of each phase
 */
struct dbb_sample {
	u8 order;
	u8 flags;
	u16 cpu;
	u64 ns[];
};

/**
 * struct dbb_row - one arm and phase, summarised
 * @net: times net of clock overhead, in ns
 * @ratio: baseline / arm of the paired rounds, in millionths
 * @verdict: what @ratio comes to
 */
struct dbb_row {
	struct dbb_summary net;
	struct dbb_summary ratio;
	enum dbb_verdict verdict;
};

/**
 * struct dbb_result - a run's parameters, samples and figures
 * @ref: the engine's and each open file's reference
 * @run: number of the run since the module was loaded
 * @params: as they were used; the seed is the one that was drawn
 * @env: where it ran
 * @clock: calibration
 * @chunks: scatterlist entries of the buffer
 * @rounds: measured rounds kept
 * @complete: all rounds that were wanted
 * @traced: tracepoints fired inside timed windows
 * @disturbed: for each arm, samples with a flag
 * @sample_size: bytes of one struct dbb_sample with its phases
 * @samples: rounds x arms of them
 * @rows: arms x phases
 */
struct dbb_result {
	struct kref ref;
	unsigned int run;
	struct dbb_params params;
	struct dbb_env env;
	struct dbb_clock clock;
	unsigned int chunks;
	u32 rounds;
	bool complete;
	bool traced;
	u32 disturbed[DBB_ARMS_MAX];
	size_t sample_size;
	void *samples;
	struct dbb_row *rows;
};

struct dbb_result *dbb_result_new(const struct dbb_params *params);
struct dbb_sample *dbb_result_sample(const struct dbb_result *result, u32 round,
				     unsigned int arm);
struct dbb_row *dbb_result_row(const struct dbb_result *result, unsigned int arm,
			       unsigned int phase);
int dbb_result_finish(struct dbb_result *result);
void dbb_result_publish(struct dbb_result *result);
struct dbb_result *dbb_result_get(void);
void dbb_result_put(struct dbb_result *result);

#endif /* DBB_BENCH_RESULT_H */
