// SPDX-License-Identifier: GPL-2.0
/*
 * Operation "vmap": a kernel mapping, its removal, and the steps inside the exporter.
 */
#include <linux/kernel.h>

#include "kernel_mapping.h"

static u64 dbb_op_vmap_array(const struct dbb_work *work)
{
	return work->times.array_ns;
}

static u64 dbb_op_vmap_fill(const struct dbb_work *work)
{
	return work->times.fill_ns;
}

static u64 dbb_op_vmap_vmap(const struct dbb_work *work)
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
	{ .name = "vmap", .run = dbb_kernel_mapping_map, .verify = true, .divided = true,
	  .reads = 1, .inner_reads = dbb_kernel_mapping_reads },
	{ .name = "vunmap", .run = dbb_kernel_mapping_unmap, .reads = 1 },
	{ .name = "total",
	  .reads = 2, .inner_reads = dbb_kernel_mapping_reads },
	{ .name = "array", .derive = dbb_op_vmap_array,
	  .inner_reads = dbb_op_vmap_array_reads },
	{ .name = "fill", .derive = dbb_op_vmap_fill,
	  .inner_reads = dbb_op_vmap_fill_reads },
	{ .name = "map", .derive = dbb_op_vmap_vmap,
	  .inner_reads = dbb_op_vmap_map_reads },
};

const struct dbb_op dbb_op_vmap = {
	.name		= "vmap",
	.help		= "dma_buf_vmap(), dma_buf_vunmap(), and the steps inside vmap",
	.family		= DBB_FAMILY_VMAP,
	.events		= DBB_EVENTS_VMAP,
	.phases		= dbb_op_vmap_phases,
	.nphases	= ARRAY_SIZE(dbb_op_vmap_phases),
	.total		= 2,
	.point		= dbb_kernel_mapping_point,
	.verify		= dbb_kernel_mapping_verify,
	.unprepare	= dbb_kernel_mapping_unprepare,
};
