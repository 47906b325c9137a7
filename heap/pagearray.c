// SPDX-License-Identifier: GPL-2.0
/*
 * Kernel mappings by way of a temporary page array: what the vmap strategies
 * that differ only in their fill loop have in common.
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

static void *dbb_pagearray_vmap(struct page **pages, unsigned long npages)
{
	return vmap(pages, npages, VM_MAP, PAGE_KERNEL);
}

/**
 * dbb_pagearray_map_by() - allocate a page array, fill it, map it, free it
 * @buf: buffer; its vmap strategy's fill hook is the loop that is used
 * @times: filled with the time of each step, unless NULL
 * @mapper: maps pages in order; NULL when it cannot
 *
 * The array comes from vmalloc(), as in mainline's system heap.
 * Context: the buffer's lock is held. Sleeps.
 *
 * Return: the address, -ENOMEM or what the fill hook returned as an ERR_PTR.
 */
void *dbb_pagearray_map_by(struct dbb_buffer *buf, struct dbb_vmap_times *times,
			   void *(*mapper)(struct page **pages, unsigned long npages))
{
	u64 (*now)(void) = dbb_pagearray_no_clock;
	unsigned long npages = dbb_buffer_npages(buf);
	u64 start, allocated, filled, mapped;
	struct page **pages;
	void *vaddr;
	int ret;

	if (times)
		now = times->now;
	start = now();
	pages = vmalloc(array_size(npages, sizeof(*pages)));
	if (!pages)
		return ERR_PTR(-ENOMEM);
	allocated = now();
	ret = dbb_buffer_fill(buf, pages);
	filled = now();
	vaddr = ret ? NULL : mapper(pages, npages);
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

/**
 * dbb_pagearray_map() - dbb_pagearray_map_by() vmap()
 * @buf: buffer
 * @times: filled with the time of each step, unless NULL
 *
 * Context, Return: as dbb_pagearray_map_by().
 */
void *dbb_pagearray_map(struct dbb_buffer *buf, struct dbb_vmap_times *times)
{
	return dbb_pagearray_map_by(buf, times, dbb_pagearray_vmap);
}

/**
 * dbb_pagearray_unmap() - undo dbb_pagearray_map()
 * @buf: buffer
 * @vaddr: what dbb_pagearray_map() returned
 */
void dbb_pagearray_unmap(struct dbb_buffer *buf, void *vaddr)
{
	vunmap(vaddr);
}
