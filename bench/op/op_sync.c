// SPDX-License-Identifier: GPL-2.0
/*
 * Operation "sync": begin and end of CPU access to a buffer that a device has
 * mapped. The cost is cache maintenance, where the device is not coherent.
 */
#include <linux/dma-buf.h>
#include <linux/err.h>
#include <linux/kernel.h>

#include "op.h"

static int dbb_op_sync_prepare(struct dbb_work *work)
{
	return dbb_importer_open(&work->importer, DMA_BIDIRECTIONAL);
}

/* Maps the arm's buffer for the device, unless it still is from the last turn. */
static int dbb_op_sync_point(struct dbb_work *work, struct dbb_refusal *why)
{
	struct dbb_importer *importer = &work->importer;
	int ret;

	if (importer->attachment && importer->attachment->dmabuf == work->dmabuf)
		return 0;
	if (importer->attachment) {
		dbb_importer_unmap(importer);
		dbb_importer_detach(importer);
	}
	ret = dbb_importer_attach(importer, work->dmabuf);
	if (ret)
		return dbb_text_refuse(why, ret,
				       "strategy %s: the buffer could not be attached: %pe",
				       work->arm->name, ERR_PTR(ret));
	ret = dbb_importer_map(importer);
	if (ret) {
		dbb_importer_detach(importer);
		return dbb_text_refuse(why, ret,
				       "strategy %s: the buffer could not be mapped for DMA: %pe",
				       work->arm->name, ERR_PTR(ret));
	}
	return 0;
}

static int dbb_op_sync_begin(struct dbb_work *work)
{
	return dma_buf_begin_cpu_access(work->dmabuf, DMA_BIDIRECTIONAL);
}

static int dbb_op_sync_end(struct dbb_work *work)
{
	return dma_buf_end_cpu_access(work->dmabuf, DMA_BIDIRECTIONAL);
}

static void dbb_op_sync_unprepare(struct dbb_work *work)
{
	dbb_importer_close(&work->importer);
}

static const struct dbb_phase dbb_op_sync_phases[] = {
	{ .name = "begin", .run = dbb_op_sync_begin, .reads = 1 },
	{ .name = "end", .run = dbb_op_sync_end, .reads = 1 },
	{ .name = "total", .reads = 2 },
};

const struct dbb_op dbb_op_sync = {
	.name		= "sync",
	.help		= "begin and end of CPU access while a device has the buffer mapped",
	.family		= DBB_FAMILY_BUFFER,
	.phases		= dbb_op_sync_phases,
	.nphases	= ARRAY_SIZE(dbb_op_sync_phases),
	.total		= 2,
	.prepare	= dbb_op_sync_prepare,
	.point		= dbb_op_sync_point,
	.unprepare	= dbb_op_sync_unprepare,
};
