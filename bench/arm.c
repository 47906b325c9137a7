// SPDX-License-Identifier: GPL-2.0
/*
 * Arms: "[heap:]strategy[+delay]" read and printed.
 */
#include <linux/ctype.h>
#include <linux/kernel.h>
#include <linux/string.h>

#include "arm.h"
#include "heaps.h"

/* "fd3": the dma-buf at descriptor 3 */
static bool dbb_arm_parse_fd(const char *text, s32 *fd)
{
	size_t len = strlen(dbb_heaps_fd.name);
	int number;

	if (strncmp(text, dbb_heaps_fd.name, len) || !isdigit(text[len]) ||
	    kstrtoint(text + len, 10, &number))
		return false;
	*fd = number;
	return true;
}

static int dbb_arm_parse_heap(char **rest, struct dbb_arm *arm, struct dbb_refusal *why)
{
	char *colon = strchr(*rest, ':');
	const struct dbb_backend *heap;

	if (colon)
		*colon = '\0';
	heap = dbb_arm_parse_fd(*rest, &arm->fd) ? &dbb_heaps_fd : dbb_heaps_find(*rest);
	if (!heap && !colon)
		return 0;
	if (!heap)
		return dbb_text_refuse(why, -EINVAL,
				       "\"%.20s\" is not a valid heap; accepted: those that bench/heap lists, fdN",
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

/* Is @name that of the heap that the arm names? */
bool dbb_arm_is_heap(const struct dbb_arm *arm, const char *name)
{
	char heap[DBB_ARM_HEAP_LEN];

	if (!arm->heap)
		return false;
	dbb_arm_print_heap(heap, sizeof(heap), arm);
	return !strcmp(name, heap);
}

/* A name may be in both tables: which one counts is decided when the op is known. */
static int dbb_arm_find_strategy(struct dbb_arm *arm, const char *name,
				 struct dbb_refusal *why)
{
	const char *missing = NULL;

	arm->mmap = dbb_strategy_find_mmap(name);
	arm->vmap = dbb_strategy_find_vmap(name);
	arm->exporter = !strcmp(name, DBB_ARM_EXPORTER);
	if (arm->exporter || dbb_arm_is_heap(arm, name))
		return 0;
	if (!arm->mmap && !arm->vmap)
		return dbb_text_refuse(why, -EINVAL,
				       "\"%.20s\" is not a valid strategy; accepted: those that heap/mmap_strategy and heap/vmap_strategy list, exporter for heap fd, STRATEGY+NS",
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
				       "%s: %s; accepted: those that heap/mmap_strategy and heap/vmap_strategy list",
				       name, missing);
	return 0;
}

int dbb_arm_parse(const char *text, struct dbb_arm *arm, struct dbb_refusal *why)
{
	struct dbb_arm made = { .fd = DBB_FD_NONE };
	char copy[DBB_ARM_TEXT_LEN];
	char *rest = copy, *plus;
	int ret;

	if (strscpy(copy, text, sizeof(copy)) < 0)
		return dbb_text_refuse(why, -EINVAL,
				       "\"%.40s...\" is too long; accepted: [heap:]strategy[+NS]",
				       text);
	ret = dbb_arm_parse_heap(&rest, &made, why);
	if (ret)
		return ret;
	if (strscpy(made.name, rest, sizeof(made.name)) < 0)
		return dbb_text_refuse(why, -EINVAL,
				       "\"%.40s\" is too long; accepted: [heap:]strategy[+NS]",
				       rest);
	if (!kstrtou32(rest, 10, &made.delay)) {
		made.is_delay = true;
		*arm = made;
		return 0;
	}
	plus = strchr(rest, '+');
	if (plus)
		*plus++ = '\0';
	if (plus && kstrtou32(plus, 10, &made.delay))
		return dbb_text_refuse(why, -EINVAL,
				       "\"%.20s\" is not a valid delay; accepted: STRATEGY+NS",
				       plus);
	ret = dbb_arm_find_strategy(&made, rest, why);
	if (!ret)
		*arm = made;
	return ret;
}

/* The heap that the arm names; returns the length. */
int dbb_arm_print_heap(char *text, size_t size, const struct dbb_arm *arm)
{
	if (arm->fd == DBB_FD_NONE)
		return scnprintf(text, size, "%s", arm->heap->name);
	return scnprintf(text, size, "%s%d", arm->heap->name, arm->fd);
}

/* As dbb_arm_parse() takes it. Returns its length. */
int dbb_arm_print(char *text, size_t size, const struct dbb_arm *arm)
{
	int len;

	if (!arm->heap || dbb_arm_is_heap(arm, arm->name))
		return scnprintf(text, size, "%s", arm->name);
	len = dbb_arm_print_heap(text, size, arm);
	return len + scnprintf(text + len, size - len, ":%s", arm->name);
}
