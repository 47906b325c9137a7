/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Arms: what a run compares.
 */
#ifndef DBB_BENCH_ARM_H
#define DBB_BENCH_ARM_H

#include <linux/types.h>

#include "../heap/heap.h"

#define DBB_ARM_NAME_LEN 24

/* Room for any arm as dbb_arm_print() writes it, and for its heap alone. */
#define DBB_ARM_TEXT_LEN 56
#define DBB_ARM_HEAP_LEN (DBB_ARM_TEXT_LEN - DBB_ARM_NAME_LEN)

/* The one strategy of a buffer that is not ours. */
#define DBB_ARM_EXPORTER "exporter"

/* No descriptor was given. */
#define DBB_FD_NONE -1

/**
 * struct dbb_arm - one of those that a run compares
 * @name: as written, without the heap: a strategy, "strategy+delay", a delay, or
 *	  the name of @heap if the arm is only a heap
 * @heap: the heap it names, or NULL: the run's
 * @fd: the descriptor that "fdN" names, @heap is fd then; or %DBB_FD_NONE
 * @mmap: set when the op maps to user space
 * @vmap: set when the op maps to the kernel
 * @exporter: none of our strategies: the buffer may be of another exporter, or
 *	      ordinary memory
 * @is_delay: @name is nothing but a delay
 * @delay: a spin added to the first timed step, in the clock's unit
 */
struct dbb_arm {
	char name[DBB_ARM_NAME_LEN];
	const struct dbb_backend *heap;
	s32 fd;
	const struct dbb_mmap_strategy *mmap;
	const struct dbb_vmap_strategy *vmap;
	bool exporter;
	bool is_delay;
	u32 delay;
};

int dbb_arm_parse(const char *text, struct dbb_arm *arm, struct dbb_refusal *why);
bool dbb_arm_is_heap(const struct dbb_arm *arm, const char *name);
int dbb_arm_print(char *text, size_t size, const struct dbb_arm *arm);
int dbb_arm_print_heap(char *text, size_t size, const struct dbb_arm *arm);

#endif /* DBB_BENCH_ARM_H */
