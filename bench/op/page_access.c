// SPDX-License-Identifier: GPL-2.0
/*
 * Tags: a write through a mapping leaves one in each page, and verification reads
 * it through the page itself.
 */
#include <linux/dma-buf.h>
#include <linux/highmem.h>
#include <linux/kernel.h>
#include <linux/mm.h>

#include "../../heap/compat.h"
#include "page_access.h"
#include "verify.h"

/* New tags in each sample, so that stale contents cannot pass. */
void dbb_page_access_begin(struct dbb_work *work)
{
	work->salt += (work->dmabuf->size >> PAGE_SHIFT) + 1;
}

static int dbb_page_access_check(struct dbb_work *work, unsigned long i, struct page *page,
				 struct dbb_refusal *why)
{
	u32 *vaddr = kmap_local_page(page);
	u32 tag = *vaddr;

	kunmap_local(vaddr);
	if (tag == work->salt + (u32)i)
		return 0;
	return dbb_text_refuse(why, -EIO,
			       "strategy %s: page %lu of the buffer has tag %#x, not %#x",
			       work->arm->name, i, tag, work->salt + (u32)i);
}

int dbb_page_access_verify(struct dbb_work *work, struct dbb_refusal *why)
{
	return dbb_verify_pages(work, work->buf, dbb_page_access_check, why);
}
