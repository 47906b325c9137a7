// SPDX-License-Identifier: GPL-2.0
/*
 * Operation "mmap": a user mapping in the address space of whoever wrote to
 * "run", one write to each of its pages, and its removal.
 */
#include <linux/dma-buf.h>
#include <linux/highmem.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/uaccess.h>

#include "op.h"
#include "run.h"

/* A new tag for every page of every sample: nothing stale can pass. */
static int dbb_op_mmap_point(struct dbb_work *work, struct dbb_refusal *why)
{
	work->salt += (work->dmabuf->size >> PAGE_SHIFT) + 1;
	if (work->arm->exporter)
		return 0;
	return dbb_buffer_use_mmap(work->buf, work->arm->mmap, why);
}

static int dbb_op_mmap_map(struct dbb_work *work)
{
	unsigned long addr = vm_mmap(work->dmabuf->file, 0, work->dmabuf->size,
				     PROT_READ | PROT_WRITE, MAP_SHARED, 0);

	if (IS_ERR_VALUE(addr))
		return (long)addr;
	work->uaddr = addr;
	return 0;
}

static int dbb_op_mmap_touch(struct dbb_work *work)
{
	unsigned long npages = work->dmabuf->size >> PAGE_SHIFT;
	unsigned long addr = work->uaddr;
	unsigned long i;

	for (i = 0; i < npages; i++, addr += PAGE_SIZE) {
		if (put_user(work->salt + (u32)i, (u32 __user *)addr))
			return -EFAULT;
		if (!((i + 1) % DBB_RUN_STRIDE) && dbb_run_pause())
			return -EINTR;
	}
	return 0;
}

static int dbb_op_mmap_unmap(struct dbb_work *work)
{
	unsigned long addr = work->uaddr;

	work->uaddr = 0;
	return vm_munmap(addr, work->dmabuf->size);
}

static int dbb_op_mmap_verify(struct dbb_work *work, struct dbb_refusal *why)
{
	struct dbb_buffer_walk walk;
	unsigned long i = 0;
	struct page *page;

	/* What the right pages of another exporter's buffer are is not known. */
	if (work->arm->exporter)
		return 0;
	dbb_buffer_walk_begin(&walk, work->buf);
	while ((page = dbb_buffer_walk_next(&walk))) {
		u32 *vaddr = kmap_local_page(page);
		u32 tag = *vaddr;

		kunmap_local(vaddr);
		if (tag != work->salt + (u32)i)
			return dbb_text_refuse(why, -EIO,
					       "strategy %s: page %lu of the buffer has tag %#x, not %#x",
					       work->arm->name, i, tag, work->salt + (u32)i);
		if (!(++i % DBB_RUN_STRIDE) && dbb_run_pause())
			return -EINTR;
	}
	return 0;
}

static void dbb_op_mmap_unprepare(struct dbb_work *work)
{
	if (work->uaddr)
		dbb_op_mmap_unmap(work);
}

static u64 dbb_op_mmap_total(const struct dbb_work *work, const u64 *raw)
{
	return raw[0] + raw[1] + raw[2];
}

static const struct dbb_phase dbb_op_mmap_phases[] = {
	{ .name = "mmap", .run = dbb_op_mmap_map, .reads = 1 },
	{ .name = "touch", .run = dbb_op_mmap_touch, .verify = true, .reads = 1 },
	{ .name = "munmap", .run = dbb_op_mmap_unmap, .reads = 1 },
	{ .name = "total", .derive = dbb_op_mmap_total, .reads = 3 },
};

const struct dbb_op dbb_op_mmap = {
	.name		= "mmap",
	.help		= "vm_mmap() in the writer's address space, a write per page, vm_munmap()",
	.family		= DBB_FAMILY_MMAP,
	.phases		= dbb_op_mmap_phases,
	.nphases	= ARRAY_SIZE(dbb_op_mmap_phases),
	.total		= 3,
	.point		= dbb_op_mmap_point,
	.verify		= dbb_op_mmap_verify,
	.unprepare	= dbb_op_mmap_unprepare,
};
