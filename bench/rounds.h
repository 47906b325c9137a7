/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The rounds of a run.
 */
#ifndef DBB_BENCH_ROUNDS_H
#define DBB_BENCH_ROUNDS_H

#include <linux/prandom.h>

#include "param.h"
#include "renew.h"
#include "result.h"
#include "warmup.h"
#include "worker.h"

/* A run in progress */
struct dbb_rounds {
	const struct dbb_params *params;
	struct dbb_result *result;
	struct dbb_crew *crew;
	struct dbb_warmup warmup;
	struct rnd_state rnd;	/* draws the order of the arms */
	/* buffers=: puts new buffers in the place of the old ones */
	int (*renew)(struct dbb_rounds *rounds, struct dbb_refusal *why);
	struct dbb_renew old;	/* buffers that had their turn */
};

int dbb_rounds_take(struct dbb_rounds *rounds, struct dbb_refusal *why);

#endif /* DBB_BENCH_ROUNDS_H */
