/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Parameters of a run: the knobs, and the line that overrides them.
 */
#ifndef DBB_BENCH_PARAM_H
#define DBB_BENCH_PARAM_H

#include <linux/types.h>

#include "clock.h"
#include "op/op.h"

struct seq_file;

#define DBB_THREADS_MAX 64
#define DBB_BUFFERS_MAX 1000

/* params.warmup: until the medians settle. */
#define DBB_WARMUP_AUTO U32_MAX

/* params.batch: enough calls for the clock's tick. */
#define DBB_BATCH_AUTO 0

/* params.cpu: wherever the scheduler puts the run. */
#define DBB_CPU_ANY -1

/**
 * enum dbb_purge - when to force lazy frees of kernel mappings and page tables
 * @DBB_PURGE_NONE: never: the kernel does them inside some sample
 * @DBB_PURGE_ROUND: before each round
 * @DBB_PURGE_BLOCK: before each %DBB_PURGE_BLOCK_ROUNDS rounds
 * @DBB_PURGE_SAMPLE: before each sample
 */
enum dbb_purge {
	DBB_PURGE_NONE,
	DBB_PURGE_ROUND,
	DBB_PURGE_BLOCK,
	DBB_PURGE_SAMPLE,
	DBB_PURGE_MAX
};

#define DBB_PURGE_BLOCK_ROUNDS 16

/**
 * struct dbb_params - all parameters of a run
 * @op: operation
 * @heap: where the buffer of an arm that names no heap comes from
 * @fd: descriptor of the writer for heap fd of arms that name none, or %DBB_FD_NONE
 * @arms: what is compared; the first is the baseline
 * @narms: how many
 * @size_bytes: size of each buffer, one for each heap and thread; of heap fd,
 *		that of its dma-buf
 * @size_given: the run line says @size_bytes, and heap fd must match it
 * @iterations: measured rounds
 * @buffers: how many times buffers are made, each time for an equal share of rounds
 * @warmup: rounds before them that are not kept, or %DBB_WARMUP_AUTO
 * @batch: calls in one sample, or %DBB_BATCH_AUTO
 * @threads: how many start each sample together
 * @cpu: where the first thread is pinned, or %DBB_CPU_ANY
 * @clock: what samples are measured with
 * @purge: when to force lazy frees
 * @seed: of the order of the arms; 0 draws one for each run
 * @verify: check each mapping page by page, untimed
 * @replay: the steps of op replay
 */
struct dbb_params {
	const struct dbb_op *op;
	const struct dbb_backend *heap;
	s32 fd;
	struct dbb_arm arms[DBB_ARMS_MAX];
	unsigned int narms;
	u64 size_bytes;
	bool size_given;
	u32 iterations;
	u32 buffers;
	u32 warmup;
	u32 batch;
	u32 threads;
	s32 cpu;
	const struct dbb_clock *clock;
	enum dbb_purge purge;
	u32 seed;
	u32 verify;
	struct dbb_replay replay;
};

/**
 * struct dbb_param - one parameter
 * @name: of the knob's file and of the key in a run line
 * @help: one line for the README file
 * @set: parse a value into @params, or refuse it and leave them alone; NULL: a
 *	 number from @min to @max
 * @print: print the value as @set takes it and return its length; NULL: a number
 * @word_at: the words to choose from; NULL after the last one, "" for one that
 *	     this kernel lacks. Optional
 * @offset: of the number in struct dbb_params
 * @min: smallest number
 * @max: largest number
 * @special: word for @special_value, which is no valid number. Optional
 * @special_value: as a u32
 */
struct dbb_param {
	const char *name;
	const char *help;
	int (*set)(struct dbb_params *params, const char *value, struct dbb_refusal *why);
	int (*print)(char *text, size_t size, const struct dbb_params *params);
	const char *(*word_at)(unsigned int i);
	size_t offset;
	u32 min;
	u32 max;
	const char *special;
	u32 special_value;
};

#define DBB_PARAM_COUNT 16

/* Room for any one value, and for a whole line. */
#define DBB_PARAM_TEXT_MAX (DBB_ARMS_MAX * DBB_ARM_TEXT_LEN)
#define DBB_PARAM_LINE_MAX (DBB_PARAM_TEXT_MAX + DBB_REPLAY_TEXT_LEN + 344)

/* Rounds times threads, so that figures fit in 64 bits. */
#define DBB_PARAM_MAX_ITERATIONS 1000000

extern const struct dbb_param dbb_param_table[DBB_PARAM_COUNT];

/* Else the writer takes the samples itself. */
static inline bool dbb_param_in_kthreads(const struct dbb_params *params)
{
	return params->threads > 1 || params->op->in_kthread;
}

/* param_table.c */
int dbb_param_table_set(struct dbb_params *params, const struct dbb_param *param,
			const char *value, struct dbb_refusal *why);
int dbb_param_table_print(char *text, size_t size, const struct dbb_params *params,
			  const struct dbb_param *param);
void dbb_param_table_show(struct seq_file *m, const struct dbb_params *params,
			  const struct dbb_param *param);

/* param.c */
const struct dbb_backend *dbb_param_heap(const struct dbb_params *params, unsigned int arm);
s32 dbb_param_fd(const struct dbb_params *params, unsigned int arm);
int dbb_param_print_arm_heap(char *text, size_t size, const struct dbb_params *params,
			     unsigned int arm);
unsigned int dbb_param_first_arm(const struct dbb_params *params, unsigned int arm);
int dbb_param_set_knob(const struct dbb_knob *knob, const char *value,
		       struct dbb_refusal *why);
void dbb_param_show_knob(const struct dbb_knob *knob, struct seq_file *m);
int dbb_param_parse_line(struct dbb_params *params, char *line, struct dbb_refusal *why);
void dbb_param_print_line(char *text, size_t size, const struct dbb_params *params);

#endif /* DBB_BENCH_PARAM_H */
