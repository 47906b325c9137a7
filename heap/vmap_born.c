// SPDX-License-Identifier: GPL-2.0
/*
 * vmap strategy "born": the mapping that the backend's pages came with.
 */
#include "buffer.h"

static int dbb_vmap_born_usable(const struct dbb_buffer *buf, struct dbb_refusal *why)
{
	if (!buf->born)
		return dbb_text_refuse(why, -EOPNOTSUPP,
				       "vmap strategy born: a buffer of heap %s comes without a mapping; accepted: heap vmalloc",
				       buf->backend->name);
	return 0;
}

static void *dbb_vmap_born_map(struct dbb_buffer *buf, struct dbb_vmap_times *times)
{
	return buf->born;
}

const struct dbb_vmap_strategy dbb_vmap_born = {
	.name	= "born",
	.help	= "the mapping that a buffer of heap vmalloc came with; others are refused",
	.usable	= dbb_vmap_born_usable,
	.map	= dbb_vmap_born_map,
};
