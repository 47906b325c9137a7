// SPDX-License-Identifier: GPL-2.0
/*
 * Operation "mmap": a user mapping in the address space of whoever wrote to
 * "run", one write to each of its pages, and its removal.
 */
#include <linux/kernel.h>

#include "access.h"
#include "usermap.h"

static u64 dbb_op_mmap_total(const struct dbb_work *work, const u64 *raw)
{
	return raw[0] + raw[1] + raw[2];
}

static const struct dbb_phase dbb_op_mmap_phases[] = {
	{ .name = "mmap", .run = dbb_usermap_map, .reads = 1 },
	{ .name = "touch", .run = dbb_usermap_tag, .verify = true, .reads = 1 },
	{ .name = "munmap", .run = dbb_usermap_unmap, .reads = 1 },
	{ .name = "total", .derive = dbb_op_mmap_total, .reads = 3 },
};

const struct dbb_op dbb_op_mmap = {
	.name		= "mmap",
	.help		= "vm_mmap() in the writer's address space, a write per page, vm_munmap()",
	.family		= DBB_FAMILY_MMAP,
	.phases		= dbb_op_mmap_phases,
	.nphases	= ARRAY_SIZE(dbb_op_mmap_phases),
	.total		= 3,
	.prepare	= dbb_usermap_prepare,
	.point		= dbb_usermap_point,
	.verify		= dbb_access_verify,
	.unprepare	= dbb_usermap_unprepare,
};
