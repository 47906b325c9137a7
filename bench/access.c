// SPDX-License-Identifier: GPL-2.0
/*
 * Tags: what an access to a mapped buffer leaves in each of its pages, which is
 * then read past that mapping.
 */
#include <linux/dma-buf.h>
#include <linux/highmem.h>
#include <linux/kernel.h>
#include <linux/mm.h>

#include "access.h"
#include "run.h"

/**
 * dbb_access_begin() - begin a sample
 * @work: the work; its salt is changed
 *
 * A new tag for every page of every sample: nothing stale can pass.
 */
void dbb_access_begin(struct dbb_work *work)
{
	work->salt += (work->dmabuf->size >> PAGE_SHIFT) + 1;
}

/**
 * dbb_access_verify() - does each page of the buffer have its tag?
 * @work: the work, tagged through whatever maps it
 * @why: filled on failure
 *
 * What the right pages of another exporter's buffer are is not known.
 *
 * Return: 0, -EIO, or -EINTR when stopped.
 */
int dbb_access_verify(struct dbb_work *work, struct dbb_refusal *why)
{
	struct dbb_buffer_walk walk;
	unsigned long i = 0;
	struct page *page;

	if (work->arm->exporter)
		return 0;
	dbb_buffer_walk_begin(&walk, work->buf);
	while ((page = dbb_buffer_walk_next(&walk))) {
		u32 *vaddr = kmap_local_page(page);
		u32 tag = *vaddr;

		kunmap_local(vaddr);
		if (tag != work->salt + (u32)i)
			return dbb_text_refuse(why, -EIO,
					       "strategy %s: page %lu of the buffer has tag %#x, not %#x",
					       work->arm->name, i, tag, work->salt + (u32)i);
		if (!(++i % DBB_RUN_STRIDE) && dbb_run_pause())
			return -EINTR;
	}
	return 0;
}
