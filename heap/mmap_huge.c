// SPDX-License-Identifier: GPL-2.0
/*
 * mmap strategy "huge": each fault maps a PMD where it can. That takes a chunk
 * as large as one, and an address and page frame that are equally far from
 * their PMD's start: who maps has to see to the address.
 *
 * Elsewhere a fault maps what its chunk has inside the PMD around it. More would
 * put page tables where a later fault could have had a PMD; less would only
 * take more faults, because what is left of this PMD can never be one.
 */
#include <linux/huge_mm.h>
#include <linux/mm.h>

#include "faults.h"

#ifdef DBB_CANNOT_MAP_PMD
#define DBB_MMAP_HUGE_WAY \
	.missing = "needs Linux 6.12 with CONFIG_ARCH_SUPPORTS_PMD_PFNMAP"
#else

#define DBB_MMAP_HUGE_PAGES (PMD_SIZE >> PAGE_SHIFT)

static vm_fault_t dbb_mmap_huge_huge_fault(struct vm_fault *vmf, unsigned int order)
{
	struct vm_area_struct *vma = vmf->vma;
	unsigned long addr = vmf->address & PMD_MASK;
	const struct dbb_faults_chunk *chunk;
	unsigned long first, pfn;

	if (order != PMD_ORDER || addr < vma->vm_start || vma->vm_end - addr < PMD_SIZE)
		return VM_FAULT_FALLBACK;
	first = vma->vm_pgoff + ((addr - vma->vm_start) >> PAGE_SHIFT);
	chunk = dbb_faults_find(vma->vm_private_data, first);
	if (!chunk || chunk[1].first - first < DBB_MMAP_HUGE_PAGES)
		return VM_FAULT_FALLBACK;
	pfn = chunk->pfn + first - chunk->first;
	if (!IS_ALIGNED(pfn, DBB_MMAP_HUGE_PAGES))
		return VM_FAULT_FALLBACK;
	return dbb_compat_insert_pmd(vmf, pfn, vmf->flags & FAULT_FLAG_WRITE);
}

static vm_fault_t dbb_mmap_huge_fault(struct vm_fault *vmf)
{
	const struct dbb_faults_chunk *chunk =
		dbb_faults_find(vmf->vma->vm_private_data, vmf->pgoff);
	unsigned long before = (vmf->address & ~PMD_MASK) >> PAGE_SHIFT;

	if (!chunk)
		return VM_FAULT_SIGBUS;
	return dbb_faults_insert(vmf, chunk, vmf->pgoff - min(before, vmf->pgoff),
				 vmf->pgoff - before + DBB_MMAP_HUGE_PAGES);
}

static const struct vm_operations_struct dbb_mmap_huge_vm_ops = {
	.open		= dbb_dmabuf_vma_open,
	.close		= dbb_dmabuf_vma_close,
	.fault		= dbb_mmap_huge_fault,
	.huge_fault	= dbb_mmap_huge_huge_fault,
};

#define DBB_MMAP_HUGE_WAY \
	.bind = dbb_faults_bind, .map = dbb_faults_map, .vm_ops = &dbb_mmap_huge_vm_ops
#endif

const struct dbb_mmap_strategy dbb_mmap_huge = {
	.name	= "huge",
	.help	= "vmf_insert_pfn_pmd() on a fault where chunk and address allow, else PTEs",
	DBB_MMAP_HUGE_WAY,
};
