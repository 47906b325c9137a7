// SPDX-License-Identifier: GPL-2.0
/*
 * mmap strategy "page": one remap_pfn_range() for each page, as mainline's
 * system heap did up to 6.18.
 */
#include <linux/mm.h>
#include <linux/scatterlist.h>

#include "buffer.h"

static int dbb_mmap_page_map(struct dbb_buffer *buf, struct vm_area_struct *vma)
{
	unsigned long addr = vma->vm_start;
	struct sg_page_iter it;
	int ret;

	for_each_sgtable_page(&buf->table, &it, vma->vm_pgoff) {
		ret = remap_pfn_range(vma, addr, page_to_pfn(sg_page_iter_page(&it)),
				      PAGE_SIZE, vma->vm_page_prot);
		if (ret)
			return ret;
		addr += PAGE_SIZE;
		if (addr >= vma->vm_end)
			break;
	}
	return 0;
}

const struct dbb_mmap_strategy dbb_mmap_page = {
	.name	= "page",
	.help	= "remap_pfn_range() per page (mainline up to 6.18)",
	.map	= dbb_mmap_page_map,
};
