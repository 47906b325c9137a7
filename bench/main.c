// SPDX-License-Identifier: GPL-2.0
/*
 * The module's init ladder and its mirror.
 */
#include <linux/debugfs.h>
#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/module.h>

#include "../heap/compat.h"
#include "../heap/heap.h"
#include "env.h"
#include "files.h"
#include "result.h"
#include "selftest/selftest.h"

static struct dentry *dbb_main_root;

static void dbb_main_undo(void)
{
	debugfs_remove(dbb_main_root);
	dbb_heap_exit();
	dbb_result_publish(NULL);
	dbb_selftest_exit();
}

static int __init dbb_main_init(void)
{
	int ret;

	dbb_env_init();
	dbb_main_root = debugfs_create_dir(KBUILD_MODNAME, NULL);
	if (IS_ERR(dbb_main_root)) {
		pr_err("no debugfs (%pe): booted with debugfs=off?\n", dbb_main_root);
		return PTR_ERR(dbb_main_root);
	}
	ret = dbb_heap_init(dbb_main_root);
	if (ret) {
		debugfs_remove(dbb_main_root);
		return ret;
	}
	dbb_files_init(dbb_main_root);
	ret = dbb_file_check();
	if (!ret)
		ret = dbb_init_publish();
	if (ret)
		dbb_main_undo();
	return ret;
}

static void __exit dbb_main_exit(void)
{
	dbb_main_undo();
}

module_init(dbb_main_init);
module_exit(dbb_main_exit);

MODULE_AUTHOR("dmabuf-bench developers");
MODULE_DESCRIPTION("What does mapping a dma-buf cost? A heap with switchable mapping strategies, and a bench");
MODULE_LICENSE("GPL");
MODULE_VERSION("0.1");
DBB_IMPORT_NS_DMA_BUF();
DBB_IMPORT_NS_DMA_BUF_HEAP();
