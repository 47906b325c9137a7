/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the heap offers: to bench/, and among its own files. The insides of
 * a buffer are in buffer.h, which bench/ does not include.
 */
#ifndef DBB_HEAP_HEAP_H
#define DBB_HEAP_HEAP_H

#include <linux/dma-buf.h>
#include <linux/types.h>

struct dbb_buffer;
struct dbb_backend;
struct dbb_refusal;
struct dentry;
struct device;
struct page;
struct sg_table;
struct vm_area_struct;

/* ---- strategies: strategy.c and one file each ---- */

enum dbb_mmap_id {
	DBB_MMAP_PAGE,
	DBB_MMAP_SG,
	DBB_MMAP_APPLY,
	DBB_MMAP_INSERT,
	DBB_MMAP_FAULT,
	DBB_MMAP_FAULT_SG,
	DBB_MMAP_HUGE,
	DBB_MMAP_AUTO,
	DBB_MMAP_MAX
};

enum dbb_vmap_id {
	DBB_VMAP_PAGE,
	DBB_VMAP_SG,
	DBB_VMAP_ARRAY,
	DBB_VMAP_RAM,
	DBB_VMAP_KEEP,
	DBB_VMAP_DIRECT,
	DBB_VMAP_BORN,
	DBB_VMAP_AUTO,
	DBB_VMAP_MAX
};

/**
 * struct dbb_mmap_strategy - one way of filling a user mapping
 * @name: what a user writes, and what results and traces show
 * @help: one line for the README file
 * @missing: what this kernel lacks for it, or NULL; nothing below is set then
 * @usable: can it map this buffer? -EOPNOTSUPP and a refusal if not. NULL: any
 * @pick: the strategy to use for this buffer in its place, for one that only
 *	  chooses
 * @bind: make ready what outlives a mapping, when a buffer gets the strategy;
 *	  may be called again, and does nothing then. Sleeps. NULL: nothing is
 * @map: map the buffer from page vma->vm_pgoff on over the whole of @vma, or
 *	 make ready for faults that will. The range was checked to lie inside
 *	 the buffer and the mapping to be shared. Runs under the mmap write
 *	 lock. On an error the mm core unmaps the VMA, so nothing is undone here.
 * @vm_ops: of the VMA, for a strategy that maps on faults; NULL when @map does
 *	    it all. Its open and close are dbb_dmabuf_vma_open() and
 *	    dbb_dmabuf_vma_close(); vm_private_data is the buffer.
 */
struct dbb_mmap_strategy {
	const char *name;
	const char *help;
	const char *missing;
	int (*usable)(const struct dbb_buffer *buf, struct dbb_refusal *why);
	const struct dbb_mmap_strategy *(*pick)(const struct dbb_buffer *buf);
	int (*bind)(struct dbb_buffer *buf);
	int (*map)(struct dbb_buffer *buf, struct vm_area_struct *vma);
	const struct vm_operations_struct *vm_ops;
};

/**
 * struct dbb_vmap_times - where the time of one vmap went
 * @now: the clock to read
 * @array_ns: allocating and freeing the page array
 * @fill_ns: filling it from the scatterlist
 * @map_ns: vmap() itself
 * @array_reads: clock reads inside @array_ns
 * @fill_reads: clock reads inside @fill_ns
 * @map_reads: clock reads inside @map_ns
 * @reads: clock reads in the whole vmap besides the caller's own
 *
 * All but @now are zeroed before each vmap; a strategy without one of the
 * steps leaves it so.
 */
struct dbb_vmap_times {
	u64 (*now)(void);
	u64 array_ns;
	u64 fill_ns;
	u64 map_ns;
	u8 array_reads;
	u8 fill_reads;
	u8 map_reads;
	u8 reads;
};

/**
 * struct dbb_vmap_strategy - one way of making a kernel mapping
 * @name: what a user writes, and what results and traces show
 * @help: one line for the README file
 * @missing: what this kernel lacks for it, or NULL; nothing below is set then
 * @usable: can it map this buffer? -EOPNOTSUPP and a refusal if not. NULL: any
 * @pick: the strategy to use for this buffer in its place, for one that only
 *	  chooses
 * @bind: make ready what outlives a mapping, when a buffer gets the strategy;
 *	  may be called again, and does nothing then. Sleeps. NULL: nothing is
 * @forget: undo @bind, and whatever @map and @unmap left, when the buffer dies;
 *	    called for each strategy, whether the buffer ever had it or not
 * @fill: write the buffer's pages, in order, to an array that has room for
 *	  dbb_buffer_npages() of them. -EOVERFLOW when the scatterlist
 *	  describes more. NULL when the strategy never does that.
 * @map: return the address of the mapping or an ERR_PTR. Fills @times
 *	 unless it is NULL. Runs under the buffer's lock.
 * @unmap: undo @map. NULL: there is nothing to undo
 */
struct dbb_vmap_strategy {
	const char *name;
	const char *help;
	const char *missing;
	int (*usable)(const struct dbb_buffer *buf, struct dbb_refusal *why);
	const struct dbb_vmap_strategy *(*pick)(const struct dbb_buffer *buf);
	int (*bind)(struct dbb_buffer *buf);
	void (*forget)(struct dbb_buffer *buf);
	int (*fill)(struct dbb_buffer *buf, struct page **pages);
	void *(*map)(struct dbb_buffer *buf, struct dbb_vmap_times *times);
	void (*unmap)(struct dbb_buffer *buf, void *vaddr);
};

extern const struct dbb_mmap_strategy *const dbb_mmap_strategies[DBB_MMAP_MAX];
extern const struct dbb_vmap_strategy *const dbb_vmap_strategies[DBB_VMAP_MAX];

const struct dbb_mmap_strategy *dbb_strategy_find_mmap(const char *name);
const struct dbb_vmap_strategy *dbb_strategy_find_vmap(const char *name);

/* ---- backends: backend.c and one file each ---- */

/**
 * struct dbb_backend - where the pages of a buffer come from
 * @name: what a user writes; the node is /dev/dma_heap/bench_<name>
 * @help: one line for the README file
 * @missing: what this kernel lacks for it, or NULL; nothing below is set then
 * @alloc: give @buf zeroed pages for its length, in its table, and leave in
 *	   its other fields what @free and the strategies need. Sleeps. -ENOMEM
 *	   without waking the OOM killer, -EINTR on a fatal signal or when
 *	   @cancelled (may be NULL) says so.
 * @free: give the pages back and free the table
 * @explain: word why @alloc had no memory for @buf, and what would have been
 *	     possible; returns -ENOMEM. NULL: there is no more to say
 */
struct dbb_backend {
	const char *name;
	const char *help;
	const char *missing;
	int (*alloc)(struct dbb_buffer *buf, bool (*cancelled)(void));
	void (*free)(struct dbb_buffer *buf);
	int (*explain)(const struct dbb_buffer *buf, struct dbb_refusal *why);
};

unsigned int dbb_backend_count(void);
const struct dbb_backend *dbb_backend_at(unsigned int i);
const struct dbb_backend *dbb_backend_find(const char *name);

/**
 * struct dbb_heap_mix - of which chunks buffers of heap system are made
 * @orders: page orders tried, joined by "+"
 * @fragment_pct: chance that a chunk is smaller than it could be
 * @shuffled: chunks lie in random order
 */
struct dbb_heap_mix {
	char orders[40];
	u32 fragment_pct;
	bool shuffled;
};

void dbb_system_read_mix(struct dbb_heap_mix *mix);

/* ---- buffers: buffer.c ---- */

/**
 * struct dbb_buffer_request - what a buffer is to be
 * @backend: where its pages come from
 * @len: bytes, rounded up to whole pages
 * @fd_flags: access mode and O_CLOEXEC, as in struct dma_heap_allocation_data
 * @mmap: its mmap strategy; NULL takes the one of the knob
 * @vmap: its vmap strategy; NULL takes the one of the knob
 * @orders: a bit for each page order to try, largest first, where the backend
 *	    takes orders; 0 takes those of the knob
 * @quiet: refused mappings are made on purpose, so error_log is not told
 * @cancelled: asked before each chunk whether to give up; may be NULL
 */
struct dbb_buffer_request {
	const struct dbb_backend *backend;
	u64 len;
	unsigned int fd_flags;
	const struct dbb_mmap_strategy *mmap;
	const struct dbb_vmap_strategy *vmap;
	unsigned long orders;
	bool quiet;
	bool (*cancelled)(void);
};

struct dma_buf *dbb_buffer_create(const struct dbb_buffer_request *want,
				  struct dbb_refusal *why);
struct dbb_buffer *dbb_buffer_from(struct dma_buf *dmabuf);
unsigned long dbb_buffer_npages(const struct dbb_buffer *buf);
unsigned int dbb_buffer_chunks(const struct dbb_buffer *buf);
bool dbb_buffer_can_fill(const struct dbb_buffer *buf);
int dbb_buffer_fill(struct dbb_buffer *buf, struct page **pages);
int dbb_buffer_use_mmap(struct dbb_buffer *buf, const struct dbb_mmap_strategy *how,
			struct dbb_refusal *why);
int dbb_buffer_use_vmap(struct dbb_buffer *buf, const struct dbb_vmap_strategy *how,
			struct dbb_vmap_times *times, struct dbb_refusal *why);

/**
 * struct dbb_buffer_walk - a walk over the pages of a buffer, one by one
 * @sg: scatterlist entry of the next page
 * @left: entries from @sg on
 * @skip: pages of @sg that were handed out
 *
 * Used to verify mappings: deliberately neither of the loops that the
 * strategies use.
 */
struct dbb_buffer_walk {
	struct scatterlist *sg;
	unsigned int left;
	unsigned long skip;
};

void dbb_buffer_walk_begin(struct dbb_buffer_walk *walk, const struct dbb_buffer *buf);
struct page *dbb_buffer_walk_next(struct dbb_buffer_walk *walk);

/* ---- devices of the module's own: device.c ---- */

struct device *dbb_device_create(const char *name, int id);
void dbb_device_destroy(struct device *dev);

/* ---- refusals and text: text.c, errlog.c ---- */

/**
 * struct dbb_refusal - why a written value was not taken
 * @text: the value, the reason and what is accepted, in one sentence
 */
struct dbb_refusal {
	char text[240];
};

void dbb_text_clean(char *text);
int __printf(3, 4) dbb_text_refuse(struct dbb_refusal *why, int err,
				   const char *fmt, ...);
int dbb_text_parse_size(const char *text, u64 *bytes, struct dbb_refusal *why);
int dbb_text_parse_u32(const char *text, u32 min, u32 max, u32 *value,
		       struct dbb_refusal *why);
char *dbb_text_from_user(const char __user *ubuf, size_t count, const char *file);

int dbb_errlog_add(const char *file, const char *written, int err,
		   const struct dbb_refusal *why);

/* ---- limits: stats.c ---- */

u64 dbb_stats_max_bytes(void);

/* ---- the heap as a whole: init.c ---- */

int dbb_heap_init(struct dentry *root);
void dbb_heap_exit(void);

#endif /* DBB_HEAP_HEAP_H */
