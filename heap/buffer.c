// SPDX-License-Identifier: GPL-2.0
/*
 * Buffers: allocation, release, strategies, a walk over the pages. Their
 * dma_buf_ops are in dmabuf.c and attach.c.
 */
#include <linux/dma-buf.h>
#include <linux/err.h>
#include <linux/fs.h>
#include <linux/ktime.h>
#include <linux/limits.h>
#include <linux/mm.h>
#include <linux/slab.h>

#include "../trace/dbb_trace.h"
#include "buffer.h"

static struct dma_buf *dbb_buffer_export(struct dbb_buffer *buf, unsigned int fd_flags)
{
	DEFINE_DMA_BUF_EXPORT_INFO(info);

	info.ops = &dbb_dmabuf_ops;
	info.size = buf->len;
	info.flags = fd_flags;
	info.priv = buf;
	return dma_buf_export(&info);
}

/* What an earlier strategy bound stays until release: it may be used again. */
static int dbb_buffer_bind(struct dbb_buffer *buf, const char *kind, const char *name,
			   const char *missing,
			   int (*usable)(const struct dbb_buffer *buf, struct dbb_refusal *why),
			   int (*bind)(struct dbb_buffer *buf), struct dbb_refusal *why)
{
	int ret;

	if (missing)
		return dbb_text_refuse(why, -EOPNOTSUPP,
				       "%s strategy %s: %s; accepted: those in heap/%s_strategy",
				       kind, name, missing, kind);
	ret = bind ? bind(buf) : 0;
	if (ret)
		return dbb_text_refuse(why, ret, "%s strategy %s: %pe", kind, name, ERR_PTR(ret));
	return usable ? usable(buf, why) : 0;
}

/* Only for a buffer that nobody else maps. */
int dbb_buffer_use_mmap(struct dbb_buffer *buf, const struct dbb_mmap_strategy *wanted,
			struct dbb_refusal *why)
{
	const struct dbb_mmap_strategy *how = wanted->pick ? wanted->pick(buf) : wanted;
	int ret;

	if (atomic_read(&buf->mmap_count))
		return dbb_text_refuse(why, -EBUSY, "the buffer is mapped");
	ret = dbb_buffer_bind(buf, "mmap", how->name, how->missing, how->usable, how->bind, why);
	if (ret)
		return ret;
	if (wanted->pick)
		dbb_stats_count_auto_mmap(how);
	buf->mmap = how;
	return 0;
}

/* Each vmap leaves its inner phases in @times, unless that is NULL. */
int dbb_buffer_use_vmap(struct dbb_buffer *buf, const struct dbb_vmap_strategy *wanted,
			struct dbb_vmap_times *times, struct dbb_refusal *why)
{
	const struct dbb_vmap_strategy *how = wanted->pick ? wanted->pick(buf) : wanted;
	int ret;

	mutex_lock(&buf->lock);
	if (buf->vmap_count)
		ret = dbb_text_refuse(why, -EBUSY, "the buffer is mapped");
	else
		ret = dbb_buffer_bind(buf, "vmap", how->name, how->missing, how->usable, how->bind,
				      why);
	if (!ret) {
		if (wanted->pick)
			dbb_stats_count_auto_vmap(how);
		buf->vmap = how;
		buf->times = times;
	}
	mutex_unlock(&buf->lock);
	return ret;
}

void dbb_buffer_free(struct dbb_buffer *buf)
{
	unsigned int i;

	for (i = 0; i < DBB_VMAP_MAX; i++)
		if (dbb_vmap_strategies[i]->forget)
			dbb_vmap_strategies[i]->forget(buf);
	kvfree(buf->index);
	if (dbb_caching_restore(buf))
		buf->backend->free(buf);
	else
		sg_free_table(&buf->table);
	kfree(buf);
}

/*
 * What an allocation leaves to others: a process that needs a page when none is left
 * wakes the OOM killer. It also covers the table of a buffer of single pages.
 */
#define DBB_BUFFER_SPARED_SHARE 64

static int dbb_buffer_spare_memory(const struct dbb_buffer *buf, struct dbb_refusal *why)
{
	unsigned long spared = totalram_pages() / DBB_BUFFER_SPARED_SHARE;
	unsigned long available = si_mem_available();

	if (dbb_buffer_npages(buf) + spared <= available)
		return 0;
	return dbb_text_refuse(why, -ENOMEM,
			       "%zu bytes do not fit in memory; accepted: %lu (MemAvailable less a %uth of RAM)",
			       buf->len,
			       available > spared ? (available - spared) << PAGE_SHIFT : 0,
			       DBB_BUFFER_SPARED_SHARE);
}

static int dbb_buffer_alloc(struct dbb_buffer *buf, bool (*cancelled)(void),
			    struct dbb_refusal *why)
{
	const struct dbb_backend *backend = buf->backend;
	int ret;

	if (backend->missing)
		return dbb_text_refuse(why, -EOPNOTSUPP, "heap %s: %s", backend->name,
				       backend->missing);
	if (backend->cached_only && !dbb_caching_is_cached(buf))
		return dbb_text_refuse(why, -EOPNOTSUPP,
				       "heap %s: %s, and heap/caching is %s; accepted: cached, or another heap",
				       backend->name, backend->cached_only, buf->caching->name);
	if (backend->from_ram) {
		ret = dbb_buffer_spare_memory(buf, why);
		if (ret)
			return ret;
	}
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
	dbb_caching_choose(buf, want->caching ?: dbb_knobs_caching());
	mutex_init(&buf->lock);
	INIT_LIST_HEAD(&buf->attachments);

	ret = dbb_buffer_alloc(buf, want->cancelled, why);
	if (ret) {
		kfree(buf);
		return ERR_PTR(ret);
	}
	ret = dbb_caching_apply(buf, want->cancelled, why);
	if (!ret)
		ret = dbb_buffer_use_mmap(buf, want->mmap ?: dbb_knobs_mmap(), why);
	if (!ret)
		ret = dbb_buffer_use_vmap(buf, want->vmap ?: dbb_knobs_vmap(), NULL, why);
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

/**
 * dbb_buffer_create() - allocate a buffer and export it
 * @want: its parameters
 * @why: filled on failure
 *
 * Return: the dma-buf, or an ERR_PTR: -EINVAL for a length of 0 or one that
 * overflows, -ENOMEM when memory or max_bytes does not suffice, -EOPNOTSUPP
 * when this kernel lacks the backend, or it or a strategy cannot have such a buffer,
 * -EINTR on a fatal signal or when cancelled.
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
						 "%zu bytes exceed the cap; accepted: %llu in all live buffers (heap/max_bytes)",
						 len, dbb_stats_max_bytes()));
	} else {
		dmabuf = dbb_buffer_build(want, len, why);
		if (IS_ERR(dmabuf))
			dbb_stats_unreserve(len);
	}
	dbb_stats_count(IS_ERR(dmabuf) ? DBB_STAT_ALLOC_FAILURES :
			DBB_STAT_BUFFERS_CREATED);
	if (traced) {
		const struct dbb_buffer *buf = IS_ERR(dmabuf) ? NULL : dmabuf->priv;

		trace_dbb_alloc(buf ? buf->ino : 0, want->backend->name, len,
				buf ? dbb_buffer_chunks(buf) : 0, ktime_get_ns() - start,
				PTR_ERR_OR_ZERO(dmabuf));
	}
	return dmabuf;
}

/* NULL when another exporter made it. */
struct dbb_buffer *dbb_buffer_from(struct dma_buf *dmabuf)
{
	return dmabuf->ops == &dbb_dmabuf_ops ? dmabuf->priv : NULL;
}

unsigned long dbb_buffer_npages(const struct dbb_buffer *buf)
{
	return buf->len >> PAGE_SHIFT;
}

/* A chunk is a scatterlist entry: a physically contiguous piece. */
unsigned int dbb_buffer_chunks(const struct dbb_buffer *buf)
{
	return buf->table.orig_nents;
}

/* Whether dbb_buffer_fill() may be called. */
bool dbb_buffer_can_fill(const struct dbb_buffer *buf)
{
	return buf->vmap->fill;
}

/* Fills an array of dbb_buffer_npages() pages by the vmap strategy's loop. */
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

void dbb_buffer_walk_begin(struct dbb_buffer_walk *walk, const struct dbb_buffer *buf)
{
	walk->sg = buf->table.sgl;
	walk->left = buf->table.orig_nents;
	walk->skip = 0;
}

/* NULL after the last page. */
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
