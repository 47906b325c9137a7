// SPDX-License-Identifier: GPL-2.0
/*
 * vmap strategy "born": a mapping that the buffer had before anybody asked for one. On
 * heap vmalloc the pages came with it. On heap system it is made with the buffer, so
 * that even the first vmap costs nothing; it takes address space and page tables until
 * the buffer is released.
 */
#include <linux/errno.h>
#include <linux/mm.h>
#include <linux/vmalloc.h>

#include "buffer.h"

static int dbb_vmap_born_bind(struct dbb_buffer *buf)
{
	unsigned long npages = dbb_buffer_npages(buf);
	struct page **pages;
	int ret;

	if (buf->backend != &dbb_backend_system || buf->premade)
		return 0;
	pages = kvmalloc_array(npages, sizeof(*pages), DBB_GFP_TABLE);
	if (!pages)
		return -ENOMEM;
	ret = dbb_vmap_sg_fill(buf, pages);
	if (!ret) {
		buf->premade = vmap(pages, npages, VM_MAP, buf->kernel_prot);
		ret = buf->premade ? 0 : -ENOMEM;
	}
	kvfree(pages);
	return ret;
}

static void dbb_vmap_born_forget(struct dbb_buffer *buf)
{
	if (buf->premade)
		vunmap(buf->premade);
}

static int dbb_vmap_born_usable(const struct dbb_buffer *buf, struct dbb_refusal *why)
{
	if (!buf->born && !buf->premade)
		return dbb_text_refuse(why, -EOPNOTSUPP,
				       "vmap strategy born: buffers of heap %s have no kernel mapping; accepted: heaps vmalloc and system",
				       buf->backend->name);
	return 0;
}

static void *dbb_vmap_born_map(struct dbb_buffer *buf, struct dbb_vmap_times *times)
{
	return buf->born ?: buf->premade;
}

const struct dbb_vmap_strategy dbb_vmap_born = {
	.name	= "born",
	.help	= "a mapping from the buffer's birth on; heaps vmalloc and system",
	.bind	= dbb_vmap_born_bind,
	.forget	= dbb_vmap_born_forget,
	.usable	= dbb_vmap_born_usable,
	.map	= dbb_vmap_born_map,
};
