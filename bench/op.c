// SPDX-License-Identifier: GPL-2.0
/*
 * The table of operations. A new one is a file of its own and a line here
 * (and an enum entry in op.h).
 */
#include <linux/kernel.h>
#include <linux/string.h>

#include "op.h"

const struct dbb_op *const dbb_ops[DBB_OP_MAX] = {
	[DBB_OP_PAGES]	= &dbb_op_pages,
	[DBB_OP_VMAP]	= &dbb_op_vmap,
	[DBB_OP_MMAP]	= &dbb_op_mmap,
	[DBB_OP_NOOP]	= &dbb_op_noop,
};

/**
 * dbb_op_find() - look an operation up by name
 * @name: name, a trailing newline is ignored
 *
 * Return: the operation, or NULL when there is none of that name.
 */
const struct dbb_op *dbb_op_find(const char *name)
{
	unsigned int i;

	for (i = 0; i < DBB_OP_MAX; i++)
		if (sysfs_streq(name, dbb_ops[i]->name))
			return dbb_ops[i];
	return NULL;
}

/**
 * dbb_op_make_arm() - make an arm from a strategy's name
 * @op: the operation it is for; NULL takes the name from either table
 * @name: strategy
 * @arm: filled on success
 *
 * An op that maps nothing takes any strategy's name: its arms are equal, and
 * comparing them shows what the engine calls a difference.
 *
 * Return: 0, or -EINVAL when the op has no such strategy.
 */
int dbb_op_make_arm(const struct dbb_op *op, const char *name, struct dbb_arm *arm)
{
	const struct dbb_mmap_strategy *mmap = dbb_strategy_find_mmap(name);
	const struct dbb_vmap_strategy *vmap = dbb_strategy_find_vmap(name);

	if (op && op->family == DBB_FAMILY_MMAP)
		vmap = NULL;
	if (op && op->family == DBB_FAMILY_VMAP)
		mmap = NULL;
	if (!mmap && !vmap)
		return -EINVAL;
	arm->name = mmap ? mmap->name : vmap->name;
	arm->mmap = mmap;
	arm->vmap = vmap;
	return 0;
}
