// SPDX-License-Identifier: GPL-2.0
/*
 * The tables of mapping strategies.
 */
#include <linux/build_bug.h>
#include <linux/kernel.h>
#include <linux/string.h>

#include "buffer.h"

const struct dbb_mmap_strategy *const dbb_mmap_strategies[DBB_MMAP_MAX] = {
	[DBB_MMAP_PAGE]		= &dbb_mmap_page,
	[DBB_MMAP_SG]		= &dbb_mmap_sg,
	[DBB_MMAP_APPLY]	= &dbb_mmap_apply,
	[DBB_MMAP_TABLE]	= &dbb_mmap_table,
	[DBB_MMAP_INSERT]	= &dbb_mmap_insert,
	[DBB_MMAP_FAULT]	= &dbb_mmap_fault,
	[DBB_MMAP_FAULT_SG]	= &dbb_mmap_fault_sg,
	[DBB_MMAP_FAULT_TABLE]	= &dbb_mmap_fault_table,
	[DBB_MMAP_HUGE]		= &dbb_mmap_huge,
	[DBB_MMAP_AUTO]		= &dbb_mmap_auto,
};

const struct dbb_vmap_strategy *const dbb_vmap_strategies[DBB_VMAP_MAX] = {
	[DBB_VMAP_PAGE]		= &dbb_vmap_page,
	[DBB_VMAP_SG]		= &dbb_vmap_sg,
	[DBB_VMAP_UNROLLED]	= &dbb_vmap_unrolled,
	[DBB_VMAP_ARRAY]	= &dbb_vmap_array,
	[DBB_VMAP_RAM]		= &dbb_vmap_ram,
	[DBB_VMAP_KEEP]		= &dbb_vmap_keep,
	[DBB_VMAP_DIRECT]	= &dbb_vmap_direct,
	[DBB_VMAP_BORN]		= &dbb_vmap_born,
	[DBB_VMAP_AUTO]		= &dbb_vmap_auto,
};

/* Finds strategies that this kernel lacks, too. */
const struct dbb_mmap_strategy *dbb_strategy_find_mmap(const char *name)
{
	unsigned int i;

	for (i = 0; i < DBB_MMAP_MAX; i++)
		if (sysfs_streq(name, dbb_mmap_strategies[i]->name))
			return dbb_mmap_strategies[i];
	return NULL;
}

const struct dbb_vmap_strategy *dbb_strategy_find_vmap(const char *name)
{
	unsigned int i;

	for (i = 0; i < DBB_VMAP_MAX; i++)
		if (sysfs_streq(name, dbb_vmap_strategies[i]->name))
			return dbb_vmap_strategies[i];
	return NULL;
}
