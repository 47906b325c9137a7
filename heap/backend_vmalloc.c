// SPDX-License-Identifier: GPL-2.0
/*
 * Backend "vmalloc": pages that come with a kernel mapping, as videobuf2's vmalloc
 * memory. It has huge entries where the kernel exports vmalloc_huge(), which vmap()
 * never makes; the memory of such a buffer is rounded up to whole huge pages.
 */
#include <linux/errno.h>
#include <linux/gfp.h>
#include <linux/mm.h>
#include <linux/scatterlist.h>
#include <linux/vmalloc.h>

#include "buffer.h"
#include "compat.h"

/* Older kernels allocate the page tables with plain GFP_KERNEL, as for vmap(). */
#define DBB_BACKEND_VMALLOC_GFP \
	(GFP_KERNEL | __GFP_ZERO | __GFP_RETRY_MAYFAIL | __GFP_NOWARN)

/* Contiguous pages become one entry. */
static int dbb_backend_vmalloc_build_table(struct dbb_buffer *buf, bool (*cancelled)(void))
{
	unsigned long npages = dbb_buffer_npages(buf);
	struct page **pages;
	unsigned long i;
	int ret;

	pages = kvmalloc_array(npages, sizeof(*pages),
			       DBB_GFP_TABLE);
	if (!pages)
		return -ENOMEM;
	for (i = 0; i < npages && !dbb_backend_given_up_after(i + 1, cancelled); i++)
		pages[i] = vmalloc_to_page(buf->born + i * PAGE_SIZE);
	ret = i < npages ? -EINTR : sg_alloc_table_from_pages(&buf->table, pages, npages, 0,
							      buf->len, DBB_GFP_TABLE);
	kvfree(pages);
	return ret;
}

/* Older kernels do not check for signals inside vmalloc(). */
static int dbb_backend_vmalloc_alloc(struct dbb_buffer *buf, bool (*cancelled)(void))
{
	int ret;

	if (dbb_backend_given_up(cancelled))
		return -EINTR;
	buf->born = dbb_compat_vmalloc(buf->len, DBB_BACKEND_VMALLOC_GFP);
	if (dbb_backend_given_up(cancelled))
		ret = -EINTR;
	else
		ret = buf->born ? dbb_backend_vmalloc_build_table(buf, cancelled) : -ENOMEM;
	if (ret)
		vfree(buf->born);
	return ret;
}

static void dbb_backend_vmalloc_free(struct dbb_buffer *buf)
{
	sg_free_table(&buf->table);
	vfree(buf->born);
}

const struct dbb_backend dbb_backend_vmalloc = {
	.name	= "vmalloc",
	.help	= "pages with a kernel mapping, of huge pages where the kernel can",
	.from_ram = true,
	.cached_only = "the mapping that its pages come with stays cached",
	.alloc	= dbb_backend_vmalloc_alloc,
	.free	= dbb_backend_vmalloc_free,
};
