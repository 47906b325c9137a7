// SPDX-License-Identifier: GPL-2.0
/*
 * The table of operations.
 */
#include <linux/kernel.h>
#include <linux/string.h>

#include "op.h"

const struct dbb_op *const dbb_ops[DBB_OP_MAX] = {
	[DBB_OP_PAGES]	= &dbb_op_pages,
	[DBB_OP_VMAP]	= &dbb_op_vmap,
	[DBB_OP_MMAP]	= &dbb_op_mmap,
	[DBB_OP_TABLES]	= &dbb_op_tables,
	[DBB_OP_TOUCH]	= &dbb_op_touch,
	[DBB_OP_VTOUCH]	= &dbb_op_vtouch,
	[DBB_OP_ALLOC]	= &dbb_op_alloc,
	[DBB_OP_ATTACH]	= &dbb_op_attach,
	[DBB_OP_SYNC]	= &dbb_op_sync,
	[DBB_OP_REPLAY]	= &dbb_op_replay,
	[DBB_OP_NOOP]	= &dbb_op_noop,
	[DBB_OP_DELAY]	= &dbb_op_delay,
};

/* A trailing newline of the name is ignored. */
const struct dbb_op *dbb_op_find(const char *name)
{
	unsigned int i;

	for (i = 0; i < DBB_OP_MAX; i++)
		if (sysfs_streq(name, dbb_ops[i]->name))
			return dbb_ops[i];
	return NULL;
}

/* Phases without a hook to run come last. */
u64 dbb_op_sum_steps(const struct dbb_op *op, const u64 *raw)
{
	unsigned int i;
	u64 sum = 0;

	for (i = 0; i < op->nphases && op->phases[i].run; i++)
		sum += raw[i];
	return sum;
}
