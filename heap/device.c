// SPDX-License-Identifier: GPL-2.0
/*
 * Devices of the module's own, which it asks for pages as a driver would:
 * dma_alloc_pages() is the one way into CMA that all kernels export.
 */
#include <linux/dma-mapping.h>
#include <linux/err.h>
#include <linux/gfp.h>
#include <linux/platform_device.h>
#include <linux/slab.h>

#include "buffer.h"

/**
 * struct dbb_device_pages - the backing of a buffer that a device got
 * @dev: the device
 * @len: bytes, which may be more than the buffer has
 * @handle: the device's address of them
 */
struct dbb_device_pages {
	struct device *dev;
	size_t len;
	dma_addr_t handle;
};

/**
 * dbb_device_create() - make a device that reaches all memory
 * @name: its name in /sys/devices/platform
 * @id: PLATFORM_DEVID_NONE, or PLATFORM_DEVID_AUTO where there may be several
 *
 * Return: the device, or an ERR_PTR.
 */
struct device *dbb_device_create(const char *name, int id)
{
	struct platform_device_info info = {
		.name = name,
		.id = id,
		.dma_mask = DMA_BIT_MASK(64),
	};
	struct platform_device *pdev = platform_device_register_full(&info);
	int ret;

	if (IS_ERR(pdev))
		return ERR_CAST(pdev);
	ret = dma_coerce_mask_and_coherent(&pdev->dev, DMA_BIT_MASK(64));
	if (ret) {
		platform_device_unregister(pdev);
		return ERR_PTR(ret);
	}
	return &pdev->dev;
}

/**
 * dbb_device_destroy() - the mirror of dbb_device_create()
 * @dev: device without pages; NULL does nothing
 */
void dbb_device_destroy(struct device *dev)
{
	if (dev)
		platform_device_unregister(to_platform_device(dev));
}

/**
 * dbb_device_alloc() - get zeroed, physically contiguous pages from a device
 * @dev: device
 * @buf: buffer whose backing they become
 * @len: bytes, whole pages
 *
 * From the device's CMA region, else from the default one, else from the
 * buddy allocator, which does not try hard. Only the first of its pages has
 * a reference, while each page of CMA has one.
 *
 * Context: sleeps.
 *
 * Return: the first page, or NULL.
 */
struct page *dbb_device_alloc(struct device *dev, struct dbb_buffer *buf, size_t len)
{
	struct dbb_device_pages *pages = kmalloc(sizeof(*pages), GFP_KERNEL);
	struct page *page;

	if (!pages)
		return NULL;
	pages->dev = dev;
	pages->len = len;
	page = dma_alloc_pages(dev, len, &pages->handle, DMA_BIDIRECTIONAL,
			       GFP_KERNEL | __GFP_NOWARN | __GFP_NORETRY);
	if (!page) {
		kfree(pages);
		return NULL;
	}
	buf->backing = pages;
	buf->exclusive = true;
	return page;
}

/**
 * dbb_device_free() - give pages back
 * @buf: buffer whose backing they are
 * @page: the first
 */
void dbb_device_free(struct dbb_buffer *buf, struct page *page)
{
	struct dbb_device_pages *pages = buf->backing;

	dma_free_pages(pages->dev, pages->len, page, pages->handle, DMA_BIDIRECTIONAL);
	kfree(pages);
	buf->backing = NULL;
}
