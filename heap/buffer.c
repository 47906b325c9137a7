// SPDX-License-Identifier: GPL-2.0
/*
 * A buffer's life and shape: made, walked, pointed at another strategy.
 * What importers and mappers do to it is in dmabuf.c and attach.c.
 */
#include <linux/err.h>
#include <linux/fs.h>
#include <linux/ktime.h>
#include <linux/mm.h>
#include <linux/slab.h>

#include "buffer.h"
#include "../trace/dbb_trace.h"

static struct dma_buf *dbb_buffer_export(struct dbb_buffer *buf, unsigned int fd_flags)
{
	DEFINE_DMA_BUF_EXPORT_INFO(info);

	info.exp_name = KBUILD_MODNAME;
	info.ops = &dbb_dmabuf_ops;
	info.size = buf->len;
	info.flags = fd_flags;
	info.priv = buf;
	return dma_buf_export(&info);
}

static struct dma_buf *dbb_buffer_build(const struct dbb_backend *backend, size_t len,
					unsigned int fd_flags, bool (*cancelled)(void))
{
	struct dma_buf *dmabuf;
	struct dbb_buffer *buf;
	int ret;

	buf = kzalloc(sizeof(*buf), GFP_KERNEL);
	if (!buf)
		return ERR_PTR(-ENOMEM);
	buf->backend = backend;
	buf->len = len;
	buf->mmap = dbb_knobs_mmap();
	buf->vmap = dbb_knobs_vmap();
	mutex_init(&buf->lock);
	INIT_LIST_HEAD(&buf->attachments);

	ret = backend->alloc(&buf->table, len, cancelled);
	if (ret)
		goto free_buffer;
	dmabuf = dbb_buffer_export(buf, fd_flags);
	if (IS_ERR(dmabuf)) {
		ret = PTR_ERR(dmabuf);
		goto free_pages;
	}
	buf->ino = file_inode(dmabuf->file)->i_ino;
	return dmabuf;

free_pages:
	backend->free(&buf->table);
free_buffer:
	kfree(buf);
	return ERR_PTR(ret);
}

static void dbb_buffer_trace_alloc(struct dma_buf *dmabuf,
				   const struct dbb_backend *backend,
				   size_t len, u64 ns)
{
	struct dbb_buffer *buf = IS_ERR(dmabuf) ? NULL : dmabuf->priv;

	trace_dbb_alloc(buf ? buf->ino : 0, backend->name, len,
			buf ? dbb_buffer_chunks(buf) : 0, ns,
			PTR_ERR_OR_ZERO(dmabuf));
}

/**
 * dbb_buffer_create() - allocate a buffer and export it
 * @backend: where the pages come from
 * @len: size in bytes, rounded up to whole pages
 * @fd_flags: access mode and O_CLOEXEC, as in struct dma_heap_allocation_data
 * @cancelled: asked before each chunk whether to give up; may be NULL
 *
 * The strategies active in the heap's knobs are copied into the buffer.
 * Context: process context, sleeps. The last dma_buf_put() frees it all.
 *
 * Return: the dma-buf, or an ERR_PTR: -EINVAL for a length of 0 or one that
 * overflows, -ENOMEM when memory or max_bytes does not suffice, -EINTR on a
 * fatal signal or @cancelled.
 */
struct dma_buf *dbb_buffer_create(const struct dbb_backend *backend, u64 len,
				  unsigned int fd_flags, bool (*cancelled)(void))
{
	bool traced = trace_dbb_alloc_enabled();
	u64 start = traced ? ktime_get_ns() : 0;
	struct dma_buf *dmabuf;

	if (!len || len > SIZE_MAX - PAGE_SIZE)
		return ERR_PTR(-EINVAL);
	len = PAGE_ALIGN(len);

	if (!dbb_stats_reserve(len)) {
		dmabuf = ERR_PTR(-ENOMEM);
	} else {
		dmabuf = dbb_buffer_build(backend, len, fd_flags, cancelled);
		if (IS_ERR(dmabuf))
			dbb_stats_unreserve(len);
	}
	dbb_stats_count(IS_ERR(dmabuf) ? DBB_STAT_ALLOC_FAILURES :
					 DBB_STAT_BUFFERS_CREATED);
	if (traced)
		dbb_buffer_trace_alloc(dmabuf, backend, len, ktime_get_ns() - start);
	return dmabuf;
}

/**
 * dbb_buffer_from() - the buffer behind a dma-buf
 * @dmabuf: any dma-buf
 *
 * Return: the buffer, or NULL when another exporter made it.
 */
struct dbb_buffer *dbb_buffer_from(struct dma_buf *dmabuf)
{
	return dmabuf->ops == &dbb_dmabuf_ops ? dmabuf->priv : NULL;
}

/**
 * dbb_buffer_npages() - size of a buffer in pages
 * @buf: buffer
 *
 * Return: number of PAGE_SIZE pages.
 */
unsigned long dbb_buffer_npages(const struct dbb_buffer *buf)
{
	return buf->len >> PAGE_SHIFT;
}

/**
 * dbb_buffer_chunks() - how many physically contiguous pieces a buffer has
 * @buf: buffer
 *
 * Return: number of scatterlist entries.
 */
unsigned int dbb_buffer_chunks(const struct dbb_buffer *buf)
{
	return buf->table.orig_nents;
}

/**
 * dbb_buffer_fill() - fill a page array by a strategy's loop
 * @buf: buffer
 * @how: the vmap strategy whose loop is wanted
 * @pages: room for dbb_buffer_npages() pages
 *
 * Return: 0, or -EOVERFLOW when the scatterlist describes more pages.
 */
int dbb_buffer_fill(struct dbb_buffer *buf, const struct dbb_vmap_strategy *how,
		    struct page **pages)
{
	u64 start;
	int ret;

	if (!trace_dbb_fill_enabled())
		return how->fill(buf, pages);

	start = ktime_get_ns();
	ret = how->fill(buf, pages);
	trace_dbb_fill(buf->ino, how->name, buf->len, ktime_get_ns() - start, ret);
	return ret;
}

/**
 * dbb_buffer_use_mmap() - point a buffer at another mmap strategy
 * @buf: buffer that only the caller maps
 * @how: strategy
 *
 * Return: 0, or -EBUSY while a VMA shows the buffer.
 */
int dbb_buffer_use_mmap(struct dbb_buffer *buf, const struct dbb_mmap_strategy *how)
{
	if (atomic_read(&buf->mmap_count))
		return -EBUSY;
	buf->mmap = how;
	return 0;
}

/**
 * dbb_buffer_use_vmap() - point a buffer at another vmap strategy
 * @buf: buffer
 * @how: strategy
 * @times: where each vmap leaves its inner phases, or NULL
 *
 * Return: 0, or -EBUSY while a kernel mapping exists.
 */
int dbb_buffer_use_vmap(struct dbb_buffer *buf, const struct dbb_vmap_strategy *how,
			struct dbb_vmap_times *times)
{
	int ret = 0;

	mutex_lock(&buf->lock);
	if (buf->vmap_count) {
		ret = -EBUSY;
	} else {
		buf->vmap = how;
		buf->times = times;
	}
	mutex_unlock(&buf->lock);
	return ret;
}

/**
 * dbb_buffer_walk_begin() - stand before the first page of a buffer
 * @walk: the walk
 * @buf: buffer
 */
void dbb_buffer_walk_begin(struct dbb_buffer_walk *walk, const struct dbb_buffer *buf)
{
	walk->sg = buf->table.sgl;
	walk->left = buf->table.orig_nents;
	walk->skip = 0;
}

/**
 * dbb_buffer_walk_next() - the next page of a buffer
 * @walk: the walk
 *
 * Return: the page, or NULL after the last one.
 */
struct page *dbb_buffer_walk_next(struct dbb_buffer_walk *walk)
{
	struct page *page;

	if (!walk->left)
		return NULL;
	page = pfn_to_page(page_to_pfn(sg_page(walk->sg)) + walk->skip);
	if (++walk->skip << PAGE_SHIFT >= walk->sg->length) {
		walk->sg = sg_next(walk->sg);
		walk->left--;
		walk->skip = 0;
	}
	return page;
}
