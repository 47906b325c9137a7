/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The insides of the heap: for heap/ only.
 */
#ifndef DBB_HEAP_BUFFER_H
#define DBB_HEAP_BUFFER_H

#include <linux/atomic.h>
#include <linux/dma-buf.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/scatterlist.h>

#include "heap.h"

struct dbb_faults_chunk;
struct device;
struct seq_file;

/**
 * struct dbb_buffer - one buffer, the priv of its dma_buf
 * @backend: where the pages came from and go back to
 * @table: the pages, in order
 * @backing: what the backend needs to give the pages back, or NULL
 * @born: kernel mapping that the pages came with, or NULL
 * @exclusive: nobody else may hold a page when they go back, so they must not
 *	       be shown to whoever takes references, as vm_insert_pages() does
 * @len: size in bytes, whole pages
 * @orders: page orders that its backend is to try, as in struct
 *	    dbb_buffer_request
 * @quiet: refused mappings are not noted in error_log
 * @ino: inode of the dma-buf, for the traces
 * @mmap: strategy of user mappings
 * @vmap: strategy of kernel mappings
 * @pages: page array of the vmap strategy array, NULL until a buffer has it
 * @times: where @vmap leaves its inner phases, or NULL
 * @index: chunks of @table for strategies that map on faults, or NULL
 * @mmap_count: VMAs that show the buffer
 * @lock: protects what follows
 * @attachments: list of struct dbb_attachment
 * @vmap_count: users of @vaddr
 * @vaddr: kernel mapping while @vmap_count is not 0
 * @kept: kernel mapping of the vmap strategy keep, NULL until there is one
 *
 * @mmap and @vmap are copied from the knobs when the buffer is made, so that
 * what undoes a mapping is always what made it. Only the bench engine points
 * them elsewhere, at its own buffer, while nothing is mapped.
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
	const struct dbb_mmap_strategy *mmap;
	const struct dbb_vmap_strategy *vmap;
	struct page **pages;
	struct dbb_vmap_times *times;
	struct dbb_faults_chunk *index;
	atomic_t mmap_count;

	struct mutex lock;	/* of all below */
	struct list_head attachments;
	unsigned int vmap_count;
	void *vaddr;
	void *kept;
};

/* buffer.c */
void dbb_buffer_free(struct dbb_buffer *buf);

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
void *dbb_pagearray_map_by(struct dbb_buffer *buf, struct dbb_vmap_times *times,
			   void *(*mapper)(struct page **pages, unsigned long npages));
void *dbb_pagearray_map(struct dbb_buffer *buf, struct dbb_vmap_times *times);
void dbb_pagearray_unmap(struct dbb_buffer *buf, void *vaddr);

/* vmap_sg.c */
int dbb_vmap_sg_fill(struct dbb_buffer *buf, struct page **pages);

/* the strategies */
extern const struct dbb_mmap_strategy dbb_mmap_page;
extern const struct dbb_mmap_strategy dbb_mmap_sg;
extern const struct dbb_mmap_strategy dbb_mmap_apply;
extern const struct dbb_mmap_strategy dbb_mmap_insert;
extern const struct dbb_mmap_strategy dbb_mmap_fault;
extern const struct dbb_mmap_strategy dbb_mmap_fault_sg;
extern const struct dbb_mmap_strategy dbb_mmap_huge;
extern const struct dbb_mmap_strategy dbb_mmap_auto;
extern const struct dbb_vmap_strategy dbb_vmap_page;
extern const struct dbb_vmap_strategy dbb_vmap_sg;
extern const struct dbb_vmap_strategy dbb_vmap_array;
extern const struct dbb_vmap_strategy dbb_vmap_ram;
extern const struct dbb_vmap_strategy dbb_vmap_keep;
extern const struct dbb_vmap_strategy dbb_vmap_direct;
extern const struct dbb_vmap_strategy dbb_vmap_born;
extern const struct dbb_vmap_strategy dbb_vmap_auto;

/* the backends */
int dbb_backend_add(const struct dbb_backend *backend);
bool dbb_backend_given_up(bool (*cancelled)(void));
extern const struct dbb_backend dbb_system_backend;
extern const struct dbb_backend dbb_vmalloc_backend;
extern const struct dbb_backend dbb_contig_backend;
int dbb_system_set_orders(const char *text, struct dbb_refusal *why);
void dbb_system_show_orders(struct seq_file *m);
int dbb_contig_init(void);
void dbb_contig_exit(void);
int dbb_cma_init(void);
void dbb_cma_exit(void);

/* block.c */
int dbb_block_describe(struct dbb_buffer *buf, struct page *page);
int dbb_block_clear(struct page *page, unsigned long npages, bool (*cancelled)(void));

/* device.c */
struct page *dbb_device_alloc(struct device *dev, struct dbb_buffer *buf, size_t len);
void dbb_device_free(struct dbb_buffer *buf, struct page *page);

/* knobs.c */
const struct dbb_mmap_strategy *dbb_knobs_mmap(void);
const struct dbb_vmap_strategy *dbb_knobs_vmap(void);
void dbb_knobs_init(struct dentry *dir);

/* node.c */
int dbb_node_init(void);
void dbb_node_exit(void);

/* core.c */
int dbb_core_init(void);

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
int dbb_stats_set_max_bytes(const char *text, struct dbb_refusal *why);
void dbb_stats_init(struct dentry *dir);

#endif /* DBB_HEAP_BUFFER_H */
