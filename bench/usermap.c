// SPDX-License-Identifier: GPL-2.0
/*
 * A mapping of the arm's buffer in the address space of whoever wrote to
 * "run": made, tagged, undone.
 */
#include <linux/dma-buf.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/overflow.h>
#include <linux/uaccess.h>

#include "access.h"
#include "param.h"
#include "run.h"
#include "usermap.h"

/* A place for each thread: a hint that two of them have would be good for one. */
static unsigned long dbb_usermap_find_room(const struct dbb_work *work)
{
	size_t each = round_up(work->dmabuf->size, PMD_SIZE);
	unsigned long addr;
	size_t all;

	if (check_mul_overflow(each, (size_t)work->params->threads, &all) ||
	    check_add_overflow(all, (size_t)PMD_SIZE, &all))
		return 0;
	addr = vm_mmap(NULL, 0, all, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, 0);
	if (IS_ERR_VALUE(addr))
		return 0;
	vm_munmap(addr, all);
	return round_up(addr, PMD_SIZE) + work->thread * each;
}

/**
 * dbb_usermap_prepare() - find out where to map
 * @work: the work
 *
 * A buffer of %PMD_SIZE or more is mapped at a multiple of that, so that a
 * strategy can use PMDs, and all have the same number of page tables. The
 * place is only a hint: what another thread of the process takes meanwhile,
 * or what does not fit into its limits, goes wherever the kernel puts it.
 *
 * Context: the address space that is mapped into.
 *
 * Return: 0.
 */
int dbb_usermap_prepare(struct dbb_work *work)
{
	work->hint = work->dmabuf->size < PMD_SIZE ? 0 : dbb_usermap_find_room(work);
	return 0;
}

/**
 * dbb_usermap_point() - make ready for the arm
 * @work: the work
 * @why: filled on failure
 *
 * Return: as dbb_buffer_use_mmap().
 */
int dbb_usermap_point(struct dbb_work *work, struct dbb_refusal *why)
{
	dbb_access_begin(work);
	if (work->arm->exporter)
		return 0;
	return dbb_buffer_use_mmap(work->buf, work->arm->mmap, why);
}

/**
 * dbb_usermap_map() - map the buffer
 * @work: the work; its uaddr is set
 *
 * Return: 0, or what vm_mmap() returned.
 */
int dbb_usermap_map(struct dbb_work *work)
{
	unsigned long addr = vm_mmap(work->dmabuf->file, work->hint, work->dmabuf->size,
				     PROT_READ | PROT_WRITE, MAP_SHARED, 0);

	if (IS_ERR_VALUE(addr))
		return (long)addr;
	work->uaddr = addr;
	return 0;
}

/**
 * dbb_usermap_tag() - write its tag to each page, through the mapping
 * @work: the work, mapped
 *
 * Return: 0, -EFAULT, or -EINTR when stopped.
 */
int dbb_usermap_tag(struct dbb_work *work)
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

/**
 * dbb_usermap_unmap() - undo dbb_usermap_map()
 * @work: the work, mapped
 *
 * Return: 0, or what vm_munmap() returned.
 */
int dbb_usermap_unmap(struct dbb_work *work)
{
	unsigned long addr = work->uaddr;

	work->uaddr = 0;
	return vm_munmap(addr, work->dmabuf->size);
}

/**
 * dbb_usermap_unprepare() - undo what a failed sample left mapped
 * @work: the work
 *
 * Context: as dbb_usermap_prepare().
 */
void dbb_usermap_unprepare(struct dbb_work *work)
{
	if (work->uaddr)
		dbb_usermap_unmap(work);
}
