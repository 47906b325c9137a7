/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Operations: what a run can time.
 */
#ifndef DBB_BENCH_OP_H
#define DBB_BENCH_OP_H

#include <linux/types.h>

#include "arm.h"
#include "importer.h"

struct dbb_params;

#define DBB_ARMS_MAX 12
#define DBB_PHASES_MAX 8

enum dbb_op_id {
	DBB_OP_PAGES,
	DBB_OP_VMAP,
	DBB_OP_MMAP,
	DBB_OP_TOUCH,
	DBB_OP_VTOUCH,
	DBB_OP_ALLOC,
	DBB_OP_ATTACH,
	DBB_OP_SYNC,
	DBB_OP_NOOP,
	DBB_OP_DELAY,
	DBB_OP_MAX
};

/**
 * enum dbb_family - from which table an op takes its strategies
 * @DBB_FAMILY_NONE: the op needs no buffer
 * @DBB_FAMILY_HEAP: it makes its own and takes no strategy: arms are heaps
 * @DBB_FAMILY_BUFFER: it needs one, but takes no strategy: arms are heaps
 * @DBB_FAMILY_MMAP: user mappings
 * @DBB_FAMILY_VMAP: kernel mappings
 */
enum dbb_family {
	DBB_FAMILY_NONE,
	DBB_FAMILY_HEAP,
	DBB_FAMILY_BUFFER,
	DBB_FAMILY_MMAP,
	DBB_FAMILY_VMAP,
};

/**
 * struct dbb_subject - a buffer that arms measure
 * @dmabuf: the buffer
 * @buf: the same, as the heap knows it; NULL when another exporter made it
 */
struct dbb_subject {
	struct dma_buf *dmabuf;
	struct dbb_buffer *buf;
};

/**
 * struct dbb_work - what an op works on, from prepare to unprepare
 * @params: the run's parameters
 * @subjects: the buffer of each arm; arms of one heap share one. Empty for
 *	      %DBB_FAMILY_NONE and %DBB_FAMILY_HEAP
 * @chunks: scatterlist entries of each arm's buffer; of another exporter's,
 *	    those that an importer sees; 0 when unknown
 * @arm: the arm whose turn it is
 * @dmabuf: its buffer
 * @buf: the same, as the heap knows it; NULL when another exporter made it
 * @times: inner phases of the last vmap
 * @pages: page array of op pages
 * @map: kernel mapping
 * @mapped: @map is valid
 * @importer: device of ops that import buffers
 * @thread: index of the thread that works on it
 * @hint: where to map in user space, 0 for anywhere
 * @uaddr: user mapping, 0 when there is none
 * @salt: what is added to a page's index to make its tag of this sample
 * @spun: length of the last spin of op delay
 * @detail: what a step that failed knows beyond its errno; else empty
 */
struct dbb_work {
	const struct dbb_params *params;
	struct dbb_subject subjects[DBB_ARMS_MAX];
	unsigned int chunks[DBB_ARMS_MAX];
	const struct dbb_arm *arm;
	struct dma_buf *dmabuf;
	struct dbb_buffer *buf;
	struct dbb_vmap_times times;
	struct page **pages;
	struct iosys_map map;
	bool mapped;
	struct dbb_importer importer;
	unsigned int thread;
	unsigned long hint;
	unsigned long uaddr;
	u32 salt;
	u64 spun;
	struct dbb_refusal detail;
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
 * @needs_heap: it looks inside its buffers, so heap fd will not do
 * @in_kthread: its samples are taken by a kernel thread, also when there is
 *		only one
 * @batches: its one step can be repeated between two clock reads
 * @delays: its arms are delays and it spins them itself
 * @phases: its figures, in the order they are taken
 * @nphases: how many
 * @total: index of the phase that the others are shares of, or -1
 * @prepare: once a run, after the buffers were made and with the first arm's
 *	     at hand; may be NULL
 * @point: before each sample: make ready for @work->arm, or refuse; may be
 *	   NULL
 * @verify: is each page of the mapping the page of the buffer? -EIO and a
 *	    refusal that names the page if not; -EINTR when stopped; may be
 *	    NULL when no phase asks for it
 * @unprepare: undo @prepare, whether it was called or not, and whatever a
 *	       failed sample left mapped; may be NULL
 */
struct dbb_op {
	const char *name;
	const char *help;
	enum dbb_family family;
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
extern const struct dbb_op dbb_op_touch;
extern const struct dbb_op dbb_op_vtouch;
extern const struct dbb_op dbb_op_alloc;
extern const struct dbb_op dbb_op_attach;
extern const struct dbb_op dbb_op_sync;

const struct dbb_op *dbb_op_find(const char *name);

#endif /* DBB_BENCH_OP_H */
