// SPDX-License-Identifier: GPL-2.0
/*
 * A block of physically contiguous pages as a buffer.
 */
#include <linux/highmem.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/scatterlist.h>
#include <linux/sizes.h>

#include "buffer.h"

/* The length of a scatterlist entry has 32 bits. */
#define DBB_BLOCK_ENTRY_BYTES ((size_t)SZ_2G)

/* How many pages are cleared between two looks at the signals. */
#define DBB_BLOCK_BREATH 256

/**
 * dbb_block_describe() - make a block the pages of a buffer
 * @buf: buffer whose table is filled
 * @page: first of as many pages as the buffer is long
 *
 * Return: 0 or -ENOMEM.
 */
int dbb_block_describe(struct dbb_buffer *buf, struct page *page)
{
	unsigned long pfn = page_to_pfn(page);
	size_t left = buf->len, len;
	struct scatterlist *sg;
	unsigned int i;
	int ret;

	ret = sg_alloc_table(&buf->table, DIV_ROUND_UP(left, DBB_BLOCK_ENTRY_BYTES), GFP_KERNEL);
	if (ret)
		return ret;
	for_each_sgtable_sg(&buf->table, sg, i) {
		len = min(left, DBB_BLOCK_ENTRY_BYTES);
		sg_set_page(sg, pfn_to_page(pfn), len, 0);
		pfn += len >> PAGE_SHIFT;
		left -= len;
	}
	return 0;
}

/**
 * dbb_block_clear() - zero a block
 * @page: the first page
 * @npages: pages
 * @cancelled: asked now and then whether to give up; may be NULL
 *
 * Context: sleeps.
 *
 * Return: 0, or -EINTR on a fatal signal or when it was cancelled.
 */
int dbb_block_clear(struct page *page, unsigned long npages, bool (*cancelled)(void))
{
	unsigned long pfn = page_to_pfn(page);
	unsigned long i;

	for (i = 0; i < npages; i++) {
		if (i % DBB_BLOCK_BREATH == 0) {
			if (dbb_backend_given_up(cancelled))
				return -EINTR;
			cond_resched();
		}
		clear_highpage(pfn_to_page(pfn + i));
	}
	return 0;
}
