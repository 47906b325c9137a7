// SPDX-License-Identifier: GPL-2.0
/*
 * The list of allocation backends. CMA regions are added when the module is
 * loaded (backend_cma.c).
 */
#include <linux/kernel.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/string.h>

#include "buffer.h"

#define DBB_BACKEND_MAX 32

static const struct dbb_backend *dbb_backends[DBB_BACKEND_MAX] = {
	&dbb_backend_system,
	&dbb_backend_vmalloc,
	&dbb_backend_contig,
};

/* Constant once the module is loaded. */
unsigned int dbb_backend_count(void)
{
	unsigned int n = 0;

	while (n < DBB_BACKEND_MAX && dbb_backends[n])
		n++;
	return n;
}

/* @i is below dbb_backend_count(); 0 is "system". */
const struct dbb_backend *dbb_backend_at(unsigned int i)
{
	return dbb_backends[i];
}

/* Only from module init. @backend lives as long as the module. */
int dbb_backend_add(const struct dbb_backend *backend)
{
	unsigned int n = dbb_backend_count();

	if (n == DBB_BACKEND_MAX)
		return -ENOSPC;
	dbb_backends[n] = backend;
	return 0;
}

/* Finds backends that this kernel lacks, too. */
const struct dbb_backend *dbb_backend_find(const char *name)
{
	unsigned int i;

	for (i = 0; i < dbb_backend_count(); i++)
		if (sysfs_streq(name, dbb_backends[i]->name))
			return dbb_backends[i];
	return NULL;
}

bool dbb_backend_given_up(bool (*cancelled)(void))
{
	return fatal_signal_pending(current) || (cancelled && cancelled());
}

bool dbb_backend_pause(bool (*cancelled)(void))
{
	cond_resched();
	return dbb_backend_given_up(cancelled);
}
