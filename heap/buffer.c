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

static int dbb_buffer_bind_mmap(struct dbb_buffer *buf, const struct dbb_mmap_strategy *how,
				struct dbb_refusal *why)
{
	bool picked = how->pick;
	int ret = 0;

	if (how->missing)
		return dbb_text_refuse(why, -EOPNOTSUPP,
				       "mmap strategy %s: %s; accepted: those in heap/mmap_strategy",
				       how->name, how->missing);
	if (how->pick)
		how = how->pick(buf);
	if (how->usable)
		ret = how->usable(buf, why);
	if (ret)
		return ret;
	if (how->bind)
		ret = how->bind(buf);
	if (ret)
		return dbb_text_refuse(why, ret, "mmap strategy %s: %pe", how->name,
				       ERR_PTR(ret));
	if (picked)
		dbb_stats_count_auto_mmap(how);
	buf->mmap = how;
	return 0;
}

/* What a strategy bound before stays: others may come back to it. */
static int dbb_buffer_bind_vmap(struct dbb_buffer *buf, const struct dbb_vmap_strategy *how,
				struct dbb_refusal *why)
{
	bool picked = how->pick;
	int ret = 0;

	if (how->missing)
		return dbb_text_refuse(why, -EOPNOTSUPP,
				       "vmap strategy %s: %s; accepted: those in heap/vmap_strategy",
				       how->name, how->missing);
	if (how->pick)
		how = how->pick(buf);
	if (how->usable)
		ret = how->usable(buf, why);
	if (ret)
		return ret;
	if (how->bind)
		ret = how->bind(buf);
	if (ret)
		return dbb_text_refuse(why, ret, "vmap strategy %s: %pe", how->name,
				       ERR_PTR(ret));
	if (picked)
		dbb_stats_count_auto_vmap(how);
	buf->vmap = how;
	return 0;
}

/**
 * dbb_buffer_free() - free a buffer that nothing maps any more
 * @buf: buffer whose pages were allocated
 */
void dbb_buffer_free(struct dbb_buffer *buf)
{
	unsigned int i;

	for (i = 0; i < DBB_VMAP_MAX; i++)
		if (dbb_vmap_strategies[i]->forget)
			dbb_vmap_strategies[i]->forget(buf);
	kvfree(buf->index);
	buf->backend->free(buf);
	kfree(buf);
}

static int dbb_buffer_alloc(struct dbb_buffer *buf, bool (*cancelled)(void),
			    struct dbb_refusal *why)
{
	const struct dbb_backend *backend = buf->backend;
	int ret;

	if (backend->missing)
		return dbb_text_refuse(why, -EOPNOTSUPP, "heap %s: %s", backend->name,
				       backend->missing);
	ret = backend->alloc(buf, cancelled);
	if (ret == -ENOMEM && backend->explain)
		return backend->explain(buf, why);
	if (ret)
		dbb_text_refuse(why, ret, "%zu bytes could not be allocated from heap %s: %pe",
				buf->len, backend->name, ERR_PTR(ret));
	return ret;
}

static struct dma_buf *dbb_buffer_build(const struct dbb_buffer_request *want, size_t len,
					struct dbb_refusal *why)
{
	struct dma_buf *dmabuf;
	struct dbb_buffer *buf;
	int ret;

	buf = kzalloc(sizeof(*buf), GFP_KERNEL);
	if (!buf)
		return ERR_PTR(dbb_text_refuse(why, -ENOMEM, "no memory to describe a buffer"));
	buf->backend = want->backend;
	buf->len = len;
	buf->orders = want->orders;
	buf->quiet = want->quiet;
	mutex_init(&buf->lock);
	INIT_LIST_HEAD(&buf->attachments);

	ret = dbb_buffer_alloc(buf, want->cancelled, why);
	if (ret) {
		kfree(buf);
		return ERR_PTR(ret);
	}
	ret = dbb_buffer_bind_mmap(buf, want->mmap ?: dbb_knobs_mmap(), why);
	if (!ret)
		ret = dbb_buffer_bind_vmap(buf, want->vmap ?: dbb_knobs_vmap(), why);
	if (ret)
		goto free_buffer;
	dmabuf = dbb_buffer_export(buf, want->fd_flags);
	if (IS_ERR(dmabuf)) {
		ret = dbb_text_refuse(why, PTR_ERR(dmabuf), "%zu bytes could not be exported: %pe",
				      len, dmabuf);
		goto free_buffer;
	}
	buf->ino = file_inode(dmabuf->file)->i_ino;
	return dmabuf;

free_buffer:
	dbb_buffer_free(buf);
	return ERR_PTR(ret);
}

static void dbb_buffer_trace_alloc(struct dma_buf *dmabuf,
				   const struct dbb_backend *backend, u64 len, u64 ns)
{
	struct dbb_buffer *buf = IS_ERR(dmabuf) ? NULL : dmabuf->priv;

	trace_dbb_alloc(buf ? buf->ino : 0, backend->name, len,
			buf ? dbb_buffer_chunks(buf) : 0, ns,
			PTR_ERR_OR_ZERO(dmabuf));
}

/**
 * dbb_buffer_create() - allocate a buffer and export it
 * @want: what it is to be
 * @why: filled on failure
 *
 * Context: process context, sleeps. The last dma_buf_put() frees it all.
 *
 * Return: the dma-buf, or an ERR_PTR: -EINVAL for a length of 0 or one that
 * overflows, -ENOMEM when memory or max_bytes does not suffice, -EOPNOTSUPP
 * when this kernel lacks the backend or a strategy cannot map such a buffer,
 * -EINTR on a fatal signal or when it was cancelled.
 */
struct dma_buf *dbb_buffer_create(const struct dbb_buffer_request *want,
				  struct dbb_refusal *why)
{
	bool traced = trace_dbb_alloc_enabled();
	u64 start = traced ? ktime_get_ns() : 0;
	struct dma_buf *dmabuf;
	size_t len;

	if (!want->len || want->len > SIZE_MAX - PAGE_SIZE)
		return ERR_PTR(dbb_text_refuse(why, -EINVAL,
					       "len=%llu is refused; accepted: 1 to %llu",
					       want->len, dbb_stats_max_bytes()));
	len = PAGE_ALIGN(want->len);

	if (!dbb_stats_reserve(len)) {
		dmabuf = ERR_PTR(dbb_text_refuse(why, -ENOMEM,
						 "%zu more bytes are too many; accepted: %llu alive (heap/max_bytes)",
						 len, dbb_stats_max_bytes()));
	} else {
		dmabuf = dbb_buffer_build(want, len, why);
		if (IS_ERR(dmabuf))
			dbb_stats_unreserve(len);
	}
	dbb_stats_count(IS_ERR(dmabuf) ? DBB_STAT_ALLOC_FAILURES :
					 DBB_STAT_BUFFERS_CREATED);
	if (traced)
		dbb_buffer_trace_alloc(dmabuf, want->backend, len, ktime_get_ns() - start);
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
 * dbb_buffer_can_fill() - does the buffer's vmap strategy fill a page array?
 * @buf: buffer
 *
 * Return: whether dbb_buffer_fill() may be called.
 */
bool dbb_buffer_can_fill(const struct dbb_buffer *buf)
{
	return buf->vmap->fill;
}

/**
 * dbb_buffer_fill() - fill a page array by the loop of the vmap strategy
 * @buf: buffer
 * @pages: room for dbb_buffer_npages() pages
 *
 * Return: 0, or -EOVERFLOW when the scatterlist describes more pages.
 */
int dbb_buffer_fill(struct dbb_buffer *buf, struct page **pages)
{
	const struct dbb_vmap_strategy *how = buf->vmap;
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
 * @why: filled on failure
 *
 * Return: 0, -EBUSY while a VMA shows the buffer, -EOPNOTSUPP when the
 * strategy cannot map it, -ENOMEM.
 */
int dbb_buffer_use_mmap(struct dbb_buffer *buf, const struct dbb_mmap_strategy *how,
			struct dbb_refusal *why)
{
	if (atomic_read(&buf->mmap_count))
		return dbb_text_refuse(why, -EBUSY, "the buffer is mapped");
	return dbb_buffer_bind_mmap(buf, how, why);
}

/**
 * dbb_buffer_use_vmap() - point a buffer at another vmap strategy
 * @buf: buffer
 * @how: strategy
 * @times: where each vmap leaves its inner phases, or NULL
 * @why: filled on failure
 *
 * Return: 0, -EBUSY while a kernel mapping exists, -EOPNOTSUPP when the
 * strategy cannot map the buffer, -ENOMEM.
 */
int dbb_buffer_use_vmap(struct dbb_buffer *buf, const struct dbb_vmap_strategy *how,
			struct dbb_vmap_times *times, struct dbb_refusal *why)
{
	int ret;

	mutex_lock(&buf->lock);
	if (buf->vmap_count)
		ret = dbb_text_refuse(why, -EBUSY, "the buffer is mapped");
	else
		ret = dbb_buffer_bind_vmap(buf, how, why);
	if (!ret)
		buf->times = times;
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
