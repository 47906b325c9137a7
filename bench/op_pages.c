// SPDX-License-Identifier: GPL-2.0
/*
 * Operation "pages": filling a page array from the scatterlist and nothing
 * else, which is what the second seed calls its iteration time.
 */
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/overflow.h>
#include <linux/string.h>
#include <linux/vmalloc.h>

#include "op.h"
#include "run.h"

static int dbb_op_pages_prepare(struct dbb_work *work)
{
	work->pages = vmalloc(array_size(dbb_buffer_npages(work->buf),
					 sizeof(*work->pages)));
	return work->pages ? 0 : -ENOMEM;
}

static void dbb_op_pages_unprepare(struct dbb_work *work)
{
	vfree(work->pages);
	work->pages = NULL;
}

/* Without this a loop that writes nothing would pass on its forerunner's work. */
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

static int dbb_op_pages_verify(struct dbb_work *work, struct dbb_refusal *why)
{
	struct dbb_buffer_walk walk;
	unsigned long i = 0;
	struct page *page;

	dbb_buffer_walk_begin(&walk, work->buf);
	while ((page = dbb_buffer_walk_next(&walk))) {
		if (work->pages[i] != page)
			return dbb_text_refuse(why, -EIO,
					       "strategy %s: entry %lu of the page array is not that page of the buffer",
					       work->arm->name, i);
		if (!(++i % DBB_RUN_STRIDE) && dbb_run_pause())
			return -EINTR;
	}
	return 0;
}

static const struct dbb_phase dbb_op_pages_phases[] = {
	{ .name = "fill", .run = dbb_op_pages_fill, .verify = true, .reads = 1 },
};

const struct dbb_op dbb_op_pages = {
	.name		= "pages",
	.help		= "scatterlist to page array only",
	.family		= DBB_FAMILY_VMAP,
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
