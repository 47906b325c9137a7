// SPDX-License-Identifier: GPL-2.0
/*
 * Common code of the mmap strategies that map on faults: an index of the chunks,
 * and inserting a range of pages around a fault.
 */
#include <linux/errno.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/overflow.h>
#include <linux/scatterlist.h>
#include <linux/sched.h>

#include "compat.h"
#include "fault_chunk.h"

int dbb_fault_chunk_bind(struct dbb_buffer *buf)
{
	struct dbb_fault_chunk_chunk *chunks;
	struct scatterlist *sg;
	unsigned long page = 0;
	unsigned int i;

	if (buf->index)
		return 0;
	chunks = kvmalloc_array(buf->table.orig_nents + 1ul, sizeof(*chunks), DBB_GFP_TABLE);
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

int dbb_fault_chunk_map(struct dbb_buffer *buf, struct vm_area_struct *vma)
{
	vm_flags_set(vma, VM_IO | VM_PFNMAP | VM_DONTEXPAND | VM_DONTDUMP);
	return 0;
}

/* NULL past the end. chunk[1] is valid, too. */
const struct dbb_fault_chunk_chunk *dbb_fault_chunk_find(const struct dbb_buffer *buf,
							 unsigned long page)
{
	const struct dbb_fault_chunk_chunk *chunks = buf->index;
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

/* Where the buffer ends in @vma, whose offset a driver may have moved since. */
unsigned long dbb_fault_chunk_end(const struct vm_area_struct *vma)
{
	unsigned long npages = dbb_buffer_npages(vma->vm_private_data);
	unsigned long shown = npages - min(vma->vm_pgoff, npages);

	return min(vma->vm_end, vma->vm_start + (shown << PAGE_SHIFT));
}

/*
 * Maps the page of the fault and those from first to end - 1, clipped to the chunk
 * and the VMA. Only the faulting page decides the result. The rest is best-effort
 * prefault: pages not inserted will fault later.
 */
vm_fault_t dbb_fault_chunk_insert(struct vm_fault *vmf, const struct dbb_fault_chunk_chunk *chunk,
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
