// SPDX-License-Identifier: GPL-2.0
/*
 * Backends "cma_<region>": one for each CMA region. Where the kernel gives
 * no handle of its regions to modules, cmadev.c gets at them by devices.
 */
#include <linux/ctype.h>
#include <linux/gfp.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "cma.h"

static LIST_HEAD(dbb_cma_regions);

static int dbb_cma_alloc(struct dbb_buffer *buf, bool (*cancelled)(void))
{
	unsigned long npages = dbb_buffer_npages(buf);
	struct cma *area = dbb_cma_of(buf)->area;
	struct page *page;
	int ret;

	if (dbb_backend_given_up(cancelled))
		return -EINTR;
	page = dbb_compat_cma_alloc(area, npages, get_order(buf->len));
	if (!page)
		return dbb_backend_given_up(cancelled) ? -EINTR : -ENOMEM;
	ret = dbb_block_clear(page, npages, cancelled);
	if (!ret)
		ret = dbb_block_describe(buf, page);
	if (ret)
		dbb_compat_cma_release(area, page, npages);
	buf->exclusive = true;
	return ret;
}

static void dbb_cma_free(struct dbb_buffer *buf)
{
	dbb_compat_cma_release(dbb_cma_of(buf)->area, sg_page(buf->table.sgl),
			       dbb_buffer_npages(buf));
	sg_free_table(&buf->table);
}

static int dbb_cma_explain(const struct dbb_buffer *buf, struct dbb_refusal *why)
{
	return dbb_text_refuse(why, -ENOMEM,
			       "the region of heap %s has no %zu bytes in one piece to give; accepted: less",
			       buf->backend->name, buf->len);
}

/*
 * Anything but small letters, digits, "-" and "_" becomes "_"; a name that is
 * taken gets a number.
 */
static char *dbb_cma_name(const char *region)
{
	char *wanted = kasprintf(GFP_KERNEL, "cma_%s", region);
	char *name = wanted, *c;
	unsigned int i;

	for (c = wanted; c && *c; c++) {
		*c = tolower(*c);
		if (!islower(*c) && !isdigit(*c) && *c != '-')
			*c = '_';
	}
	for (i = 2; name && dbb_backend_find(name); i++) {
		if (name != wanted)
			kfree(name);
		name = kasprintf(GFP_KERNEL, "%s_%u", wanted, i);
	}
	if (name != wanted)
		kfree(wanted);
	return name;
}

/**
 * dbb_cma_create() - make a region's backend
 * @region: name of the region
 *
 * Return: the backend without what allocates and frees, or NULL.
 */
struct dbb_cma *dbb_cma_create(const char *region)
{
	struct dbb_cma *cma = kzalloc(sizeof(*cma), GFP_KERNEL);

	if (!cma)
		return NULL;
	cma->backend.name = dbb_cma_name(region);
	cma->backend.explain = dbb_cma_explain;
	if (!cma->backend.name) {
		kfree(cma);
		return NULL;
	}
	return cma;
}

/**
 * dbb_cma_destroy() - free a backend that was not added, or is not used any more
 * @cma: backend
 */
void dbb_cma_destroy(struct dbb_cma *cma)
{
	kfree(cma->backend.help);
	kfree(cma->backend.name);
	kfree(cma);
}

/**
 * dbb_cma_add() - append a backend that is complete
 * @cma: backend; its help is to be had from kmalloc(), NULL is an error
 *
 * Return: 0, -ENOMEM, or -ENOSPC when there are too many backends.
 */
int dbb_cma_add(struct dbb_cma *cma)
{
	int ret;

	if (!cma->backend.help)
		return -ENOMEM;
	ret = dbb_backend_add(&cma->backend);
	if (!ret)
		list_add_tail(&cma->entry, &dbb_cma_regions);
	return ret;
}

static int dbb_cma_add_area(struct cma *area)
{
	const char *name = dbb_compat_cma_name(area);
	struct dbb_cma *cma;
	int ret;

	cma = dbb_cma_create(area == dbb_compat_cma_default() ? "default" : name);
	if (!cma)
		return -ENOMEM;
	cma->area = area;
	cma->backend.alloc = dbb_cma_alloc;
	cma->backend.free = dbb_cma_free;
	cma->backend.help = kasprintf(GFP_KERNEL,
				      "one block of the CMA region that the kernel calls %s", name);
	ret = dbb_cma_add(cma);
	if (ret)
		dbb_cma_destroy(cma);
	return ret;
}

static int dbb_cma_add_areas(void)
{
	struct cma *area;
	unsigned int i;
	int ret;

	for (i = 0; (area = dbb_compat_cma_at(i)); i++) {
		ret = dbb_cma_add_area(area);
		if (ret)
			return ret;
	}
	return 0;
}

/* Stands for the regions where there is none. */
static const struct dbb_backend dbb_cma_none = {
	.name		= "cma",
	.help		= "one block of a CMA region: a heap cma_<region> for each",
	.missing	= IS_ENABLED(CONFIG_DMA_CMA) ?
		"this kernel has no CMA region that a module can reach: boot with cma=64M" :
		"this kernel is built without CONFIG_DMA_CMA",
};

/**
 * dbb_cma_init() - add a backend for each CMA region
 *
 * Return: 0 or an errno, with no region left.
 */
int dbb_cma_init(void)
{
	int ret = dbb_compat_has_cma() ? dbb_cma_add_areas() : dbb_cmadev_init();

	if (ret == -ENOSPC) {
		pr_warn("some of the CMA regions get no heap: there are too many\n");
		return 0;
	}
	if (!ret && list_empty(&dbb_cma_regions))
		ret = dbb_backend_add(&dbb_cma_none);
	if (ret)
		dbb_cma_exit();
	return ret;
}

/**
 * dbb_cma_exit() - free the backends of the regions
 */
void dbb_cma_exit(void)
{
	struct dbb_cma *cma, *next;

	list_for_each_entry_safe(cma, next, &dbb_cma_regions, entry) {
		list_del(&cma->entry);
		if (cma->dev)
			dbb_cmadev_detach(cma);
		dbb_cma_destroy(cma);
	}
}
