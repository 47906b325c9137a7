/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Operations: what a run can time.
 */
#ifndef DBB_BENCH_OP_H
#define DBB_BENCH_OP_H

#include <linux/types.h>

#include "../heap/heap.h"

struct dbb_params;

#define DBB_PHASES_MAX 8

enum dbb_op_id {
	DBB_OP_PAGES,
	DBB_OP_VMAP,
	DBB_OP_MMAP,
	DBB_OP_NOOP,
	DBB_OP_DELAY,
	DBB_OP_MAX
};

/**
 * enum dbb_family - from which table an op takes its strategies
 * @DBB_FAMILY_NONE: the op maps nothing and needs no buffer
 * @DBB_FAMILY_MMAP: user mappings
 * @DBB_FAMILY_VMAP: kernel mappings
 */
enum dbb_family {
	DBB_FAMILY_NONE,
	DBB_FAMILY_MMAP,
	DBB_FAMILY_VMAP,
};

#define DBB_ARM_NAME_LEN 16

/**
 * struct dbb_arm - one of the things that a run compares
 * @name: as it was written: a strategy, "strategy+delay", or a delay
 * @mmap: set when the op is of %DBB_FAMILY_MMAP
 * @vmap: set when the op is of %DBB_FAMILY_VMAP
 * @delay: a spin added to the first timed step, in the clock's unit
 */
struct dbb_arm {
	char name[DBB_ARM_NAME_LEN];
	const struct dbb_mmap_strategy *mmap;
	const struct dbb_vmap_strategy *vmap;
	u32 delay;
};

/**
 * struct dbb_work - what an op works on, from prepare to unprepare
 * @params: the run's parameters
 * @dmabuf: the buffer that all arms measure, NULL for %DBB_FAMILY_NONE
 * @buf: the same, as the heap knows it
 * @arm: the arm whose turn it is
 * @times: inner phases of the last vmap
 * @pages: page array of op pages
 * @map: kernel mapping of op vmap
 * @mapped: @map is valid
 * @uaddr: user mapping of op mmap, 0 when there is none
 * @salt: what op mmap adds to a page's index to make its tag of this sample
 * @spun: length of the last spin of op delay
 */
struct dbb_work {
	const struct dbb_params *params;
	struct dma_buf *dmabuf;
	struct dbb_buffer *buf;
	const struct dbb_arm *arm;
	struct dbb_vmap_times times;
	struct page **pages;
	struct iosys_map map;
	bool mapped;
	unsigned long uaddr;
	u32 salt;
	u64 spun;
};

/**
 * struct dbb_phase - one figure of an op's sample
 * @name: as in the column "phase"
 * @run: the timed step: nothing but the operation. NULL for a derived figure
 * @derive: a derived figure, from the work and the phases before it
 * @verify: verify the mapping between this step and the next, untimed
 * @reads: clock reads whose cost lies inside the figure
 * @inner_reads: how many more, by what the strategy did; may be NULL
 */
struct dbb_phase {
	const char *name;
	int (*run)(struct dbb_work *work);
	u64 (*derive)(const struct dbb_work *work, const u64 *raw);
	bool verify;
	unsigned int reads;
	unsigned int (*inner_reads)(const struct dbb_work *work);
};

/**
 * struct dbb_op - one operation
 * @name: what a user writes
 * @help: one line for the README file
 * @family: where its strategies come from
 * @batches: its one step can be repeated between two clock reads
 * @delays: its arms are delays and it spins them itself
 * @phases: its figures, in the order they are taken
 * @nphases: how many
 * @total: index of the phase that the others are shares of, or -1
 * @prepare: once a run, after the buffer was made; may be NULL
 * @point: before each sample: make ready for @work->arm, or refuse; may be
 *	   NULL
 * @verify: is each page of the mapping the page of the buffer? -EIO and a
 *	    refusal that names the page if not; -EINTR when stopped; may be
 *	    NULL when no phase asks for it
 * @unprepare: undo @prepare and whatever a failed sample left mapped; may be
 *	       NULL
 */
struct dbb_op {
	const char *name;
	const char *help;
	enum dbb_family family;
	bool batches;
	bool delays;
	const struct dbb_phase *phases;
	unsigned int nphases;
	int total;
	int (*prepare)(struct dbb_work *work);
	int (*point)(struct dbb_work *work, struct dbb_refusal *why);
	int (*verify)(struct dbb_work *work, struct dbb_refusal *why);
	void (*unprepare)(struct dbb_work *work);
};

extern const struct dbb_op *const dbb_ops[DBB_OP_MAX];

extern const struct dbb_op dbb_op_delay;
extern const struct dbb_op dbb_op_noop;
extern const struct dbb_op dbb_op_pages;
extern const struct dbb_op dbb_op_vmap;
extern const struct dbb_op dbb_op_mmap;

const struct dbb_op *dbb_op_find(const char *name);
int dbb_op_make_arm(const struct dbb_op *op, const char *text, struct dbb_arm *arm);

#endif /* DBB_BENCH_OP_H */
