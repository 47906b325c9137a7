// SPDX-License-Identifier: GPL-2.0
/*
 * A kernel mapping through the dma-buf core, made and undone each time, because
 * the core counts users and only the first and the last one reach the exporter.
 */
#include <linux/dma-buf.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/vmalloc.h>

#include "kernelmap.h"
#include "run.h"

/**
 * dbb_kernelmap_point() - make ready for the arm
 * @work: the work
 * @why: filled on failure
 *
 * Return: as dbb_buffer_use_vmap().
 */
int dbb_kernelmap_point(struct dbb_work *work, struct dbb_refusal *why)
{
	if (!work->arm->exporter)
		return dbb_buffer_use_vmap(work->buf, work->arm->vmap, &work->times, why);
	/* Another exporter reads no clock of ours. */
	work->times = (struct dbb_vmap_times){ .now = work->times.now };
	return 0;
}

/**
 * dbb_kernelmap_map() - map the buffer
 * @work: the work; its map is set
 *
 * Return: 0, or what dma_buf_vmap() returned.
 */
int dbb_kernelmap_map(struct dbb_work *work)
{
	int ret = dbb_compat_vmap(work->dmabuf, &work->map);

	work->mapped = !ret;
	return ret;
}

/* A mapping may be the kernel's linear one. */
static struct page *dbb_kernelmap_page(const void *vaddr)
{
	return is_vmalloc_addr(vaddr) ? vmalloc_to_page(vaddr) : virt_to_page(vaddr);
}

/**
 * dbb_kernelmap_verify() - is each page of the mapping that page of the buffer?
 * @work: the work, mapped
 * @why: filled on failure
 *
 * What the right pages of another exporter's buffer are is not known.
 *
 * Return: 0, -EIO, or -EINTR when stopped.
 */
int dbb_kernelmap_verify(struct dbb_work *work, struct dbb_refusal *why)
{
	struct dbb_buffer_walk walk;
	unsigned long i = 0;
	struct page *page;

	if (work->arm->exporter)
		return 0;
	dbb_buffer_walk_begin(&walk, work->buf);
	while ((page = dbb_buffer_walk_next(&walk))) {
		if (dbb_kernelmap_page(work->map.vaddr + i * PAGE_SIZE) != page)
			return dbb_text_refuse(why, -EIO,
					       "strategy %s: page %lu of the kernel mapping is not that page of the buffer",
					       work->arm->name, i);
		if (!(++i % DBB_RUN_STRIDE) && dbb_run_pause())
			return -EINTR;
	}
	return 0;
}

/**
 * dbb_kernelmap_unmap() - undo dbb_kernelmap_map()
 * @work: the work, mapped
 *
 * Return: 0.
 */
int dbb_kernelmap_unmap(struct dbb_work *work)
{
	dbb_compat_vunmap(work->dmabuf, &work->map);
	work->mapped = false;
	return 0;
}

/**
 * dbb_kernelmap_unprepare() - undo what a failed sample left mapped
 * @work: the work
 */
void dbb_kernelmap_unprepare(struct dbb_work *work)
{
	if (work->mapped)
		dbb_kernelmap_unmap(work);
}

/**
 * dbb_kernelmap_reads() - clock reads that the last dbb_kernelmap_map() has inside
 * @work: the work
 *
 * Return: how many.
 */
unsigned int dbb_kernelmap_reads(const struct dbb_work *work)
{
	return work->times.reads;
}
