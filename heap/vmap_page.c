// SPDX-License-Identifier: GPL-2.0
/*
 * vmap strategy "page": the page array filled by for_each_sgtable_page(),
 * then vmap(), as mainline's system heap does up to 7.3.
 */
#include <linux/bug.h>
#include <linux/errno.h>
#include <linux/scatterlist.h>

#include "buffer.h"

/* The bound is checked by a difference of pointers, as in mainline. */
static int dbb_vmap_page_fill(struct dbb_buffer *buf, struct page **pages)
{
	unsigned long npages = dbb_buffer_npages(buf);
	struct page **next = pages;
	struct sg_page_iter it;

	for_each_sgtable_page(&buf->table, &it, 0) {
		if (WARN_ON(next - pages >= npages))
			return -EOVERFLOW;
		*next++ = sg_page_iter_page(&it);
	}
	return 0;
}

const struct dbb_vmap_strategy dbb_vmap_page = {
	.name	= "page",
	.help	= "array by for_each_sgtable_page(), then vmap() (mainline up to 7.3)",
	.fill	= dbb_vmap_page_fill,
	.map	= dbb_pagearray_map,
	.unmap	= dbb_pagearray_unmap,
};
