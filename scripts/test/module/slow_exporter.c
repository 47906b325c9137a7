// SPDX-License-Identifier: GPL-2.0
/*
 * Exporters of dma-bufs that are slow, each for one reason, for the tests of doctor.sh
 * to name. Each has a node that speaks the ABI of a dma-heap; the table below says
 * what is wrong with its buffers. Delays are long, so that they show in an emulated
 * machine that shares its CPU.
 */
#include <linux/delay.h>
#include <linux/dma-buf.h>
#include <linux/dma-fence.h>
#include <linux/dma-mapping.h>
#include <linux/dma-resv.h>
#include <linux/err.h>
#include <linux/fs.h>
#include <linux/gfp.h>
#include <linux/kernel.h>
#include <linux/miscdevice.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/platform_device.h>
#include <linux/scatterlist.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include <linux/workqueue.h>
#include <uapi/linux/dma-heap.h>

#include "../../../heap/compat.h"

#define ATTACHMENTS_MAX	4

struct slow_exporter_kind {
	const char *name;
	unsigned int alloc_us;		/* a page */
	unsigned int mmap_us;		/* a page */
	unsigned int fault_us;		/* a fault, each for one page */
	bool zaps;			/* a fault undoes what the one before has mapped */
	unsigned int sync_us;		/* a page */
	unsigned int attached_us;	/* an attachment, of each synchronisation */
	unsigned int attachments;	/* of a device of this module */
	bool syncs;			/* them, by the DMA API */
	unsigned int fence_ms;		/* that a device has it after each CPU access */
};

static const struct slow_exporter_kind slow_exporter_kinds[] = {
	{ .name = "slow_alloc", .alloc_us = 100 },
	{ .name = "slow_mmap", .mmap_us = 400 },
	{ .name = "slow_fault", .fault_us = 100 },
	{ .name = "slow_zapped", .fault_us = 50, .zaps = true },
	{ .name = "slow_sync", .sync_us = 60 },
	{ .name = "slow_attached", .attached_us = 1000, .attachments = 4 },
	{ .name = "slow_fence", .fence_ms = 20 },
	{ .name = "slow_bounced", .attachments = 1, .syncs = true },
};

static struct miscdevice slow_exporter_nodes[ARRAY_SIZE(slow_exporter_kinds)];
static struct platform_device *slow_exporter_device;

struct slow_exporter_fence {
	struct dma_fence base;
	spinlock_t lock;	/* of @base */
};

struct slow_exporter_buffer {
	const struct slow_exporter_kind *kind;
	unsigned long npages;
	struct page **pages;
	struct dma_buf_attachment *attached[ATTACHMENTS_MAX];
	struct sg_table *tables[ATTACHMENTS_MAX];
	u64 context;		/* of its fences */
	u64 seqno;
	struct dma_fence *fence;	/* the pending one */
	struct delayed_work signal;
};

static void slow_exporter_delay(unsigned long count, unsigned int us)
{
	while (us && count--) {
		udelay(us);
		cond_resched();
	}
}

/* --- pages --- */

static void slow_exporter_free(struct slow_exporter_buffer *buf)
{
	while (buf->npages--)
		__free_page(buf->pages[buf->npages]);
	kvfree(buf->pages);
	kfree(buf);
}

static struct slow_exporter_buffer *slow_exporter_alloc(const struct slow_exporter_kind *kind,
							size_t size)
{
	struct slow_exporter_buffer *buf = kzalloc(sizeof(*buf), GFP_KERNEL);
	unsigned long npages = PAGE_ALIGN(size) >> PAGE_SHIFT;

	if (!buf)
		return NULL;
	buf->kind = kind;
	buf->pages = kvmalloc_array(npages, sizeof(*buf->pages), GFP_KERNEL);
	if (!buf->pages) {
		kfree(buf);
		return NULL;
	}
	while (buf->npages < npages) {
		buf->pages[buf->npages] = alloc_page(GFP_KERNEL | __GFP_ZERO);
		if (!buf->pages[buf->npages]) {
			slow_exporter_free(buf);
			return NULL;
		}
		buf->npages++;
		slow_exporter_delay(1, kind->alloc_us);
	}
	return buf;
}

/* --- fences --- */

static const char *slow_exporter_fence_name(struct dma_fence *fence)
{
	return "slow_exporter";
}

static const struct dma_fence_ops slow_exporter_fence_ops = {
	.get_driver_name = slow_exporter_fence_name,
	.get_timeline_name = slow_exporter_fence_name,
};

static void slow_exporter_signal(struct work_struct *work)
{
	struct slow_exporter_buffer *buf = container_of(to_delayed_work(work),
							struct slow_exporter_buffer, signal);

	dma_fence_signal(buf->fence);
	dma_fence_put(buf->fence);
	buf->fence = NULL;
}

static void slow_exporter_idle(struct slow_exporter_buffer *buf)
{
	if (cancel_delayed_work_sync(&buf->signal))
		slow_exporter_signal(&buf->signal.work);
}

/* A device has the buffer from now on, for a while. */
static int slow_exporter_busy(struct slow_exporter_buffer *buf, struct dma_resv *resv)
{
	struct slow_exporter_fence *fence;
	int ret;

	slow_exporter_idle(buf);
	fence = kzalloc(sizeof(*fence), GFP_KERNEL);
	if (!fence)
		return -ENOMEM;
	spin_lock_init(&fence->lock);
	dma_fence_init(&fence->base, &slow_exporter_fence_ops, &fence->lock, buf->context,
		       ++buf->seqno);
	ret = dma_resv_lock(resv, NULL);
	if (!ret) {
		ret = dbb_compat_add_write_fence(resv, &fence->base);
		dma_resv_unlock(resv);
	}
	if (ret) {
		dma_fence_put(&fence->base);
		return ret;
	}
	buf->fence = &fence->base;
	schedule_delayed_work(&buf->signal, msecs_to_jiffies(buf->kind->fence_ms));
	return 0;
}

/* --- attachments --- */

static struct sg_table *slow_exporter_map(struct dma_buf_attachment *attachment,
					  enum dma_data_direction direction)
{
	struct slow_exporter_buffer *buf = attachment->dmabuf->priv;
	struct sg_table *table = kzalloc(sizeof(*table), GFP_KERNEL);
	struct scatterlist *entry;
	unsigned int i;
	int ret;

	if (!table)
		return ERR_PTR(-ENOMEM);
	ret = sg_alloc_table(table, buf->npages, GFP_KERNEL);
	if (ret) {
		kfree(table);
		return ERR_PTR(ret);
	}
	for_each_sgtable_sg(table, entry, i)
		sg_set_page(entry, buf->pages[i], PAGE_SIZE, 0);
	ret = dma_map_sgtable(attachment->dev, table, direction, 0);
	if (ret) {
		sg_free_table(table);
		kfree(table);
		return ERR_PTR(ret);
	}
	/* what an importer gets may be a copy without pages */
	attachment->priv = table;
	return table;
}

static void slow_exporter_unmap(struct dma_buf_attachment *attachment, struct sg_table *table,
				enum dma_data_direction direction)
{
	attachment->priv = NULL;
	dma_unmap_sgtable(attachment->dev, table, direction, 0);
	sg_free_table(table);
	kfree(table);
}

static void slow_exporter_detach(struct slow_exporter_buffer *buf, struct dma_buf *dmabuf)
{
	unsigned int i;

	for (i = 0; i < ATTACHMENTS_MAX && buf->attached[i]; i++) {
		dbb_compat_unmap_attachment(buf->attached[i], buf->tables[i], DMA_BIDIRECTIONAL);
		dma_buf_detach(dmabuf, buf->attached[i]);
	}
}

static int slow_exporter_attach(struct slow_exporter_buffer *buf, struct dma_buf *dmabuf)
{
	struct dma_buf_attachment *attached;
	struct sg_table *table;
	unsigned int i;

	for (i = 0; i < buf->kind->attachments; i++) {
		attached = dma_buf_attach(dmabuf, &slow_exporter_device->dev);
		if (IS_ERR(attached))
			return PTR_ERR(attached);
		table = dbb_compat_map_attachment(attached, DMA_BIDIRECTIONAL);
		if (IS_ERR(table)) {
			dma_buf_detach(dmabuf, attached);
			return PTR_ERR(table);
		}
		buf->tables[i] = table;
		buf->attached[i] = attached;
	}
	return 0;
}

/* --- CPU access --- */

static void slow_exporter_sync(struct slow_exporter_buffer *buf, bool begin)
{
	const struct slow_exporter_kind *kind = buf->kind;
	struct device *dev = &slow_exporter_device->dev;
	unsigned int i;

	slow_exporter_delay(buf->npages, kind->sync_us);
	slow_exporter_delay(kind->attachments, kind->attached_us);
	for (i = 0; kind->syncs && i < ATTACHMENTS_MAX && buf->attached[i]; i++) {
		struct sg_table *table = buf->attached[i]->priv;

		if (begin)
			dma_sync_sgtable_for_cpu(dev, table, DMA_BIDIRECTIONAL);
		else
			dma_sync_sgtable_for_device(dev, table, DMA_BIDIRECTIONAL);
	}
}

static int slow_exporter_begin(struct dma_buf *dmabuf, enum dma_data_direction direction)
{
	slow_exporter_sync(dmabuf->priv, true);
	return 0;
}

static int slow_exporter_end(struct dma_buf *dmabuf, enum dma_data_direction direction)
{
	struct slow_exporter_buffer *buf = dmabuf->priv;

	slow_exporter_sync(buf, false);
	return buf->kind->fence_ms ? slow_exporter_busy(buf, dmabuf->resv) : 0;
}

/* --- mappings --- */

static vm_fault_t slow_exporter_fault(struct vm_fault *vmf)
{
	struct slow_exporter_buffer *buf = vmf->vma->vm_private_data;

	if (vmf->pgoff >= buf->npages)
		return VM_FAULT_SIGBUS;
	if (buf->kind->zaps)
		unmap_mapping_range(vmf->vma->vm_file->f_mapping, 0, 0, 1);
	slow_exporter_delay(1, buf->kind->fault_us);
	return vmf_insert_pfn(vmf->vma, vmf->address, page_to_pfn(buf->pages[vmf->pgoff]));
}

static const struct vm_operations_struct slow_exporter_vm_ops = {
	.fault = slow_exporter_fault,
};

static int slow_exporter_mmap(struct dma_buf *dmabuf, struct vm_area_struct *vma)
{
	struct slow_exporter_buffer *buf = dmabuf->priv;
	unsigned long i;
	int ret = 0;

	vma->vm_private_data = buf;
	vm_flags_set(vma, VM_PFNMAP | VM_IO | VM_DONTEXPAND | VM_DONTDUMP);
	if (buf->kind->fault_us) {
		vma->vm_ops = &slow_exporter_vm_ops;
		return 0;
	}
	for (i = 0; i < vma_pages(vma) && !ret; i++) {
		ret = remap_pfn_range(vma, vma->vm_start + i * PAGE_SIZE,
				      page_to_pfn(buf->pages[vma->vm_pgoff + i]), PAGE_SIZE,
				      vma->vm_page_prot);
		slow_exporter_delay(1, buf->kind->mmap_us);
	}
	return ret;
}

static void slow_exporter_release(struct dma_buf *dmabuf)
{
	struct slow_exporter_buffer *buf = dmabuf->priv;

	slow_exporter_idle(buf);
	slow_exporter_detach(buf, dmabuf);
	slow_exporter_free(buf);
}

static const struct dma_buf_ops slow_exporter_ops = {
	.map_dma_buf		= slow_exporter_map,
	.unmap_dma_buf		= slow_exporter_unmap,
	.begin_cpu_access	= slow_exporter_begin,
	.end_cpu_access		= slow_exporter_end,
	.mmap			= slow_exporter_mmap,
	.release		= slow_exporter_release,
};

/* --- nodes --- */

static int slow_exporter_export(const struct slow_exporter_kind *kind, size_t size)
{
	struct slow_exporter_buffer *buf = slow_exporter_alloc(kind, size);
	DEFINE_DMA_BUF_EXPORT_INFO(info);
	struct dma_buf *dmabuf;
	int fd;

	if (!buf)
		return -ENOMEM;
	INIT_DELAYED_WORK(&buf->signal, slow_exporter_signal);
	buf->context = dma_fence_context_alloc(1);
	info.ops = &slow_exporter_ops;
	info.size = buf->npages << PAGE_SHIFT;
	info.flags = O_RDWR;
	info.priv = buf;
	dmabuf = dma_buf_export(&info);
	if (IS_ERR(dmabuf)) {
		slow_exporter_free(buf);
		return PTR_ERR(dmabuf);
	}
	fd = slow_exporter_attach(buf, dmabuf);
	if (!fd)
		fd = dma_buf_fd(dmabuf, O_CLOEXEC);
	if (fd < 0)
		dma_buf_put(dmabuf);
	return fd;
}

static long slow_exporter_ioctl(struct file *file, unsigned int nr, unsigned long arg)
{
	/* what misc_open() leaves there */
	struct miscdevice *node = file->private_data;
	struct dma_heap_allocation_data data;
	int fd;

	if (nr != DMA_HEAP_IOCTL_ALLOC)
		return -ENOTTY;
	if (copy_from_user(&data, (void __user *)arg, sizeof(data)))
		return -EFAULT;
	fd = slow_exporter_export(&slow_exporter_kinds[node - slow_exporter_nodes], data.len);
	if (fd < 0)
		return fd;
	data.fd = fd;
	return copy_to_user((void __user *)arg, &data, sizeof(data)) ? -EFAULT : 0;
}

static const struct file_operations slow_exporter_fops = {
	.owner		= THIS_MODULE,
	.open		= nonseekable_open,
	.unlocked_ioctl	= slow_exporter_ioctl,
};

static void slow_exporter_remove(unsigned int count)
{
	while (count--)
		misc_deregister(&slow_exporter_nodes[count]);
	platform_device_unregister(slow_exporter_device);
}

static int __init slow_exporter_init(void)
{
	const struct platform_device_info info = {
		.name = "slow_exporter",
		.id = PLATFORM_DEVID_NONE,
		.dma_mask = DMA_BIT_MASK(64),
	};
	unsigned int i;
	int ret;

	slow_exporter_device = platform_device_register_full(&info);
	if (IS_ERR(slow_exporter_device))
		return PTR_ERR(slow_exporter_device);
	for (i = 0; i < ARRAY_SIZE(slow_exporter_kinds); i++) {
		slow_exporter_nodes[i].name = slow_exporter_kinds[i].name;
		slow_exporter_nodes[i].minor = MISC_DYNAMIC_MINOR;
		slow_exporter_nodes[i].fops = &slow_exporter_fops;
		ret = misc_register(&slow_exporter_nodes[i]);
		if (ret) {
			slow_exporter_remove(i);
			return ret;
		}
	}
	return 0;
}
module_init(slow_exporter_init);

static void __exit slow_exporter_exit(void)
{
	slow_exporter_remove(ARRAY_SIZE(slow_exporter_kinds));
}
module_exit(slow_exporter_exit);

MODULE_DESCRIPTION("Slow exporters, for tests");
MODULE_LICENSE("GPL");
DBB_IMPORT_NS_DMA_BUF();
