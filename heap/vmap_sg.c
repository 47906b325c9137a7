// SPDX-License-Identifier: GPL-2.0
/*
 * vmap strategy "sg": the page array filled by a nested loop over the scatterlist
 * entries, then vmap(): the vmap patch, with the bound check before the inner loop.
 */
#include <linux/bug.h>
#include <linux/errno.h>
#include <linux/mm.h>
#include <linux/scatterlist.h>

#include "buffer.h"

/* Counts up as in the patch: counting down costs one more instruction a page. */
int dbb_vmap_sg_fill(struct dbb_buffer *buf, struct page **pages)
{
	struct page **end = pages + dbb_buffer_npages(buf);
	struct scatterlist *sg;
	unsigned int i, j;

	for_each_sgtable_sg(&buf->table, sg, i) {
		unsigned int n = PAGE_ALIGN(sg->offset + sg->length) >> PAGE_SHIFT;
		struct page *page = sg_page(sg);

		if (WARN_ON(n > end - pages))
			return -EOVERFLOW;
		for (j = 0; j < n; j++)
			*pages++ = page + j;
	}
	return 0;
}

const struct dbb_vmap_strategy dbb_vmap_sg = {
	.name	= "sg",
	.help	= "array by a nested loop over for_each_sgtable_sg(), then vmap()",
	.fill	= dbb_vmap_sg_fill,
	.map	= dbb_pagearray_map,
	.unmap	= dbb_pagearray_unmap,
};
