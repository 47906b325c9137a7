/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The interface of heap/ to bench/. What only heap/ uses is in buffer.h.
 */
#ifndef DBB_HEAP_HEAP_H
#define DBB_HEAP_HEAP_H

#include <linux/compiler.h>
#include <linux/gfp.h>
#include <linux/mm_types.h>
#include <linux/types.h>

/* For tables that grow with a buffer or a run: fails, never wakes the OOM killer. */
#define DBB_GFP_TABLE (GFP_KERNEL | __GFP_RETRY_MAYFAIL | __GFP_NOWARN)

struct dbb_backend;
struct dbb_buffer;
struct dbb_refusal;
struct dentry;
struct device;
struct dma_buf;
struct page;
struct scatterlist;
struct seq_file;
struct vm_area_struct;

/* strategy.c */

enum dbb_mmap_id {
	DBB_MMAP_PAGE,
	DBB_MMAP_SG,
	DBB_MMAP_APPLY,
	DBB_MMAP_TABLE,
	DBB_MMAP_INSERT,
	DBB_MMAP_FAULT,
	DBB_MMAP_FAULT_SG,
	DBB_MMAP_FAULT_TABLE,
	DBB_MMAP_HUGE,
	DBB_MMAP_AUTO,
	DBB_MMAP_MAX
};

enum dbb_vmap_id {
	DBB_VMAP_PAGE,
	DBB_VMAP_SG,
	DBB_VMAP_UNROLLED,
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
 * @name: as in heap/mmap_strategy, results and traces
 * @help: one line for debugfs README
 * @missing: why this kernel lacks it, or NULL; no hook is set then
 * @usable: 0, or -EOPNOTSUPP if it cannot map this buffer. Asked after @bind, and
 *	    before each sample, so it must not look at the pages. Optional.
 * @pick: only for "auto": return the strategy to use for this buffer
 * @bind: Per-buffer setup; idempotent, may sleep. Optional.
 * @map: map the buffer's pages from vm_pgoff on, or prepare @vma for faults.
 *	 The caller holds the mmap write lock and has checked that the range
 *	 lies inside the buffer and that the mapping is shared. Need not clean
 *	 up on error: the mm core unmaps the VMA.
 * @vm_ops: for strategies that map on faults. Must use dbb_dmabuf_vma_open() and
 *	    dbb_dmabuf_vma_close(); vm_private_data is the buffer. Optional.
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
 * struct dbb_vmap_times - inner phases of one vmap
 * @now: the clock to read
 * @array_ns: allocating and freeing the page array
 * @fill_ns: filling it from the scatterlist
 * @map_ns: vmap() itself
 * @array_reads: clock reads inside @array_ns
 * @fill_reads: clock reads inside @fill_ns
 * @map_reads: clock reads inside @map_ns
 * @reads: clock reads in the whole vmap, without the caller's own
 *
 * All but @now are zeroed before each vmap.
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
 * @name: as in heap/vmap_strategy, results and traces
 * @help: one line for debugfs README
 * @missing: why this kernel lacks it, or NULL; no hook is set then
 * @usable: 0, or -EOPNOTSUPP if it cannot map this buffer. Optional.
 * @pick: only for "auto": return the strategy to use for this buffer
 * @bind: Per-buffer setup; idempotent, may sleep. Optional.
 * @forget: on release, undo @bind and what @map and @unmap left; called for
 *	    every strategy, used or not. Optional.
 * @fill: write the buffer's pages in order to an array of dbb_buffer_npages()
 *	  entries; -EOVERFLOW when the scatterlist has more. NULL for
 *	  strategies without a page array.
 * @map_pages: map an array that @fill wrote; NULL for vmap()
 * @map: return the address or an ERR_PTR; fill @times unless it is NULL.
 *	 Called with the buffer's lock held.
 * @unmap: undo @map, with the buffer's lock held. Optional.
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
	void *(*map_pages)(struct page **pages, unsigned long npages);
	void *(*map)(struct dbb_buffer *buf, struct dbb_vmap_times *times);
	void (*unmap)(struct dbb_buffer *buf, void *vaddr);
};

extern const struct dbb_mmap_strategy *const dbb_mmap_strategies[DBB_MMAP_MAX];
extern const struct dbb_vmap_strategy *const dbb_vmap_strategies[DBB_VMAP_MAX];

const struct dbb_mmap_strategy *dbb_strategy_find_mmap(const char *name);
const struct dbb_vmap_strategy *dbb_strategy_find_vmap(const char *name);

/* caching.c */

enum dbb_caching_id {
	DBB_CACHING_CACHED,
	DBB_CACHING_WC,
	DBB_CACHING_UNCACHED,
	DBB_CACHING_MAX
};

/**
 * struct dbb_caching - how the mappings of a buffer are cached
 * @name: as in heap/caching and results
 * @help: one line for debugfs README
 * @missing: why this machine lacks it, or NULL. NULL for "cached".
 * @prot: from the protection bits of a cached mapping to those of one like this.
 *	  NULL for "cached".
 * @set_pages: change so many pages in the linear map. NULL where that stays cached.
 */
struct dbb_caching {
	const char *name;
	const char *help;
	const char *(*missing)(void);
	pgprot_t (*prot)(pgprot_t prot);
	int (*set_pages)(struct page **pages, int n);
};

extern const struct dbb_caching *const dbb_cachings[DBB_CACHING_MAX];

const char *dbb_caching_missing(const struct dbb_caching *caching);
const struct dbb_caching *dbb_caching_find(const char *name);
bool dbb_caching_needs_sync(const struct dbb_buffer *buf);
void dbb_caching_sync_page(const struct dbb_buffer *buf, struct page *page);

/* backend.c */

/**
 * struct dbb_backend - where the pages of a buffer come from
 * @name: as in bench/heap; the node is /dev/dma_heap/bench_<name>
 * @help: one line for debugfs README
 * @missing: why this kernel lacks it, or NULL; no hook is set then
 * @from_ram: its pages are memory that others could have; a share is left to them
 * @alloc: allocate buf->len bytes of zeroed pages and fill buf->table. May
 *	   sleep. -ENOMEM without waking the OOM killer, -EINTR on a fatal
 *	   signal or when @cancelled (may be NULL) returns true.
 * @free: free the pages and the table
 * @cached_only: why its buffers can be cached only, or NULL
 * @explain: say in @why why @alloc failed with -ENOMEM; returns -ENOMEM. Optional.
 */
struct dbb_backend {
	const char *name;
	const char *help;
	const char *missing;
	bool from_ram;
	const char *cached_only;
	int (*alloc)(struct dbb_buffer *buf, bool (*cancelled)(void));
	void (*free)(struct dbb_buffer *buf);
	int (*explain)(const struct dbb_buffer *buf, struct dbb_refusal *why);
};

unsigned int dbb_backend_count(void);
const struct dbb_backend *dbb_backend_at(unsigned int i);
const struct dbb_backend *dbb_backend_find(const char *name);

/**
 * struct dbb_heap_mix - chunks of the buffers that heap system allocates now
 * @orders: page orders tried, joined by "+"
 * @fragment_pct: as in heap/fragment_pct
 * @shuffled: as in heap/shuffle
 */
struct dbb_heap_mix {
	char orders[40];
	u32 fragment_pct;
	bool shuffled;
};

void dbb_backend_system_read_mix(struct dbb_heap_mix *mix);

/* buffer.c */

/**
 * struct dbb_buffer_request - parameters of a new buffer
 * @backend: where its pages come from
 * @len: bytes, rounded up to whole pages
 * @fd_flags: access mode and O_CLOEXEC, as in struct dma_heap_allocation_data
 * @mmap: mmap strategy; NULL: that of the knob
 * @vmap: vmap strategy; NULL: that of the knob
 * @caching: of its mappings; NULL: that of the knob
 * @orders: bit mask of page orders for backend system; 0: those of the knob
 * @quiet: keep refused mappings out of error_log: the self-test provokes them
 * @cancelled: polled before each chunk; may be NULL
 */
struct dbb_buffer_request {
	const struct dbb_backend *backend;
	u64 len;
	unsigned int fd_flags;
	const struct dbb_mmap_strategy *mmap;
	const struct dbb_vmap_strategy *vmap;
	const struct dbb_caching *caching;
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
int dbb_buffer_use_mmap(struct dbb_buffer *buf, const struct dbb_mmap_strategy *wanted,
			struct dbb_refusal *why);
int dbb_buffer_use_vmap(struct dbb_buffer *buf, const struct dbb_vmap_strategy *wanted,
			struct dbb_vmap_times *times, struct dbb_refusal *why);

/**
 * struct dbb_buffer_walk - iterator over the pages of a buffer
 * @sg: scatterlist entry of the next page
 * @left: entries from @sg on
 * @skip: pages of @sg already returned
 *
 * Verifies mappings, so it shares no loop with the strategies.
 */
struct dbb_buffer_walk {
	struct scatterlist *sg;
	unsigned int left;
	unsigned long skip;
};

void dbb_buffer_walk_begin(struct dbb_buffer_walk *walk, const struct dbb_buffer *buf);
struct page *dbb_buffer_walk_next(struct dbb_buffer_walk *walk);

/* dma_device.c */

struct device *dbb_dma_device_create(const char *name, int id);
void dbb_dma_device_destroy(struct device *dev);

/* text.c, errlog.c */

/**
 * struct dbb_refusal - why a value was refused
 * @text: one sentence: the value, the reason, what is accepted
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

int dbb_errlog_add(const char *file, const char *written, int err,
		   const struct dbb_refusal *why);

/* file.c */

void dbb_file_create(const char *name, umode_t mode, struct dentry *dir, void *data,
		     const struct file_operations *fops);
int dbb_file_check(void);

/* knob.c */

/**
 * struct dbb_knob - a writable debugfs file
 * @dir: its folder, as error_log names it; "" for the top one
 * @name: of the file
 * @set: take a line as a whole, or change nothing, fill @why and return an errno.
 *	 -EINTR means stopped, not refused, and leaves @why alone.
 * @show: print the value; NULL for a write-only file
 * @data: for @set and @show
 */
struct dbb_knob {
	const char *dir;
	const char *name;
	int (*set)(const struct dbb_knob *knob, const char *text, struct dbb_refusal *why);
	void (*show)(const struct dbb_knob *knob, struct seq_file *m);
	const void *data;
};

void dbb_knob_create(const struct dbb_knob *knob, struct dentry *dir);

/* knobs.c */

const struct dbb_caching *dbb_knobs_caching(void);

/* stats.c */

u64 dbb_stats_max_bytes(void);

/* init.c */

int dbb_heap_init(struct dentry *root);
int dbb_init_publish(void);
void dbb_heap_exit(void);

#endif /* DBB_HEAP_HEAP_H */
