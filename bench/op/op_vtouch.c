// SPDX-License-Identifier: GPL-2.0
/*
 * Operation "vtouch": what access through a kernel mapping costs. Nothing faults
 * there: strategies differ in the size of page table entries, and so in how many
 * TLB entries the buffer takes.
 */
#include <linux/dma-buf.h>
#include <linux/kernel.h>
#include <linux/mm.h>

#include "../stop.h"
#include "kernel_mapping.h"
#include "page_access.h"

/* Another exporter may map I/O memory, which plain loads and stores do not reach. */
static int dbb_op_vtouch_map(struct dbb_work *work)
{
	int ret = dbb_kernel_mapping_map(work);

	if (!ret && work->map.is_iomem)
		ret = dbb_text_refuse(&work->detail, -EOPNOTSUPP,
				      "the exporter maps I/O memory, not RAM");
	return ret;
}

static int dbb_op_vtouch_point(struct dbb_work *work, struct dbb_refusal *why)
{
	dbb_page_access_begin(work);
	return dbb_kernel_mapping_point(work, why);
}

/* @step divides a page */
static int dbb_op_vtouch_write_each(struct dbb_work *work, size_t step)
{
	unsigned long npages = work->bytes >> PAGE_SHIFT;
	unsigned long i;
	size_t at;

	for (i = 0; i < npages; i++) {
		void *vaddr = work->map.vaddr + i * PAGE_SIZE;

		for (at = 0; at < PAGE_SIZE; at += step)
			WRITE_ONCE(*(u32 *)(vaddr + at), work->salt + (u32)i);
		if (dbb_stop_after(i + 1))
			return -EINTR;
	}
	return 0;
}

static int dbb_op_vtouch_stride(struct dbb_work *work)
{
	return dbb_op_vtouch_write_each(work, PAGE_SIZE);
}

static int dbb_op_vtouch_write(struct dbb_work *work)
{
	return dbb_op_vtouch_write_each(work, DBB_PAGE_ACCESS_LINE);
}

static int dbb_op_vtouch_read(struct dbb_work *work)
{
	unsigned long npages = work->bytes >> PAGE_SHIFT;
	unsigned long i;
	size_t at;

	for (i = 0; i < npages; i++) {
		const void *vaddr = work->map.vaddr + i * PAGE_SIZE;

		for (at = 0; at < PAGE_SIZE; at += DBB_PAGE_ACCESS_LINE)
			READ_ONCE(*(const u32 *)(vaddr + at));
		if (dbb_stop_after(i + 1))
			return -EINTR;
	}
	return 0;
}

static int dbb_op_vtouch_random(struct dbb_work *work)
{
	unsigned long npages = work->bytes >> PAGE_SHIFT;
	unsigned long period = dbb_page_access_period(npages);
	unsigned long page = work->salt;
	unsigned long i;

	for (i = 0; i < period; i++) {
		page = dbb_page_access_next(page, period);
		if (page < npages)
			READ_ONCE(*(const u32 *)(work->map.vaddr + page * PAGE_SIZE));
		if (dbb_stop_after(i + 1))
			return -EINTR;
	}
	return 0;
}

static const struct dbb_phase dbb_op_vtouch_phases[] = {
	{ .name = "vmap", .run = dbb_op_vtouch_map,
	  .reads = 1, .inner_reads = dbb_kernel_mapping_reads },
	{ .name = "stride", .run = dbb_op_vtouch_stride, .reads = 1 },
	{ .name = "write", .run = dbb_op_vtouch_write, .covers = true, .reads = 1 },
	{ .name = "read", .run = dbb_op_vtouch_read, .covers = true, .reads = 1 },
	{ .name = "random", .run = dbb_op_vtouch_random, .verify = true, .reads = 1 },
	{ .name = "vunmap", .run = dbb_kernel_mapping_unmap, .reads = 1 },
	{ .name = "total",
	  .reads = 6, .inner_reads = dbb_kernel_mapping_reads },
};

const struct dbb_op dbb_op_vtouch = {
	.name		= "vtouch",
	.help		= "access through a new kernel mapping: pages, lines, pages at random",
	.family		= DBB_FAMILY_VMAP,
	.events		= DBB_EVENTS_VMAP,
	.phases		= dbb_op_vtouch_phases,
	.nphases	= ARRAY_SIZE(dbb_op_vtouch_phases),
	.total		= 6,
	.point		= dbb_op_vtouch_point,
	.verify		= dbb_page_access_verify,
	.unprepare	= dbb_kernel_mapping_unprepare,
};
