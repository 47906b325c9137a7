// SPDX-License-Identifier: GPL-2.0
/*
 * The heap's part of the init ladder.
 */
#include <linux/debugfs.h>

#include "buffer.h"

/**
 * dbb_heap_init() - make the heap's debugfs files and device nodes
 * @root: the module's debugfs folder; the caller removes it, also on failure
 *
 * Return: 0 or an errno.
 */
int dbb_heap_init(struct dentry *root)
{
	struct dentry *dir = debugfs_create_dir("heap", root);
	int ret;

	dbb_errlog_init(root);
	dbb_stats_init(dir);
	dbb_knobs_init(dir);
	ret = dbb_contig_init();
	if (ret)
		return ret;
	ret = dbb_cma_init();
	if (ret)
		goto exit_contig;
	ret = dbb_node_init();
	if (ret)
		goto exit_cma;
	ret = dbb_core_init();
	if (ret)
		goto exit_node;
	return 0;

exit_node:
	dbb_node_exit();
exit_cma:
	dbb_cma_exit();
exit_contig:
	dbb_contig_exit();
	return ret;
}

/**
 * dbb_heap_exit() - remove the device nodes and the backends' devices
 *
 * No buffer is alive: each pins the module.
 */
void dbb_heap_exit(void)
{
	dbb_node_exit();
	dbb_cma_exit();
	dbb_contig_exit();
}
