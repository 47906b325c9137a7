// SPDX-License-Identifier: GPL-2.0
/*
 * Checks of one buffer with the strategies that it has: whole mappings, parts
 * of it, and what is left of a mapping that was cut. The first three only
 * read.
 */
#include <linux/bitmap.h>
#include <linux/dma-buf.h>
#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/mman.h>

#include "../heap/heap.h"
#include "importer.h"
#include "mapcheck.h"

/**
 * dbb_mapcheck_begin() - make a buffer to check
 * @check: filled
 * @want: what the buffer is to be
 * @importer: device to map it for
 * @why: filled on failure
 *
 * Return: 0, -ENOMEM, or as dbb_buffer_create().
 */
int dbb_mapcheck_begin(struct dbb_mapcheck *check, const struct dbb_buffer_request *want,
		       struct dbb_importer *importer, struct dbb_refusal *why)
{
	struct dma_buf *dmabuf = dbb_buffer_create(want, why);

	if (IS_ERR(dmabuf))
		return PTR_ERR(dmabuf);
	check->buf = dbb_buffer_from(dmabuf);
	check->importer = importer;
	if (dbb_tags_begin(&check->tags, check->buf)) {
		dma_buf_put(dmabuf);
		return dbb_text_refuse(why, -ENOMEM, "no memory to list the pages");
	}
	check->dmabuf = dmabuf;
	return 0;
}

/**
 * dbb_mapcheck_end() - the mirror of dbb_mapcheck_begin()
 * @check: what that filled, or failed to
 */
void dbb_mapcheck_end(struct dbb_mapcheck *check)
{
	if (!check->dmabuf)
		return;
	dbb_tags_end(&check->tags);
	dma_buf_put(check->dmabuf);
	check->dmabuf = NULL;
}

/*
 * Where a mapping has the phase that huge entries need, if that is free. The
 * kernel takes it for a hint.
 */
static unsigned long dbb_mapcheck_aligned(unsigned long bytes)
{
	unsigned long room = bytes + PMD_SIZE;
	unsigned long addr;

	if (bytes < PMD_SIZE)
		return 0;
	addr = vm_mmap(NULL, 0, room, PROT_NONE, MAP_PRIVATE | MAP_NORESERVE, 0);
	if (IS_ERR_VALUE(addr))
		return 0;
	vm_munmap(addr, room);
	return ALIGN(addr, PMD_SIZE);
}

static int dbb_mapcheck_mmap(struct dbb_mapcheck *check, unsigned long hint,
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

static int dbb_mapcheck_mmap_whole(struct dbb_mapcheck *check, unsigned long *uaddr,
				   struct dbb_refusal *why)
{
	return dbb_mapcheck_mmap(check, dbb_mapcheck_aligned(check->dmabuf->size), 0,
				 check->tags.npages, uaddr, why);
}

static int dbb_mapcheck_munmap(unsigned long uaddr, unsigned long first, unsigned long n,
			       struct dbb_refusal *why)
{
	int ret = vm_munmap(uaddr + (first << PAGE_SHIFT), n << PAGE_SHIFT);

	if (ret)
		dbb_text_refuse(why, ret, "munmap of %lu pages from page %lu on: %pe",
				n, first, ERR_PTR(ret));
	return ret;
}

static int dbb_mapcheck_vmap(struct dbb_mapcheck *check, struct iosys_map *map,
			     struct dbb_refusal *why)
{
	int ret = dbb_compat_vmap(check->dmabuf, map);

	if (ret)
		dbb_text_refuse(why, ret, "vmap: %pe", ERR_PTR(ret));
	return ret;
}

static int dbb_mapcheck_read_kernel(struct dbb_mapcheck *check, struct dbb_refusal *why)
{
	struct iosys_map map;
	int ret;

	dbb_tags_write_pages(&check->tags);
	ret = dbb_mapcheck_vmap(check, &map, why);
	if (ret)
		return ret;
	ret = dbb_tags_check_kernel(&check->tags, map.vaddr, why);
	dbb_compat_vunmap(check->dmabuf, &map);
	return ret;
}

static int dbb_mapcheck_read_user(struct dbb_mapcheck *check, struct dbb_refusal *why)
{
	unsigned long uaddr;
	int ret;

	dbb_tags_write_pages(&check->tags);
	ret = dbb_mapcheck_mmap_whole(check, &uaddr, why);
	if (ret)
		return ret;
	ret = dbb_tags_check_user(&check->tags, uaddr, 0, check->tags.npages, why);
	return dbb_mapcheck_munmap(uaddr, 0, check->tags.npages, why) ?: ret;
}

static int dbb_mapcheck_read_attached(struct dbb_mapcheck *check, struct dbb_refusal *why)
{
	int ret = dbb_importer_map(check->importer);

	if (ret)
		return dbb_text_refuse(why, ret, "mapping for DMA: %pe", ERR_PTR(ret));
	ret = dbb_tags_check_dma(&check->tags, check->importer->table, why);
	dbb_importer_unmap(check->importer);
	return ret;
}

static int dbb_mapcheck_read_dma(struct dbb_mapcheck *check, struct dbb_refusal *why)
{
	int ret;

	if (!check->importer->direct)
		return dbb_text_refuse(why, -EOPNOTSUPP,
				       "not read: with an IOMMU, bounce buffers or encryption they are not those of memory");
	dbb_tags_write_pages(&check->tags);
	ret = dbb_importer_attach(check->importer, check->dmabuf);
	if (ret)
		return dbb_text_refuse(why, ret, "attaching: %pe", ERR_PTR(ret));
	ret = dbb_mapcheck_read_attached(check, why);
	dbb_importer_detach(check->importer);
	return ret;
}

/* Each way in turn writes, and all others read. */
static int dbb_mapcheck_exchange(struct dbb_mapcheck *check, const unsigned long *uaddr,
				 void *vaddr, struct dbb_refusal *why)
{
	struct dbb_tags *tags = &check->tags;
	int ret;

	ret = dbb_tags_write_user(tags, uaddr[0], why);
	if (!ret)
		ret = dbb_tags_check_kernel(tags, vaddr, why);
	if (!ret)
		ret = dbb_tags_check_user(tags, uaddr[1], 0, tags->npages, why);
	if (!ret)
		ret = dbb_tags_check_pages(tags, why);
	if (ret)
		return ret;
	dbb_tags_write_kernel(tags, vaddr);
	ret = dbb_tags_check_user(tags, uaddr[0], 0, tags->npages, why);
	if (!ret)
		ret = dbb_tags_check_user(tags, uaddr[1], 0, tags->npages, why);
	return ret ?: dbb_tags_check_pages(tags, why);
}

/* A second kernel mapping is the first one, until its last user is gone. */
static int dbb_mapcheck_nest(struct dbb_mapcheck *check, const unsigned long *uaddr,
			     struct dbb_refusal *why)
{
	struct iosys_map outer, inner;
	void *vaddr;
	int ret;

	ret = dbb_mapcheck_vmap(check, &outer, why);
	if (ret)
		return ret;
	vaddr = outer.vaddr;
	ret = dbb_mapcheck_vmap(check, &inner, why);
	if (!ret) {
		if (inner.vaddr != vaddr)
			ret = dbb_text_refuse(why, -EIO,
					      "a second kernel mapping has another address");
		dbb_compat_vunmap(check->dmabuf, &inner);
	}
	if (!ret)
		ret = dbb_mapcheck_exchange(check, uaddr, vaddr, why);
	dbb_compat_vunmap(check->dmabuf, &outer);
	return ret;
}

static int dbb_mapcheck_together(struct dbb_mapcheck *check, struct dbb_refusal *why)
{
	unsigned long npages = check->tags.npages;
	unsigned long uaddr[2];
	int ret;

	dbb_tags_write_pages(&check->tags);
	ret = dbb_mapcheck_mmap_whole(check, &uaddr[0], why);
	if (ret)
		return ret;
	/* wherever the kernel likes, which need not suit huge entries */
	ret = dbb_mapcheck_mmap(check, 0, 0, npages, &uaddr[1], why);
	if (!ret) {
		ret = dbb_mapcheck_nest(check, uaddr, why);
		ret = dbb_mapcheck_munmap(uaddr[1], 0, npages, why) ?: ret;
	}
	return dbb_mapcheck_munmap(uaddr[0], 0, npages, why) ?: ret;
}

static int dbb_mapcheck_window(struct dbb_mapcheck *check, unsigned long first,
			       unsigned long n, struct dbb_refusal *why)
{
	struct dbb_refusal what;
	unsigned long uaddr;
	int ret;

	ret = dbb_mapcheck_mmap(check, 0, first, n, &uaddr, why);
	if (ret)
		return ret;
	ret = dbb_tags_check_user(&check->tags, uaddr, first, n, &what);
	if (ret)
		dbb_text_refuse(why, ret, "%lu pages from page %lu on: %s", n, first, what.text);
	return dbb_mapcheck_munmap(uaddr, 0, n, why) ?: ret;
}

/* One page, two, to the border, across it, and to the end. */
static int dbb_mapcheck_windows_at(struct dbb_mapcheck *check, unsigned long first,
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
		ret = dbb_mapcheck_window(check, first, longest, why);
		if (ret)
			return ret;
	}
	return 0;
}

static int dbb_mapcheck_windows(struct dbb_mapcheck *check, struct dbb_refusal *why)
{
	unsigned long first;
	int ret;

	dbb_tags_write_pages(&check->tags);
	for_each_set_bit(first, check->tags.near, check->tags.npages) {
		ret = dbb_mapcheck_windows_at(check, first, why);
		if (ret)
			return ret;
	}
	return 0;
}

static int dbb_mapcheck_read_piece(struct dbb_mapcheck *check, unsigned long uaddr,
				   unsigned long first, unsigned long n, const char *cut,
				   struct dbb_refusal *why)
{
	struct dbb_refusal what;
	int ret;

	ret = dbb_tags_check_user(&check->tags, uaddr + (first << PAGE_SHIFT), first, n, &what);
	if (ret)
		dbb_text_refuse(why, ret, "without its %s, at page %lu: %s", cut, first, what.text);
	return ret;
}

/*
 * What is cut off is a fourth of the mapping. Only what is left is unmapped
 * in the end: the holes may be somebody else's by then.
 */
static int dbb_mapcheck_cut(struct dbb_mapcheck *check, struct dbb_refusal *why)
{
	unsigned long npages = check->tags.npages;
	unsigned long piece = npages / 4;
	unsigned long middle = npages / 2, last = npages - piece;
	unsigned long uaddr;
	int ret;

	if (!piece)
		return 0;
	dbb_tags_write_pages(&check->tags);
	ret = dbb_mapcheck_mmap_whole(check, &uaddr, why);
	if (ret)
		return ret;
	ret = dbb_mapcheck_munmap(uaddr, 0, piece, why);
	if (!ret)
		ret = dbb_mapcheck_read_piece(check, uaddr, piece, npages - piece, "head", why);
	ret = dbb_mapcheck_munmap(uaddr, last, piece, why) ?: ret;
	if (!ret)
		ret = dbb_mapcheck_read_piece(check, uaddr, piece, last - piece, "tail", why);
	ret = dbb_mapcheck_munmap(uaddr, middle, 1, why) ?: ret;
	if (!ret)
		ret = dbb_mapcheck_read_piece(check, uaddr, piece, middle - piece, "middle", why);
	if (!ret)
		ret = dbb_mapcheck_read_piece(check, uaddr, middle + 1, last - middle - 1,
					      "middle", why);
	ret = dbb_mapcheck_munmap(uaddr, piece, middle - piece, why) ?: ret;
	return dbb_mapcheck_munmap(uaddr, middle + 1, last - middle - 1, why) ?: ret;
}

static int dbb_mapcheck_refused(struct dbb_mapcheck *check, unsigned long flags,
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
	vm_munmap(addr, n << PAGE_SHIFT);
	return dbb_text_refuse(why, -EIO,
			       "a %s mapping of %lu pages from page %lu on was made, expected -EINVAL",
			       flags == MAP_PRIVATE ? "private" : "shared", n, first);
}

static int dbb_mapcheck_refusals(struct dbb_mapcheck *check, struct dbb_refusal *why)
{
	unsigned long npages = check->tags.npages;
	int ret;

	ret = dbb_mapcheck_refused(check, MAP_PRIVATE, 0, npages, why);
	if (!ret)
		ret = dbb_mapcheck_refused(check, MAP_PRIVATE, npages - 1, 1, why);
	if (!ret)
		ret = dbb_mapcheck_refused(check, MAP_SHARED, npages, 1, why);
	if (!ret)
		ret = dbb_mapcheck_refused(check, MAP_SHARED, npages - 1, 2, why);
	return ret ?: dbb_mapcheck_refused(check, MAP_SHARED, 0, npages + 1, why);
}

const struct dbb_mapcheck_step dbb_mapcheck_steps[DBB_MAPCHECK_STEPS] = {
	{ .name = "kernel mapping", .run = dbb_mapcheck_read_kernel },
	{ .name = "user mapping", .run = dbb_mapcheck_read_user },
	{ .name = "DMA addresses", .run = dbb_mapcheck_read_dma, .may_lack = true },
	{ .name = "mapped at once", .run = dbb_mapcheck_together },
	{ .name = "window", .run = dbb_mapcheck_windows },
	{ .name = "cut mapping", .run = dbb_mapcheck_cut },
	{ .name = "refused mapping", .run = dbb_mapcheck_refusals },
};
