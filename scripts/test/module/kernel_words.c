// SPDX-License-Identifier: GPL-2.0
/*
 * What the kernel's mapping of a dma-buf holds. Who writes "FD" to its file in debugfs
 * gets EUCLEAN unless each word of the dma-buf that is FD there is zero.
 */
#include <linux/debugfs.h>
#include <linux/dma-buf.h>
#include <linux/err.h>
#include <linux/fs.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/printk.h>
#include <linux/sched.h>
#include <linux/string.h>
#include <linux/uaccess.h>

#include "../../../heap/compat.h"

static struct dentry *kernel_words_file;

static int kernel_words_look(struct dma_buf *dmabuf)
{
	struct iosys_map map;
	size_t done;
	void *stale = NULL;
	int ret = dbb_compat_vmap(dmabuf, &map);

	if (ret)
		return ret;
	for (done = 0; done < dmabuf->size && !stale; done += PAGE_SIZE) {
		stale = memchr_inv(map.vaddr + done, 0, PAGE_SIZE);
		cond_resched();
	}
	dbb_compat_vunmap(dmabuf, &map);
	return stale ? -EUCLEAN : 0;
}

static ssize_t kernel_words_write(struct file *file, const char __user *from, size_t len,
				  loff_t *pos)
{
	struct dma_buf *dmabuf;
	int fd, ret;

	ret = kstrtoint_from_user(from, len, 10, &fd);
	if (ret)
		return ret;
	dmabuf = dma_buf_get(fd);
	if (IS_ERR(dmabuf))
		return PTR_ERR(dmabuf);
	ret = kernel_words_look(dmabuf);
	dma_buf_put(dmabuf);
	return ret ? ret : len;
}

static const struct file_operations kernel_words_fops = {
	.owner	= THIS_MODULE,
	.open	= simple_open,
	.write	= kernel_words_write,
};

static int __init kernel_words_init(void)
{
	kernel_words_file = debugfs_create_file("kernel_words", 0200, NULL, NULL,
						&kernel_words_fops);
	return PTR_ERR_OR_ZERO(kernel_words_file);
}
module_init(kernel_words_init);

static void __exit kernel_words_exit(void)
{
	debugfs_remove(kernel_words_file);
}
module_exit(kernel_words_exit);

MODULE_DESCRIPTION("Looks for what is not zero in a dma-buf, for tests");
MODULE_LICENSE("GPL");
DBB_IMPORT_NS_DMA_BUF();
