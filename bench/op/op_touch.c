// SPDX-License-Identifier: GPL-2.0
/*
 * Operation "touch": what access through a user mapping costs, from the first
 * touch of a page, faults included, to loads from pages in random order.
 */
#include <linux/dma-buf.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/uaccess.h>

#include "../stop.h"
#include "page_access.h"
#include "user_mapping.h"

/* Opens user space once a page: put_user() would cost more than the access. */
static int dbb_op_touch_write_page(unsigned long addr, u32 tag)
{
	u32 __user *line = (u32 __user *)addr;
	u32 __user *end = (u32 __user *)(addr + PAGE_SIZE);

	if (!user_write_access_begin(line, PAGE_SIZE))
		return -EFAULT;
	for (; line < end; line += DBB_PAGE_ACCESS_LINE / sizeof(*line))
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
	for (; line < end; line += DBB_PAGE_ACCESS_LINE / sizeof(*line))
		unsafe_get_user(value, line, fault);
	user_read_access_end();
	return 0;

fault:
	user_read_access_end();
	return -EFAULT;
}

static int dbb_op_touch_write(struct dbb_work *work)
{
	unsigned long npages = work->bytes >> PAGE_SHIFT;
	unsigned long i;
	int ret;

	for (i = 0; i < npages; i++) {
		ret = dbb_op_touch_write_page(work->uaddr + i * PAGE_SIZE, work->salt + (u32)i);
		if (ret)
			return ret;
		if (dbb_stop_after(i + 1))
			return -EINTR;
	}
	return 0;
}

static int dbb_op_touch_read(struct dbb_work *work)
{
	unsigned long npages = work->bytes >> PAGE_SHIFT;
	unsigned long i;
	int ret;

	for (i = 0; i < npages; i++) {
		ret = dbb_op_touch_read_page(work->uaddr + i * PAGE_SIZE);
		if (ret)
			return ret;
		if (dbb_stop_after(i + 1))
			return -EINTR;
	}
	return 0;
}

static int dbb_op_touch_random(struct dbb_work *work)
{
	unsigned long npages = work->bytes >> PAGE_SHIFT;
	unsigned long period = dbb_page_access_period(npages);
	unsigned long page = work->salt;
	unsigned long i;
	u32 __maybe_unused value;

	for (i = 0; i < period; i++) {
		page = dbb_page_access_next(page, period);
		if (page < npages &&
		    get_user(value, (const u32 __user *)(work->uaddr + page * PAGE_SIZE)))
			return -EFAULT;
		if (dbb_stop_after(i + 1))
			return -EINTR;
	}
	return 0;
}

/* first - stride is the cost of the first touch. */
static const struct dbb_phase dbb_op_touch_phases[] = {
	{ .name = "mmap", .run = dbb_user_mapping_map, .reads = 1 },
	{ .name = "first", .run = dbb_user_mapping_tag, .reads = 1 },
	{ .name = "stride", .run = dbb_user_mapping_tag, .reads = 1 },
	{ .name = "write", .run = dbb_op_touch_write, .covers = true, .reads = 1 },
	{ .name = "read", .run = dbb_op_touch_read, .covers = true, .reads = 1 },
	{ .name = "random", .run = dbb_op_touch_random, .verify = true, .reads = 1 },
	{ .name = "munmap", .run = dbb_user_mapping_unmap, .reads = 1 },
	{ .name = "total", .reads = 7 },
};

const struct dbb_op dbb_op_touch = {
	.name		= "touch",
	.help		= "access through a new user mapping: pages, lines, pages at random",
	.family		= DBB_FAMILY_MMAP,
	.events		= DBB_EVENTS_MMAP,
	.phases		= dbb_op_touch_phases,
	.nphases	= ARRAY_SIZE(dbb_op_touch_phases),
	.total		= 7,
	.prepare	= dbb_user_mapping_prepare,
	.point		= dbb_user_mapping_point,
	.verify		= dbb_page_access_verify,
	.unprepare	= dbb_user_mapping_unprepare,
};
