// SPDX-License-Identifier: GPL-2.0
/*
 * mmap strategy "fault_sg": each fault maps the whole scatterlist entry around
 * it, as far as the VMA shows it.
 */
#include <linux/limits.h>
#include <linux/mm.h>

#include "fault_chunk.h"

static vm_fault_t dbb_mmap_fault_sg_fault(struct vm_fault *vmf)
{
	const struct dbb_fault_chunk_chunk *chunk =
		dbb_fault_chunk_find(vmf->vma->vm_private_data, vmf->pgoff);

	if (!chunk)
		return VM_FAULT_SIGBUS;
	return dbb_fault_chunk_insert(vmf, chunk, 0, ULONG_MAX);
}

static const struct vm_operations_struct dbb_mmap_fault_sg_vm_ops = {
	.open	= dbb_dmabuf_vma_open,
	.close	= dbb_dmabuf_vma_close,
	.fault	= dbb_mmap_fault_sg_fault,
};

const struct dbb_mmap_strategy dbb_mmap_fault_sg = {
	.name	= "fault_sg",
	.help	= "vmf_insert_pfn() of the whole scatterlist entry around a fault",
	.bind	= dbb_fault_chunk_bind,
	.map	= dbb_fault_chunk_map,
	.vm_ops	= &dbb_mmap_fault_sg_vm_ops,
};
