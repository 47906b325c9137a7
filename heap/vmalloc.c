// SPDX-License-Identifier: GPL-2.0
/*
 * Backend "vmalloc": pages that come with a kernel mapping, huge where the
 * kernel can, as videobuf2's vmalloc memory. Only here can a kernel mapping
 * have huge entries: vmap() makes none. A buffer that has one or more, of
 * 2 MiB or on arm64 of 64 KiB, takes whole ones of memory.
 */
#include <linux/gfp.h>
#include <linux/mm.h>
#include <linux/scatterlist.h>
#include <linux/vmalloc.h>

#include "buffer.h"

/*
 * vmalloc() takes these for the pages and its own records. The page tables,
 * a 512th of it, are plain GFP_KERNEL in older kernels, as those of vmap().
 */
#define DBB_VMALLOC_GFP \
	(GFP_KERNEL | __GFP_ZERO | __GFP_RETRY_MAYFAIL | __GFP_NOWARN)

/* Neighbours in memory become one entry. */
static int dbb_vmalloc_build_table(struct dbb_buffer *buf)
{
	unsigned long npages = dbb_buffer_npages(buf);
	struct page **pages;
	unsigned long i;
	int ret;

	pages = kvmalloc_array(npages, sizeof(*pages),
			       GFP_KERNEL | __GFP_RETRY_MAYFAIL | __GFP_NOWARN);
	if (!pages)
		return -ENOMEM;
	for (i = 0; i < npages; i++)
		pages[i] = vmalloc_to_page(buf->born + i * PAGE_SIZE);
	ret = sg_alloc_table_from_pages(&buf->table, pages, npages, 0, buf->len,
					GFP_KERNEL);
	kvfree(pages);
	return ret;
}

/*
 * How soon a signal ends it depends on the kernel: older ones look at none
 * inside vmalloc().
 */
static int dbb_vmalloc_alloc(struct dbb_buffer *buf, bool (*cancelled)(void))
{
	int ret;

	if (dbb_backend_given_up(cancelled))
		return -EINTR;
	buf->born = dbb_compat_vmalloc(buf->len, DBB_VMALLOC_GFP);
	if (dbb_backend_given_up(cancelled))
		ret = -EINTR;
	else
		ret = buf->born ? dbb_vmalloc_build_table(buf) : -ENOMEM;
	if (ret)
		vfree(buf->born);
	return ret;
}

static void dbb_vmalloc_free(struct dbb_buffer *buf)
{
	sg_free_table(&buf->table);
	vfree(buf->born);
}

const struct dbb_backend dbb_vmalloc_backend = {
	.name	= "vmalloc",
	.help	= "pages born with a kernel mapping, huge where the kernel has that",
	.alloc	= dbb_vmalloc_alloc,
	.free	= dbb_vmalloc_free,
};
