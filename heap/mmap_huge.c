// SPDX-License-Identifier: GPL-2.0
/*
 * mmap strategy "huge": a fault maps a whole PMD where possible. The chunk must
 * cover it, and PFN and address must have the same offset within a PMD; the
 * mmap() caller must choose such an address. The other PMDs of its table for which
 * this holds are mapped in the same fault.
 *
 * Otherwise a fault inserts the PTEs of its chunk within the PMD's range: PTEs
 * beyond it could prevent a later huge fault.
 */
#include <linux/minmax.h>
#include <linux/mm.h>

#include "compat.h"
#include "fault_chunk.h"

#ifndef DBB_CANNOT_MAP_PMD
#define DBB_MMAP_HUGE_PAGES (PMD_SIZE >> PAGE_SHIFT)

/* So many PMDs are looked at in one fault, whatever the size of their table. */
#define DBB_MMAP_HUGE_PMDS min_t(unsigned long, PTRS_PER_PMD, 512)

/* The PFN for a PMD whose first page is @first of the buffer; 0 if it has none. */
static unsigned long dbb_mmap_huge_pfn(const struct dbb_fault_chunk_chunk *chunk,
				       unsigned long first)
{
	unsigned long pfn = chunk->pfn + first - chunk->first;

	if (chunk[1].first - first < DBB_MMAP_HUGE_PAGES || !IS_ALIGNED(pfn, DBB_MMAP_HUGE_PAGES))
		return 0;
	return pfn;
}

/*
 * Maps the empty PMDs around that of the fault. vmf_insert_pfn_pmd() would take the
 * lock and look up the memory type for each.
 */
static void dbb_mmap_huge_map_around(struct vm_fault *vmf)
{
	struct vm_area_struct *vma = vmf->vma;
	const struct dbb_buffer *buf = vma->vm_private_data;
	unsigned long window = round_down(vmf->address, DBB_MMAP_HUGE_PMDS * PMD_SIZE);
	unsigned long addr = max(window, round_up(vma->vm_start, PMD_SIZE));
	unsigned long end = min(window + DBB_MMAP_HUGE_PMDS * PMD_SIZE,
				round_down(dbb_fault_chunk_end(vma), PMD_SIZE));
	unsigned long first = vma->vm_pgoff + ((addr - vma->vm_start) >> PAGE_SHIFT);
	const struct dbb_fault_chunk_chunk *chunk = dbb_fault_chunk_find(buf, first);
	pmd_t *pmd = vmf->pmd - ((vmf->address & PMD_MASK) - addr) / PMD_SIZE;
	spinlock_t *lock = pmd_lock(vma->vm_mm, pmd);

	for (; addr < end; addr += PMD_SIZE, first += DBB_MMAP_HUGE_PAGES, pmd++) {
		unsigned long pfn;

		if (first >= chunk[1].first && first >= (++chunk)[1].first)
			chunk = dbb_fault_chunk_find(buf, first);
		pfn = dbb_mmap_huge_pfn(chunk, first);
		if (pfn && pmd_none(READ_ONCE(*pmd)))
			dbb_compat_store_pmd(vma, pmd, pfn, vmf->flags & FAULT_FLAG_WRITE);
	}
	spin_unlock(lock);
}

static vm_fault_t dbb_mmap_huge_huge_fault(struct vm_fault *vmf, unsigned int order)
{
	struct vm_area_struct *vma = vmf->vma;
	unsigned long addr = vmf->address & PMD_MASK;
	const struct dbb_fault_chunk_chunk *chunk;
	unsigned long first, pfn;
	vm_fault_t ret;

	if (order != PMD_ORDER || addr < vma->vm_start || vma->vm_end - addr < PMD_SIZE)
		return VM_FAULT_FALLBACK;
	first = vma->vm_pgoff + ((addr - vma->vm_start) >> PAGE_SHIFT);
	chunk = dbb_fault_chunk_find(vma->vm_private_data, first);
	pfn = chunk ? dbb_mmap_huge_pfn(chunk, first) : 0;
	if (!pfn)
		return VM_FAULT_FALLBACK;
	ret = dbb_compat_insert_pmd(vmf, pfn, vmf->flags & FAULT_FLAG_WRITE);
	if (ret == VM_FAULT_NOPAGE && dbb_compat_set_pte_is_a_store())
		dbb_mmap_huge_map_around(vmf);
	return ret;
}

static vm_fault_t dbb_mmap_huge_fault(struct vm_fault *vmf)
{
	const struct dbb_fault_chunk_chunk *chunk =
		dbb_fault_chunk_find(vmf->vma->vm_private_data, vmf->pgoff);
	unsigned long before = (vmf->address & ~PMD_MASK) >> PAGE_SHIFT;

	if (!chunk)
		return VM_FAULT_SIGBUS;
	return dbb_fault_chunk_insert(vmf, chunk, vmf->pgoff - min(before, vmf->pgoff),
				      vmf->pgoff - before + DBB_MMAP_HUGE_PAGES);
}

static const struct vm_operations_struct dbb_mmap_huge_vm_ops = {
	.open		= dbb_dmabuf_vma_open,
	.close		= dbb_dmabuf_vma_close,
	.fault		= dbb_mmap_huge_fault,
	.huge_fault	= dbb_mmap_huge_huge_fault,
};

#endif

const struct dbb_mmap_strategy dbb_mmap_huge = {
	.name	= "huge",
	.help	= "a fault maps PMDs where chunks and address allow, else PTEs",
#ifdef DBB_CANNOT_MAP_PMD
	.missing = "needs Linux 6.12 with CONFIG_ARCH_SUPPORTS_PMD_PFNMAP",
#else
	.bind	= dbb_fault_chunk_bind,
	.map	= dbb_fault_chunk_map,
	.vm_ops	= &dbb_mmap_huge_vm_ops,
#endif
};
