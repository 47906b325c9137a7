// SPDX-License-Identifier: GPL-2.0
/*
 * A mapping of the arm's buffer in the writer's address space.
 */
#include <linux/dma-buf.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/overflow.h>
#include <linux/uaccess.h>

#include "../param.h"
#include "../stop.h"
#include "page_access.h"
#include "user_mapping.h"

/*
 * munmap() may lack memory to note what is left. That it failed counts, but what it has
 * not unmapped would stay with the writer, and keep the buffer.
 */
int dbb_user_mapping_remove(unsigned long addr, size_t size)
{
	int ret = vm_munmap(addr, size);

	if (ret)
		vm_munmap(addr, size);
	return ret;
}

/*
 * A multiple of PMD_SIZE for a mapping of so many bytes, so that a strategy can use
 * PMDs and all have the same number of page tables; 0 for small ones. It is only a
 * hint. A place for each thread: only one could get a place that they share.
 */
unsigned long dbb_user_mapping_find_room(const struct dbb_work *work, size_t size)
{
	size_t each = round_up(size, PMD_SIZE);
	unsigned long addr;
	size_t all;

	if (size < PMD_SIZE ||
	    check_mul_overflow(each, (size_t)work->params->threads, &all) ||
	    check_add_overflow(all, (size_t)PMD_SIZE, &all))
		return 0;
	addr = vm_mmap(NULL, 0, all, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, 0);
	if (IS_ERR_VALUE(addr))
		return 0;
	dbb_user_mapping_remove(addr, all);
	return round_up(addr, PMD_SIZE) + work->thread * each;
}

int dbb_user_mapping_prepare(struct dbb_work *work)
{
	work->hint = dbb_user_mapping_find_room(work, work->bytes);
	return 0;
}

/* Its pages come when they are touched, and must not drive others out of memory. */
static int dbb_user_mapping_check_room(const struct dbb_work *work, struct dbb_refusal *why)
{
	u64 wanted = (u64)work->bytes * work->params->threads;
	u64 room = (u64)max(si_mem_available(), 0L) << PAGE_SHIFT;

	if (wanted <= room)
		return 0;
	return dbb_text_refuse(why, -ENOMEM,
			       "heap anon needs %llu bytes of memory, %llu are available",
			       wanted, room);
}

int dbb_user_mapping_point(struct dbb_work *work, struct dbb_refusal *why)
{
	dbb_page_access_begin(work);
	if (!work->dmabuf)
		return dbb_user_mapping_check_room(work, why);
	if (work->arm->exporter)
		return 0;
	return dbb_buffer_use_mmap(work->buf, work->arm->mmap, why);
}

int dbb_user_mapping_map(struct dbb_work *work)
{
	struct file *file = work->dmabuf ? work->dmabuf->file : NULL;
	unsigned long flags = file ? MAP_SHARED : MAP_PRIVATE | MAP_ANONYMOUS;
	unsigned long addr = vm_mmap(file, work->hint, work->bytes, PROT_READ | PROT_WRITE,
				     flags, 0);

	if (IS_ERR_VALUE(addr))
		return (long)addr;
	work->uaddr = addr;
	return 0;
}

int dbb_user_mapping_tag(struct dbb_work *work)
{
	unsigned long npages = work->bytes >> PAGE_SHIFT;
	unsigned long addr = work->uaddr;
	unsigned long i;

	for (i = 0; i < npages; i++, addr += PAGE_SIZE) {
		if (put_user(work->salt + (u32)i, (u32 __user *)addr))
			return -EFAULT;
		if (dbb_stop_after(i + 1))
			return -EINTR;
	}
	return 0;
}

int dbb_user_mapping_unmap(struct dbb_work *work)
{
	unsigned long addr = work->uaddr;

	work->uaddr = 0;
	return dbb_user_mapping_remove(addr, work->bytes);
}

void dbb_user_mapping_unprepare(struct dbb_work *work)
{
	if (work->uaddr)
		dbb_user_mapping_unmap(work);
}
