/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Internals of heap/.
 */
#ifndef DBB_HEAP_BUFFER_H
#define DBB_HEAP_BUFFER_H

#include <linux/atomic.h>
#include <linux/dma-direction.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/scatterlist.h>

#include "heap.h"

struct dbb_fault_chunk_chunk;
struct device;
struct dma_buf;
struct dma_buf_attachment;
struct dma_buf_ops;
struct dbb_knob;
struct seq_file;

/* Do all pages of a buffer have a reference? */
enum dbb_refs {
	DBB_REFS_UNKNOWN,
	DBB_REFS_ON_ALL,
	DBB_REFS_LACKING,
};

/**
 * struct dbb_buffer - one buffer, the priv of its dma_buf
 * @backend: allocated and frees the pages
 * @table: the pages, in order
 * @backing: private data of the backend
 * @born: kernel mapping that the pages came with, or NULL
 * @exclusive: the backend must hold the last reference of each page when it
 *	       frees them, so no mapping may take references
 * @len: size in bytes, whole pages
 * @orders: as in struct dbb_buffer_request
 * @quiet: as in struct dbb_buffer_request
 * @ino: inode of the dma-buf, for the traces
 * @caching: of its mappings
 * @kernel_prot: protection bits of kernel mappings
 * @dma_attrs: for mapping it for a device: mappings without caching need no maintenance
 * @recached: pages whose linear mapping may not be cached as that of others is
 * @batch: room for the pages that are changed at once, while @recached is not 0
 * @mmap: strategy of user mappings
 * @vmap: strategy of kernel mappings
 * @pages: page array of vmap strategy array, or NULL
 * @times: where @vmap leaves its inner phases, or NULL
 * @index: chunks of @table for strategies that map on faults, or NULL
 * @refs: what mmap strategy insert found out about the pages
 * @mmap_count: number of VMAs
 * @lock: protects what follows
 * @attachments: list of struct dbb_attachment
 * @vmap_count: users of @vaddr
 * @vaddr: kernel mapping while @vmap_count is not 0
 * @kept: kernel mapping of vmap strategy keep, or NULL
 * @premade: kernel mapping of vmap strategy born on heap system, or NULL
 *
 * @caching, @mmap and @vmap are copied from the knobs on allocation, so that a mapping
 * is undone by the strategy that made it. Only the bench engine changes the strategies,
 * on its own buffer, while nothing is mapped.
 */
struct dbb_buffer {
	const struct dbb_backend *backend;
	struct sg_table table;
	void *backing;
	void *born;
	bool exclusive;
	size_t len;
	unsigned long orders;
	bool quiet;
	unsigned long ino;
	const struct dbb_caching *caching;
	pgprot_t kernel_prot;
	unsigned long dma_attrs;
	unsigned long recached;
	struct page **batch;
	const struct dbb_mmap_strategy *mmap;
	const struct dbb_vmap_strategy *vmap;
	struct page **pages;
	struct dbb_vmap_times *times;
	struct dbb_fault_chunk_chunk *index;
	enum dbb_refs refs;
	atomic_t mmap_count;

	struct mutex lock;	/* protects all below */
	struct list_head attachments;
	unsigned int vmap_count;
	void *vaddr;
	void *kept;
	void *premade;
};

/* buffer.c */
void dbb_buffer_free(struct dbb_buffer *buf);

/* The entry after one that is not the last: sg_next() is a call, and looks for the last. */
static inline struct scatterlist *dbb_buffer_next_entry(struct scatterlist *sg)
{
	sg++;
	return unlikely(sg_is_chain(sg)) ? sg_chain_ptr(sg) : sg;
}

/* caching.c */
int dbb_caching_init(void);
void dbb_caching_exit(void);
void dbb_caching_choose(struct dbb_buffer *buf, const struct dbb_caching *caching);
int dbb_caching_apply(struct dbb_buffer *buf, bool (*cancelled)(void),
		      struct dbb_refusal *why);
bool dbb_caching_restore(struct dbb_buffer *buf);
int dbb_caching_refuse_cached(const struct dbb_buffer *buf, const char *strategy,
			      const char *reason, struct dbb_refusal *why);

static inline bool dbb_caching_is_cached(const struct dbb_buffer *buf)
{
	return !buf->caching->prot;
}

/* dmabuf.c */
void dbb_dmabuf_vma_open(struct vm_area_struct *vma);
void dbb_dmabuf_vma_close(struct vm_area_struct *vma);
extern const struct dma_buf_ops dbb_dmabuf_ops;

/* attach.c */
int dbb_attach_attach(struct dma_buf *dmabuf, struct dma_buf_attachment *attachment);
void dbb_attach_detach(struct dma_buf *dmabuf, struct dma_buf_attachment *attachment);
struct sg_table *dbb_attach_map(struct dma_buf_attachment *attachment,
				enum dma_data_direction dir);
void dbb_attach_unmap(struct dma_buf_attachment *attachment,
		      struct sg_table *table, enum dma_data_direction dir);
int dbb_attach_begin_cpu(struct dma_buf *dmabuf, enum dma_data_direction dir);
int dbb_attach_end_cpu(struct dma_buf *dmabuf, enum dma_data_direction dir);

/* pagearray.c */
void *dbb_pagearray_map(struct dbb_buffer *buf, struct dbb_vmap_times *times);
void dbb_pagearray_unmap(struct dbb_buffer *buf, void *vaddr);

/* vmap_sg.c */
int dbb_vmap_sg_fill(struct dbb_buffer *buf, struct page **pages);

/* the strategies */
extern const struct dbb_mmap_strategy dbb_mmap_page;
extern const struct dbb_mmap_strategy dbb_mmap_sg;
extern const struct dbb_mmap_strategy dbb_mmap_apply;
extern const struct dbb_mmap_strategy dbb_mmap_table;
extern const struct dbb_mmap_strategy dbb_mmap_insert;
extern const struct dbb_mmap_strategy dbb_mmap_fault;
extern const struct dbb_mmap_strategy dbb_mmap_fault_sg;
extern const struct dbb_mmap_strategy dbb_mmap_fault_table;
extern const struct dbb_mmap_strategy dbb_mmap_huge;
extern const struct dbb_mmap_strategy dbb_mmap_auto;
extern const struct dbb_vmap_strategy dbb_vmap_page;
extern const struct dbb_vmap_strategy dbb_vmap_sg;
extern const struct dbb_vmap_strategy dbb_vmap_unrolled;
extern const struct dbb_vmap_strategy dbb_vmap_array;
extern const struct dbb_vmap_strategy dbb_vmap_ram;
extern const struct dbb_vmap_strategy dbb_vmap_keep;
extern const struct dbb_vmap_strategy dbb_vmap_direct;
extern const struct dbb_vmap_strategy dbb_vmap_born;
extern const struct dbb_vmap_strategy dbb_vmap_auto;

/* the backends */
int dbb_backend_add(const struct dbb_backend *backend);
bool dbb_backend_given_up(bool (*cancelled)(void));
bool dbb_backend_pause(bool (*cancelled)(void));
extern const struct dbb_backend dbb_backend_system;
extern const struct dbb_backend dbb_backend_vmalloc;
extern const struct dbb_backend dbb_backend_contig;
int dbb_backend_system_set_orders(const struct dbb_knob *knob, const char *text,
				  struct dbb_refusal *why);
void dbb_backend_system_show_orders(const struct dbb_knob *knob, struct seq_file *m);
int dbb_backend_contig_init(void);
void dbb_backend_contig_exit(void);
int dbb_backend_cma_init(void);
void dbb_backend_cma_exit(void);

/* Pages or chunks that a loop handles between two calls of dbb_backend_pause(). */
#define DBB_BACKEND_STRIDE 1024

/* For such loops: asks every so many whether to give up the allocation. */
static inline bool dbb_backend_given_up_after(unsigned long done, bool (*cancelled)(void))
{
	return !(done % DBB_BACKEND_STRIDE) && dbb_backend_pause(cancelled);
}

/* contig_range.c */
int dbb_contig_range_describe(struct dbb_buffer *buf, struct page *page);
int dbb_contig_range_clear(struct page *page, unsigned long npages, bool (*cancelled)(void));

/* dma_device.c */
const char *dbb_dma_device_missing(void);
struct page *dbb_dma_device_alloc(struct device *dev, struct dbb_buffer *buf, size_t len);
void dbb_dma_device_free(struct dbb_buffer *buf, struct page *page);

/* knobs.c */
const struct dbb_mmap_strategy *dbb_knobs_mmap(void);
const struct dbb_vmap_strategy *dbb_knobs_vmap(void);
void dbb_knobs_init(struct dentry *dir);

/* node.c */
int dbb_node_init(void);
void dbb_node_exit(void);

/* register.c */
int dbb_register_check(void);
void dbb_register_init(void);

/* errlog.c */
void dbb_errlog_init(struct dentry *root);

/* stats.c */
enum dbb_stat {
	DBB_STAT_BUFFERS_CREATED,
	DBB_STAT_BUFFERS_FREED,
	DBB_STAT_ATTACHES,
	DBB_STAT_DETACHES,
	DBB_STAT_MMAPS_MADE,
	DBB_STAT_MMAPS_UNDONE,
	DBB_STAT_VMAPS_MADE,
	DBB_STAT_VMAPS_UNDONE,
	DBB_STAT_ALLOC_FAILURES,
	DBB_STAT_ATTACH_FAILURES,
	DBB_STAT_MMAP_FAILURES,
	DBB_STAT_VMAP_FAILURES,
	DBB_STAT_MAX
};

void dbb_stats_count(enum dbb_stat stat);
void dbb_stats_count_chunk(unsigned int order);
void dbb_stats_count_auto_mmap(const struct dbb_mmap_strategy *picked);
void dbb_stats_count_auto_vmap(const struct dbb_vmap_strategy *picked);
bool dbb_stats_reserve(size_t bytes);
void dbb_stats_unreserve(size_t bytes);
int dbb_stats_set_max_bytes(const struct dbb_knob *knob, const char *text,
			    struct dbb_refusal *why);
void dbb_stats_init(struct dentry *dir);

#endif /* DBB_HEAP_BUFFER_H */
