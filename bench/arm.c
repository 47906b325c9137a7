// SPDX-License-Identifier: GPL-2.0
/*
 * Arms: "[heap:]strategy[+delay]" read, fitted to an op, and printed.
 */
#include <linux/kernel.h>
#include <linux/string.h>

#include "arm.h"
#include "op.h"
#include "source.h"

/* What one heap measured against itself is called. */
#define DBB_ARM_EXPORTER "exporter"

static int dbb_arm_parse_heap(char **rest, struct dbb_arm *arm, struct dbb_refusal *why)
{
	char *colon = strchr(*rest, ':');
	const struct dbb_backend *heap;

	if (colon)
		*colon = '\0';
	heap = dbb_source_find(*rest);
	if (!heap && !colon)
		return 0;
	if (!heap)
		return dbb_text_refuse(why, -EINVAL,
				       "\"%.20s\" is no heap; accepted: those that bench/heap lists",
				       *rest);
	if (heap->missing)
		return dbb_text_refuse(why, -EOPNOTSUPP,
				       "heap %s: %s; accepted: those that bench/heap lists",
				       heap->name, heap->missing);
	arm->heap = heap;
	if (colon)
		*rest = colon + 1;
	return 0;
}

/* A word that more than one table has is looked at again when the op is known. */
static int dbb_arm_find_strategy(struct dbb_arm *arm, const char *name,
				 struct dbb_refusal *why)
{
	const char *missing = NULL;

	arm->mmap = dbb_strategy_find_mmap(name);
	arm->vmap = dbb_strategy_find_vmap(name);
	arm->exporter = !strcmp(name, DBB_ARM_EXPORTER);
	if (arm->exporter || (arm->heap && !strcmp(name, arm->heap->name)))
		return 0;
	if (!arm->mmap && !arm->vmap)
		return dbb_text_refuse(why, -EINVAL,
				       "\"%.20s\" is no strategy; accepted: those in heap/*map_strategy, exporter for heap fd, +NS",
				       name);
	if (arm->mmap && arm->mmap->missing) {
		missing = arm->mmap->missing;
		arm->mmap = NULL;
	}
	if (arm->vmap && arm->vmap->missing) {
		missing = arm->vmap->missing;
		arm->vmap = NULL;
	}
	if (!arm->mmap && !arm->vmap)
		return dbb_text_refuse(why, -EOPNOTSUPP,
				       "%s: %s; accepted: those in heap/*map_strategy",
				       name, missing);
	return 0;
}

/**
 * dbb_arm_parse() - read an arm
 * @text: "[heap:]strategy[+delay]", "heap" for ops that need no strategy, or
 *	  "delay" for an op of delays
 * @arm: filled on success
 * @why: filled on failure
 *
 * A delay is added to the first timed step: a difference whose size is known.
 *
 * Return: 0, -EINVAL when it is no arm of any op, -EOPNOTSUPP when this kernel
 * lacks the heap or the strategy.
 */
int dbb_arm_parse(const char *text, struct dbb_arm *arm, struct dbb_refusal *why)
{
	struct dbb_arm made = { };
	char copy[DBB_ARM_TEXT_LEN];
	char *rest = copy, *plus;
	int ret;

	if (strscpy(copy, text, sizeof(copy)) < 0)
		return dbb_text_refuse(why, -EINVAL, "\"%.40s...\" is too long for an arm", text);
	ret = dbb_arm_parse_heap(&rest, &made, why);
	if (ret)
		return ret;
	if (strscpy(made.name, rest, sizeof(made.name)) < 0)
		return dbb_text_refuse(why, -EINVAL, "\"%.40s\" is too long for a strategy", rest);
	if (!kstrtou32(rest, 10, &made.delay)) {
		made.is_delay = true;
		*arm = made;
		return 0;
	}
	plus = strchr(rest, '+');
	if (plus)
		*plus++ = '\0';
	if (plus && kstrtou32(plus, 10, &made.delay))
		return dbb_text_refuse(why, -EINVAL, "\"%.20s\" is no delay; accepted: ns", plus);
	ret = dbb_arm_find_strategy(&made, rest, why);
	if (!ret)
		*arm = made;
	return ret;
}

/**
 * dbb_arm_fit() - see whether an op can take an arm
 * @arm: the arm; strategies of other ops are dropped from it on success
 * @op: the op
 * @why: filled on failure
 *
 * An op that maps nothing takes any strategy's name: its arms are equal, and
 * comparing them shows what the engine calls a difference.
 *
 * Return: 0, or -EINVAL.
 */
int dbb_arm_fit(struct dbb_arm *arm, const struct dbb_op *op, struct dbb_refusal *why)
{
	bool maps = op->family == DBB_FAMILY_MMAP || op->family == DBB_FAMILY_VMAP;
	const char *table = op->family == DBB_FAMILY_MMAP ? "mmap" : "vmap";

	if (arm->is_delay != op->delays)
		return dbb_text_refuse(why, -EINVAL, "op %s has no %s; accepted: %s", op->name,
				       arm->name, op->delays ?
				       "delays, e.g. strategies=10000,10200" : "strategies");
	if (!maps)
		return 0;
	if (!arm->exporter && !(op->family == DBB_FAMILY_MMAP ? !!arm->mmap : !!arm->vmap))
		return dbb_text_refuse(why, -EINVAL,
				       "op %s has no %s; accepted: those in heap/%s_strategy",
				       op->name, arm->name, table);
	if (op->family == DBB_FAMILY_MMAP)
		arm->vmap = NULL;
	else
		arm->mmap = NULL;
	return 0;
}

/**
 * dbb_arm_print() - print an arm as dbb_arm_parse() takes it
 * @text: room for it
 * @size: of @text, %DBB_ARM_TEXT_LEN at most is needed
 * @arm: the arm
 *
 * Return: the length of what was printed.
 */
int dbb_arm_print(char *text, size_t size, const struct dbb_arm *arm)
{
	if (!arm->heap || !strcmp(arm->name, arm->heap->name))
		return scnprintf(text, size, "%s", arm->name);
	return scnprintf(text, size, "%s:%s", arm->heap->name, arm->name);
}
