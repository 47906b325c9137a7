// SPDX-License-Identifier: GPL-2.0
/*
 * Platform devices of the module, to allocate by dma_alloc_pages(): the only way
 * into CMA that every kernel exports.
 */
#include <linux/dma-mapping.h>
#include <linux/err.h>
#include <linux/gfp.h>
#include <linux/platform_device.h>
#include <linux/slab.h>

#include "buffer.h"
#include "compat.h"

/* buf->backing of pages that a device allocated. */
struct dbb_dma_device_pages {
	struct device *dev;
	size_t len;	/* may be more than buf->len */
	dma_addr_t handle;
};

/* A device that can address all memory, or an ERR_PTR. */
struct device *dbb_dma_device_create(const char *name, int id)
{
	struct platform_device_info info = {
		.name = name,
		.id = id,
		.dma_mask = DMA_BIT_MASK(64),
	};
	struct platform_device *pdev = platform_device_register_full(&info);
	int ret;

	/* -EINVAL: there was no memory for the name, as the kernel finds out too late. */
	if (IS_ERR(pdev))
		return ERR_PTR(PTR_ERR(pdev) == -EINVAL ? -ENOMEM : PTR_ERR(pdev));
	ret = dma_coerce_mask_and_coherent(&pdev->dev, DMA_BIT_MASK(64));
	if (ret) {
		platform_device_unregister(pdev);
		return ERR_PTR(ret);
	}
	return &pdev->dev;
}

/* @dev may be NULL. */
void dbb_dma_device_destroy(struct device *dev)
{
	if (dev)
		platform_device_unregister(to_platform_device(dev));
}

/*
 * Why no pages can be had from a device, or NULL. Decrypted pages would have to be
 * mapped as such everywhere: a plain mapping is a mismatched alias.
 */
const char *dbb_dma_device_missing(void)
{
	if (dbb_compat_dma_is_decrypted())
		return "this guest's memory is encrypted, and pages of a device are not";
	return NULL;
}

/*
 * Zeroed, physically contiguous pages: from the device's CMA region, else from the
 * default region, else from the buddy allocator without reclaim. Each page of CMA
 * has a reference, of others only the first.
 */
struct page *dbb_dma_device_alloc(struct device *dev, struct dbb_buffer *buf, size_t len)
{
	struct dbb_dma_device_pages *pages;
	struct page *page;

	if (dbb_dma_device_missing())
		return NULL;
	pages = kmalloc(sizeof(*pages), GFP_KERNEL);
	if (!pages)
		return NULL;
	pages->dev = dev;
	pages->len = len;
	page = dma_alloc_pages(dev, len, &pages->handle, DMA_BIDIRECTIONAL,
			       GFP_KERNEL | __GFP_NOWARN | __GFP_NORETRY);
	/* The mapping cannot fail, but DMA_API_DEBUG wants the check. */
	if (!page || dma_mapping_error(dev, pages->handle)) {
		kfree(pages);
		return NULL;
	}
	buf->backing = pages;
	buf->exclusive = true;
	return page;
}

void dbb_dma_device_free(struct dbb_buffer *buf, struct page *page)
{
	struct dbb_dma_device_pages *pages = buf->backing;

	dma_free_pages(pages->dev, pages->len, page, pages->handle, DMA_BIDIRECTIONAL);
	kfree(pages);
	buf->backing = NULL;
}
