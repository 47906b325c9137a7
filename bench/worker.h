/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Who takes the samples: the writer, or threads that start together.
 */
#ifndef DBB_BENCH_WORKER_H
#define DBB_BENCH_WORKER_H

#include "op/op.h"
#include "sample.h"

struct dbb_clock_cost;
struct dbb_crew;

struct dbb_crew *dbb_worker_hire(const struct dbb_params *params, struct dbb_refusal *why);
void dbb_worker_dismiss(struct dbb_crew *crew);
int dbb_worker_calibrate(struct dbb_crew *crew, struct dbb_clock_cost *cost);
void dbb_worker_take_turn(struct dbb_work *work, unsigned int arm);
struct dbb_work *dbb_worker_work(struct dbb_crew *crew, unsigned int thread);
int dbb_worker_sample(struct dbb_crew *crew, unsigned int arm, u32 batch,
		      struct dbb_sample *first, size_t sample_size,
		      struct dbb_refusal *why);

#endif /* DBB_BENCH_WORKER_H */
