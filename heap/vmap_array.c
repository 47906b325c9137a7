// SPDX-License-Identifier: GPL-2.0
/*
 * vmap strategy "array": a page array kept from allocation, then vmap(), as
 * cma_heap and udmabuf do. It takes a pointer per page.
 */
#include <linux/err.h>
#include <linux/mm.h>
#include <linux/vmalloc.h>

#include "buffer.h"

static int dbb_vmap_array_bind(struct dbb_buffer *buf)
{
	struct page **pages;
	int ret;

	if (buf->pages)
		return 0;
	pages = kvmalloc_array(dbb_buffer_npages(buf), sizeof(*pages),
			       DBB_GFP_TABLE);
	if (!pages)
		return -ENOMEM;
	ret = dbb_vmap_sg_fill(buf, pages);
	if (ret) {
		kvfree(pages);
		return ret;
	}
	buf->pages = pages;
	return 0;
}

static void dbb_vmap_array_forget(struct dbb_buffer *buf)
{
	kvfree(buf->pages);
}

static void *dbb_vmap_array_map(struct dbb_buffer *buf, struct dbb_vmap_times *times)
{
	u64 start = times ? times->now() : 0;
	void *vaddr = vmap(buf->pages, dbb_buffer_npages(buf), VM_MAP, buf->kernel_prot);

	if (times) {
		times->map_ns = times->now() - start;
		times->map_reads = 1;
		times->reads = 2;
	}
	return vaddr ?: ERR_PTR(-ENOMEM);
}

const struct dbb_vmap_strategy dbb_vmap_array = {
	.name	= "array",
	.help	= "array kept from allocation, then vmap() (cma_heap, udmabuf)",
	.bind	= dbb_vmap_array_bind,
	.forget	= dbb_vmap_array_forget,
	.map	= dbb_vmap_array_map,
	.unmap	= dbb_pagearray_unmap,
};
