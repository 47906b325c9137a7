// SPDX-License-Identifier: GPL-2.0
/*
 * mmap strategy "auto": picks "sg" where the chunks of a buffer have
 * DBB_REMAP_PAYS_PAGES pages on average, else "apply".
 *
 * Both cost so much per page and so much per chunk, so the mean size decides, for
 * mixed orders, too. Millions of instructions (QEMU -icount) to map 512 MiB in
 * chunks of one order, sg/apply:
 *
 *   order               8          5          4          3          2          0
 *   5.10 arm64    2.3/5.7    2.9/5.8    3.6/6.0    5.1/6.4    7.8/7.1  24.8/11.5
 *   6.1 arm64     2.3/5.9    3.0/6.1    3.8/6.3    5.4/6.6    8.5/7.3  27.4/11.7
 *   6.12 arm64    6.1/7.4    7.5/7.6    9.0/7.8   12.1/8.2   18.2/8.9  54.6/13.4
 *   7.3 arm64     3.5/7.2    5.2/7.4    7.2/7.5   11.3/7.8   19.1/8.4  66.1/12.0
 *   6.1 amd64    43.4/5.9   44.7/6.1   46.1/6.3   49.1/6.7   54.9/7.6  89.9/12.7
 *   7.3 amd64    45.7/6.4   47.5/6.5   49.5/6.6   53.5/7.1   61.7/7.9 110.6/12.5
 *   6.1 nopat     6.0/5.9          -    8.7/6.3   11.5/6.7   17.2/7.6  51.1/12.7
 *
 * "page" and "insert" take 28 to 114. Strategies that map on faults are never
 * picked: the faults cost 50 to 260 more than mmap() saves, and the heap cannot
 * choose the address that "huge" needs.
 */
#include <linux/limits.h>

#include "buffer.h"
#include "compat.h"

static const struct dbb_mmap_strategy *dbb_mmap_auto_pick(const struct dbb_buffer *buf)
{
	unsigned long mean = dbb_buffer_npages(buf) / dbb_buffer_chunks(buf);

	if (dbb_mmap_apply.missing || mean >= DBB_REMAP_PAYS_PAGES)
		return &dbb_mmap_sg;
	return &dbb_mmap_apply;
}

const struct dbb_mmap_strategy dbb_mmap_auto = {
	.name	= "auto",
	.help	= "sg or apply, by the size of the chunks and the kernel; heap/stats counts which",
	.pick	= dbb_mmap_auto_pick,
};
