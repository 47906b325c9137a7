// SPDX-License-Identifier: GPL-2.0
/*
 * A driver that maps what it imports far too often, for the tests of callers.sh to
 * find. To its file in debugfs one writes "FD COUNT": the dma-buf that is FD in the
 * writing process is mapped and unmapped COUNT times.
 */
#include <linux/debugfs.h>
#include <linux/dma-buf.h>
#include <linux/err.h>
#include <linux/fs.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/sched/signal.h>
#include <linux/uaccess.h>

#include "../../../heap/compat.h"

static struct dentry *slow_importer_file;

static noinline int slow_importer_map(struct dma_buf *dmabuf)
{
	struct iosys_map map;
	int ret = dbb_compat_vmap(dmabuf, &map);

	if (ret)
		return ret;
	dbb_compat_vunmap(dmabuf, &map);
	return 0;
}

static ssize_t slow_importer_write(struct file *file, const char __user *from, size_t len,
				   loff_t *pos)
{
	struct dma_buf *dmabuf;
	unsigned int count;
	char text[32];
	int fd, ret = 0;

	if (len >= sizeof(text))
		return -EINVAL;
	if (copy_from_user(text, from, len))
		return -EFAULT;
	text[len] = '\0';
	if (sscanf(text, "%d %u", &fd, &count) != 2)
		return -EINVAL;

	dmabuf = dma_buf_get(fd);
	if (IS_ERR(dmabuf))
		return PTR_ERR(dmabuf);
	while (count-- && !ret)
		ret = fatal_signal_pending(current) ? -EINTR : slow_importer_map(dmabuf);
	dma_buf_put(dmabuf);
	return ret ? ret : len;
}

static const struct file_operations slow_importer_fops = {
	.owner	= THIS_MODULE,
	.open	= simple_open,
	.write	= slow_importer_write,
};

static int __init slow_importer_init(void)
{
	slow_importer_file = debugfs_create_file("slow_importer", 0200, NULL, NULL,
						 &slow_importer_fops);
	return PTR_ERR_OR_ZERO(slow_importer_file);
}
module_init(slow_importer_init);

static void __exit slow_importer_exit(void)
{
	debugfs_remove(slow_importer_file);
}
module_exit(slow_importer_exit);

MODULE_DESCRIPTION("An importer that maps too often, for tests");
MODULE_LICENSE("GPL");
DBB_IMPORT_NS_DMA_BUF();
