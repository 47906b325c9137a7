// SPDX-License-Identifier: GPL-2.0
/*
 * Checks of one buffer with its current strategies: whole mappings, windows, and
 * the rest of a partly unmapped mapping. The first three only read.
 */
#include <linux/bitmap.h>
#include <linux/dma-buf.h>
#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/mman.h>

#include "../../heap/compat.h"
#include "../../heap/heap.h"
#include "../op/importer.h"
#include "../op/user_mapping.h"
#include "../stop.h"
#include "check_mapping.h"

int dbb_check_mapping_begin(struct dbb_check_mapping *check, const struct dbb_buffer_request *want,
			    struct dbb_importer *importer, struct dbb_refusal *why)
{
	struct dma_buf *dmabuf = dbb_buffer_create(want, why);

	if (IS_ERR(dmabuf))
		return PTR_ERR(dmabuf);
	check->buf = dbb_buffer_from(dmabuf);
	check->importer = importer;
	if (dbb_page_tags_begin(&check->tags, check->buf)) {
		dma_buf_put(dmabuf);
		return dbb_text_refuse(why, -ENOMEM, "no memory to list the pages");
	}
	check->dmabuf = dmabuf;
	return 0;
}

void dbb_check_mapping_end(struct dbb_check_mapping *check)
{
	if (!check->dmabuf)
		return;
	dbb_page_tags_end(&check->tags);
	dma_buf_put(check->dmabuf);
	check->dmabuf = NULL;
}

/* A hint for an address that huge page table entries can map; 0 for small buffers. */
static unsigned long dbb_check_mapping_aligned(unsigned long bytes)
{
	unsigned long room = bytes + PMD_SIZE;
	unsigned long addr;

	if (bytes < PMD_SIZE)
		return 0;
	addr = vm_mmap(NULL, 0, room, PROT_NONE, MAP_PRIVATE | MAP_NORESERVE, 0);
	if (IS_ERR_VALUE(addr))
		return 0;
	dbb_user_mapping_remove(addr, room);
	return ALIGN(addr, PMD_SIZE);
}

static int dbb_check_mapping_mmap(struct dbb_check_mapping *check, unsigned long hint,
				  unsigned long first, unsigned long n, unsigned long *uaddr,
				  struct dbb_refusal *why)
{
	unsigned long addr = vm_mmap(check->dmabuf->file, hint, n << PAGE_SHIFT,
				     PROT_READ | PROT_WRITE, MAP_SHARED, first << PAGE_SHIFT);

	if (IS_ERR_VALUE(addr))
		return dbb_text_refuse(why, (long)addr, "mmap of %lu pages from page %lu on: %pe",
				       n, first, (void *)addr);
	*uaddr = addr;
	return 0;
}

static int dbb_check_mapping_mmap_whole(struct dbb_check_mapping *check, unsigned long *uaddr,
					struct dbb_refusal *why)
{
	return dbb_check_mapping_mmap(check, dbb_check_mapping_aligned(check->dmabuf->size), 0,
				      check->tags.npages, uaddr, why);
}

static int dbb_check_mapping_munmap(unsigned long uaddr, unsigned long first, unsigned long n,
				    struct dbb_refusal *why)
{
	int ret = dbb_user_mapping_remove(uaddr + (first << PAGE_SHIFT), n << PAGE_SHIFT);

	if (ret)
		dbb_text_refuse(why, ret, "munmap of %lu pages from page %lu on: %pe",
				n, first, ERR_PTR(ret));
	return ret;
}

static int dbb_check_mapping_vmap(struct dbb_check_mapping *check, struct iosys_map *map,
				  struct dbb_refusal *why)
{
	int ret = dbb_compat_vmap(check->dmabuf, map);

	if (ret)
		dbb_text_refuse(why, ret, "vmap: %pe", ERR_PTR(ret));
	return ret;
}

static int dbb_check_mapping_read_kernel(struct dbb_check_mapping *check, struct dbb_refusal *why)
{
	struct iosys_map map;
	int ret;

	dbb_page_tags_write_pages(&check->tags);
	ret = dbb_check_mapping_vmap(check, &map, why);
	if (ret)
		return ret;
	ret = dbb_page_tags_check_kernel(&check->tags, map.vaddr, why);
	dbb_compat_vunmap(check->dmabuf, &map);
	return ret;
}

static int dbb_check_mapping_read_user(struct dbb_check_mapping *check, struct dbb_refusal *why)
{
	unsigned long uaddr;
	int ret;

	dbb_page_tags_write_pages(&check->tags);
	ret = dbb_check_mapping_mmap_whole(check, &uaddr, why);
	if (ret)
		return ret;
	ret = dbb_page_tags_check_user(&check->tags, uaddr, 0, check->tags.npages, why);
	return dbb_check_mapping_munmap(uaddr, 0, check->tags.npages, why) ?: ret;
}

static int dbb_check_mapping_read_attached(struct dbb_check_mapping *check, struct dbb_refusal *why)
{
	int ret = dbb_importer_map(check->importer);

	if (ret)
		return dbb_text_refuse(why, ret, "mapping for DMA: %pe", ERR_PTR(ret));
	ret = dbb_page_tags_check_dma(&check->tags, check->importer->table, why);
	dbb_importer_unmap(check->importer);
	return ret;
}

static int dbb_check_mapping_read_dma(struct dbb_check_mapping *check, struct dbb_refusal *why)
{
	int ret;

	if (!check->importer->direct)
		return dbb_text_refuse(why, -EOPNOTSUPP,
				       "not read: not physical addresses (IOMMU, bounce buffers or memory encryption)");
	dbb_page_tags_write_pages(&check->tags);
	ret = dbb_importer_attach(check->importer, check->dmabuf);
	if (ret)
		return dbb_text_refuse(why, ret, "attaching: %pe", ERR_PTR(ret));
	ret = dbb_check_mapping_read_attached(check, why);
	dbb_importer_detach(check->importer);
	return ret;
}

/* Each mapping in turn writes, and all others read. */
static int dbb_check_mapping_exchange(struct dbb_check_mapping *check, const unsigned long *uaddr,
				      void *vaddr, struct dbb_refusal *why)
{
	struct dbb_page_tags *tags = &check->tags;
	int ret;

	ret = dbb_page_tags_write_user(tags, uaddr[0], why);
	if (!ret)
		ret = dbb_page_tags_check_kernel(tags, vaddr, why);
	if (!ret)
		ret = dbb_page_tags_check_user(tags, uaddr[1], 0, tags->npages, why);
	if (!ret)
		ret = dbb_page_tags_check_pages(tags, why);
	if (ret)
		return ret;
	dbb_page_tags_write_kernel(tags, vaddr);
	ret = dbb_page_tags_check_user(tags, uaddr[0], 0, tags->npages, why);
	if (!ret)
		ret = dbb_page_tags_check_user(tags, uaddr[1], 0, tags->npages, why);
	return ret ?: dbb_page_tags_check_pages(tags, why);
}

/* A nested vmap has to return the existing mapping. */
static int dbb_check_mapping_nest(struct dbb_check_mapping *check, const unsigned long *uaddr,
				  struct dbb_refusal *why)
{
	struct iosys_map outer, inner;
	void *vaddr;
	int ret;

	ret = dbb_check_mapping_vmap(check, &outer, why);
	if (ret)
		return ret;
	vaddr = outer.vaddr;
	ret = dbb_check_mapping_vmap(check, &inner, why);
	if (!ret) {
		if (inner.vaddr != vaddr)
			ret = dbb_text_refuse(why, -EIO,
					      "a nested vmap returned another address");
		dbb_compat_vunmap(check->dmabuf, &inner);
	}
	if (!ret)
		ret = dbb_check_mapping_exchange(check, uaddr, vaddr, why);
	dbb_compat_vunmap(check->dmabuf, &outer);
	return ret;
}

static int dbb_check_mapping_together(struct dbb_check_mapping *check, struct dbb_refusal *why)
{
	unsigned long npages = check->tags.npages;
	unsigned long uaddr[2];
	int ret;

	dbb_page_tags_write_pages(&check->tags);
	ret = dbb_check_mapping_mmap_whole(check, &uaddr[0], why);
	if (ret)
		return ret;
	/* without a hint: the address may not suit huge entries */
	ret = dbb_check_mapping_mmap(check, 0, 0, npages, &uaddr[1], why);
	if (!ret) {
		ret = dbb_check_mapping_nest(check, uaddr, why);
		ret = dbb_check_mapping_munmap(uaddr[1], 0, npages, why) ?: ret;
	}
	return dbb_check_mapping_munmap(uaddr[0], 0, npages, why) ?: ret;
}

static int dbb_check_mapping_window(struct dbb_check_mapping *check, unsigned long first,
				    unsigned long n, struct dbb_refusal *why)
{
	struct dbb_refusal what;
	unsigned long uaddr;
	int ret;

	ret = dbb_check_mapping_mmap(check, 0, first, n, &uaddr, why);
	if (ret)
		return ret;
	ret = dbb_page_tags_check_user(&check->tags, uaddr, first, n, &what);
	if (ret)
		dbb_text_refuse(why, ret, "%lu pages from page %lu on: %s", n, first, what.text);
	return dbb_check_mapping_munmap(uaddr, 0, n, why) ?: ret;
}

/* One page, two, to the border, across it, and to the end. */
static int dbb_check_mapping_windows_at(struct dbb_check_mapping *check, unsigned long first,
					struct dbb_refusal *why)
{
	unsigned long npages = check->tags.npages;
	unsigned long border = find_next_bit(check->tags.borders, npages, first + 1);
	unsigned long lengths[] = { 1, 2, border - first, border + 1 - first, npages - first };
	unsigned long longest = 0;
	unsigned int i;
	int ret;

	for (i = 0; i < ARRAY_SIZE(lengths); i++) {
		if (lengths[i] <= longest || lengths[i] > npages - first)
			continue;
		longest = lengths[i];
		ret = dbb_check_mapping_window(check, first, longest, why);
		if (ret)
			return ret;
	}
	return 0;
}

static int dbb_check_mapping_windows(struct dbb_check_mapping *check, struct dbb_refusal *why)
{
	unsigned long first;
	int ret;

	dbb_page_tags_write_pages(&check->tags);
	for_each_set_bit(first, check->tags.near, check->tags.npages) {
		ret = dbb_check_mapping_windows_at(check, first, why);
		if (ret)
			return ret;
		if (dbb_stop_pause())
			return -EINTR;
	}
	return 0;
}

static int dbb_check_mapping_read_piece(struct dbb_check_mapping *check, unsigned long uaddr,
					unsigned long first, unsigned long n, const char *cut,
					struct dbb_refusal *why)
{
	struct dbb_refusal what;
	int ret;

	ret = dbb_page_tags_check_user(&check->tags, uaddr + (first << PAGE_SHIFT), first, n,
				       &what);
	if (ret)
		dbb_text_refuse(why, ret, "after its %s was unmapped, at page %lu: %s",
				cut, first, what.text);
	return ret;
}

/*
 * Cuts a fourth off either end and a page out of the middle. In the end only the
 * rest is unmapped: other mappings may lie in the holes by then.
 */
static int dbb_check_mapping_cut(struct dbb_check_mapping *check, struct dbb_refusal *why)
{
	unsigned long npages = check->tags.npages;
	unsigned long piece = npages / 4;
	unsigned long middle = npages / 2, last = npages - piece;
	unsigned long uaddr;
	int ret;

	if (!piece)
		return 0;
	dbb_page_tags_write_pages(&check->tags);
	ret = dbb_check_mapping_mmap_whole(check, &uaddr, why);
	if (ret)
		return ret;
	ret = dbb_check_mapping_munmap(uaddr, 0, piece, why);
	if (!ret)
		ret = dbb_check_mapping_read_piece(check, uaddr, piece, npages - piece, "head",
						   why);
	ret = dbb_check_mapping_munmap(uaddr, last, piece, why) ?: ret;
	if (!ret)
		ret = dbb_check_mapping_read_piece(check, uaddr, piece, last - piece, "tail", why);
	ret = dbb_check_mapping_munmap(uaddr, middle, 1, why) ?: ret;
	if (!ret)
		ret = dbb_check_mapping_read_piece(check, uaddr, piece, middle - piece, "middle",
						   why);
	if (!ret)
		ret = dbb_check_mapping_read_piece(check, uaddr, middle + 1, last - middle - 1,
						   "middle", why);
	ret = dbb_check_mapping_munmap(uaddr, piece, middle - piece, why) ?: ret;
	return dbb_check_mapping_munmap(uaddr, middle + 1, last - middle - 1, why) ?: ret;
}

static int dbb_check_mapping_refused(struct dbb_check_mapping *check, unsigned long flags,
				     unsigned long first, unsigned long n, struct dbb_refusal *why)
{
	unsigned long addr = vm_mmap(check->dmabuf->file, 0, n << PAGE_SHIFT,
				     PROT_READ | PROT_WRITE, flags, first << PAGE_SHIFT);

	if (addr == -EINVAL)
		return 0;
	if (IS_ERR_VALUE(addr))
		return dbb_text_refuse(why, -EIO,
				       "a %s mapping of %lu pages from page %lu on: %pe, expected -EINVAL",
				       flags == MAP_PRIVATE ? "private" : "shared", n, first,
				       (void *)addr);
	dbb_user_mapping_remove(addr, n << PAGE_SHIFT);
	return dbb_text_refuse(why, -EIO,
			       "a %s mapping of %lu pages from page %lu on was made, expected -EINVAL",
			       flags == MAP_PRIVATE ? "private" : "shared", n, first);
}

static int dbb_check_mapping_refusals(struct dbb_check_mapping *check, struct dbb_refusal *why)
{
	unsigned long npages = check->tags.npages;
	int ret;

	ret = dbb_check_mapping_refused(check, MAP_PRIVATE, 0, npages, why);
	if (!ret)
		ret = dbb_check_mapping_refused(check, MAP_PRIVATE, npages - 1, 1, why);
	if (!ret)
		ret = dbb_check_mapping_refused(check, MAP_SHARED, npages, 1, why);
	if (!ret)
		ret = dbb_check_mapping_refused(check, MAP_SHARED, npages - 1, 2, why);
	return ret ?: dbb_check_mapping_refused(check, MAP_SHARED, 0, npages + 1, why);
}

const struct dbb_check_mapping_step dbb_check_mapping_steps[DBB_CHECK_MAPPING_STEPS] = {
	{ .name = "kernel mapping", .run = dbb_check_mapping_read_kernel },
	{ .name = "user mapping", .run = dbb_check_mapping_read_user },
	{ .name = "DMA addresses", .run = dbb_check_mapping_read_dma, .may_lack = true },
	{ .name = "mapped at once", .run = dbb_check_mapping_together },
	{ .name = "window", .run = dbb_check_mapping_windows },
	{ .name = "cut mapping", .run = dbb_check_mapping_cut },
	{ .name = "refused mapping", .run = dbb_check_mapping_refusals },
};
