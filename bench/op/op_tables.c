// SPDX-License-Identifier: GPL-2.0
/*
 * Operation "tables": the page tables of a mapping of the size that "mmap" makes, with
 * nothing in them. What is left of its "mmap" and "munmap" are the PTEs.
 */
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/sched.h>

#include "../param.h"
#include "../stop.h"
#include "user_mapping.h"

static size_t dbb_op_tables_size(const struct dbb_work *work)
{
	return PAGE_ALIGN(work->params->size_bytes);
}

static int dbb_op_tables_prepare(struct dbb_work *work)
{
	work->hint = dbb_user_mapping_find_room(work, dbb_op_tables_size(work));
	return 0;
}

static int dbb_op_tables_reserve(struct dbb_work *work)
{
	unsigned long addr = vm_mmap(NULL, work->hint, dbb_op_tables_size(work), PROT_NONE,
				     MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, 0);

	if (IS_ERR_VALUE(addr))
		return (long)addr;
	work->uaddr = addr;
	return 0;
}

static int dbb_op_tables_leave_empty(pte_t *pte, unsigned long addr, void *data)
{
	return 0;
}

/* As mmap strategy "table": a call for the first page of each page table. */
static int dbb_op_tables_add(struct dbb_work *work)
{
	unsigned long end = work->uaddr + dbb_op_tables_size(work), addr, done = 0;
	struct mm_struct *mm = current->mm;
	int ret;

	ret = mmap_write_lock_killable(mm);
	if (ret)
		return ret;
	for (addr = work->uaddr; !ret && addr < end; addr = pmd_addr_end(addr, end)) {
		ret = apply_to_page_range(mm, addr, PAGE_SIZE, dbb_op_tables_leave_empty, NULL);
		if (!ret && dbb_stop_after(++done))
			ret = -EINTR;
	}
	mmap_write_unlock(mm);
	return ret;
}

static int dbb_op_tables_unmap(struct dbb_work *work)
{
	unsigned long addr = work->uaddr;

	work->uaddr = 0;
	return dbb_user_mapping_remove(addr, dbb_op_tables_size(work));
}

static void dbb_op_tables_unprepare(struct dbb_work *work)
{
	if (work->uaddr)
		dbb_op_tables_unmap(work);
}

static const struct dbb_phase dbb_op_tables_phases[] = {
	{ .name = "reserve", .run = dbb_op_tables_reserve, .reads = 1 },
	{ .name = "tables", .run = dbb_op_tables_add, .reads = 1 },
	{ .name = "munmap", .run = dbb_op_tables_unmap, .reads = 1 },
	{ .name = "total", .reads = 3 },
};

const struct dbb_op dbb_op_tables = {
	.name		= "tables",
	.help		= "the page tables of a user mapping, empty, and its removal: no buffer",
	.family		= DBB_FAMILY_HEAP,
	.needs_heap	= true,
	.phases		= dbb_op_tables_phases,
	.nphases	= ARRAY_SIZE(dbb_op_tables_phases),
	.total		= 3,
	.prepare	= dbb_op_tables_prepare,
	.unprepare	= dbb_op_tables_unprepare,
};
