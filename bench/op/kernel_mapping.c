// SPDX-License-Identifier: GPL-2.0
/*
 * A kernel mapping through the dma-buf core. The core counts users: only the first
 * and the last one reach the exporter.
 */
#include <linux/dma-buf.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/vmalloc.h>

#include "../../heap/compat.h"
#include "kernel_mapping.h"
#include "verify.h"

int dbb_kernel_mapping_point(struct dbb_work *work, struct dbb_refusal *why)
{
	if (!work->arm->exporter)
		return dbb_buffer_use_vmap(work->buf, work->arm->vmap, &work->times, why);
	work->times = (struct dbb_vmap_times){ .now = work->times.now };
	return 0;
}

int dbb_kernel_mapping_map(struct dbb_work *work)
{
	int ret = dbb_compat_vmap(work->dmabuf, &work->map);

	work->mapped = !ret;
	return ret;
}

static int dbb_kernel_mapping_check(struct dbb_work *work, unsigned long i, struct page *page,
				    struct dbb_refusal *why)
{
	const void *vaddr = work->map.vaddr + i * PAGE_SIZE;

	/* The mapping may be the linear one. */
	if (page == (is_vmalloc_addr(vaddr) ? vmalloc_to_page(vaddr) : virt_to_page(vaddr)))
		return 0;
	return dbb_text_refuse(why, -EIO,
			       "strategy %s: the kernel mapping has a wrong page at index %lu",
			       work->arm->name, i);
}

int dbb_kernel_mapping_verify(struct dbb_work *work, struct dbb_refusal *why)
{
	return dbb_verify_pages(work, work->buf, dbb_kernel_mapping_check, why);
}

int dbb_kernel_mapping_unmap(struct dbb_work *work)
{
	dbb_compat_vunmap(work->dmabuf, &work->map);
	work->mapped = false;
	return 0;
}

void dbb_kernel_mapping_unprepare(struct dbb_work *work)
{
	if (work->mapped)
		dbb_kernel_mapping_unmap(work);
}

unsigned int dbb_kernel_mapping_reads(const struct dbb_work *work)
{
	return work->times.reads;
}
