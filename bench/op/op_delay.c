// SPDX-License-Identifier: GPL-2.0
/*
 * Operation "delay": a spin of known length on the clock that measures it. Its
 * arms are lengths, and the figures must be those.
 */
#include <linux/kernel.h>

#include "../param.h"
#include "op.h"

static int dbb_op_delay_run(struct dbb_work *work)
{
	work->spun = dbb_clock_spin(work->params->clock, work->arm->delay);
	return 0;
}

static u64 dbb_op_delay_spun(const struct dbb_work *work)
{
	return work->spun;
}

/* The spin's own first read lies inside the figure, after the engine's. */
static const struct dbb_phase dbb_op_delay_phases[] = {
	{ .name = "op", .run = dbb_op_delay_run, .reads = 2 },
	{ .name = "spun", .derive = dbb_op_delay_spun, .reads = 0 },
};

const struct dbb_op dbb_op_delay = {
	.name		= "delay",
	.help		= "a spin of known length; its strategies are lengths, e.g. 10000,10200",
	.family		= DBB_FAMILY_NONE,
	.delays		= true,
	.phases		= dbb_op_delay_phases,
	.nphases	= ARRAY_SIZE(dbb_op_delay_phases),
	.total		= -1,
};
