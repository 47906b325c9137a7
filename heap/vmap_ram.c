// SPDX-License-Identifier: GPL-2.0
/*
 * vmap strategy "ram": vm_map_ram(), as udmabuf and videobuf2 do. Up to
 * BITS_PER_LONG pages are mapped in per-CPU blocks of address space.
 */
#include <linux/numa.h>
#include <linux/vmalloc.h>

#include "buffer.h"

static int dbb_vmap_ram_usable(const struct dbb_buffer *buf, struct dbb_refusal *why)
{
	return dbb_caching_refuse_cached(buf, "vmap strategy ram",
					 "vm_map_ram() maps cached only", why);
}

static void *dbb_vmap_ram_map_pages(struct page **pages, unsigned long npages)
{
	return vm_map_ram(pages, npages, NUMA_NO_NODE);
}

static void dbb_vmap_ram_unmap(struct dbb_buffer *buf, void *vaddr)
{
	vm_unmap_ram(vaddr, dbb_buffer_npages(buf));
}

const struct dbb_vmap_strategy dbb_vmap_ram = {
	.name		= "ram",
	.help		= "array as sg, then vm_map_ram() (udmabuf, videobuf2)",
	.usable		= dbb_vmap_ram_usable,
	.fill		= dbb_vmap_sg_fill,
	.map_pages	= dbb_vmap_ram_map_pages,
	.map		= dbb_pagearray_map,
	.unmap		= dbb_vmap_ram_unmap,
};
