// SPDX-License-Identifier: GPL-2.0
/*
 * The dma_buf_ops of a buffer: user mappings, counted kernel mappings and
 * release. Attachments and CPU access are in attach.c.
 */
#include <linux/dma-buf.h>
#include <linux/err.h>
#include <linux/ktime.h>
#include <linux/mm.h>
#include <linux/slab.h>

#include "../trace/dbb_trace.h"
#include "buffer.h"
#include "compat.h"

/* vm_operations_struct.open and .close of every strategy. */
void dbb_dmabuf_vma_open(struct vm_area_struct *vma)
{
	struct dbb_buffer *buf = vma->vm_private_data;

	atomic_inc(&buf->mmap_count);
	dbb_stats_count(DBB_STAT_MMAPS_MADE);
}

void dbb_dmabuf_vma_close(struct vm_area_struct *vma)
{
	struct dbb_buffer *buf = vma->vm_private_data;

	atomic_dec(&buf->mmap_count);
	dbb_stats_count(DBB_STAT_MMAPS_UNDONE);
}

static const struct vm_operations_struct dbb_dmabuf_vm_ops = {
	.open	= dbb_dmabuf_vma_open,
	.close	= dbb_dmabuf_vma_close,
};

/* Strategies rely on both. The dma-buf core does not reject private mappings. */
static int dbb_dmabuf_check_vma(struct dbb_buffer *buf, struct vm_area_struct *vma,
				struct dbb_refusal *why)
{
	unsigned long npages = dbb_buffer_npages(buf);

	if (!(vma->vm_flags & (VM_SHARED | VM_MAYSHARE)))
		return dbb_text_refuse(why, -EINVAL,
				       "a private mapping would copy pages; accepted: MAP_SHARED");
	if (vma->vm_pgoff > npages || vma_pages(vma) > npages - vma->vm_pgoff)
		return dbb_text_refuse(why, -EINVAL,
				       "%lu pages from page %lu on reach past the end; accepted: up to page %lu",
				       vma_pages(vma), vma->vm_pgoff, npages - 1);
	return 0;
}

static int dbb_dmabuf_mmap(struct dma_buf *dmabuf, struct vm_area_struct *vma)
{
	struct dbb_buffer *buf = dmabuf->priv;
	bool traced = trace_dbb_mmap_enabled();
	u64 start = traced ? ktime_get_ns() : 0;
	struct dbb_refusal why;
	int ret;

	ret = dbb_dmabuf_check_vma(buf, vma, &why);
	if (!ret) {
		/* All strategies map by it. */
		if (buf->caching->prot)
			vma->vm_page_prot = buf->caching->prot(vma->vm_page_prot);
		ret = buf->mmap->map(buf, vma);
	} else if (!buf->quiet) {
		dbb_errlog_add("mmap", buf->mmap->name, ret, &why);
	}
	if (ret) {
		dbb_stats_count(DBB_STAT_MMAP_FAILURES);
	} else {
		vma->vm_private_data = buf;
		vma->vm_ops = buf->mmap->vm_ops ?: &dbb_dmabuf_vm_ops;
		dbb_dmabuf_vma_open(vma);
	}
	if (traced)
		trace_dbb_mmap(buf->ino, buf->mmap->name,
			       vma->vm_end - vma->vm_start, vma->vm_pgoff,
			       ktime_get_ns() - start, ret);
	return ret;
}

static int dbb_dmabuf_map_kernel(struct dbb_buffer *buf)
{
	bool traced = trace_dbb_vmap_enabled();
	u64 start = traced ? ktime_get_ns() : 0;
	void *vaddr;
	int ret;

	if (buf->times)
		*buf->times = (struct dbb_vmap_times){ .now = buf->times->now };
	vaddr = buf->vmap->map(buf, buf->times);
	ret = PTR_ERR_OR_ZERO(vaddr);
	if (!ret)
		buf->vaddr = vaddr;
	dbb_stats_count(ret ? DBB_STAT_VMAP_FAILURES : DBB_STAT_VMAPS_MADE);
	if (traced)
		trace_dbb_vmap(buf->ino, buf->vmap->name,
			       buf->len, ktime_get_ns() - start, ret);
	return ret;
}

static int dbb_dmabuf_vmap(struct dma_buf *dmabuf, struct iosys_map *map)
{
	struct dbb_buffer *buf = dmabuf->priv;
	int ret = 0;

	mutex_lock(&buf->lock);
	if (!buf->vmap_count)
		ret = dbb_dmabuf_map_kernel(buf);
	if (!ret) {
		buf->vmap_count++;
		iosys_map_set_vaddr(map, buf->vaddr);
	}
	mutex_unlock(&buf->lock);
	return ret;
}

static void dbb_dmabuf_vunmap(struct dma_buf *dmabuf, struct iosys_map *map)
{
	struct dbb_buffer *buf = dmabuf->priv;

	mutex_lock(&buf->lock);
	if (!--buf->vmap_count) {
		bool traced = trace_dbb_vunmap_enabled();
		u64 start = traced ? ktime_get_ns() : 0;

		if (buf->vmap->unmap)
			buf->vmap->unmap(buf, buf->vaddr);
		buf->vaddr = NULL;
		dbb_stats_count(DBB_STAT_VMAPS_UNDONE);
		if (traced)
			trace_dbb_vunmap(buf->ino,
					 buf->vmap->name, buf->len,
					 ktime_get_ns() - start, 0);
	}
	mutex_unlock(&buf->lock);
	iosys_map_clear(map);
}

#ifdef DBB_OPS_VMAP_BY_ADDRESS
static void *dbb_dmabuf_vmap_address(struct dma_buf *dmabuf)
{
	struct iosys_map map;

	return dbb_dmabuf_vmap(dmabuf, &map) ? NULL : map.vaddr;
}

static void dbb_dmabuf_vunmap_address(struct dma_buf *dmabuf, void *vaddr)
{
	struct iosys_map map;

	iosys_map_set_vaddr(&map, vaddr);
	dbb_dmabuf_vunmap(dmabuf, &map);
}
#endif

static void dbb_dmabuf_release(struct dma_buf *dmabuf)
{
	struct dbb_buffer *buf = dmabuf->priv;
	const struct dbb_backend *backend = buf->backend;
	bool traced = trace_dbb_free_enabled();
	u64 start = traced ? ktime_get_ns() : 0;
	size_t len = buf->len;

	dbb_buffer_free(buf);
	dbb_stats_unreserve(len);
	dbb_stats_count(DBB_STAT_BUFFERS_FREED);
	if (traced)
		trace_dbb_free(backend->name, len, ktime_get_ns() - start);
}

const struct dma_buf_ops dbb_dmabuf_ops = {
	.attach			= dbb_attach_attach,
	.detach			= dbb_attach_detach,
	.map_dma_buf		= dbb_attach_map,
	.unmap_dma_buf		= dbb_attach_unmap,
	.begin_cpu_access	= dbb_attach_begin_cpu,
	.end_cpu_access		= dbb_attach_end_cpu,
	.mmap			= dbb_dmabuf_mmap,
#ifdef DBB_OPS_VMAP_BY_ADDRESS
	.vmap			= dbb_dmabuf_vmap_address,
	.vunmap			= dbb_dmabuf_vunmap_address,
#else
	.vmap			= dbb_dmabuf_vmap,
	.vunmap			= dbb_dmabuf_vunmap,
#endif
	.release		= dbb_dmabuf_release,
};
