// SPDX-License-Identifier: GPL-2.0
/*
 * Operation "noop": an empty step, which shows the overhead of the engine.
 */
#include <linux/kernel.h>

#include "op.h"

static int dbb_op_noop_run(struct dbb_work *work)
{
	return 0;
}

static const struct dbb_phase dbb_op_noop_phases[] = {
	{ .name = "op", .run = dbb_op_noop_run, .reads = 1 },
};

const struct dbb_op dbb_op_noop = {
	.name		= "noop",
	.help		= "an empty step: the overhead of the engine",
	.family		= DBB_FAMILY_NONE,
	.batches	= true,
	.phases		= dbb_op_noop_phases,
	.nphases	= ARRAY_SIZE(dbb_op_noop_phases),
	.total		= -1,
};
