// SPDX-License-Identifier: GPL-2.0
/*
 * Operation "vtouch": what access through a kernel mapping costs. Nothing
 * faults there: what differs between strategies is how large the entries of the
 * page tables are that map the buffer, and so how many TLB entries it takes.
 */
#include <linux/dma-buf.h>
#include <linux/kernel.h>
#include <linux/mm.h>

#include "access.h"
#include "kernelmap.h"
#include "run.h"

/* Another exporter may map I/O memory, which plain loads and stores do not reach. */
static int dbb_op_vtouch_map(struct dbb_work *work)
{
	int ret = dbb_kernelmap_map(work);

	if (!ret && work->map.is_iomem)
		ret = dbb_text_refuse(&work->detail, -EOPNOTSUPP,
				      "the exporter maps memory that is no RAM");
	return ret;
}

static int dbb_op_vtouch_point(struct dbb_work *work, struct dbb_refusal *why)
{
	dbb_access_begin(work);
	return dbb_kernelmap_point(work, why);
}

/* @step: bytes from one write to the next, which divide a page */
static int dbb_op_vtouch_write_each(struct dbb_work *work, size_t step)
{
	unsigned long npages = work->dmabuf->size >> PAGE_SHIFT;
	unsigned long i;
	size_t at;

	for (i = 0; i < npages; i++) {
		void *vaddr = work->map.vaddr + i * PAGE_SIZE;

		for (at = 0; at < PAGE_SIZE; at += step)
			WRITE_ONCE(*(u32 *)(vaddr + at), work->salt + (u32)i);
		if (!((i + 1) % DBB_RUN_STRIDE) && dbb_run_pause())
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
	return dbb_op_vtouch_write_each(work, DBB_ACCESS_LINE);
}

static int dbb_op_vtouch_read(struct dbb_work *work)
{
	unsigned long npages = work->dmabuf->size >> PAGE_SHIFT;
	unsigned long i;
	size_t at;

	for (i = 0; i < npages; i++) {
		const void *vaddr = work->map.vaddr + i * PAGE_SIZE;

		for (at = 0; at < PAGE_SIZE; at += DBB_ACCESS_LINE)
			READ_ONCE(*(const u32 *)(vaddr + at));
		if (!((i + 1) % DBB_RUN_STRIDE) && dbb_run_pause())
			return -EINTR;
	}
	return 0;
}

static int dbb_op_vtouch_random(struct dbb_work *work)
{
	unsigned long npages = work->dmabuf->size >> PAGE_SHIFT;
	unsigned long period = dbb_access_period(npages);
	unsigned long page = work->salt;
	unsigned long i;

	for (i = 0; i < period; i++) {
		page = dbb_access_next(page, period);
		if (page < npages)
			READ_ONCE(*(const u32 *)(work->map.vaddr + page * PAGE_SIZE));
		if (!((i + 1) % DBB_RUN_STRIDE) && dbb_run_pause())
			return -EINTR;
	}
	return 0;
}

static u64 dbb_op_vtouch_total(const struct dbb_work *work, const u64 *raw)
{
	return raw[0] + raw[1] + raw[2] + raw[3] + raw[4] + raw[5];
}

static const struct dbb_phase dbb_op_vtouch_phases[] = {
	{ .name = "vmap", .run = dbb_op_vtouch_map,
	  .reads = 1, .inner_reads = dbb_kernelmap_reads },
	{ .name = "stride", .run = dbb_op_vtouch_stride, .reads = 1 },
	{ .name = "write", .run = dbb_op_vtouch_write, .reads = 1 },
	{ .name = "read", .run = dbb_op_vtouch_read, .reads = 1 },
	{ .name = "random", .run = dbb_op_vtouch_random, .verify = true, .reads = 1 },
	{ .name = "vunmap", .run = dbb_kernelmap_unmap, .reads = 1 },
	{ .name = "total", .derive = dbb_op_vtouch_total,
	  .reads = 6, .inner_reads = dbb_kernelmap_reads },
};

const struct dbb_op dbb_op_vtouch = {
	.name		= "vtouch",
	.help		= "a new kernel mapping: each page, each line, pages at random",
	.family		= DBB_FAMILY_VMAP,
	.phases		= dbb_op_vtouch_phases,
	.nphases	= ARRAY_SIZE(dbb_op_vtouch_phases),
	.total		= 6,
	.point		= dbb_op_vtouch_point,
	.verify		= dbb_access_verify,
	.unprepare	= dbb_kernelmap_unprepare,
};
