// SPDX-License-Identifier: GPL-2.0
/*
 * mmap strategy "insert": vm_insert_pages() from a page array, as videobuf2
 * does. The pages count as RSS; a pinned page outlives the buffer.
 */
#include <linux/errno.h>
#include <linux/gfp.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/scatterlist.h>

#include "buffer.h"
#include "compat.h"

/* As many as a page of pointers holds, with 8-byte pointers a page of PTEs. */
#define DBB_MMAP_INSERT_BATCH (PAGE_SIZE / sizeof(struct page *))

struct dbb_mmap_insert_walk {
	struct scatterlist *sg;
	unsigned long skip;	/* pages of sg that are mapped, or before the VMA */
};

static void dbb_mmap_insert_take(struct dbb_mmap_insert_walk *walk, struct page **pages,
				 unsigned long n)
{
	while (n) {
		unsigned long left = (walk->sg->length >> PAGE_SHIFT) - walk->skip;
		unsigned long run = min(n, left);
		unsigned long pfn = page_to_pfn(sg_page(walk->sg)) + walk->skip;

		walk->skip += run;
		if (run == left) {
			walk->sg = sg_next(walk->sg);
			walk->skip = 0;
		}
		for (n -= run; run; run--)
			*pages++ = pfn_to_page(pfn++);
	}
}

static int dbb_mmap_insert_all(struct dbb_buffer *buf, struct vm_area_struct *vma,
			       struct page **pages)
{
	struct dbb_mmap_insert_walk walk = { .sg = buf->table.sgl, .skip = vma->vm_pgoff };
	unsigned long addr = vma->vm_start;
	int ret = 0;

	while (walk.skip >= walk.sg->length >> PAGE_SHIFT) {
		walk.skip -= walk.sg->length >> PAGE_SHIFT;
		walk.sg = sg_next(walk.sg);
	}
	while (!ret && addr < vma->vm_end) {
		unsigned long n = min((vma->vm_end - addr) >> PAGE_SHIFT,
				      DBB_MMAP_INSERT_BATCH);
		unsigned long left = n;

		dbb_mmap_insert_take(&walk, pages, n);
		ret = vm_insert_pages(vma, addr, pages, &left);
		addr += n << PAGE_SHIFT;
	}
	return ret;
}

static int dbb_mmap_insert_map(struct dbb_buffer *buf, struct vm_area_struct *vma)
{
	struct page **pages = (struct page **)__get_free_page(GFP_KERNEL);
	int ret;

	if (!pages)
		return -ENOMEM;
	/* vm_insert_pages() sets VM_MIXEDMAP. */
	vm_flags_set(vma, VM_DONTEXPAND | VM_DONTDUMP);
	ret = dbb_mmap_insert_all(buf, vma, pages);
	free_page((unsigned long)pages);
	return ret;
}

static bool dbb_mmap_insert_refs_are_on_all(const struct dbb_buffer *buf)
{
	struct scatterlist *sg;
	unsigned int i;

	for_each_sgtable_sg(&buf->table, sg, i) {
		unsigned long n = sg->length >> PAGE_SHIFT, k;

		for (k = 0; k < n; k++) {
			struct page *page = pfn_to_page(page_to_pfn(sg_page(sg)) + k);

			if (!page_count(page))
				return false;
			if (PageHead(page))
				k += (1ul << compound_order(page)) - 1;
		}
	}
	return true;
}

/*
 * Looks at each page once in the life of a buffer: the engine binds a strategy before
 * each sample, and no other arm would find the struct pages in the cache.
 */
static int dbb_mmap_insert_bind(struct dbb_buffer *buf)
{
	if (buf->refs == DBB_REFS_UNKNOWN && !buf->exclusive)
		buf->refs = dbb_mmap_insert_refs_are_on_all(buf) ? DBB_REFS_ON_ALL :
								   DBB_REFS_LACKING;
	return 0;
}

/* A page without its own reference count could be freed while still mapped. */
static int dbb_mmap_insert_usable(const struct dbb_buffer *buf, struct dbb_refusal *why)
{
	if (buf->exclusive)
		return dbb_text_refuse(why, -EOPNOTSUPP,
				       "mmap strategy insert lets others take references to pages, which heap %s does not allow; accepted: any other strategy",
				       buf->backend->name);
	if (buf->refs != DBB_REFS_ON_ALL)
		return dbb_text_refuse(why, -EOPNOTSUPP,
				       "mmap strategy insert needs a reference to each page, which pages of heap %s lack; accepted: any other strategy",
				       buf->backend->name);
	/* ptrace() or O_DIRECT would go through the linear map. */
	if (dbb_caching_needs_sync(buf))
		return dbb_caching_refuse_cached(buf, "mmap strategy insert",
						 "the kernel may access such pages by the linear map, which stays cached here",
						 why);
	return 0;
}

const struct dbb_mmap_strategy dbb_mmap_insert = {
	.name	= "insert",
	.help	= "vm_insert_pages() from a page array (videobuf2); counts as RSS",
	.bind	= dbb_mmap_insert_bind,
	.usable	= dbb_mmap_insert_usable,
	.map	= dbb_mmap_insert_map,
};
