// SPDX-License-Identifier: GPL-2.0
/*
 * What the mmap strategies that map on faults share: an index that finds the
 * chunk of a page without walking the scatterlist, and the insertion of a
 * stretch of pages around a fault.
 */
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/overflow.h>
#include <linux/scatterlist.h>
#include <linux/sched.h>

#include "faults.h"

/**
 * dbb_faults_bind() - dbb_mmap_strategy.bind: index the chunks of a buffer
 * @buf: buffer; its index is freed with it
 *
 * Return: 0 or -ENOMEM.
 */
int dbb_faults_bind(struct dbb_buffer *buf)
{
	struct dbb_faults_chunk *chunks;
	struct scatterlist *sg;
	unsigned long page = 0;
	unsigned int i;

	if (buf->index)
		return 0;
	chunks = kvmalloc_array(buf->table.orig_nents + 1ul, sizeof(*chunks), GFP_KERNEL);
	if (!chunks)
		return -ENOMEM;
	for_each_sgtable_sg(&buf->table, sg, i) {
		chunks[i].first = page;
		chunks[i].pfn = page_to_pfn(sg_page(sg));
		page += sg->length >> PAGE_SHIFT;
	}
	chunks[i].first = page;
	buf->index = chunks;
	return 0;
}

/**
 * dbb_faults_map() - dbb_mmap_strategy.map: make a VMA ready for faults
 * @buf: buffer
 * @vma: VMA
 *
 * Return: 0.
 */
int dbb_faults_map(struct dbb_buffer *buf, struct vm_area_struct *vma)
{
	vm_flags_set(vma, VM_IO | VM_PFNMAP | VM_DONTEXPAND | VM_DONTDUMP);
	return 0;
}

/**
 * dbb_faults_find() - the chunk that holds a page of the buffer
 * @buf: buffer that was bound
 * @page: index of the page
 *
 * Return: the chunk, whose successor is in the index too, or NULL past the end
 * of the buffer.
 */
const struct dbb_faults_chunk *dbb_faults_find(const struct dbb_buffer *buf,
					       unsigned long page)
{
	const struct dbb_faults_chunk *chunks = buf->index;
	unsigned int low = 0, high = buf->table.orig_nents;

	if (page >= chunks[high].first)
		return NULL;
	while (high - low > 1) {
		unsigned int middle = low + (high - low) / 2;

		if (chunks[middle].first <= page)
			low = middle;
		else
			high = middle;
	}
	return &chunks[low];
}

/**
 * dbb_faults_insert() - map the page of a fault, then others of its chunk
 * @vmf: fault
 * @chunk: holds the page
 * @first: first page of the buffer to map, clipped to the chunk and the VMA
 * @end: the page behind the last one, clipped likewise
 *
 * What is mapped already stays. Only the page of the fault decides the outcome:
 * the others come for nothing, and are asked for again when they did not.
 *
 * Context: vm_operations_struct.fault. Sleeps.
 *
 * Return: what vmf_insert_pfn() says.
 */
vm_fault_t dbb_faults_insert(struct vm_fault *vmf, const struct dbb_faults_chunk *chunk,
			     unsigned long first, unsigned long end)
{
	struct vm_area_struct *vma = vmf->vma;
	unsigned long page, addr;
	vm_fault_t ret;

	ret = vmf_insert_pfn(vma, vmf->address, chunk->pfn + vmf->pgoff - chunk->first);
	first = max3(first, chunk->first, vma->vm_pgoff);
	end = min3(end, chunk[1].first, vma->vm_pgoff + vma_pages(vma));
	addr = vma->vm_start + ((first - vma->vm_pgoff) << PAGE_SHIFT);
	for (page = first; page < end && ret == VM_FAULT_NOPAGE; page++, addr += PAGE_SIZE) {
		if (page != vmf->pgoff &&
		    vmf_insert_pfn(vma, addr, chunk->pfn + page - chunk->first) != VM_FAULT_NOPAGE)
			break;
		if (!(page % PTRS_PER_PTE))
			cond_resched();
	}
	return ret;
}
