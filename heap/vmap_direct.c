// SPDX-License-Identifier: GPL-2.0
/*
 * vmap strategy "direct": uses the linear map, so the buffer must be one
 * contiguous chunk.
 */
#include <linux/errno.h>
#include <linux/highmem.h>
#include <linux/scatterlist.h>

#include "buffer.h"
#include "compat.h"

static int dbb_vmap_direct_usable(const struct dbb_buffer *buf, struct dbb_refusal *why)
{
	unsigned int chunks = dbb_buffer_chunks(buf);

	if (chunks != 1)
		return dbb_text_refuse(why, -EOPNOTSUPP,
				       "vmap strategy direct: the buffer has %u scatterlist entries; accepted: 1",
				       chunks);
	/* High memory lies above low memory, so the last page decides. */
	if (PageHighMem(sg_page(buf->table.sgl) + dbb_buffer_npages(buf) - 1))
		return dbb_text_refuse(why, -EOPNOTSUPP,
				       "vmap strategy direct: the buffer is in high memory; accepted: low memory");
	if (dbb_compat_memory_is_encrypted())
		return dbb_text_refuse(why, -EOPNOTSUPP,
				       "vmap strategy direct: memory encryption is active; accepted: any other strategy");
	if (dbb_caching_needs_sync(buf))
		return dbb_caching_refuse_cached(buf, "vmap strategy direct",
						 "the linear map stays cached here", why);
	return 0;
}

static void *dbb_vmap_direct_map(struct dbb_buffer *buf, struct dbb_vmap_times *times)
{
	return sg_virt(buf->table.sgl);
}

const struct dbb_vmap_strategy dbb_vmap_direct = {
	.name	= "direct",
	.help	= "page_address() of a single-chunk lowmem buffer; refused for others",
	.usable	= dbb_vmap_direct_usable,
	.map	= dbb_vmap_direct_map,
};
