// SPDX-License-Identifier: GPL-2.0
/*
 * mmap strategy "table": one apply_to_page_range() for each page table, whose
 * callback fills the table from the scatterlist. It shows how little a mapping of
 * PTEs can cost; the core could do as much, a driver should not.
 */
#include <linux/errno.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/scatterlist.h>
#include <linux/sched/signal.h>

#include "buffer.h"
#include "pte_run.h"

#ifndef DBB_CANNOT_SET_PTE
struct dbb_mmap_table_walk {
	struct dbb_pte_run run;
	struct scatterlist *sg;		/* of the last page that is mapped */
	unsigned long pfn;		/* of the next page, if there is one in sg */
	unsigned long left;		/* pages of sg that are not mapped */
	unsigned long want;		/* pages of this page table */
};

/*
 * Called for one PTE; those after it in its table are mapped and locked, too. Copies
 * what it needs, which may be in registers then: the compiler cannot know that the
 * table is not the walk.
 */
static __always_inline int dbb_mmap_table_fill(pte_t *pte, unsigned long addr, void *data,
					       bool plain)
{
	struct dbb_mmap_table_walk *walk = data;
	const struct dbb_pte_run run = walk->run;
	unsigned long want = walk->want, left = walk->left, pfn = walk->pfn;
	struct scatterlist *sg = walk->sg;

	while (want) {
		unsigned long n;

		if (!left) {
			sg = dbb_buffer_next_entry(sg);
			pfn = page_to_pfn(sg_page(sg));
			left = sg->length >> PAGE_SHIFT;
			if (left == 1) {	/* the case of order 0 */
				dbb_pte_run_store(&run, pte++, addr, pfn, 1, plain);
				addr += PAGE_SIZE;
				left = 0;
				want--;
				continue;
			}
		}
		n = min(want, left);
		dbb_pte_run_store(&run, pte, addr, pfn, n, plain);
		pfn += n;
		left -= n;
		want -= n;
		pte += n;
		addr += n << PAGE_SHIFT;
	}
	walk->sg = sg;
	walk->pfn = pfn;
	walk->left = left;
	return 0;
}

static int dbb_mmap_table_store(pte_t *pte, unsigned long addr, void *data)
{
	return dbb_mmap_table_fill(pte, addr, data, true);
}

static int dbb_mmap_table_set(pte_t *pte, unsigned long addr, void *data)
{
	return dbb_mmap_table_fill(pte, addr, data, false);
}

static int dbb_mmap_table_map(struct dbb_buffer *buf, struct vm_area_struct *vma)
{
	pte_fn_t fill = dbb_compat_set_pte_is_a_store() ? dbb_mmap_table_store :
							  dbb_mmap_table_set;
	struct dbb_mmap_table_walk walk = { .sg = buf->table.sgl };
	unsigned long skip = vma->vm_pgoff;
	unsigned long addr = vma->vm_start;
	int ret = 0;

	for (; skip >= walk.sg->length >> PAGE_SHIFT; walk.sg = sg_next(walk.sg))
		skip -= walk.sg->length >> PAGE_SHIFT;
	walk.pfn = page_to_pfn(sg_page(walk.sg)) + skip;
	walk.left = (walk.sg->length >> PAGE_SHIFT) - skip;
	dbb_pte_run_begin(&walk.run, vma);

	/* Before the first PTE: on failure, zapping depends on them. */
	vm_flags_set(vma, VM_IO | VM_PFNMAP | VM_DONTEXPAND | VM_DONTDUMP);
	for (; !ret && addr < vma->vm_end; addr += walk.want << PAGE_SHIFT) {
		walk.want = dbb_pte_run_reach(addr, (vma->vm_end - addr) >> PAGE_SHIFT);
		ret = apply_to_page_range(vma->vm_mm, addr, PAGE_SIZE, fill, &walk);
		if (fatal_signal_pending(current))
			return -EINTR;
		cond_resched();
	}
	return ret;
}
#endif

const struct dbb_mmap_strategy dbb_mmap_table = {
	.name	= "table",
	.help	= "apply_to_page_range(), a callback per page table: the limit, not for drivers",
#ifdef DBB_CANNOT_SET_PTE
	.missing = DBB_CANNOT_SET_PTE,
#else
	.map	= dbb_mmap_table_map,
#endif
};
