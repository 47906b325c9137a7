// SPDX-License-Identifier: GPL-2.0
/*
 * mmap strategy "apply": one apply_to_page_range() over the whole VMA, whose
 * callback walks the scatterlist and writes one PTE, as i915's remap_io_sg()
 * does. No PAT lookup is needed: the pages are ordinary write-back memory.
 */
#include <linux/mm.h>
#include <linux/pgtable.h>
#include <linux/scatterlist.h>

#include "buffer.h"
#include "compat.h"

#ifndef DBB_CANNOT_SET_PTE
struct dbb_mmap_apply_walk {
	struct mm_struct *mm;
	pgprot_t prot;
	pte_t pte;			/* of the next page, not yet special */
	u64 step;			/* between the PTEs of consecutive pages */
	unsigned long left;		/* pages of the current entry */
	struct scatterlist *next;	/* the entry after it */
};

static void dbb_mmap_apply_enter(struct dbb_mmap_apply_walk *walk, unsigned long skip)
{
	struct scatterlist *sg = walk->next;
	unsigned long pfn = page_to_pfn(sg_page(sg)) + skip;

	walk->pte = pfn_pte(pfn, walk->prot);
	walk->left = (sg->length >> PAGE_SHIFT) - skip;
	walk->next = sg_next(sg);
}

/*
 * Adding a step to the last PTE takes a third of the instructions of pfn_pte() on
 * x86; it is no constant, because x86 inverts the address bits of inaccessible
 * PTEs. pte_mkspecial() must stay in the call of set_pte_at(), so that the compiler
 * drops the branch for normal pages: it needs symbols that are not exported.
 */
static int dbb_mmap_apply_pte(pte_t *pte, unsigned long addr, void *data)
{
	struct dbb_mmap_apply_walk *walk = data;

	if (unlikely(!walk->left))
		dbb_mmap_apply_enter(walk, 0);
	set_pte_at(walk->mm, addr, pte, pte_mkspecial(walk->pte));
	walk->pte = __pte(pte_val(walk->pte) + walk->step);
	walk->left--;
	return 0;
}

static int dbb_mmap_apply_map(struct dbb_buffer *buf, struct vm_area_struct *vma)
{
	struct dbb_mmap_apply_walk walk = {
		.mm = vma->vm_mm,
		.prot = vma->vm_page_prot,
		.step = pte_val(pfn_pte(1, vma->vm_page_prot)) -
			pte_val(pfn_pte(0, vma->vm_page_prot)),
		.next = buf->table.sgl,
	};
	unsigned long skip = vma->vm_pgoff;

	for (; skip >= walk.next->length >> PAGE_SHIFT; walk.next = sg_next(walk.next))
		skip -= walk.next->length >> PAGE_SHIFT;
	dbb_mmap_apply_enter(&walk, skip);

	/* Before the first PTE: on failure, zapping depends on them. */
	vm_flags_set(vma, VM_IO | VM_PFNMAP | VM_DONTEXPAND | VM_DONTDUMP);
	return apply_to_page_range(vma->vm_mm, vma->vm_start, vma->vm_end - vma->vm_start,
				   dbb_mmap_apply_pte, &walk);
}
#endif

const struct dbb_mmap_strategy dbb_mmap_apply = {
	.name	= "apply",
	.help	= "apply_to_page_range() over the VMA, a callback per PTE (i915)",
#ifdef DBB_CANNOT_SET_PTE
	.missing = DBB_CANNOT_SET_PTE,
#else
	.map	= dbb_mmap_apply_map,
#endif
};
