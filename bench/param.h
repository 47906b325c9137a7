/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Parameters of a run: the knobs, and the line that overrides them.
 */
#ifndef DBB_BENCH_PARAM_H
#define DBB_BENCH_PARAM_H

#include <linux/types.h>

#include "op.h"

struct seq_file;

#define DBB_ARMS_MAX 8

/**
 * struct dbb_params - all parameters of a run
 * @op: operation
 * @heap: backend of the buffer
 * @arms: what is compared; the first is the baseline
 * @narms: how many
 * @size_bytes: size of the buffer
 * @iterations: measured rounds
 * @warmup: rounds before them that are not kept
 * @seed: of the order of the arms; 0 draws one for each run
 * @verify: check each mapping page by page, untimed
 */
struct dbb_params {
	const struct dbb_op *op;
	const struct dbb_backend *heap;
	struct dbb_arm arms[DBB_ARMS_MAX];
	unsigned int narms;
	u64 size_bytes;
	u32 iterations;
	u32 warmup;
	u32 seed;
	u32 verify;
};

/**
 * struct dbb_param - one parameter
 * @name: of the knob's file and of the key in a run line
 * @help: one line for the README file
 * @set: parse a value into @params or refuse it and leave them alone
 * @show: print the value as @set takes it
 * @choices: print all values with the active one in brackets; NULL when
 *	     @show says it all
 */
struct dbb_param {
	const char *name;
	const char *help;
	int (*set)(struct dbb_params *params, const char *value, struct dbb_refusal *why);
	void (*show)(struct seq_file *m, const struct dbb_params *params);
	void (*choices)(struct seq_file *m, const struct dbb_params *params);
};

#define DBB_PARAM_COUNT 8

extern const struct dbb_param dbb_param_table[DBB_PARAM_COUNT];

int dbb_param_set_knob(const struct dbb_param *param, const char *value,
		       struct dbb_refusal *why);
void dbb_param_show_knob(struct seq_file *m, const struct dbb_param *param);
int dbb_param_parse_line(struct dbb_params *params, char *line, struct dbb_refusal *why);
void dbb_param_show_line(struct seq_file *m, const struct dbb_params *params);

#endif /* DBB_BENCH_PARAM_H */
