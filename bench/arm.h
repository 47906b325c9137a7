/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Arms: the things that a run compares.
 */
#ifndef DBB_BENCH_ARM_H
#define DBB_BENCH_ARM_H

#include <linux/types.h>

#include "../heap/heap.h"

struct dbb_op;

#define DBB_ARM_NAME_LEN 24

/* Room for any arm as dbb_arm_print() writes it. */
#define DBB_ARM_TEXT_LEN 56

/**
 * struct dbb_arm - one of the things that a run compares
 * @name: as it was written, without its heap: a strategy, "strategy+delay",
 *	  a delay, or the name of @heap when that is all there is to say
 * @heap: the heap it names, or NULL: the run's
 * @mmap: set when the op maps to user space
 * @vmap: set when the op maps to the kernel
 * @exporter: no strategy of ours: whatever the exporter does
 * @is_delay: its name is a delay and nothing else
 * @delay: a spin added to the first timed step, in the clock's unit
 */
struct dbb_arm {
	char name[DBB_ARM_NAME_LEN];
	const struct dbb_backend *heap;
	const struct dbb_mmap_strategy *mmap;
	const struct dbb_vmap_strategy *vmap;
	bool exporter;
	bool is_delay;
	u32 delay;
};

int dbb_arm_parse(const char *text, struct dbb_arm *arm, struct dbb_refusal *why);
int dbb_arm_fit(struct dbb_arm *arm, const struct dbb_op *op, struct dbb_refusal *why);
int dbb_arm_print(char *text, size_t size, const struct dbb_arm *arm);

#endif /* DBB_BENCH_ARM_H */
