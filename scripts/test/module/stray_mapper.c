// SPDX-License-Identifier: GPL-2.0
/*
 * A driver that maps a dma-buf for user space and gets the place wrong, as the dma-buf
 * core lets no process do. Who writes the number of a dma-buf to /dev/stray_mapper maps
 * it through that file:
 *
 *   offset of N pages         the last pages of the buffer, and then moves the offset of
 *                             the mapping by N: its last N pages are past the end
 *   offset of MAPPER_ASIDE    asks the exporter, not the core, for a mapping from page N
 *   and N pages               on
 */
#include <linux/dma-buf.h>
#include <linux/err.h>
#include <linux/fs.h>
#include <linux/kernel.h>
#include <linux/miscdevice.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/uaccess.h>

#include "../../../heap/compat.h"

#define MAPPER_ASIDE 0x100000ul

static int stray_mapper_aside(struct dma_buf *dmabuf, struct vm_area_struct *vma)
{
	vma->vm_pgoff -= MAPPER_ASIDE;
	return dmabuf->ops->mmap(dmabuf, vma);
}

static int stray_mapper_past_end(struct dma_buf *dmabuf, struct vm_area_struct *vma)
{
	unsigned long past = vma->vm_pgoff, npages = dmabuf->size >> PAGE_SHIFT;
	int ret;

	if (vma_pages(vma) > npages)
		return -EINVAL;
	ret = dma_buf_mmap(dmabuf, vma, npages - vma_pages(vma));
	vma->vm_pgoff += past;
	return ret;
}

static int stray_mapper_mmap(struct file *file, struct vm_area_struct *vma)
{
	struct dma_buf *dmabuf = file->private_data;

	if (!dmabuf)
		return -EBADF;
	return vma->vm_pgoff < MAPPER_ASIDE ? stray_mapper_past_end(dmabuf, vma) :
					      stray_mapper_aside(dmabuf, vma);
}

static ssize_t stray_mapper_write(struct file *file, const char __user *from, size_t len,
				  loff_t *pos)
{
	struct dma_buf *dmabuf;
	int fd, ret;

	ret = kstrtoint_from_user(from, len, 0, &fd);
	if (ret)
		return ret;
	if (file->private_data)
		return -EBUSY;
	dmabuf = dma_buf_get(fd);
	if (IS_ERR(dmabuf))
		return PTR_ERR(dmabuf);
	file->private_data = dmabuf;
	return len;
}

/* The misc device has left itself there. */
static int stray_mapper_open(struct inode *inode, struct file *file)
{
	file->private_data = NULL;
	return 0;
}

static int stray_mapper_release(struct inode *inode, struct file *file)
{
	if (file->private_data)
		dma_buf_put(file->private_data);
	return 0;
}

static const struct file_operations stray_mapper_fops = {
	.owner		= THIS_MODULE,
	.open		= stray_mapper_open,
	.write		= stray_mapper_write,
	.mmap		= stray_mapper_mmap,
	.release	= stray_mapper_release,
};

static struct miscdevice stray_mapper_device = {
	.minor	= MISC_DYNAMIC_MINOR,
	.name	= "stray_mapper",
	.mode	= 0600,
	.fops	= &stray_mapper_fops,
};
module_misc_device(stray_mapper_device);

MODULE_DESCRIPTION("Maps dma-bufs in the wrong place, for tests");
MODULE_LICENSE("GPL");
DBB_IMPORT_NS_DMA_BUF();
