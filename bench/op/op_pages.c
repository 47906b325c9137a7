// SPDX-License-Identifier: GPL-2.0
/*
 * Operation "pages": filling a page array from the scatterlist and nothing
 * else, which is what the vmap patch calls its iteration time.
 */
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/overflow.h>
#include <linux/string.h>
#include <linux/vmalloc.h>

#include "verify.h"

static int dbb_op_pages_prepare(struct dbb_work *work)
{
	work->pages = __vmalloc(array_size(dbb_buffer_npages(work->buf), sizeof(*work->pages)),
				DBB_GFP_TABLE);
	return work->pages ? 0 : -ENOMEM;
}

static void dbb_op_pages_unprepare(struct dbb_work *work)
{
	vfree(work->pages);
	work->pages = NULL;
}

/* Clears the array, so that a fill that writes nothing cannot pass on old contents. */
static int dbb_op_pages_point(struct dbb_work *work, struct dbb_refusal *why)
{
	int ret = dbb_buffer_use_vmap(work->buf, work->arm->vmap, NULL, why);

	if (ret)
		return ret;
	if (!dbb_buffer_can_fill(work->buf))
		return dbb_text_refuse(why, -EOPNOTSUPP, "strategy %s fills no page array",
				       work->arm->name);
	memset(work->pages, 0, dbb_buffer_npages(work->buf) * sizeof(*work->pages));
	return 0;
}

static int dbb_op_pages_fill(struct dbb_work *work)
{
	return dbb_buffer_fill(work->buf, work->pages);
}

static int dbb_op_pages_check(struct dbb_work *work, unsigned long i, struct page *page,
			      struct dbb_refusal *why)
{
	if (work->pages[i] == page)
		return 0;
	return dbb_text_refuse(why, -EIO,
			       "strategy %s: the page array has a wrong page at index %lu",
			       work->arm->name, i);
}

static int dbb_op_pages_verify(struct dbb_work *work, struct dbb_refusal *why)
{
	return dbb_verify_pages(work, work->buf, dbb_op_pages_check, why);
}

static const struct dbb_phase dbb_op_pages_phases[] = {
	{ .name = "fill", .run = dbb_op_pages_fill, .verify = true, .covers = true,
	  .reads = 1 },
};

const struct dbb_op dbb_op_pages = {
	.name		= "pages",
	.help		= "fill the page array from the scatterlist, nothing else",
	.family		= DBB_FAMILY_VMAP,
	.events		= DBB_EVENTS_FILL,
	.needs_heap	= true,
	.batches	= true,
	.phases		= dbb_op_pages_phases,
	.nphases	= ARRAY_SIZE(dbb_op_pages_phases),
	.total		= -1,
	.prepare	= dbb_op_pages_prepare,
	.point		= dbb_op_pages_point,
	.verify		= dbb_op_pages_verify,
	.unprepare	= dbb_op_pages_unprepare,
};
