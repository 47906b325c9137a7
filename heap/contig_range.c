// SPDX-License-Identifier: GPL-2.0
/*
 * A block of physically contiguous pages as a buffer.
 */
#include <linux/highmem.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/scatterlist.h>
#include <linux/sched.h>
#include <linux/sizes.h>

#include "buffer.h"

/* The length of a scatterlist entry has 32 bits. */
#define DBB_CONTIG_RANGE_ENTRY_BYTES ((size_t)SZ_2G)

/* Pages cleared between two checks for signals. */
#define DBB_CONTIG_RANGE_BREATH 256

int dbb_contig_range_describe(struct dbb_buffer *buf, struct page *page)
{
	unsigned long pfn = page_to_pfn(page);
	size_t left = buf->len, len;
	struct scatterlist *sg;
	unsigned int i;
	int ret;

	ret = sg_alloc_table(&buf->table, DIV_ROUND_UP(left, DBB_CONTIG_RANGE_ENTRY_BYTES),
			     DBB_GFP_TABLE);
	if (ret)
		return ret;
	for_each_sgtable_sg(&buf->table, sg, i) {
		len = min(left, DBB_CONTIG_RANGE_ENTRY_BYTES);
		sg_set_page(sg, pfn_to_page(pfn), len, 0);
		pfn += len >> PAGE_SHIFT;
		left -= len;
	}
	return 0;
}

/* -EINTR on a fatal signal or when cancelled. */
int dbb_contig_range_clear(struct page *page, unsigned long npages, bool (*cancelled)(void))
{
	unsigned long pfn = page_to_pfn(page);
	unsigned long i;

	for (i = 0; i < npages; i++) {
		if (i % DBB_CONTIG_RANGE_BREATH == 0) {
			if (dbb_backend_given_up(cancelled))
				return -EINTR;
			cond_resched();
		}
		clear_highpage(pfn_to_page(pfn + i));
	}
	return 0;
}
