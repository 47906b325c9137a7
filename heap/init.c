// SPDX-License-Identifier: GPL-2.0
/*
 * Init and exit of heap/.
 */
#include <linux/debugfs.h>

#include "buffer.h"

/* The caller removes @root, also on failure. */
int dbb_heap_init(struct dentry *root)
{
	struct dentry *dir;
	int ret;

	ret = dbb_register_check();
	if (ret)
		return ret;
	ret = dbb_caching_init();
	if (ret)
		return ret;
	dir = debugfs_create_dir("heap", root);
	dbb_errlog_init(root);
	dbb_stats_init(dir);
	dbb_knobs_init(dir);
	ret = dbb_backend_contig_init();
	if (ret)
		goto exit_caching;
	ret = dbb_backend_cma_init();
	if (ret)
		goto exit_contig;
	return 0;

exit_contig:
	dbb_backend_contig_exit();
exit_caching:
	dbb_caching_exit();
	return ret;
}

/* Comes last in init: from now on there may be buffers. */
int dbb_init_publish(void)
{
	int ret = dbb_node_init();

	if (!ret)
		dbb_register_init();
	return ret;
}

/* No buffer is alive: each pins the module. Undoes what there is of dbb_init_publish(), too. */
void dbb_heap_exit(void)
{
	dbb_node_exit();
	dbb_backend_cma_exit();
	dbb_backend_contig_exit();
	dbb_caching_exit();
}
