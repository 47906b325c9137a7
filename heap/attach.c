// SPDX-License-Identifier: GPL-2.0
/*
 * Importers of a buffer: attaching, mapping for DMA, cache maintenance around
 * CPU access.
 */
#include <linux/dma-buf.h>
#include <linux/dma-mapping.h>
#include <linux/err.h>
#include <linux/highmem.h>
#include <linux/ktime.h>
#include <linux/slab.h>

#include "../trace/dbb_trace.h"
#include "buffer.h"

/*
 * Has its own scatterlist, because DMA addresses are per device. @mapped changes
 * under the buffer's lock, so that CPU access never syncs a mapping that is being
 * torn down.
 */
struct dbb_attachment {
	struct list_head node;
	struct device *dev;
	struct sg_table table;
	bool mapped;
};

static int dbb_attach_copy_table(struct sg_table *to, const struct sg_table *from)
{
	struct scatterlist *dst, *src;
	unsigned int i;
	int ret;

	ret = sg_alloc_table(to, from->orig_nents, DBB_GFP_TABLE);
	if (ret)
		return ret;
	dst = to->sgl;
	for_each_sgtable_sg(from, src, i) {
		sg_set_page(dst, sg_page(src), src->length, src->offset);
		dst = sg_next(dst);
	}
	return 0;
}

int dbb_attach_attach(struct dma_buf *dmabuf, struct dma_buf_attachment *attachment)
{
	struct dbb_buffer *buf = dmabuf->priv;
	bool traced = trace_dbb_attach_enabled();
	u64 start = traced ? ktime_get_ns() : 0;
	struct dbb_attachment *a;
	int ret = -ENOMEM;

	a = kzalloc(sizeof(*a), GFP_KERNEL);
	if (!a)
		goto count;
	ret = dbb_attach_copy_table(&a->table, &buf->table);
	if (ret) {
		kfree(a);
		goto count;
	}
	a->dev = attachment->dev;
	attachment->priv = a;

	mutex_lock(&buf->lock);
	list_add(&a->node, &buf->attachments);
	mutex_unlock(&buf->lock);
count:
	dbb_stats_count(ret ? DBB_STAT_ATTACH_FAILURES : DBB_STAT_ATTACHES);
	if (traced)
		trace_dbb_attach(buf->ino, buf->len,
				 dbb_buffer_chunks(buf), ktime_get_ns() - start, ret);
	return ret;
}

void dbb_attach_detach(struct dma_buf *dmabuf, struct dma_buf_attachment *attachment)
{
	struct dbb_buffer *buf = dmabuf->priv;
	struct dbb_attachment *a = attachment->priv;

	mutex_lock(&buf->lock);
	list_del(&a->node);
	mutex_unlock(&buf->lock);

	sg_free_table(&a->table);
	kfree(a);
	dbb_stats_count(DBB_STAT_DETACHES);
}

static void dbb_attach_set_mapped(struct dma_buf_attachment *attachment, bool mapped)
{
	struct dbb_buffer *buf = attachment->dmabuf->priv;
	struct dbb_attachment *a = attachment->priv;

	mutex_lock(&buf->lock);
	a->mapped = mapped;
	mutex_unlock(&buf->lock);
}

struct sg_table *dbb_attach_map(struct dma_buf_attachment *attachment,
				enum dma_data_direction dir)
{
	const struct dbb_buffer *buf = attachment->dmabuf->priv;
	struct dbb_attachment *a = attachment->priv;
	int ret;

	ret = dma_map_sgtable(attachment->dev, &a->table, dir, buf->dma_attrs);
	if (ret)
		return ERR_PTR(ret);
	dbb_attach_set_mapped(attachment, true);
	return &a->table;
}

void dbb_attach_unmap(struct dma_buf_attachment *attachment,
		      struct sg_table *table, enum dma_data_direction dir)
{
	const struct dbb_buffer *buf = attachment->dmabuf->priv;

	dbb_attach_set_mapped(attachment, false);
	dma_unmap_sgtable(attachment->dev, table, dir, buf->dma_attrs);
}

/* No cache holds what is not mapped cached: there is nothing to maintain. */
int dbb_attach_begin_cpu(struct dma_buf *dmabuf, enum dma_data_direction dir)
{
	struct dbb_buffer *buf = dmabuf->priv;
	struct dbb_attachment *a;

	if (buf->dma_attrs & DMA_ATTR_SKIP_CPU_SYNC)
		return 0;
	mutex_lock(&buf->lock);
	if (buf->vmap_count)
		invalidate_kernel_vmap_range(buf->vaddr, buf->len);
	list_for_each_entry(a, &buf->attachments, node)
		if (a->mapped)
			dma_sync_sgtable_for_cpu(a->dev, &a->table, dir);
	mutex_unlock(&buf->lock);
	return 0;
}

int dbb_attach_end_cpu(struct dma_buf *dmabuf, enum dma_data_direction dir)
{
	struct dbb_buffer *buf = dmabuf->priv;
	struct dbb_attachment *a;

	if (buf->dma_attrs & DMA_ATTR_SKIP_CPU_SYNC)
		return 0;
	mutex_lock(&buf->lock);
	if (buf->vmap_count)
		flush_kernel_vmap_range(buf->vaddr, buf->len);
	list_for_each_entry(a, &buf->attachments, node)
		if (a->mapped)
			dma_sync_sgtable_for_device(a->dev, &a->table, dir);
	mutex_unlock(&buf->lock);
	return 0;
}
