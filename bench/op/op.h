/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Operations: what a run can time.
 */
#ifndef DBB_BENCH_OP_H
#define DBB_BENCH_OP_H

#include <linux/types.h>

#include "../../heap/compat.h"
#include "../arm.h"
#include "importer.h"
#include "replay.h"

struct dbb_params;

#define DBB_ARMS_MAX 12
#define DBB_PHASES_MAX 8

enum dbb_op_id {
	DBB_OP_PAGES,
	DBB_OP_VMAP,
	DBB_OP_MMAP,
	DBB_OP_TABLES,
	DBB_OP_TOUCH,
	DBB_OP_VTOUCH,
	DBB_OP_ALLOC,
	DBB_OP_ATTACH,
	DBB_OP_SYNC,
	DBB_OP_REPLAY,
	DBB_OP_NOOP,
	DBB_OP_DELAY,
	DBB_OP_MAX
};

/* From which table an op takes its strategies */
enum dbb_family {
	DBB_FAMILY_NONE,	/* needs no buffer */
	DBB_FAMILY_HEAP,	/* makes its own buffers; arms are heaps */
	DBB_FAMILY_BUFFER,	/* maps its buffer without a strategy; arms are heaps */
	DBB_FAMILY_MMAP,
	DBB_FAMILY_VMAP,
};

/* Which events of our heap fire inside the timed steps */
enum dbb_events {
	DBB_EVENTS_NONE,
	DBB_EVENTS_ALLOC,	/* and free */
	DBB_EVENTS_ATTACH,
	DBB_EVENTS_MMAP,
	DBB_EVENTS_VMAP,	/* and vunmap, and fill */
	DBB_EVENTS_FILL,
};

/* A buffer that arms measure */
struct dbb_subject {
	struct dma_buf *dmabuf;
	struct dbb_buffer *buf;	/* NULL when another exporter made the dma-buf */
};

/* What an op works on, from prepare to unprepare; one for each thread */
struct dbb_work {
	const struct dbb_params *params;
	/* arms of one heap share a subject; none for FAMILY_NONE and FAMILY_HEAP */
	struct dbb_subject subjects[DBB_ARMS_MAX];
	const struct dbb_caching *caching;	/* of the buffers of our heaps */
	unsigned int chunks[DBB_ARMS_MAX];	/* as an importer sees them; 0: unknown */
	const struct dbb_arm *arm;	/* whose turn it is */
	struct dma_buf *dmabuf;	/* NULL for ordinary memory */
	struct dbb_buffer *buf;	/* NULL when another exporter made it */
	size_t bytes;	/* of the arm's buffer */
	struct dbb_vmap_times times;	/* of the last vmap */
	struct page **pages;
	struct iosys_map map;
	bool mapped;	/* map is valid */
	struct dma_buf *replayed;	/* by op replay: what the next three are of */
	unsigned int vmaps;	/* nested ones, all at map */
	bool locked;	/* its reservation lock is held */
	u64 part[DBB_REPLAY_PARTS];	/* of the last frame */
	struct dbb_importer importer;
	unsigned int thread;
	unsigned long hint;	/* where to map in user space; 0: anywhere */
	unsigned long uaddr;	/* 0: not mapped */
	u32 salt;	/* tag of page 0 in this sample; page i has salt + i */
	u64 spun;	/* by the last step of op delay */
	struct dbb_refusal detail;	/* what a failed step knows beyond its errno */
};

/**
 * struct dbb_phase - one figure of an op's sample
 * @name: as in the column "phase"
 * @run: the timed step: nothing but the operation
 * @derive: read the figure from the work after the steps. A phase with neither
 *	    @run nor @derive is the sum of all steps before it
 * @divided: the derived figures that follow are parts of this step
 * @verify: verify the mapping between this step and the next, untimed
 * @covers: passes over the whole buffer, so that bytes a second mean something
 * @reads: clock reads whose cost lies inside the figure
 * @inner_reads: how many more the strategy made. Optional.
 */
struct dbb_phase {
	const char *name;
	int (*run)(struct dbb_work *work);
	u64 (*derive)(const struct dbb_work *work);
	bool divided;
	bool verify;
	bool covers;
	unsigned int reads;
	unsigned int (*inner_reads)(const struct dbb_work *work);
};

/**
 * struct dbb_op - one operation
 * @name: what a user writes
 * @help: one line for the README file
 * @family: where its strategies come from
 * @events: what a trace adds to its figures
 * @needs_heap: looks inside its buffers, so heap fd will not do
 * @in_kthread: samples are taken by a kernel thread even when there is only one
 * @batches: its one step can be repeated between two clock reads
 * @delays: its arms are delays, which it spins itself
 * @phases: its figures, in the order they are taken
 * @nphases: how many
 * @total: index of the phase that the others are shares of, or -1
 * @prepare: once a run, with the first arm's buffer at hand. Optional.
 * @point: before each sample: set up for @work->arm, or refuse. Optional.
 * @verify: does each page of the mapping show the page of the buffer? -EIO and a
 *	    refusal that names the page if not, -EINTR when stopped. Optional.
 * @unprepare: undo @prepare, called or not, and what a failed sample left mapped.
 *	       Optional.
 */
struct dbb_op {
	const char *name;
	const char *help;
	enum dbb_family family;
	enum dbb_events events;
	bool needs_heap;
	bool in_kthread;
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
extern const struct dbb_op dbb_op_tables;
extern const struct dbb_op dbb_op_touch;
extern const struct dbb_op dbb_op_vtouch;
extern const struct dbb_op dbb_op_alloc;
extern const struct dbb_op dbb_op_attach;
extern const struct dbb_op dbb_op_sync;
extern const struct dbb_op dbb_op_replay;

const struct dbb_op *dbb_op_find(const char *name);
u64 dbb_op_sum_steps(const struct dbb_op *op, const u64 *raw);

#endif /* DBB_BENCH_OP_H */
