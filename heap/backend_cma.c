// SPDX-License-Identifier: GPL-2.0
/*
 * Backends "cma_<region>", one for each CMA region. Where the kernel does not
 * export its regions, backend_cma_dev.c reaches them by devices.
 */
#include <linux/ctype.h>
#include <linux/errno.h>
#include <linux/gfp.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "backend_cma.h"
#include "compat.h"

static LIST_HEAD(dbb_backend_cma_regions);

static int dbb_backend_cma_alloc(struct dbb_buffer *buf, bool (*cancelled)(void))
{
	unsigned long npages = dbb_buffer_npages(buf);
	struct cma *area = dbb_backend_cma_of(buf)->area;
	struct page *page;
	int ret;

	if (dbb_backend_given_up(cancelled))
		return -EINTR;
	page = dbb_compat_cma_alloc(area, npages, get_order(buf->len));
	if (!page)
		return dbb_backend_given_up(cancelled) ? -EINTR : -ENOMEM;
	ret = dbb_contig_range_clear(page, npages, cancelled);
	if (!ret)
		ret = dbb_contig_range_describe(buf, page);
	if (ret)
		dbb_compat_cma_release(area, page, npages);
	buf->exclusive = true;
	return ret;
}

static void dbb_backend_cma_free(struct dbb_buffer *buf)
{
	dbb_compat_cma_release(dbb_backend_cma_of(buf)->area, sg_page(buf->table.sgl),
			       dbb_buffer_npages(buf));
	sg_free_table(&buf->table);
}

static int dbb_backend_cma_explain(const struct dbb_buffer *buf, struct dbb_refusal *why)
{
	return dbb_text_refuse(why, -ENOMEM,
			       "the region of heap %s has no free block of %zu bytes; accepted: less",
			       buf->backend->name, buf->len);
}

/* Other characters than a-z, 0-9 and "-" become "_". Duplicates get a number. */
static char *dbb_backend_cma_name(const char *region)
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

/* The caller sets alloc, free and help. */
struct dbb_backend_cma *dbb_backend_cma_create(const char *region)
{
	struct dbb_backend_cma *cma = kzalloc(sizeof(*cma), GFP_KERNEL);

	if (!cma)
		return NULL;
	cma->backend.name = dbb_backend_cma_name(region);
	cma->backend.explain = dbb_backend_cma_explain;
	if (!cma->backend.name) {
		kfree(cma);
		return NULL;
	}
	return cma;
}

void dbb_backend_cma_destroy(struct dbb_backend_cma *cma)
{
	kfree(cma->backend.help);
	kfree(cma->backend.name);
	kfree(cma);
}

/* A NULL help is a failed kasprintf() of the caller. */
int dbb_backend_cma_add(struct dbb_backend_cma *cma)
{
	int ret;

	if (!cma->backend.help)
		return -ENOMEM;
	ret = dbb_backend_add(&cma->backend);
	if (!ret)
		list_add_tail(&cma->entry, &dbb_backend_cma_regions);
	return ret;
}

static int dbb_backend_cma_add_area(struct cma *area)
{
	const char *name = dbb_compat_cma_name(area);
	struct dbb_backend_cma *cma;
	int ret;

	cma = dbb_backend_cma_create(area == dbb_compat_cma_default() ? "default" : name);
	if (!cma)
		return -ENOMEM;
	cma->area = area;
	cma->backend.alloc = dbb_backend_cma_alloc;
	cma->backend.free = dbb_backend_cma_free;
	cma->backend.help = kasprintf(GFP_KERNEL,
				      "one block of the CMA region %s", name);
	ret = dbb_backend_cma_add(cma);
	if (ret)
		dbb_backend_cma_destroy(cma);
	return ret;
}

/* Listed when there is no region, to say why. */
static struct dbb_backend dbb_backend_cma_none = {
	.name		= "cma",
	.help		= "one block of a CMA region: a heap cma_<region> for each",
	.missing	= IS_ENABLED(CONFIG_DMA_CMA) ?
		"this kernel has no CMA region that a module can reach: boot with cma=64M" :
		"this kernel is built without CONFIG_DMA_CMA",
};

int dbb_backend_cma_init(void)
{
	struct cma *area;
	unsigned int i;
	int ret = 0;

	for (i = 0; !ret && (area = dbb_compat_cma_at(i)); i++)
		ret = dbb_backend_cma_add_area(area);
	if (!DBB_CAN_REACH_CMA && IS_ENABLED(CONFIG_DMA_CMA)) {
		if (dbb_dma_device_missing())
			dbb_backend_cma_none.missing = dbb_dma_device_missing();
		else
			ret = dbb_backend_cma_dev_init();
	}
	if (ret == -ENOSPC) {
		pr_warn("too many CMA regions: some have no heap\n");
		return 0;
	}
	if (!ret && list_empty(&dbb_backend_cma_regions))
		ret = dbb_backend_add(&dbb_backend_cma_none);
	if (ret)
		dbb_backend_cma_exit();
	return ret;
}

void dbb_backend_cma_exit(void)
{
	struct dbb_backend_cma *cma, *next;

	list_for_each_entry_safe(cma, next, &dbb_backend_cma_regions, entry) {
		list_del(&cma->entry);
		if (cma->dev)
			dbb_backend_cma_dev_detach(cma);
		dbb_backend_cma_destroy(cma);
	}
}
