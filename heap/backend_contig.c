// SPDX-License-Identifier: GPL-2.0
/*
 * Backend "contig": one physically contiguous block, from the first allocator
 * that has one of that size.
 */
#include <linux/err.h>
#include <linux/gfp.h>
#include <linux/mm.h>
#include <linux/platform_device.h>
#include <linux/sched.h>

#include "buffer.h"
#include "compat.h"

/* Tries hard, but does not wake the OOM killer. */
#define DBB_BACKEND_CONTIG_GFP (GFP_KERNEL | __GFP_NOWARN | __GFP_RETRY_MAYFAIL)

/* The largest block of the buddy allocator. */
#define DBB_BACKEND_CONTIG_BUDDY_BYTES (PAGE_SIZE << DBB_MAX_ORDER)

static struct device *dbb_backend_contig_device;

/* alloc_pages_exact() and alloc_contig_pages() give each page a reference. */
static void dbb_backend_contig_give(struct dbb_buffer *buf, struct page *page)
{
	unsigned long npages = dbb_buffer_npages(buf);
	unsigned long pfn = page_to_pfn(page);
	unsigned long i;

	if (buf->backing) {
		dbb_dma_device_free(buf, page);
		return;
	}
	for (i = 0; i < npages; i++) {
		__free_page(pfn_to_page(pfn + i));
		cond_resched();
	}
}

static struct page *dbb_backend_contig_from_range(struct dbb_buffer *buf, bool (*cancelled)(void))
{
	unsigned long npages = dbb_buffer_npages(buf);
	struct page *page = dbb_compat_contig_pages(npages, DBB_BACKEND_CONTIG_GFP);
	int ret;

	if (!page)
		return NULL;
	ret = dbb_contig_range_clear(page, npages, cancelled);
	if (ret) {
		dbb_backend_contig_give(buf, page);
		return ERR_PTR(ret);
	}
	return page;
}

static int dbb_backend_contig_alloc(struct dbb_buffer *buf, bool (*cancelled)(void))
{
	bool small = buf->len <= DBB_BACKEND_CONTIG_BUDDY_BYTES;
	struct page *page;
	void *vaddr = NULL;
	int ret;

	if (dbb_backend_given_up(cancelled))
		return -EINTR;
	if (small)
		vaddr = alloc_pages_exact(buf->len, DBB_BACKEND_CONTIG_GFP | __GFP_ZERO);
	page = vaddr ? virt_to_page(vaddr) : dbb_backend_contig_from_range(buf, cancelled);
	/* A device would take a small block from the buddy allocator, too. */
	if (!page && !small)
		page = dbb_dma_device_alloc(dbb_backend_contig_device, buf, buf->len);
	if (!page)
		return dbb_backend_given_up(cancelled) ? -EINTR : -ENOMEM;
	if (IS_ERR(page))
		return PTR_ERR(page);

	ret = dbb_contig_range_describe(buf, page);
	if (ret)
		dbb_backend_contig_give(buf, page);
	return ret;
}

static void dbb_backend_contig_free(struct dbb_buffer *buf)
{
	dbb_backend_contig_give(buf, sg_page(buf->table.sgl));
	sg_free_table(&buf->table);
}

static int dbb_backend_contig_explain(const struct dbb_buffer *buf, struct dbb_refusal *why)
{
	const char *reason = "this kernel has no CMA";

	if (buf->len <= DBB_BACKEND_CONTIG_BUDDY_BYTES)
		reason = "no block of that size is free";
	else if (DBB_CAN_ALLOC_CONTIG)
		reason = "pages in use could not be migrated";
	else if (IS_ENABLED(CONFIG_DMA_CMA))
		reason = dbb_dma_device_missing() ?: "the default CMA region has no room";
	return dbb_text_refuse(why, -ENOMEM,
			       "no %zu bytes in one piece: %s; accepted: less, up to %lu from the buddy allocator",
			       buf->len, reason, DBB_BACKEND_CONTIG_BUDDY_BYTES);
}

int dbb_backend_contig_init(void)
{
	dbb_backend_contig_device = dbb_dma_device_create(KBUILD_MODNAME "_contig",
							  PLATFORM_DEVID_NONE);
	return PTR_ERR_OR_ZERO(dbb_backend_contig_device);
}

void dbb_backend_contig_exit(void)
{
	dbb_dma_device_destroy(dbb_backend_contig_device);
}

const struct dbb_backend dbb_backend_contig = {
	.name		= "contig",
	.help		= "one physically contiguous block",
	.from_ram	= true,
	.alloc		= dbb_backend_contig_alloc,
	.free		= dbb_backend_contig_free,
	.explain	= dbb_backend_contig_explain,
};
