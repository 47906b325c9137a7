// SPDX-License-Identifier: GPL-2.0
/*
 * Backend "contig": one physically contiguous block, from wherever this
 * kernel has blocks of that size.
 */
#include <linux/err.h>
#include <linux/gfp.h>
#include <linux/mm.h>
#include <linux/platform_device.h>

#include "buffer.h"

/* Tries hard, but fails rather than have the OOM killer end a process. */
#define DBB_CONTIG_GFP (GFP_KERNEL | __GFP_NOWARN | __GFP_RETRY_MAYFAIL)

/* The largest block of the buddy allocator. */
#define DBB_CONTIG_BUDDY_BYTES (PAGE_SIZE << DBB_MAX_ORDER)

static struct device *dbb_contig_device;

/* Each page has a reference of its own, from here and from alloc_contig_pages(). */
static struct page *dbb_contig_from_buddy(size_t len)
{
	void *vaddr = NULL;

	if (len <= DBB_CONTIG_BUDDY_BYTES)
		vaddr = alloc_pages_exact(len, DBB_CONTIG_GFP | __GFP_ZERO);
	return vaddr ? virt_to_page(vaddr) : NULL;
}

static void dbb_contig_give(struct dbb_buffer *buf, struct page *page)
{
	unsigned long npages = dbb_buffer_npages(buf);
	unsigned long pfn = page_to_pfn(page);
	unsigned long i;

	if (buf->backing) {
		dbb_device_free(buf, page);
		return;
	}
	for (i = 0; i < npages; i++) {
		__free_page(pfn_to_page(pfn + i));
		cond_resched();
	}
}

static struct page *dbb_contig_from_range(struct dbb_buffer *buf, bool (*cancelled)(void))
{
	unsigned long npages = dbb_buffer_npages(buf);
	struct page *page = dbb_compat_contig_pages(npages, DBB_CONTIG_GFP);
	int ret;

	if (!page)
		return NULL;
	ret = dbb_block_clear(page, npages, cancelled);
	if (ret) {
		dbb_contig_give(buf, page);
		return ERR_PTR(ret);
	}
	return page;
}

/* Below that size a device would only be given what the buddy allocator has. */
static struct page *dbb_contig_from_device(struct dbb_buffer *buf)
{
	if (buf->len <= DBB_CONTIG_BUDDY_BYTES)
		return NULL;
	return dbb_device_alloc(dbb_contig_device, buf, buf->len);
}

static int dbb_contig_alloc(struct dbb_buffer *buf, bool (*cancelled)(void))
{
	struct page *page;
	int ret;

	if (dbb_backend_given_up(cancelled))
		return -EINTR;
	page = dbb_contig_from_buddy(buf->len);
	if (!page)
		page = dbb_contig_from_range(buf, cancelled);
	if (!page)
		page = dbb_contig_from_device(buf);
	if (!page)
		return dbb_backend_given_up(cancelled) ? -EINTR : -ENOMEM;
	if (IS_ERR(page))
		return PTR_ERR(page);

	ret = dbb_block_describe(buf, page);
	if (ret)
		dbb_contig_give(buf, page);
	return ret;
}

static void dbb_contig_free(struct dbb_buffer *buf)
{
	dbb_contig_give(buf, sg_page(buf->table.sgl));
	sg_free_table(&buf->table);
}

static int dbb_contig_explain(const struct dbb_buffer *buf, struct dbb_refusal *why)
{
	const char *reason = "this kernel has no CMA";

	if (buf->len <= DBB_CONTIG_BUDDY_BYTES)
		reason = "no block of that size is free";
	else if (dbb_compat_has_contig_pages())
		reason = "others could not be moved out of the way";
	else if (IS_ENABLED(CONFIG_DMA_CMA))
		reason = "the default CMA region has no room";
	return dbb_text_refuse(why, -ENOMEM,
			       "no %zu bytes in one piece: %s; accepted: less, up to %lu from the buddy allocator",
			       buf->len, reason, DBB_CONTIG_BUDDY_BYTES);
}

/**
 * dbb_contig_init() - make the device that the backend asks for large blocks
 *
 * Return: 0 or an errno.
 */
int dbb_contig_init(void)
{
	dbb_contig_device = dbb_device_create(KBUILD_MODNAME "_contig", PLATFORM_DEVID_NONE);
	return PTR_ERR_OR_ZERO(dbb_contig_device);
}

/**
 * dbb_contig_exit() - remove the device
 */
void dbb_contig_exit(void)
{
	dbb_device_destroy(dbb_contig_device);
}

const struct dbb_backend dbb_contig_backend = {
	.name		= "contig",
	.help		= "one physically contiguous block",
	.alloc		= dbb_contig_alloc,
	.free		= dbb_contig_free,
	.explain	= dbb_contig_explain,
};
