// SPDX-License-Identifier: GPL-2.0
/*
 * Operation "touch": what access through a user mapping costs, from the first
 * touch of a page, faults included, to loads in an order that no TLB likes.
 */
#include <linux/dma-buf.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/uaccess.h>

#include "access.h"
#include "run.h"
#include "usermap.h"

/* One opening of user space a page: put_user() would cost more than the access. */
static int dbb_op_touch_write_page(unsigned long addr, u32 tag)
{
	u32 __user *line = (u32 __user *)addr;
	u32 __user *end = (u32 __user *)(addr + PAGE_SIZE);

	if (!user_write_access_begin(line, PAGE_SIZE))
		return -EFAULT;
	for (; line < end; line += DBB_ACCESS_LINE / sizeof(*line))
		unsafe_put_user(tag, line, fault);
	user_write_access_end();
	return 0;

fault:
	user_write_access_end();
	return -EFAULT;
}

static int dbb_op_touch_read_page(unsigned long addr)
{
	const u32 __user *line = (const u32 __user *)addr;
	const u32 __user *end = (const u32 __user *)(addr + PAGE_SIZE);
	u32 __maybe_unused value;

	if (!user_read_access_begin(line, PAGE_SIZE))
		return -EFAULT;
	for (; line < end; line += DBB_ACCESS_LINE / sizeof(*line))
		unsafe_get_user(value, line, fault);
	user_read_access_end();
	return 0;

fault:
	user_read_access_end();
	return -EFAULT;
}

static int dbb_op_touch_write(struct dbb_work *work)
{
	unsigned long npages = work->dmabuf->size >> PAGE_SHIFT;
	unsigned long i;
	int ret;

	for (i = 0; i < npages; i++) {
		ret = dbb_op_touch_write_page(work->uaddr + i * PAGE_SIZE, work->salt + (u32)i);
		if (ret)
			return ret;
		if (!((i + 1) % DBB_RUN_STRIDE) && dbb_run_pause())
			return -EINTR;
	}
	return 0;
}

static int dbb_op_touch_read(struct dbb_work *work)
{
	unsigned long npages = work->dmabuf->size >> PAGE_SHIFT;
	unsigned long i;
	int ret;

	for (i = 0; i < npages; i++) {
		ret = dbb_op_touch_read_page(work->uaddr + i * PAGE_SIZE);
		if (ret)
			return ret;
		if (!((i + 1) % DBB_RUN_STRIDE) && dbb_run_pause())
			return -EINTR;
	}
	return 0;
}

static int dbb_op_touch_random(struct dbb_work *work)
{
	unsigned long npages = work->dmabuf->size >> PAGE_SHIFT;
	unsigned long period = dbb_access_period(npages);
	unsigned long page = work->salt;
	unsigned long i;
	u32 __maybe_unused value;

	for (i = 0; i < period; i++) {
		page = dbb_access_next(page, period);
		if (page < npages &&
		    get_user(value, (const u32 __user *)(work->uaddr + page * PAGE_SIZE)))
			return -EFAULT;
		if (!((i + 1) % DBB_RUN_STRIDE) && dbb_run_pause())
			return -EINTR;
	}
	return 0;
}

static u64 dbb_op_touch_total(const struct dbb_work *work, const u64 *raw)
{
	return raw[0] + raw[1] + raw[2] + raw[3] + raw[4] + raw[5] + raw[6];
}

/* first and stride are the same step: what differs is what the first touch cost. */
static const struct dbb_phase dbb_op_touch_phases[] = {
	{ .name = "mmap", .run = dbb_usermap_map, .reads = 1 },
	{ .name = "first", .run = dbb_usermap_tag, .reads = 1 },
	{ .name = "stride", .run = dbb_usermap_tag, .reads = 1 },
	{ .name = "write", .run = dbb_op_touch_write, .reads = 1 },
	{ .name = "read", .run = dbb_op_touch_read, .reads = 1 },
	{ .name = "random", .run = dbb_op_touch_random, .verify = true, .reads = 1 },
	{ .name = "munmap", .run = dbb_usermap_unmap, .reads = 1 },
	{ .name = "total", .derive = dbb_op_touch_total, .reads = 7 },
};

const struct dbb_op dbb_op_touch = {
	.name		= "touch",
	.help		= "a new user mapping: each page written twice, each line, pages at random",
	.family		= DBB_FAMILY_MMAP,
	.phases		= dbb_op_touch_phases,
	.nphases	= ARRAY_SIZE(dbb_op_touch_phases),
	.total		= 7,
	.prepare	= dbb_usermap_prepare,
	.point		= dbb_usermap_point,
	.verify		= dbb_access_verify,
	.unprepare	= dbb_usermap_unprepare,
};
