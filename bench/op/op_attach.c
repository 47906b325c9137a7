// SPDX-License-Identifier: GPL-2.0
/*
 * Operation "attach": what an importing driver pays before a device can use a
 * buffer, and after.
 */
#include <linux/kernel.h>

#include "op.h"

static int dbb_op_attach_prepare(struct dbb_work *work)
{
	return dbb_importer_open(&work->importer, DMA_BIDIRECTIONAL);
}

static int dbb_op_attach_attach(struct dbb_work *work)
{
	return dbb_importer_attach(&work->importer, work->dmabuf);
}

static int dbb_op_attach_map(struct dbb_work *work)
{
	return dbb_importer_map(&work->importer);
}

static int dbb_op_attach_verify(struct dbb_work *work, struct dbb_refusal *why)
{
	return dbb_importer_verify(&work->importer, work->buf, why);
}

static int dbb_op_attach_unmap(struct dbb_work *work)
{
	dbb_importer_unmap(&work->importer);
	return 0;
}

static int dbb_op_attach_detach(struct dbb_work *work)
{
	dbb_importer_detach(&work->importer);
	return 0;
}

static void dbb_op_attach_unprepare(struct dbb_work *work)
{
	dbb_importer_close(&work->importer);
}

static const struct dbb_phase dbb_op_attach_phases[] = {
	{ .name = "attach", .run = dbb_op_attach_attach, .reads = 1 },
	{ .name = "map", .run = dbb_op_attach_map, .verify = true, .reads = 1 },
	{ .name = "unmap", .run = dbb_op_attach_unmap, .reads = 1 },
	{ .name = "detach", .run = dbb_op_attach_detach, .reads = 1 },
	{ .name = "total", .reads = 4 },
};

const struct dbb_op dbb_op_attach = {
	.name		= "attach",
	.help		= "a device attaches to the buffer, maps it for DMA, unmaps and detaches",
	.family		= DBB_FAMILY_BUFFER,
	.events		= DBB_EVENTS_ATTACH,
	.phases		= dbb_op_attach_phases,
	.nphases	= ARRAY_SIZE(dbb_op_attach_phases),
	.total		= 4,
	.prepare	= dbb_op_attach_prepare,
	.verify		= dbb_op_attach_verify,
	.unprepare	= dbb_op_attach_unprepare,
};
