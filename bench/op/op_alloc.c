// SPDX-License-Identifier: GPL-2.0
/*
 * Operation "alloc": a buffer as user space gets it, allocated, zeroed and
 * exported, and its real release.
 */
#include <linux/dma-buf.h>
#include <linux/err.h>
#include <linux/file.h>
#include <linux/highmem.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/string.h>

#include "../../heap/compat.h"
#include "../heaps.h"
#include "../param.h"
#include "verify.h"

static unsigned int dbb_op_alloc_arm(const struct dbb_work *work)
{
	return work->arm - work->params->arms;
}

static int dbb_op_alloc_alloc(struct dbb_work *work)
{
	const struct dbb_params *params = work->params;
	struct dma_buf *dmabuf;

	dmabuf = dbb_heaps_make(dbb_param_heap(params, dbb_op_alloc_arm(work)),
				params->size_bytes, work->caching, &work->detail);
	if (IS_ERR(dmabuf))
		return PTR_ERR(dmabuf);
	work->dmabuf = dmabuf;
	return 0;
}

/* Dirties both ends of the page, so that the next allocation shows missing zeroing. */
static int dbb_op_alloc_check(struct dbb_work *work, unsigned long i, struct page *page,
			      struct dbb_refusal *why)
{
	u8 *vaddr = kmap_local_page(page);
	u8 *dirt = memchr_inv(vaddr, 0, PAGE_SIZE);
	unsigned int at = dirt ? dirt - vaddr : 0;

	memset(vaddr, 0xdb, sizeof(u64));
	memset(vaddr + PAGE_SIZE - sizeof(u64), 0xdb, sizeof(u64));
	kunmap_local(vaddr);
	if (!dirt)
		return 0;
	return dbb_text_refuse(why, -EIO,
			       "strategy %s: page %lu of a new buffer is not zero at byte %u",
			       work->arm->name, i, at);
}

static int dbb_op_alloc_verify(struct dbb_work *work, struct dbb_refusal *why)
{
	struct dbb_buffer *buf = dbb_buffer_from(work->dmabuf);

	work->chunks[dbb_op_alloc_arm(work)] = dbb_buffer_chunks(buf);
	return dbb_verify_pages(work, buf, dbb_op_alloc_check, why);
}

/*
 * dma_buf_put() would leave the release to a workqueue here, in a kernel
 * thread, and flush_delayed_fput() does not wait for work that has begun.
 */
static int dbb_op_alloc_free(struct dbb_work *work)
{
	struct dma_buf *dmabuf = work->dmabuf;

	work->dmabuf = NULL;
	__fput_sync(dmabuf->file);
	return 0;
}

static void dbb_op_alloc_unprepare(struct dbb_work *work)
{
	if (work->dmabuf)
		dma_buf_put(work->dmabuf);
	work->dmabuf = NULL;
}

static const struct dbb_phase dbb_op_alloc_phases[] = {
	{ .name = "alloc", .run = dbb_op_alloc_alloc, .verify = true, .reads = 1 },
	{ .name = "free", .run = dbb_op_alloc_free, .reads = 1 },
	{ .name = "total", .reads = 2 },
};

const struct dbb_op dbb_op_alloc = {
	.name		= "alloc",
	.help		= "allocation of a zeroed buffer, and its release",
	.family		= DBB_FAMILY_HEAP,
	.events		= DBB_EVENTS_ALLOC,
	.needs_heap	= true,
	.in_kthread	= true,
	.phases		= dbb_op_alloc_phases,
	.nphases	= ARRAY_SIZE(dbb_op_alloc_phases),
	.total		= 2,
	.verify		= dbb_op_alloc_verify,
	.unprepare	= dbb_op_alloc_unprepare,
};
