// SPDX-License-Identifier: GPL-2.0
/*
 * vmap strategy "auto": the cheapest one that keeps no memory or address space.
 *
 *   born	if the pages came with a mapping, never one that would be made,
 *   direct	else, if the buffer is one chunk in low memory,
 *   sg		else.
 *
 * Instructions of a vmap with its vunmap, Debian 6.1 amd64 under -icount,
 * orders 8 4 0, verify=0 but for 2 GiB, which is of order 8:
 *
 *		64 KiB	 1 MiB	     2 GiB
 *   page	     -	     -	63,074,015
 *   sg		 8,336	29,681	47,883,096
 *   ram	 6,846	29,199	47,883,468
 *   array	 3,932	23,930	43,647,785
 *   keep	   329	   329	       329	from the second time on
 *   direct	     -	   335	         -
 *   born	     -	     -	       327
 *
 * keep occupies address space and page tables until the buffer is released; an
 * importer that maps repeatedly can keep the mapping itself. array takes a pointer
 * per page. vm_map_ram() is for short-lived mappings, and an exporter does not know
 * how long its importers keep theirs.
 */
#include "buffer.h"

static const struct dbb_vmap_strategy *dbb_vmap_auto_pick(const struct dbb_buffer *buf)
{
	struct dbb_refusal why;

	if (buf->born)
		return &dbb_vmap_born;
	if (!dbb_vmap_direct.usable(buf, &why))
		return &dbb_vmap_direct;
	return &dbb_vmap_sg;
}

const struct dbb_vmap_strategy dbb_vmap_auto = {
	.name	= "auto",
	.help	= "born if the buffer has a mapping, else direct if possible, else sg",
	.pick	= dbb_vmap_auto_pick,
};
