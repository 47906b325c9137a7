// SPDX-License-Identifier: GPL-2.0
/*
 * Whether a kernel mapping of a dma-buf and its DMA addresses lead to the pages that user
 * space sees, in that order.
 *
 * Who writes "FD TAG" to its file in debugfs has put TAG + i into the first word of page i
 * of the dma-buf that is FD there. The file then holds a line for the device's view and
 * one for the kernel's: "ok" or the first page that is another one.
 */
#include <linux/debugfs.h>
#include <linux/dma-buf.h>
#include <linux/dma-direct.h>
#include <linux/dma-mapping.h>
#include <linux/err.h>
#include <linux/fs.h>
#include <linux/io.h>
#include <linux/kernel.h>
#include <linux/limits.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/platform_device.h>
#include <linux/scatterlist.h>
#include <linux/seq_file.h>
#include <linux/uaccess.h>

#include "../../../heap/compat.h"

struct same_pages_view {
	const char *name;
	unsigned long pages;	/* seen, up to the first wrong one */
	u32 holds;		/* what that one holds */
	bool wrong;
	int error;
};

static DEFINE_MUTEX(same_pages_lock);
static struct same_pages_view same_pages_device = { .name = "device" };
static struct same_pages_view same_pages_kernel = { .name = "kernel" };
static struct platform_device *same_pages_importer;
static struct dentry *same_pages_file;

static bool same_pages_see(struct same_pages_view *view, u32 tag, u32 holds)
{
	view->holds = holds;
	view->wrong = holds != tag + view->pages;
	if (!view->wrong)
		view->pages++;
	return !view->wrong;
}

static u32 same_pages_read_pfn(unsigned long pfn)
{
	void *addr = memremap(PFN_PHYS(pfn), PAGE_SIZE, MEMREMAP_WB);
	u32 word = addr ? READ_ONCE(*(u32 *)addr) : 0;

	memunmap(addr);
	return word;
}

/* There is no IOMMU: what a device would address are physical pages. */
static void same_pages_walk_table(struct same_pages_view *view, struct sg_table *table, u32 tag)
{
	struct sg_dma_page_iter iter;

	for_each_sgtable_dma_page(table, &iter, 0) {
		phys_addr_t phys = dma_to_phys(&same_pages_importer->dev,
					       sg_page_iter_dma_address(&iter));

		if (!same_pages_see(view, tag, same_pages_read_pfn(PHYS_PFN(phys))))
			return;
	}
}

static int same_pages_look_as_device(struct same_pages_view *view, struct dma_buf *dmabuf, u32 tag)
{
	struct dma_buf_attachment *attachment;
	struct sg_table *table;

	attachment = dma_buf_attach(dmabuf, &same_pages_importer->dev);
	if (IS_ERR(attachment))
		return PTR_ERR(attachment);
	table = dbb_compat_map_attachment(attachment, DMA_BIDIRECTIONAL);
	if (!IS_ERR(table)) {
		same_pages_walk_table(view, table, tag);
		dbb_compat_unmap_attachment(attachment, table, DMA_BIDIRECTIONAL);
	}
	dma_buf_detach(dmabuf, attachment);
	return PTR_ERR_OR_ZERO(table);
}

static int same_pages_look_as_kernel(struct same_pages_view *view, struct dma_buf *dmabuf, u32 tag)
{
	struct iosys_map map;
	size_t at;
	int ret = dbb_compat_vmap(dmabuf, &map);

	if (ret)
		return ret;
	for (at = 0; at < dmabuf->size; at += PAGE_SIZE)
		if (!same_pages_see(view, tag, READ_ONCE(*(u32 *)(map.vaddr + at))))
			break;
	dbb_compat_vunmap(dmabuf, &map);
	return 0;
}

static void same_pages_look(struct same_pages_view *view, struct dma_buf *dmabuf, u32 tag,
			    int (*look)(struct same_pages_view *view, struct dma_buf *dmabuf,
					u32 tag))
{
	view->pages = 0;
	view->wrong = false;
	view->error = look(view, dmabuf, tag);
	if (!view->error && !view->wrong && view->pages != dmabuf->size >> PAGE_SHIFT)
		view->error = -ENODATA;
}

static ssize_t same_pages_write(struct file *file, const char __user *from, size_t len, loff_t *pos)
{
	struct dma_buf *dmabuf;
	char text[32];
	u32 tag;
	int fd;

	if (len >= sizeof(text))
		return -EINVAL;
	if (copy_from_user(text, from, len))
		return -EFAULT;
	text[len] = '\0';
	if (sscanf(text, "%d %u", &fd, &tag) != 2)
		return -EINVAL;

	dmabuf = dma_buf_get(fd);
	if (IS_ERR(dmabuf))
		return PTR_ERR(dmabuf);
	mutex_lock(&same_pages_lock);
	same_pages_look(&same_pages_device, dmabuf, tag, same_pages_look_as_device);
	same_pages_look(&same_pages_kernel, dmabuf, tag, same_pages_look_as_kernel);
	mutex_unlock(&same_pages_lock);
	dma_buf_put(dmabuf);
	return len;
}

static void same_pages_print(struct seq_file *seq, const struct same_pages_view *view)
{
	if (view->error)
		seq_printf(seq, "%s: error %d after page %lu\n", view->name, view->error,
			   view->pages);
	else if (view->wrong)
		seq_printf(seq, "%s: page %lu holds %#x\n", view->name, view->pages, view->holds);
	else
		seq_printf(seq, "%s: ok, %lu pages\n", view->name, view->pages);
}

static int same_pages_show(struct seq_file *seq, void *unused)
{
	mutex_lock(&same_pages_lock);
	same_pages_print(seq, &same_pages_device);
	same_pages_print(seq, &same_pages_kernel);
	mutex_unlock(&same_pages_lock);
	return 0;
}

static int same_pages_open(struct inode *inode, struct file *file)
{
	return single_open(file, same_pages_show, NULL);
}

static const struct file_operations same_pages_fops = {
	.owner		= THIS_MODULE,
	.open		= same_pages_open,
	.read		= seq_read,
	.write		= same_pages_write,
	.llseek		= seq_lseek,
	.release	= single_release,
};

static int __init same_pages_init(void)
{
	int ret;

	same_pages_importer = platform_device_register_simple("same_pages", -1, NULL, 0);
	if (IS_ERR(same_pages_importer))
		return PTR_ERR(same_pages_importer);
	ret = dma_coerce_mask_and_coherent(&same_pages_importer->dev, DMA_BIT_MASK(64));
	if (ret) {
		platform_device_unregister(same_pages_importer);
		return ret;
	}
	dma_set_max_seg_size(&same_pages_importer->dev, UINT_MAX);
	same_pages_file = debugfs_create_file("same_pages", 0600, NULL, NULL, &same_pages_fops);
	return 0;
}
module_init(same_pages_init);

static void __exit same_pages_exit(void)
{
	debugfs_remove(same_pages_file);
	platform_device_unregister(same_pages_importer);
}
module_exit(same_pages_exit);

MODULE_DESCRIPTION("Compares how a dma-buf's pages are seen, for tests");
MODULE_LICENSE("GPL");
DBB_IMPORT_NS_DMA_BUF();
