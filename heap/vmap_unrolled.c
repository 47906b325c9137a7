// SPDX-License-Identifier: GPL-2.0
/*
 * vmap strategy "unrolled": as "sg", with eight pages a turn of the inner loop, and
 * without the call of sg_next() for each entry. What is left is an addition and a store
 * a page.
 */
#include <linux/bug.h>
#include <linux/errno.h>
#include <linux/mm.h>
#include <linux/scatterlist.h>

#include "buffer.h"

static int dbb_vmap_unrolled_fill(struct dbb_buffer *buf, struct page **pages)
{
	struct page **end = pages + dbb_buffer_npages(buf);
	struct scatterlist *sg = buf->table.sgl;

	for (;;) {
		unsigned long n = PAGE_ALIGN(sg->offset + sg->length) >> PAGE_SHIFT;
		struct page *page = sg_page(sg);

		if (WARN_ON(n > end - pages))
			return -EOVERFLOW;
		for (; n >= 8; n -= 8, pages += 8, page += 8) {
			pages[0] = page;
			pages[1] = page + 1;
			pages[2] = page + 2;
			pages[3] = page + 3;
			pages[4] = page + 4;
			pages[5] = page + 5;
			pages[6] = page + 6;
			pages[7] = page + 7;
		}
		for (; n; n--)
			*pages++ = page++;
		if (pages == end)
			return 0;
		sg = dbb_buffer_next_entry(sg);
	}
}

const struct dbb_vmap_strategy dbb_vmap_unrolled = {
	.name	= "unrolled",
	.help	= "as sg, eight pages a turn of the loop",
	.fill	= dbb_vmap_unrolled_fill,
	.map	= dbb_pagearray_map,
	.unmap	= dbb_pagearray_unmap,
};
