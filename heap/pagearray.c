// SPDX-License-Identifier: GPL-2.0
/*
 * Kernel mappings by way of a temporary page array, for the vmap strategies that
 * differ only in what fills the array and what maps it.
 */
#include <linux/err.h>
#include <linux/mm.h>
#include <linux/overflow.h>
#include <linux/vmalloc.h>

#include "buffer.h"

static u64 dbb_pagearray_no_clock(void)
{
	return 0;
}

/* The array comes from vmalloc(), as in mainline's system heap. */
void *dbb_pagearray_map(struct dbb_buffer *buf, struct dbb_vmap_times *times)
{
	void *(*map_pages)(struct page **pages, unsigned long npages) = buf->vmap->map_pages;
	u64 (*now)(void) = dbb_pagearray_no_clock;
	unsigned long npages = dbb_buffer_npages(buf);
	u64 start, allocated, filled, mapped;
	struct page **pages;
	void *vaddr = NULL;
	int ret;

	if (times)
		now = times->now;
	start = now();
	pages = __vmalloc(array_size(npages, sizeof(*pages)), DBB_GFP_TABLE);
	if (!pages)
		return ERR_PTR(-ENOMEM);
	allocated = now();
	ret = dbb_buffer_fill(buf, pages);
	filled = now();
	if (!ret)
		vaddr = map_pages ? map_pages(pages, npages) :
			vmap(pages, npages, VM_MAP, buf->kernel_prot);
	mapped = now();
	vfree(pages);
	if (times) {
		times->array_ns = allocated - start + now() - mapped;
		times->fill_ns = filled - allocated;
		times->map_ns = mapped - filled;
		times->array_reads = 2;
		times->fill_reads = 1;
		times->map_reads = 1;
		times->reads = 5;
	}
	if (ret)
		return ERR_PTR(ret);
	return vaddr ?: ERR_PTR(-ENOMEM);
}

void dbb_pagearray_unmap(struct dbb_buffer *buf, void *vaddr)
{
	vunmap(vaddr);
}
