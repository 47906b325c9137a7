// SPDX-License-Identifier: GPL-2.0
/*
 * vmap strategy "sg": the page array filled by a nested loop over the
 * scatterlist entries, then vmap(). The second seed, with its bound check
 * before the inner loop rather than after the outer one.
 */
#include <linux/bug.h>
#include <linux/mm.h>
#include <linux/scatterlist.h>

#include "buffer.h"

/**
 * dbb_vmap_sg_fill() - dbb_vmap_strategy.fill of all that take this loop
 * @buf: buffer
 * @pages: room for dbb_buffer_npages() pages
 *
 * The inner loop counts up like the seed's; down costs gcc one more a page.
 *
 * Return: 0, or -EOVERFLOW when the scatterlist describes more pages.
 */
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
