// SPDX-License-Identifier: GPL-2.0
/*
 * The list of allocation backends. A new one is a file of its own and a line
 * here; backends of which there are as many as the machine has of something
 * add themselves when the module is loaded (cma.c).
 */
#include <linux/kernel.h>
#include <linux/sched/signal.h>
#include <linux/string.h>

#include "buffer.h"

#define DBB_BACKEND_MAX 32

static const struct dbb_backend *dbb_backends[DBB_BACKEND_MAX] = {
	&dbb_system_backend,
	&dbb_vmalloc_backend,
	&dbb_contig_backend,
};

/**
 * dbb_backend_count() - how many backends there are
 *
 * Return: a number that does not change once the module is loaded.
 */
unsigned int dbb_backend_count(void)
{
	unsigned int n = 0;

	while (n < DBB_BACKEND_MAX && dbb_backends[n])
		n++;
	return n;
}

/**
 * dbb_backend_at() - a backend
 * @i: index below dbb_backend_count()
 *
 * Return: the backend; "system" is the first.
 */
const struct dbb_backend *dbb_backend_at(unsigned int i)
{
	return dbb_backends[i];
}

/**
 * dbb_backend_add() - append a backend
 * @backend: stays as long as the module
 *
 * Context: while the module is loaded.
 *
 * Return: 0, or -ENOSPC when there are %DBB_BACKEND_MAX.
 */
int dbb_backend_add(const struct dbb_backend *backend)
{
	unsigned int n = dbb_backend_count();

	if (n == DBB_BACKEND_MAX)
		return -ENOSPC;
	dbb_backends[n] = backend;
	return 0;
}

/**
 * dbb_backend_find() - look a backend up by name
 * @name: name, a trailing newline is ignored
 *
 * Return: the backend, one that this kernel lacks included, or NULL.
 */
const struct dbb_backend *dbb_backend_find(const char *name)
{
	unsigned int i;

	for (i = 0; i < dbb_backend_count(); i++)
		if (sysfs_streq(name, dbb_backends[i]->name))
			return dbb_backends[i];
	return NULL;
}

/**
 * dbb_backend_given_up() - is nobody waiting for the buffer any more?
 * @cancelled: asks; may be NULL
 *
 * Return: whether a fatal signal came or @cancelled says so.
 */
bool dbb_backend_given_up(bool (*cancelled)(void))
{
	return fatal_signal_pending(current) || (cancelled && cancelled());
}
