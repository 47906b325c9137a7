// SPDX-License-Identifier: GPL-2.0
/*
 * mmap strategy "fault": each fault maps its one page, as mainline's CMA heap
 * does from 6.9 on.
 */
#include <linux/mm.h>

#include "fault_chunk.h"

static vm_fault_t dbb_mmap_fault_fault(struct vm_fault *vmf)
{
	const struct dbb_fault_chunk_chunk *chunk =
		dbb_fault_chunk_find(vmf->vma->vm_private_data, vmf->pgoff);

	if (!chunk)
		return VM_FAULT_SIGBUS;
	return dbb_fault_chunk_insert(vmf, chunk, vmf->pgoff, vmf->pgoff + 1);
}

static const struct vm_operations_struct dbb_mmap_fault_vm_ops = {
	.open	= dbb_dmabuf_vma_open,
	.close	= dbb_dmabuf_vma_close,
	.fault	= dbb_mmap_fault_fault,
};

const struct dbb_mmap_strategy dbb_mmap_fault = {
	.name	= "fault",
	.help	= "vmf_insert_pfn(), one page per fault (CMA heap from 6.9)",
	.bind	= dbb_fault_chunk_bind,
	.map	= dbb_fault_chunk_map,
	.vm_ops	= &dbb_mmap_fault_vm_ops,
};
