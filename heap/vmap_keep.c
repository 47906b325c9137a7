// SPDX-License-Identifier: GPL-2.0
/*
 * vmap strategy "keep": as "sg", but unmapped only when the buffer is released.
 */
#include <linux/err.h>

#include "buffer.h"

static void *dbb_vmap_keep_map(struct dbb_buffer *buf, struct dbb_vmap_times *times)
{
	void *vaddr = buf->kept;

	if (vaddr)
		return vaddr;
	vaddr = dbb_pagearray_map(buf, times);
	if (!IS_ERR(vaddr))
		buf->kept = vaddr;
	return vaddr;
}

static void dbb_vmap_keep_forget(struct dbb_buffer *buf)
{
	if (buf->kept)
		dbb_pagearray_unmap(buf, buf->kept);
}

const struct dbb_vmap_strategy dbb_vmap_keep = {
	.name	= "keep",
	.help	= "as sg, but the mapping stays until the buffer is released",
	.forget	= dbb_vmap_keep_forget,
	.fill	= dbb_vmap_sg_fill,
	.map	= dbb_vmap_keep_map,
};
