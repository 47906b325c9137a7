// SPDX-License-Identifier: GPL-2.0
/*
 * Operation "vmap": a kernel mapping through the dma-buf core, made and
 * undone each time, because the core counts users and only the first and the
 * last one reach the exporter.
 */
#include <linux/dma-buf.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/vmalloc.h>

#include "op.h"
#include "run.h"

static int dbb_op_vmap_point(struct dbb_work *work, struct dbb_refusal *why)
{
	if (!work->arm->exporter)
		return dbb_buffer_use_vmap(work->buf, work->arm->vmap, &work->times, why);
	/* Another exporter reads no clock of ours. */
	work->times = (struct dbb_vmap_times){ .now = work->times.now };
	return 0;
}

static int dbb_op_vmap_map(struct dbb_work *work)
{
	int ret = dbb_compat_vmap(work->dmabuf, &work->map);

	work->mapped = !ret;
	return ret;
}

static int dbb_op_vmap_unmap(struct dbb_work *work)
{
	dbb_compat_vunmap(work->dmabuf, &work->map);
	work->mapped = false;
	return 0;
}

/* A mapping may be the kernel's linear one. */
static struct page *dbb_op_vmap_page(const void *vaddr)
{
	return is_vmalloc_addr(vaddr) ? vmalloc_to_page(vaddr) : virt_to_page(vaddr);
}

static int dbb_op_vmap_verify(struct dbb_work *work, struct dbb_refusal *why)
{
	struct dbb_buffer_walk walk;
	unsigned long i = 0;
	struct page *page;

	/* What the right pages of another exporter's buffer are is not known. */
	if (work->arm->exporter)
		return 0;
	dbb_buffer_walk_begin(&walk, work->buf);
	while ((page = dbb_buffer_walk_next(&walk))) {
		if (dbb_op_vmap_page(work->map.vaddr + i * PAGE_SIZE) != page)
			return dbb_text_refuse(why, -EIO,
					       "strategy %s: page %lu of the kernel mapping is not that page of the buffer",
					       work->arm->name, i);
		if (!(++i % DBB_RUN_STRIDE) && dbb_run_pause())
			return -EINTR;
	}
	return 0;
}

static void dbb_op_vmap_unprepare(struct dbb_work *work)
{
	if (work->mapped)
		dbb_op_vmap_unmap(work);
}

static u64 dbb_op_vmap_total(const struct dbb_work *work, const u64 *raw)
{
	return raw[0] + raw[1];
}

static u64 dbb_op_vmap_array(const struct dbb_work *work, const u64 *raw)
{
	return work->times.array_ns;
}

static u64 dbb_op_vmap_fill(const struct dbb_work *work, const u64 *raw)
{
	return work->times.fill_ns;
}

static u64 dbb_op_vmap_vmap(const struct dbb_work *work, const u64 *raw)
{
	return work->times.map_ns;
}

static unsigned int dbb_op_vmap_reads(const struct dbb_work *work)
{
	return work->times.reads;
}

static unsigned int dbb_op_vmap_array_reads(const struct dbb_work *work)
{
	return work->times.array_reads;
}

static unsigned int dbb_op_vmap_fill_reads(const struct dbb_work *work)
{
	return work->times.fill_reads;
}

static unsigned int dbb_op_vmap_map_reads(const struct dbb_work *work)
{
	return work->times.map_reads;
}

static const struct dbb_phase dbb_op_vmap_phases[] = {
	{ .name = "vmap", .run = dbb_op_vmap_map, .verify = true,
	  .reads = 1, .inner_reads = dbb_op_vmap_reads },
	{ .name = "vunmap", .run = dbb_op_vmap_unmap, .reads = 1 },
	{ .name = "total", .derive = dbb_op_vmap_total,
	  .reads = 2, .inner_reads = dbb_op_vmap_reads },
	{ .name = "array", .derive = dbb_op_vmap_array,
	  .inner_reads = dbb_op_vmap_array_reads },
	{ .name = "fill", .derive = dbb_op_vmap_fill,
	  .inner_reads = dbb_op_vmap_fill_reads },
	{ .name = "map", .derive = dbb_op_vmap_vmap,
	  .inner_reads = dbb_op_vmap_map_reads },
};

const struct dbb_op dbb_op_vmap = {
	.name		= "vmap",
	.help		= "dma_buf_vmap(), dma_buf_vunmap(), and the phases inside the exporter",
	.family		= DBB_FAMILY_VMAP,
	.phases		= dbb_op_vmap_phases,
	.nphases	= ARRAY_SIZE(dbb_op_vmap_phases),
	.total		= 2,
	.point		= dbb_op_vmap_point,
	.verify		= dbb_op_vmap_verify,
	.unprepare	= dbb_op_vmap_unprepare,
};
