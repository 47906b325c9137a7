// SPDX-License-Identifier: GPL-2.0
/*
 * Tags: a write through a mapping leaves one in each page, and verification reads
 * it through the page itself.
 */
#include <linux/dma-buf.h>
#include <linux/highmem.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/uaccess.h>

#include "../../heap/compat.h"
#include "../stop.h"
#include "page_access.h"
#include "verify.h"

/* New tags in each sample, so that stale contents cannot pass. */
void dbb_page_access_begin(struct dbb_work *work)
{
	work->salt += (work->bytes >> PAGE_SHIFT) + 1;
}

/*
 * What an access through a user mapping means that does not succeed. A fault on pages of
 * ours, or on ordinary memory, lacks memory; what another exporter's lacks is not known.
 */
int dbb_page_access_fault(const struct dbb_work *work)
{
	return work->dmabuf && !work->buf ? -EFAULT : -ENOMEM;
}

static int dbb_page_access_refuse(const struct dbb_work *work, unsigned long i, u32 tag,
				  struct dbb_refusal *why)
{
	return dbb_text_refuse(why, -EIO,
			       "strategy %s: page %lu of the buffer has tag %#x, not %#x",
			       work->arm->name, i, tag, work->salt + (u32)i);
}

static int dbb_page_access_check(struct dbb_work *work, unsigned long i, struct page *page,
				 struct dbb_refusal *why)
{
	u32 *vaddr = kmap_local_page(page);
	u32 tag = *vaddr;

	kunmap_local(vaddr);
	return tag == work->salt + (u32)i ? 0 : dbb_page_access_refuse(work, i, tag, why);
}

/* Memory that is not ours shows its pages through the mapping only. */
static int dbb_page_access_read_back(struct dbb_work *work, struct dbb_refusal *why)
{
	unsigned long npages = work->bytes >> PAGE_SHIFT;
	unsigned long i;
	u32 tag;

	for (i = 0; i < npages; i++) {
		if (!work->uaddr)
			tag = READ_ONCE(*(u32 *)(work->map.vaddr + i * PAGE_SIZE));
		else if (get_user(tag, (u32 __user *)(work->uaddr + i * PAGE_SIZE)))
			return dbb_text_refuse(why, dbb_page_access_fault(work),
					       "page %lu cannot be read", i);
		if (tag != work->salt + (u32)i)
			return dbb_page_access_refuse(work, i, tag, why);
		if (dbb_stop_after(i + 1))
			return -EINTR;
	}
	return 0;
}

int dbb_page_access_verify(struct dbb_work *work, struct dbb_refusal *why)
{
	if (work->arm->exporter)
		return dbb_page_access_read_back(work, why);
	return dbb_verify_pages(work, work->buf, dbb_page_access_check, why);
}
