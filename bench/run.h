/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The engine: one run at a time, in the context of whoever asked for it.
 */
#ifndef DBB_BENCH_RUN_H
#define DBB_BENCH_RUN_H

#include <linux/types.h>

struct dbb_params;
struct dbb_refusal;
struct dbb_result;

/* Loops over pages call dbb_run_pause() once in this many of them. */
#define DBB_RUN_STRIDE 1024

int dbb_run_claim(struct dbb_refusal *why);
void dbb_run_release(void);
struct dbb_result *dbb_run_measure(const struct dbb_params *params, int *err,
				   struct dbb_refusal *why);
int dbb_run_execute(const struct dbb_params *params, struct dbb_refusal *why);
void dbb_run_stop(void);
bool dbb_run_stopped(void);
bool dbb_run_pause(void);

#endif /* DBB_BENCH_RUN_H */
