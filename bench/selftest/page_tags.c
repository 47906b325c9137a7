// SPDX-License-Identifier: GPL-2.0
/*
 * Tags tell which page of a buffer a mapping shows: each page gets its index through
 * one mapping and is read through another.
 */
#include <linux/bitmap.h>
#include <linux/errno.h>
#include <linux/highmem.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/scatterlist.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/uaccess.h>

#include "../../heap/compat.h"
#include "../../heap/heap.h"
#include "page_tags.h"

/* Of a window with more pages than this, only the ends and borders are read. */
#define DBB_PAGE_TAGS_WHOLE 64

/* Pages on either side of a chunk border; borders from each end of the buffer. */
#define DBB_PAGE_TAGS_NEAR 2
#define DBB_PAGE_TAGS_BORDERS 8

static void dbb_page_tags_mark_near(struct dbb_page_tags *tags)
{
	unsigned long border, first, last, n = 0, all;

	all = bitmap_weight(tags->borders, tags->npages + 1);
	for_each_set_bit(border, tags->borders, tags->npages + 1) {
		if (n++ >= DBB_PAGE_TAGS_BORDERS && n + DBB_PAGE_TAGS_BORDERS <= all)
			continue;
		first = border > DBB_PAGE_TAGS_NEAR ? border - DBB_PAGE_TAGS_NEAR : 0;
		last = min(border + DBB_PAGE_TAGS_NEAR, tags->npages - 1);
		bitmap_set(tags->near, first, last - first + 1);
	}
}

int dbb_page_tags_begin(struct dbb_page_tags *tags, const struct dbb_buffer *buf)
{
	struct dbb_buffer_walk walk;
	unsigned long i;

	tags->npages = dbb_buffer_npages(buf);
	tags->pages = kvmalloc_array(tags->npages, sizeof(*tags->pages), DBB_GFP_TABLE);
	tags->borders = bitmap_zalloc(tags->npages + 1, GFP_KERNEL);
	tags->near = bitmap_zalloc(tags->npages, GFP_KERNEL);
	tags->buf = buf;
	tags->salt = 0x7a600000;
	if (!tags->pages || !tags->borders || !tags->near) {
		dbb_page_tags_end(tags);
		return -ENOMEM;
	}
	dbb_buffer_walk_begin(&walk, buf);
	for (i = 0; i < tags->npages; i++) {
		if (!walk.skip)
			__set_bit(i, tags->borders);
		tags->pages[i] = dbb_buffer_walk_next(&walk);
	}
	__set_bit(tags->npages, tags->borders);
	dbb_page_tags_mark_near(tags);
	return 0;
}

void dbb_page_tags_end(struct dbb_page_tags *tags)
{
	bitmap_free(tags->near);
	bitmap_free(tags->borders);
	kvfree(tags->pages);
}

static void dbb_page_tags_renew(struct dbb_page_tags *tags)
{
	tags->salt += tags->npages;
}

static void dbb_page_tags_sync_page(const struct dbb_page_tags *tags, struct page *page)
{
	if (dbb_caching_needs_sync(tags->buf))
		dbb_caching_sync_page(tags->buf, page);
}

static void dbb_page_tags_write_page(const struct dbb_page_tags *tags, struct page *page, u32 tag)
{
	u32 *vaddr = kmap_local_page(page);

	*vaddr = tag;
	kunmap_local(vaddr);
	flush_dcache_page(page);
	dbb_page_tags_sync_page(tags, page);
}

static u32 dbb_page_tags_read_page(const struct dbb_page_tags *tags, struct page *page)
{
	u32 *vaddr, tag;

	dbb_page_tags_sync_page(tags, page);
	vaddr = kmap_local_page(page);
	tag = *vaddr;
	kunmap_local(vaddr);
	return tag;
}

void dbb_page_tags_write_pages(struct dbb_page_tags *tags)
{
	unsigned long i;

	dbb_page_tags_renew(tags);
	for (i = 0; i < tags->npages; i++)
		dbb_page_tags_write_page(tags, tags->pages[i], tags->salt + (u32)i);
}

void dbb_page_tags_write_kernel(struct dbb_page_tags *tags, void *vaddr)
{
	unsigned long i;

	dbb_page_tags_renew(tags);
	for (i = 0; i < tags->npages; i++)
		*(u32 *)(vaddr + i * PAGE_SIZE) = tags->salt + (u32)i;
}

int dbb_page_tags_write_user(struct dbb_page_tags *tags, unsigned long uaddr,
			     struct dbb_refusal *why)
{
	unsigned long i;

	dbb_page_tags_renew(tags);
	for (i = 0; i < tags->npages; i++)
		if (put_user(tags->salt + (u32)i, (u32 __user *)(uaddr + i * PAGE_SIZE)))
			return dbb_text_refuse(why, -EIO,
					       "page %lu of the user mapping cannot be written", i);
	return 0;
}

/* @tag was read from page @i of a mapping that begins at page @first of the buffer. */
static int dbb_page_tags_judge(const struct dbb_page_tags *tags, const char *what,
			       unsigned long first, unsigned long i, u32 tag,
			       struct dbb_refusal *why)
{
	u32 wanted = tags->salt + (u32)(first + i);
	u32 shown = tag - tags->salt;

	if (tag == wanted)
		return 0;
	if (shown < tags->npages)
		return dbb_text_refuse(why, -EIO,
				       "page %lu of the %s shows tag %#x of page %u, expected %#x of page %lu",
				       i, what, tag, shown, wanted, first + i);
	return dbb_text_refuse(why, -EIO,
			       "page %lu of the %s shows %#x, which is not a tag, expected %#x of page %lu",
			       i, what, tag, wanted, first + i);
}

int dbb_page_tags_check_pages(const struct dbb_page_tags *tags, struct dbb_refusal *why)
{
	unsigned long i;
	int ret = 0;

	for (i = 0; !ret && i < tags->npages; i++)
		ret = dbb_page_tags_judge(tags, "buffer", 0, i,
					  dbb_page_tags_read_page(tags, tags->pages[i]), why);
	return ret;
}

int dbb_page_tags_check_kernel(const struct dbb_page_tags *tags, const void *vaddr,
			       struct dbb_refusal *why)
{
	unsigned long i;
	int ret = 0;

	for (i = 0; !ret && i < tags->npages; i++)
		ret = dbb_page_tags_judge(tags, "kernel mapping", 0, i,
					  *(const u32 *)(vaddr + i * PAGE_SIZE), why);
	return ret;
}

static bool dbb_page_tags_matters(const struct dbb_page_tags *tags, unsigned long first,
				  unsigned long n, unsigned long i)
{
	return n <= DBB_PAGE_TAGS_WHOLE || i < DBB_PAGE_TAGS_NEAR || i + DBB_PAGE_TAGS_NEAR >= n ||
	       test_bit(first + i, tags->near);
}

/*
 * Reads each page of the whole buffer, but of a large window only the pages near its
 * ends and near chunk borders.
 */
int dbb_page_tags_check_user(const struct dbb_page_tags *tags, unsigned long uaddr,
			     unsigned long first, unsigned long n, struct dbb_refusal *why)
{
	unsigned long i;
	int ret = 0;
	u32 tag;

	for (i = 0; !ret && i < n; i++) {
		if (n < tags->npages && !dbb_page_tags_matters(tags, first, n, i))
			continue;
		if (get_user(tag, (u32 __user *)(uaddr + i * PAGE_SIZE)))
			ret = dbb_text_refuse(why, -EIO,
					      "page %lu of the user mapping cannot be read", i);
		else
			ret = dbb_page_tags_judge(tags, "user mapping", first, i, tag, why);
	}
	return ret;
}

int dbb_page_tags_check_dma(const struct dbb_page_tags *tags, struct sg_table *table,
			    struct dbb_refusal *why)
{
	struct sg_dma_page_iter it;
	unsigned long i = 0;
	int ret;

	for_each_sgtable_dma_page(table, &it, 0) {
		dma_addr_t addr = sg_page_iter_dma_address(&it);
		struct page *page = pfn_to_page(PHYS_PFN(addr));

		if (!pfn_valid(PHYS_PFN(addr)))
			return dbb_text_refuse(why, -EIO,
					       "page %lu has DMA address %pad, which is not in memory",
					       i, &addr);
		if (i == tags->npages)
			return dbb_text_refuse(why, -EIO, "the DMA mapping has too many pages");
		ret = dbb_page_tags_judge(tags, "DMA mapping", 0, i,
					  dbb_page_tags_read_page(tags, page), why);
		if (ret)
			return ret;
		i++;
	}
	if (i < tags->npages)
		return dbb_text_refuse(why, -EIO, "the DMA mapping has only %lu of %lu pages",
				       i, tags->npages);
	return 0;
}
