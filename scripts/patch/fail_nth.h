/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Comes before the source of a heap. Of its calls that can fail for want of memory, the
 * one that parameter fail_nth numbers fails, from 1 on; 0 is none. fail_count counts them
 * since it was written last, and fail_name is the one that failed.
 */
#include <linux/dma-buf.h>
#include <linux/dma-mapping.h>
#include <linux/gfp.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/scatterlist.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>

static unsigned int fail_nth;
module_param(fail_nth, uint, 0600);
static unsigned int fail_count;
module_param(fail_count, uint, 0600);
static char *fail_name = "none";
module_param(fail_name, charp, 0400);

static inline bool fail_now(char *name)
{
	if (++fail_count != fail_nth)
		return false;
	fail_name = name;
	return true;
}

#define FAIL_OR(name, failure, call)	(fail_now(name) ? (failure) : (call))

/* What allocates pages, slab objects and vmalloc memory. */
#undef alloc_hooks
#define alloc_hooks(call)		FAIL_OR(#call, (typeof(call))0, call)

/* A name in its own macro is not expanded again. */
#define vmap(...)			FAIL_OR("vmap", NULL, vmap(__VA_ARGS__))
#define vm_map_ram(...)			FAIL_OR("vm_map_ram", NULL, vm_map_ram(__VA_ARGS__))
#define vmap_pfn(...)			FAIL_OR("vmap_pfn", NULL, vmap_pfn(__VA_ARGS__))
#define remap_pfn_range(...)		FAIL_OR("remap_pfn_range", -ENOMEM, \
						remap_pfn_range(__VA_ARGS__))
#define sg_alloc_table(...)		FAIL_OR("sg_alloc_table", -ENOMEM, \
						sg_alloc_table(__VA_ARGS__))
#define sg_alloc_table_from_pages(...)	FAIL_OR("sg_alloc_table_from_pages", -ENOMEM, \
						sg_alloc_table_from_pages(__VA_ARGS__))
#define dma_map_sgtable(...)		FAIL_OR("dma_map_sgtable", -ENOMEM, \
						dma_map_sgtable(__VA_ARGS__))
#undef dma_buf_export
#define dma_buf_export(...)		FAIL_OR("dma_buf_export", ERR_PTR(-ENOMEM), \
						dma_buf_export(__VA_ARGS__))
