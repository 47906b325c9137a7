/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The engine: one run at a time, in the context of the writer.
 */
#ifndef DBB_BENCH_RUN_H
#define DBB_BENCH_RUN_H

#include <linux/types.h>

struct dbb_params;
struct dbb_refusal;
struct dbb_result;

int dbb_run_claim(struct dbb_refusal *why);
void dbb_run_release(void);
struct dbb_result *dbb_run_measure(const struct dbb_params *params, int *err,
				   struct dbb_refusal *why);
int dbb_run_execute(const struct dbb_params *params, struct dbb_refusal *why);

#endif /* DBB_BENCH_RUN_H */
