// SPDX-License-Identifier: GPL-2.0
/*
 * vmap strategy "born": the vmalloc backend's own mapping.
 */
#include <linux/errno.h>

#include "buffer.h"

static int dbb_vmap_born_usable(const struct dbb_buffer *buf, struct dbb_refusal *why)
{
	if (!buf->born)
		return dbb_text_refuse(why, -EOPNOTSUPP,
				       "vmap strategy born: buffers of heap %s have no kernel mapping; accepted: heap vmalloc",
				       buf->backend->name);
	return 0;
}

static void *dbb_vmap_born_map(struct dbb_buffer *buf, struct dbb_vmap_times *times)
{
	return buf->born;
}

const struct dbb_vmap_strategy dbb_vmap_born = {
	.name	= "born",
	.help	= "the kernel mapping of the vmalloc backend; refused for other heaps",
	.usable	= dbb_vmap_born_usable,
	.map	= dbb_vmap_born_map,
};
