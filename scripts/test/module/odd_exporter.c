// SPDX-License-Identifier: GPL-2.0
/*
 * Exporters of dma-bufs with something wrong, for the tests of dmabuf_probe to find.
 * Each has a node that speaks the ABI of a dma-heap: /dev/odd_aliased shows one page
 * everywhere, /dev/odd_unmappable has no mmap, /dev/odd_readonly refuses mappings that
 * can be written to, /dev/odd_faulting serves the fault of the first page only, and
 * /dev/odd_unsynced fails at the beginning of CPU access.
 */
#include <linux/dma-buf.h>
#include <linux/err.h>
#include <linux/fs.h>
#include <linux/kernel.h>
#include <linux/miscdevice.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/uaccess.h>
#include <uapi/linux/dma-heap.h>

#include "../../../heap/compat.h"

static struct sg_table *odd_exporter_map(struct dma_buf_attachment *attachment,
					 enum dma_data_direction direction)
{
	return ERR_PTR(-EOPNOTSUPP);
}

static void odd_exporter_unmap(struct dma_buf_attachment *attachment, struct sg_table *table,
			       enum dma_data_direction direction)
{
}

/* Whoever has it mapped holds pages of its own. */
static void odd_exporter_release(struct dma_buf *dmabuf)
{
	__free_page(dmabuf->priv);
}

static int odd_exporter_mmap_aliased(struct dma_buf *dmabuf, struct vm_area_struct *vma)
{
	struct page *page = dmabuf->priv;
	unsigned long addr;
	int ret = 0;

	for (addr = vma->vm_start; addr < vma->vm_end && !ret; addr += PAGE_SIZE)
		ret = remap_pfn_range(vma, addr, page_to_pfn(page), PAGE_SIZE,
				      vma->vm_page_prot);
	return ret;
}

static int odd_exporter_mmap_readonly(struct dma_buf *dmabuf, struct vm_area_struct *vma)
{
	if (vma->vm_flags & VM_WRITE)
		return -EACCES;
	return odd_exporter_mmap_aliased(dmabuf, vma);
}

static vm_fault_t odd_exporter_fault(struct vm_fault *vmf)
{
	struct dma_buf *dmabuf = vmf->vma->vm_private_data;

	if (vmf->pgoff)
		return VM_FAULT_SIGBUS;
	vmf->page = dmabuf->priv;
	get_page(vmf->page);
	return 0;
}

static const struct vm_operations_struct odd_exporter_vm_ops = {
	.fault = odd_exporter_fault,
};

static int odd_exporter_mmap_faulting(struct dma_buf *dmabuf, struct vm_area_struct *vma)
{
	vma->vm_private_data = dmabuf;
	vma->vm_ops = &odd_exporter_vm_ops;
	return 0;
}

static int odd_exporter_begin_unsynced(struct dma_buf *dmabuf, enum dma_data_direction direction)
{
	return -EIO;
}

#define ODD_EXPORTER_OPS \
	.map_dma_buf = odd_exporter_map, \
	.unmap_dma_buf = odd_exporter_unmap, \
	.release = odd_exporter_release

enum odd_exporter_kind {
	ODD_EXPORTER_ALIASED,
	ODD_EXPORTER_UNMAPPABLE,
	ODD_EXPORTER_READONLY,
	ODD_EXPORTER_FAULTING,
	ODD_EXPORTER_UNSYNCED,
	ODD_EXPORTER_MAX
};

static const struct dma_buf_ops odd_exporter_ops[ODD_EXPORTER_MAX] = {
	[ODD_EXPORTER_ALIASED] = { ODD_EXPORTER_OPS, .mmap = odd_exporter_mmap_aliased },
	[ODD_EXPORTER_UNMAPPABLE] = { ODD_EXPORTER_OPS },
	[ODD_EXPORTER_READONLY] = { ODD_EXPORTER_OPS, .mmap = odd_exporter_mmap_readonly },
	[ODD_EXPORTER_FAULTING] = { ODD_EXPORTER_OPS, .mmap = odd_exporter_mmap_faulting },
	[ODD_EXPORTER_UNSYNCED] = { ODD_EXPORTER_OPS, .mmap = odd_exporter_mmap_readonly,
				    .begin_cpu_access = odd_exporter_begin_unsynced },
};

static struct miscdevice odd_exporter_nodes[ODD_EXPORTER_MAX] = {
	[ODD_EXPORTER_ALIASED] = { .name = "odd_aliased" },
	[ODD_EXPORTER_UNMAPPABLE] = { .name = "odd_unmappable" },
	[ODD_EXPORTER_READONLY] = { .name = "odd_readonly" },
	[ODD_EXPORTER_FAULTING] = { .name = "odd_faulting" },
	[ODD_EXPORTER_UNSYNCED] = { .name = "odd_unsynced" },
};

static int odd_exporter_export(unsigned int kind, size_t size)
{
	DEFINE_DMA_BUF_EXPORT_INFO(info);
	struct page *page = alloc_page(GFP_KERNEL | __GFP_ZERO);
	struct dma_buf *dmabuf;
	int fd;

	if (!page)
		return -ENOMEM;
	info.ops = &odd_exporter_ops[kind];
	info.size = PAGE_ALIGN(size);
	info.flags = O_RDWR;
	info.priv = page;
	dmabuf = dma_buf_export(&info);
	if (IS_ERR(dmabuf)) {
		__free_page(page);
		return PTR_ERR(dmabuf);
	}
	fd = dma_buf_fd(dmabuf, O_CLOEXEC);
	if (fd < 0)
		dma_buf_put(dmabuf);
	return fd;
}

static long odd_exporter_ioctl(struct file *file, unsigned int nr, unsigned long arg)
{
	/* what misc_open() leaves there */
	struct miscdevice *node = file->private_data;
	struct dma_heap_allocation_data data;
	int fd;

	if (nr != DMA_HEAP_IOCTL_ALLOC)
		return -ENOTTY;
	if (copy_from_user(&data, (void __user *)arg, sizeof(data)))
		return -EFAULT;
	fd = odd_exporter_export(node - odd_exporter_nodes, data.len);
	if (fd < 0)
		return fd;
	data.fd = fd;
	return copy_to_user((void __user *)arg, &data, sizeof(data)) ? -EFAULT : 0;
}

static const struct file_operations odd_exporter_fops = {
	.owner		= THIS_MODULE,
	.open		= nonseekable_open,
	.unlocked_ioctl	= odd_exporter_ioctl,
};

static void odd_exporter_remove(unsigned int count)
{
	while (count--)
		misc_deregister(&odd_exporter_nodes[count]);
}

static int __init odd_exporter_init(void)
{
	unsigned int i;
	int ret;

	for (i = 0; i < ODD_EXPORTER_MAX; i++) {
		odd_exporter_nodes[i].minor = MISC_DYNAMIC_MINOR;
		odd_exporter_nodes[i].fops = &odd_exporter_fops;
		ret = misc_register(&odd_exporter_nodes[i]);
		if (ret) {
			odd_exporter_remove(i);
			return ret;
		}
	}
	return 0;
}
module_init(odd_exporter_init);

static void __exit odd_exporter_exit(void)
{
	odd_exporter_remove(ODD_EXPORTER_MAX);
}
module_exit(odd_exporter_exit);

MODULE_DESCRIPTION("Exporters with something wrong, for tests");
MODULE_LICENSE("GPL");
DBB_IMPORT_NS_DMA_BUF();
