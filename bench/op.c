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
	[DBB_OP_DELAY]	= &dbb_op_delay,
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

/* Which strategies does the op take? Without an op, any. */
static int dbb_op_find_strategy(const struct dbb_op *op, const char *name,
				struct dbb_arm *arm)
{
	arm->mmap = dbb_strategy_find_mmap(name);
	arm->vmap = dbb_strategy_find_vmap(name);
	if (op && op->family == DBB_FAMILY_MMAP)
		arm->vmap = NULL;
	if (op && op->family == DBB_FAMILY_VMAP)
		arm->mmap = NULL;
	return arm->mmap || arm->vmap ? 0 : -EINVAL;
}

/**
 * dbb_op_make_arm() - make an arm of its text
 * @op: the operation it is for; NULL takes what any operation would
 * @text: "strategy", "strategy+delay", or "delay" for an op of delays
 * @arm: filled on success
 *
 * An op that maps nothing takes any strategy's name: its arms are equal, and
 * comparing them shows what the engine calls a difference. A delay is added
 * to the first timed step: a difference whose size is known.
 *
 * Return: 0, or -EINVAL when the op has no such arm.
 */
int dbb_op_make_arm(const struct dbb_op *op, const char *text, struct dbb_arm *arm)
{
	struct dbb_arm made = { };
	char name[DBB_ARM_NAME_LEN];
	char *plus;

	if (strscpy(made.name, text, sizeof(made.name)) < 0)
		return -EINVAL;
	strscpy(name, text, sizeof(name));
	plus = strchr(name, '+');
	if (plus)
		*plus++ = '\0';
	if (!plus && (!op || op->delays) && !kstrtou32(name, 10, &made.delay)) {
		*arm = made;
		return 0;
	}
	if (op && op->delays)
		return -EINVAL;
	if (plus && kstrtou32(plus, 10, &made.delay))
		return -EINVAL;
	if (dbb_op_find_strategy(op, name, &made))
		return -EINVAL;
	*arm = made;
	return 0;
}
