// SPDX-License-Identifier: GPL-2.0
/*
 * mmap strategy "sg": one remap_pfn_range() for each scatterlist entry, as
 * mainline's system heap does from 6.19 on.
 */
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/scatterlist.h>

#include "buffer.h"

static int dbb_mmap_sg_map(struct dbb_buffer *buf, struct vm_area_struct *vma)
{
	unsigned long skip = vma->vm_pgoff << PAGE_SHIFT;
	unsigned long addr = vma->vm_start;
	struct scatterlist *sg;
	unsigned int i;
	int ret;

	for_each_sgtable_sg(&buf->table, sg, i) {
		unsigned long len = sg->length;

		if (skip >= len) {
			skip -= len;
			continue;
		}
		len = min(len - skip, vma->vm_end - addr);
		ret = remap_pfn_range(vma, addr,
				      page_to_pfn(sg_page(sg)) + (skip >> PAGE_SHIFT),
				      len, vma->vm_page_prot);
		if (ret)
			return ret;
		skip = 0;
		addr += len;
		if (addr >= vma->vm_end)
			break;
	}
	return 0;
}

const struct dbb_mmap_strategy dbb_mmap_sg = {
	.name	= "sg",
	.help	= "remap_pfn_range() per scatterlist entry (mainline from 6.19)",
	.map	= dbb_mmap_sg_map,
};
