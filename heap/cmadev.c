// SPDX-License-Identifier: GPL-2.0
/*
 * CMA regions by way of devices, for kernels that give no handle of them to
 * modules: what a device asks for comes from the region that is assigned to
 * it. Reserved memory of the device tree is assigned here, to one device for
 * each region; any other device has the default region.
 *
 * A device that finds its region full is given pages of the buddy allocator.
 * Those are never taken for CMA: they go back, and the allocation fails.
 */
#include <linux/device.h>
#include <linux/err.h>
#include <linux/mm.h>
#include <linux/of.h>
#include <linux/of_reserved_mem.h>
#include <linux/platform_device.h>
#include <linux/slab.h>

#include "cma.h"

/* The default region is not asked for single pages. */
#define DBB_CMADEV_DEFAULT_MIN (2 * PAGE_SIZE)

/*
 * Where the bounds of the region are not known, the references tell: CMA
 * gives each page one, the buddy allocator only the first of several.
 */
static bool dbb_cmadev_holds(const struct dbb_cma *cma, struct page *page, size_t len)
{
	phys_addr_t start = page_to_phys(page);

	if (!cma->memory)
		return page_count(pfn_to_page(page_to_pfn(page) + 1)) == 1;
	return start >= cma->memory->base && len <= cma->memory->size &&
	       start - cma->memory->base <= cma->memory->size - len;
}

static struct page *dbb_cmadev_take(const struct dbb_cma *cma, struct dbb_buffer *buf)
{
	size_t len = buf->len;
	struct page *page;

	if (!cma->memory)
		len = max_t(size_t, len, DBB_CMADEV_DEFAULT_MIN);
	page = dbb_device_alloc(cma->dev, buf, len);
	if (page && !dbb_cmadev_holds(cma, page, len)) {
		dbb_device_free(buf, page);
		return NULL;
	}
	return page;
}

static int dbb_cmadev_alloc(struct dbb_buffer *buf, bool (*cancelled)(void))
{
	struct page *page;
	int ret;

	if (dbb_backend_given_up(cancelled))
		return -EINTR;
	page = dbb_cmadev_take(dbb_cma_of(buf), buf);
	if (!page)
		return dbb_backend_given_up(cancelled) ? -EINTR : -ENOMEM;
	ret = dbb_block_describe(buf, page);
	if (ret)
		dbb_device_free(buf, page);
	return ret;
}

static void dbb_cmadev_free(struct dbb_buffer *buf)
{
	dbb_device_free(buf, sg_page(buf->table.sgl));
	sg_free_table(&buf->table);
}

/* Gives the region a device, and its memory to that. */
static int dbb_cmadev_attach(struct dbb_cma *cma)
{
	char *name = kasprintf(GFP_KERNEL, KBUILD_MODNAME "_%s", cma->backend.name);
	struct device *dev;
	int ret = 0;

	if (!name)
		return -ENOMEM;
	dev = dbb_device_create(name, PLATFORM_DEVID_NONE);
	kfree(name);
	if (IS_ERR(dev))
		return PTR_ERR(dev);
	if (cma->memory)
		ret = cma->memory->ops->device_init(cma->memory, dev);
	if (ret) {
		dbb_device_destroy(dev);
		return ret;
	}
	cma->dev = dev;
	return 0;
}

/**
 * dbb_cmadev_detach() - undo what gave a region its device
 * @cma: region with a device and without buffers
 */
void dbb_cmadev_detach(struct dbb_cma *cma)
{
	if (cma->memory && cma->memory->ops->device_release)
		cma->memory->ops->device_release(cma->memory, cma->dev);
	dbb_device_destroy(cma->dev);
	cma->dev = NULL;
}

/* Returns the region with its device, or an ERR_PTR. */
static struct dbb_cma *dbb_cmadev_create(const char *region, struct reserved_mem *memory)
{
	struct dbb_cma *cma = dbb_cma_create(region);
	int ret;

	if (!cma)
		return ERR_PTR(-ENOMEM);
	cma->memory = memory;
	cma->backend.alloc = dbb_cmadev_alloc;
	cma->backend.free = dbb_cmadev_free;
	ret = dbb_cmadev_attach(cma);
	if (ret) {
		dbb_cma_destroy(cma);
		return ERR_PTR(ret);
	}
	return cma;
}

static int dbb_cmadev_add(struct dbb_cma *cma)
{
	int ret = dbb_cma_add(cma);

	if (ret) {
		dbb_cmadev_detach(cma);
		dbb_cma_destroy(cma);
	}
	return ret;
}

static int dbb_cmadev_add_memory(struct device_node *np)
{
	bool is_default = of_property_read_bool(np, "linux,cma-default");
	struct reserved_mem *memory = of_reserved_mem_lookup(np);
	struct dbb_cma *cma;

	/* The kernel found fault with it, or was told otherwise at boot. */
	if (!memory || !memory->ops || !memory->ops->device_init)
		return 0;
	cma = dbb_cmadev_create(is_default ? "default" : memory->name, memory);
	if (IS_ERR(cma))
		return PTR_ERR(cma);
	cma->backend.help = kasprintf(GFP_KERNEL,
				      "one block of the CMA region %s, %llu bytes at %pa",
				      memory->name, (u64)memory->size, &memory->base);
	return dbb_cmadev_add(cma);
}

static bool dbb_cmadev_is_region(const struct device_node *np)
{
	return of_device_is_compatible(np, "shared-dma-pool") &&
	       of_property_read_bool(np, "reusable");
}

static int dbb_cmadev_add_memories(void)
{
	struct device_node *parent = of_find_node_by_path("/reserved-memory");
	struct device_node *np;
	int ret = 0;

	for_each_available_child_of_node(parent, np) {
		if (!dbb_cmadev_is_region(np))
			continue;
		ret = dbb_cmadev_add_memory(np);
		if (ret) {
			of_node_put(np);
			break;
		}
	}
	of_node_put(parent);
	return ret;
}

/* Nothing that is exported says whether there is a default region: try it. */
static bool dbb_cmadev_answers(struct dbb_cma *cma)
{
	struct dbb_buffer probe = { .len = DBB_CMADEV_DEFAULT_MIN };
	struct page *page = dbb_cmadev_take(cma, &probe);

	if (!page)
		return false;
	dbb_device_free(&probe, page);
	return true;
}

static int dbb_cmadev_add_default(void)
{
	struct dbb_cma *cma;

	if (!IS_ENABLED(CONFIG_DMA_CMA) || dbb_backend_find("cma_default"))
		return 0;
	cma = dbb_cmadev_create("default", NULL);
	if (IS_ERR(cma))
		return PTR_ERR(cma);
	if (!dbb_cmadev_answers(cma)) {
		dbb_cmadev_detach(cma);
		dbb_cma_destroy(cma);
		return 0;
	}
	cma->backend.help = kstrdup("one block of the default CMA region", GFP_KERNEL);
	return dbb_cmadev_add(cma);
}

/**
 * dbb_cmadev_init() - add a backend for each region that a device can have
 *
 * Return: 0 or an errno; what was added stays.
 */
int dbb_cmadev_init(void)
{
	int ret = dbb_cmadev_add_memories();

	return ret ?: dbb_cmadev_add_default();
}
