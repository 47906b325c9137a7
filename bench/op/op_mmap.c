// SPDX-License-Identifier: GPL-2.0
/*
 * Operation "mmap": a mapping in the writer's address space, one write to each of
 * its pages, and its removal.
 */
#include <linux/kernel.h>

#include "page_access.h"
#include "user_mapping.h"

static const struct dbb_phase dbb_op_mmap_phases[] = {
	{ .name = "mmap", .run = dbb_user_mapping_map, .reads = 1 },
	{ .name = "touch", .run = dbb_user_mapping_tag, .verify = true, .reads = 1 },
	{ .name = "munmap", .run = dbb_user_mapping_unmap, .reads = 1 },
	{ .name = "total", .reads = 3 },
};

const struct dbb_op dbb_op_mmap = {
	.name		= "mmap",
	.help		= "vm_mmap() in the writer's address space, a write per page, vm_munmap()",
	.family		= DBB_FAMILY_MMAP,
	.events		= DBB_EVENTS_MMAP,
	.phases		= dbb_op_mmap_phases,
	.nphases	= ARRAY_SIZE(dbb_op_mmap_phases),
	.total		= 3,
	.prepare	= dbb_user_mapping_prepare,
	.point		= dbb_user_mapping_point,
	.verify		= dbb_page_access_verify,
	.unprepare	= dbb_user_mapping_unprepare,
};
