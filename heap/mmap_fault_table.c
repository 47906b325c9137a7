// SPDX-License-Identifier: GPL-2.0
/*
 * mmap strategy "fault_table": a fault fills the page table around it, as far as the
 * VMA goes, as "table" does.
 */
#include <linux/errno.h>
#include <linux/minmax.h>
#include <linux/mm.h>

#include "fault_chunk.h"
#include "pte_run.h"

#ifndef DBB_CANNOT_SET_PTE
struct dbb_mmap_fault_table_walk {
	struct dbb_pte_run run;
	const struct dbb_fault_chunk_chunk *chunk;
	unsigned long page;	/* of the buffer, inside the chunk */
	unsigned long want;	/* pages of this page table */
	bool fresh;		/* there was no page table when the fault began */
};

/* How many of @n PTEs are empty before the first that is not. */
static unsigned long dbb_mmap_fault_table_empty(const pte_t *pte, unsigned long n)
{
	unsigned long i;

	for (i = 0; i < n && pte_none(READ_ONCE(pte[i])); i++)
		;
	return i;
}

/*
 * Others may fault beside us, and fill this table, too. In a table that was there
 * before, PTEs that are present stay as they are: they may be dirty. Those of a new one
 * can only be ours, from another fault on this VMA at this moment, which stores the same.
 */
static __always_inline int dbb_mmap_fault_table_fill(pte_t *pte, unsigned long addr, void *data,
						     bool plain)
{
	const struct dbb_mmap_fault_table_walk *walk = data;
	const struct dbb_fault_chunk_chunk *chunk = walk->chunk;
	const struct dbb_pte_run run = walk->run;
	unsigned long want = walk->want, page = walk->page;
	bool fresh = walk->fresh;

	while (want) {
		unsigned long n = min(want, chunk[1].first - page);
		unsigned long empty = fresh ? n : dbb_mmap_fault_table_empty(pte, n);

		dbb_pte_run_store(&run, pte, addr, chunk->pfn + page - chunk->first, empty,
				  plain);
		if (empty < n)
			n = empty + 1;
		page += n;
		if (page == chunk[1].first)
			chunk++;
		want -= n;
		pte += n;
		addr += n << PAGE_SHIFT;
	}
	return 0;
}

static int dbb_mmap_fault_table_store(pte_t *pte, unsigned long addr, void *data)
{
	return dbb_mmap_fault_table_fill(pte, addr, data, true);
}

static int dbb_mmap_fault_table_set(pte_t *pte, unsigned long addr, void *data)
{
	return dbb_mmap_fault_table_fill(pte, addr, data, false);
}

static vm_fault_t dbb_mmap_fault_table_fault(struct vm_fault *vmf)
{
	pte_fn_t fill = dbb_compat_set_pte_is_a_store() ? dbb_mmap_fault_table_store :
							  dbb_mmap_fault_table_set;
	struct dbb_mmap_fault_table_walk walk = { .fresh = pmd_none(READ_ONCE(*vmf->pmd)) };
	struct vm_area_struct *vma = vmf->vma;
	unsigned long around = min_t(unsigned long, PTRS_PER_PTE, DBB_PTE_RUN_MAX) << PAGE_SHIFT;
	unsigned long window = round_down(vmf->address, around);
	unsigned long addr = max(window, vma->vm_start);
	unsigned long end = dbb_fault_chunk_end(vma);

	if (vmf->address >= end)
		return VM_FAULT_SIGBUS;
	walk.page = vma->vm_pgoff + ((addr - vma->vm_start) >> PAGE_SHIFT);
	walk.want = (min(window + around, end) - addr) >> PAGE_SHIFT;
	walk.chunk = dbb_fault_chunk_find(vma->vm_private_data, walk.page);
	dbb_pte_run_begin(&walk.run, vma);
	if (apply_to_page_range(vma->vm_mm, addr, PAGE_SIZE, fill, &walk))
		return VM_FAULT_OOM;
	return VM_FAULT_NOPAGE;
}

static const struct vm_operations_struct dbb_mmap_fault_table_vm_ops = {
	.open	= dbb_dmabuf_vma_open,
	.close	= dbb_dmabuf_vma_close,
	.fault	= dbb_mmap_fault_table_fault,
};
#endif

const struct dbb_mmap_strategy dbb_mmap_fault_table = {
	.name	= "fault_table",
	.help	= "the page table around a fault, filled as table does",
#ifdef DBB_CANNOT_SET_PTE
	.missing = DBB_CANNOT_SET_PTE,
#else
	.bind	= dbb_fault_chunk_bind,
	.map	= dbb_fault_chunk_map,
	.vm_ops	= &dbb_mmap_fault_table_vm_ops,
#endif
};
