// SPDX-License-Identifier: GPL-2.0
/*
 * CMA regions by way of devices, for kernels that do not export their regions: a
 * device allocates from the reserved memory of the device tree that is assigned
 * to it, else from the default region.
 *
 * When the region is full, the device gets pages of the buddy allocator. Those are
 * freed, and the allocation fails.
 */
#include <linux/device.h>
#include <linux/err.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/of.h>
#include <linux/of_reserved_mem.h>
#include <linux/platform_device.h>
#include <linux/slab.h>

#include "backend_cma.h"

/* The kernel takes single pages from the buddy allocator. */
#define DBB_BACKEND_CMA_DEV_DEFAULT_MIN (2 * PAGE_SIZE)

/*
 * The bounds of the default region are not known, but CMA gives each page a
 * reference, the buddy allocator only the first one.
 */
static bool dbb_backend_cma_dev_holds(const struct dbb_backend_cma *cma, struct page *page,
				      size_t len)
{
	phys_addr_t start = page_to_phys(page);

	if (!cma->memory)
		return page_count(pfn_to_page(page_to_pfn(page) + 1)) == 1;
	return start >= cma->memory->base && len <= cma->memory->size &&
	       start - cma->memory->base <= cma->memory->size - len;
}

static struct page *dbb_backend_cma_dev_take(const struct dbb_backend_cma *cma,
					     struct dbb_buffer *buf)
{
	size_t len = buf->len;
	struct page *page;

	if (!cma->memory)
		len = max_t(size_t, len, DBB_BACKEND_CMA_DEV_DEFAULT_MIN);
	page = dbb_dma_device_alloc(cma->dev, buf, len);
	if (page && !dbb_backend_cma_dev_holds(cma, page, len)) {
		dbb_dma_device_free(buf, page);
		return NULL;
	}
	return page;
}

static int dbb_backend_cma_dev_alloc(struct dbb_buffer *buf, bool (*cancelled)(void))
{
	struct page *page;
	int ret;

	if (dbb_backend_given_up(cancelled))
		return -EINTR;
	page = dbb_backend_cma_dev_take(dbb_backend_cma_of(buf), buf);
	if (!page)
		return dbb_backend_given_up(cancelled) ? -EINTR : -ENOMEM;
	ret = dbb_contig_range_describe(buf, page);
	if (ret)
		dbb_dma_device_free(buf, page);
	return ret;
}

static void dbb_backend_cma_dev_free(struct dbb_buffer *buf)
{
	dbb_dma_device_free(buf, sg_page(buf->table.sgl));
	sg_free_table(&buf->table);
}

void dbb_backend_cma_dev_detach(struct dbb_backend_cma *cma)
{
	if (cma->memory && cma->memory->ops->device_release)
		cma->memory->ops->device_release(cma->memory, cma->dev);
	dbb_dma_device_destroy(cma->dev);
	cma->dev = NULL;
}

static struct dbb_backend_cma *dbb_backend_cma_dev_create(const char *region,
							  struct reserved_mem *memory)
{
	struct dbb_backend_cma *cma = dbb_backend_cma_create(region);
	int ret = -ENOMEM;
	char *name;

	if (!cma)
		return ERR_PTR(-ENOMEM);
	cma->memory = memory;
	cma->backend.alloc = dbb_backend_cma_dev_alloc;
	cma->backend.free = dbb_backend_cma_dev_free;
	name = kasprintf(GFP_KERNEL, KBUILD_MODNAME "_%s", cma->backend.name);
	if (!name)
		goto destroy_cma;
	cma->dev = dbb_dma_device_create(name, PLATFORM_DEVID_NONE);
	kfree(name);
	ret = PTR_ERR_OR_ZERO(cma->dev);
	if (ret)
		goto destroy_cma;
	if (memory)
		ret = memory->ops->device_init(memory, cma->dev);
	if (ret)
		goto destroy_device;
	return cma;

destroy_device:
	dbb_dma_device_destroy(cma->dev);
destroy_cma:
	dbb_backend_cma_destroy(cma);
	return ERR_PTR(ret);
}

static int dbb_backend_cma_dev_add(struct dbb_backend_cma *cma)
{
	int ret = dbb_backend_cma_add(cma);

	if (ret) {
		dbb_backend_cma_dev_detach(cma);
		dbb_backend_cma_destroy(cma);
	}
	return ret;
}

static int dbb_backend_cma_dev_add_memory(struct device_node *np)
{
	bool is_default = of_property_read_bool(np, "linux,cma-default");
	struct dbb_backend_cma *cma;
	struct reserved_mem *memory;

	if (!of_device_is_compatible(np, "shared-dma-pool") ||
	    !of_property_read_bool(np, "reusable"))
		return 0;
	memory = of_reserved_mem_lookup(np);
	/* The kernel rejected it, or cma= on the command line overrides it. */
	if (!memory || !memory->ops || !memory->ops->device_init)
		return 0;
	cma = dbb_backend_cma_dev_create(is_default ? "default" : memory->name, memory);
	if (IS_ERR(cma))
		return PTR_ERR(cma);
	cma->backend.help = kasprintf(GFP_KERNEL,
				      "one block of the CMA region %s, %llu bytes at %pa",
				      memory->name, (u64)memory->size, &memory->base);
	return dbb_backend_cma_dev_add(cma);
}

static int dbb_backend_cma_dev_add_default(void)
{
	struct dbb_buffer probe = { .len = DBB_BACKEND_CMA_DEV_DEFAULT_MIN };
	struct dbb_backend_cma *cma;
	struct page *page;

	if (!IS_ENABLED(CONFIG_DMA_CMA) || dbb_backend_find("cma_default"))
		return 0;
	cma = dbb_backend_cma_dev_create("default", NULL);
	if (IS_ERR(cma))
		return PTR_ERR(cma);
	/* No exported function says whether there is a default region: try it. */
	page = dbb_backend_cma_dev_take(cma, &probe);
	if (!page) {
		dbb_backend_cma_dev_detach(cma);
		dbb_backend_cma_destroy(cma);
		return 0;
	}
	dbb_dma_device_free(&probe, page);
	cma->backend.help = kstrdup("one block of the default CMA region", GFP_KERNEL);
	return dbb_backend_cma_dev_add(cma);
}

int dbb_backend_cma_dev_init(void)
{
	struct device_node *parent = of_find_node_by_path("/reserved-memory");
	struct device_node *np;
	int ret = 0;

	for_each_available_child_of_node(parent, np) {
		ret = dbb_backend_cma_dev_add_memory(np);
		if (ret) {
			of_node_put(np);
			break;
		}
	}
	of_node_put(parent);
	return ret ?: dbb_backend_cma_dev_add_default();
}
