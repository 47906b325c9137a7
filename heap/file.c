// SPDX-License-Identifier: GPL-2.0
/*
 * Files in debugfs, which are all that one has of the module.
 */
#include <linux/debugfs.h>
#include <linux/err.h>

#include "heap.h"

static int dbb_file_missing;

/* debugfs goes on without a file that it has no memory for: see dbb_file_check(). */
void dbb_file_create(const char *name, umode_t mode, struct dentry *dir, void *data,
		     const struct file_operations *fops)
{
	struct dentry *file = debugfs_create_file(name, mode, dir, data, fops);

	if (IS_ERR(file))
		dbb_file_missing = PTR_ERR(file);
}

/* Why one of the files is not there, or 0. */
int dbb_file_check(void)
{
	return dbb_file_missing;
}
