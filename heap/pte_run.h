/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Stores PTEs of consecutive pages, for the mmap strategies that fill page tables.
 */
#ifndef DBB_HEAP_PTE_RUN_H
#define DBB_HEAP_PTE_RUN_H

#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/pgtable.h>

#include "compat.h"

/* So many PTEs are stored with the lock of a page table held, whatever its size. */
#define DBB_PTE_RUN_MAX 512ul

#ifndef DBB_CANNOT_SET_PTE
/**
 * struct dbb_pte_run - how the PTEs of a VMA are made and stored
 * @mm: of the VMA
 * @prot: of its pages
 * @first: the PTE of PFN 0 as a special one, where PTEs are linear in the PFN
 * @step: from a page's PTE to the next one's. No constant: x86 inverts the address
 *	  bits of PTEs without access
 *
 * The VMA has VM_PFNMAP, and its page table's lock is held for each store.
 */
struct dbb_pte_run {
	struct mm_struct *mm;
	pgprot_t prot;
	pteval_t first;
	pteval_t step;
};

static inline void dbb_pte_run_begin(struct dbb_pte_run *run, const struct vm_area_struct *vma)
{
	pte_t zero = pfn_pte(0, vma->vm_page_prot);

	run->mm = vma->vm_mm;
	run->prot = vma->vm_page_prot;
	run->first = pte_val(pte_mkspecial(zero));
	run->step = pte_val(pfn_pte(1, vma->vm_page_prot)) - pte_val(zero);
}

/* How many of @left pages from @addr on are in one page table, and may be stored at once. */
static inline unsigned long dbb_pte_run_reach(unsigned long addr, unsigned long left)
{
	return min3(PTRS_PER_PTE - ((addr >> PAGE_SHIFT) & (PTRS_PER_PTE - 1)),
		    left, DBB_PTE_RUN_MAX);
}

/*
 * pte_mkspecial() must stay in the call of set_pte_at(), so that the compiler drops
 * the branch for normal pages: it needs symbols that are not exported.
 */
static inline void dbb_pte_run_set(const struct dbb_pte_run *run, pte_t *pte,
				   unsigned long addr, unsigned long pfn, unsigned long n)
{
	for (; n; n--, pte++, pfn++, addr += PAGE_SIZE)
		set_pte_at(run->mm, addr, pte, pte_mkspecial(pfn_pte(pfn, run->prot)));
}

/*
 * Stores the PTEs of @n pages from @pfn on, which is at @addr. @plain is a constant:
 * whether a store does all that set_pte_at() would. A PTE is stored as its value:
 * __pte() is a paravirtual call, of which two instructions are left.
 */
static __always_inline void dbb_pte_run_store(const struct dbb_pte_run *run, pte_t *pte,
					      unsigned long addr, unsigned long pfn,
					      unsigned long n, bool plain)
{
	pteval_t *slot = (pteval_t *)pte, step = run->step, value;

	if (!plain)
		return dbb_pte_run_set(run, pte, addr, pfn, n);
	value = DBB_PTES_ARE_LINEAR ? run->first + pfn * step :
				      pte_val(pte_mkspecial(pfn_pte(pfn, run->prot)));
	if (n == 1) {
		WRITE_ONCE(*slot, value);
		return;
	}
	for (; n >= 8; n -= 8, slot += 8) {
		WRITE_ONCE(slot[0], value);
		WRITE_ONCE(slot[1], value += step);
		WRITE_ONCE(slot[2], value += step);
		WRITE_ONCE(slot[3], value += step);
		WRITE_ONCE(slot[4], value += step);
		WRITE_ONCE(slot[5], value += step);
		WRITE_ONCE(slot[6], value += step);
		WRITE_ONCE(slot[7], value += step);
		value += step;
	}
	for (; n; n--, slot++, value += step)
		WRITE_ONCE(*slot, value);
}
#endif

#endif /* DBB_HEAP_PTE_RUN_H */
