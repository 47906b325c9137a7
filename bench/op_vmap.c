// SPDX-License-Identifier: GPL-2.0
/*
 * Operation "vmap": a kernel mapping, made and undone, and what the exporter
 * spends of it where.
 */
#include <linux/kernel.h>

#include "kernelmap.h"

static u64 dbb_op_vmap_total(const struct dbb_work *work, const u64 *raw)
{
	return raw[0] + raw[1];
}

static u64 dbb_op_vmap_array(const struct dbb_work *work, const u64 *raw)
{
	return work->times.array_ns;
}

static u64 dbb_op_vmap_fill(const struct dbb_work *work, const u64 *raw)
{
	return work->times.fill_ns;
}

static u64 dbb_op_vmap_vmap(const struct dbb_work *work, const u64 *raw)
{
	return work->times.map_ns;
}

static unsigned int dbb_op_vmap_array_reads(const struct dbb_work *work)
{
	return work->times.array_reads;
}

static unsigned int dbb_op_vmap_fill_reads(const struct dbb_work *work)
{
	return work->times.fill_reads;
}

static unsigned int dbb_op_vmap_map_reads(const struct dbb_work *work)
{
	return work->times.map_reads;
}

static const struct dbb_phase dbb_op_vmap_phases[] = {
	{ .name = "vmap", .run = dbb_kernelmap_map, .verify = true,
	  .reads = 1, .inner_reads = dbb_kernelmap_reads },
	{ .name = "vunmap", .run = dbb_kernelmap_unmap, .reads = 1 },
	{ .name = "total", .derive = dbb_op_vmap_total,
	  .reads = 2, .inner_reads = dbb_kernelmap_reads },
	{ .name = "array", .derive = dbb_op_vmap_array,
	  .inner_reads = dbb_op_vmap_array_reads },
	{ .name = "fill", .derive = dbb_op_vmap_fill,
	  .inner_reads = dbb_op_vmap_fill_reads },
	{ .name = "map", .derive = dbb_op_vmap_vmap,
	  .inner_reads = dbb_op_vmap_map_reads },
};

const struct dbb_op dbb_op_vmap = {
	.name		= "vmap",
	.help		= "dma_buf_vmap(), dma_buf_vunmap(), and the phases inside the exporter",
	.family		= DBB_FAMILY_VMAP,
	.phases		= dbb_op_vmap_phases,
	.nphases	= ARRAY_SIZE(dbb_op_vmap_phases),
	.total		= 2,
	.point		= dbb_kernelmap_point,
	.verify		= dbb_kernelmap_verify,
	.unprepare	= dbb_kernelmap_unprepare,
};
