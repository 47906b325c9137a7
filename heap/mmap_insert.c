// SPDX-License-Identifier: GPL-2.0
/*
 * mmap strategy "insert": vm_insert_pages() from a page array, as videobuf2
 * does. The PTEs are ordinary ones: each page counts for the process's RSS and
 * can be pinned, and then outlives the buffer.
 */
#include <linux/gfp.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/scatterlist.h>

#include "buffer.h"

/* With 8-byte pointers, an array of one page is for one page of PTEs. */
#define DBB_MMAP_INSERT_BATCH (PAGE_SIZE / sizeof(struct page *))

/**
 * struct dbb_mmap_insert_walk - what is still to be mapped
 * @sg: scatterlist entry of the next page
 * @skip: pages of @sg that are mapped, or before the VMA
 */
struct dbb_mmap_insert_walk {
	struct scatterlist *sg;
	unsigned long skip;
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
	/* VM_MIXEDMAP is set by the first vm_insert_pages(). */
	vm_flags_set(vma, VM_DONTEXPAND | VM_DONTDUMP);
	ret = dbb_mmap_insert_all(buf, vma, pages);
	free_page((unsigned long)pages);
	return ret;
}

/* A page without a reference count of its own would be freed under its user. */
static int dbb_mmap_insert_usable(const struct dbb_buffer *buf, struct dbb_refusal *why)
{
	struct scatterlist *sg;
	unsigned int i;

	if (buf->exclusive)
		return dbb_text_refuse(why, -EOPNOTSUPP,
				       "mmap strategy insert lets others hold pages, which heap %s must have back; accepted: any other",
				       buf->backend->name);
	for_each_sgtable_sg(&buf->table, sg, i) {
		unsigned long n = sg->length >> PAGE_SHIFT, k;

		for (k = 0; k < n; k++) {
			struct page *page = pfn_to_page(page_to_pfn(sg_page(sg)) + k);

			if (!page_count(page))
				return dbb_text_refuse(why, -EOPNOTSUPP,
						       "mmap strategy insert needs pages that can be counted, and those of heap %s cannot; accepted: any other",
						       buf->backend->name);
			if (PageHead(page))
				k += (1ul << compound_order(page)) - 1;
		}
	}
	return 0;
}

const struct dbb_mmap_strategy dbb_mmap_insert = {
	.name	= "insert",
	.help	= "vm_insert_pages() from a page array (videobuf2); counts as RSS",
	.usable	= dbb_mmap_insert_usable,
	.map	= dbb_mmap_insert_map,
};
