// SPDX-License-Identifier: GPL-2.0
/*
 * mmap strategy "huge": a fault maps a whole PMD where possible. The chunk must
 * cover it, and PFN and address must have the same offset within a PMD; the
 * mmap() caller must choose such an address.
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

static vm_fault_t dbb_mmap_huge_huge_fault(struct vm_fault *vmf, unsigned int order)
{
	struct vm_area_struct *vma = vmf->vma;
	unsigned long addr = vmf->address & PMD_MASK;
	const struct dbb_fault_chunk_chunk *chunk;
	unsigned long first, pfn;

	if (order != PMD_ORDER || addr < vma->vm_start || vma->vm_end - addr < PMD_SIZE)
		return VM_FAULT_FALLBACK;
	first = vma->vm_pgoff + ((addr - vma->vm_start) >> PAGE_SHIFT);
	chunk = dbb_fault_chunk_find(vma->vm_private_data, first);
	if (!chunk || chunk[1].first - first < DBB_MMAP_HUGE_PAGES)
		return VM_FAULT_FALLBACK;
	pfn = chunk->pfn + first - chunk->first;
	if (!IS_ALIGNED(pfn, DBB_MMAP_HUGE_PAGES))
		return VM_FAULT_FALLBACK;
	return dbb_compat_insert_pmd(vmf, pfn, vmf->flags & FAULT_FLAG_WRITE);
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
	.help	= "vmf_insert_pfn_pmd() on a fault where chunk and address allow, else PTEs",
#ifdef DBB_CANNOT_MAP_PMD
	.missing = "needs Linux 6.12 with CONFIG_ARCH_SUPPORTS_PMD_PFNMAP",
#else
	.bind	= dbb_fault_chunk_bind,
	.map	= dbb_fault_chunk_map,
	.vm_ops	= &dbb_mmap_huge_vm_ops,
#endif
};
