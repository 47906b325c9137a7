// SPDX-License-Identifier: GPL-2.0
/*
 * mmap strategy "apply": one apply_to_page_range() over the whole VMA, whose
 * callback walks the scatterlist and writes one PTE, as i915's remap_io_sg()
 * does. It looks no memory type up: the heap's pages are plain write-back
 * memory, and vm_page_prot says so.
 */
#include <linux/mm.h>
#include <linux/pgtable.h>
#include <linux/scatterlist.h>

#include "buffer.h"

#ifdef DBB_CANNOT_SET_PTE
#define DBB_MMAP_APPLY_WAY \
	.missing = "the functions behind CONFIG_PAGE_TABLE_CHECK are not exported"
#else

/**
 * struct dbb_mmap_apply_walk - where the callback stands
 * @mm: of the VMA
 * @prot: of the VMA
 * @pte: of the next page, not yet special
 * @step: from one page's value to that of the page behind it
 * @left: pages of the current scatterlist entry from @pte on
 * @next: the scatterlist entry after it
 */
struct dbb_mmap_apply_walk {
	struct mm_struct *mm;
	pgprot_t prot;
	pte_t pte;
	u64 step;
	unsigned long left;
	struct scatterlist *next;
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
 * Once for each page, so each instruction counts: within an entry, adding to a
 * PTE takes a third of what making one does on x86. The step is not a constant,
 * because x86 inverts the address in PTEs that are not accessible. Marked special
 * where it is set, so that the compiler drops what set_pte_at() does to pages
 * that have a struct page to look after, which modules may not do.
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

	/* Before the first PTE, so that whoever removes them knows their kind. */
	vm_flags_set(vma, VM_IO | VM_PFNMAP | VM_DONTEXPAND | VM_DONTDUMP);
	return apply_to_page_range(vma->vm_mm, vma->vm_start, vma->vm_end - vma->vm_start,
				   dbb_mmap_apply_pte, &walk);
}

#define DBB_MMAP_APPLY_WAY .map = dbb_mmap_apply_map
#endif

const struct dbb_mmap_strategy dbb_mmap_apply = {
	.name	= "apply",
	.help	= "apply_to_page_range() over the VMA, a callback per PTE (i915)",
	DBB_MMAP_APPLY_WAY,
};
