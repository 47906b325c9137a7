// SPDX-License-Identifier: GPL-2.0
/*
 * The table of allocation backends. A new one is a file of its own and a
 * line here (and an enum entry in heap.h).
 */
#include <linux/kernel.h>
#include <linux/string.h>

#include "buffer.h"

const struct dbb_backend *const dbb_backends[DBB_BACKEND_MAX] = {
	[DBB_BACKEND_SYSTEM] = &dbb_system_backend,
};

/**
 * dbb_backend_find() - look a backend up by name
 * @name: name, a trailing newline is ignored
 *
 * Return: the backend, or NULL when this kernel has none of that name.
 */
const struct dbb_backend *dbb_backend_find(const char *name)
{
	unsigned int i;

	for (i = 0; i < DBB_BACKEND_MAX; i++)
		if (sysfs_streq(name, dbb_backends[i]->name))
			return dbb_backends[i];
	return NULL;
}
