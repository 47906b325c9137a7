// SPDX-License-Identifier: GPL-2.0
/*
 * mmap strategy "auto": "table", or "sg" where the kernel cannot have it.
 *
 * Millions of instructions (QEMU -icount) to map 512 MiB in chunks of one order,
 * sg/apply/table:
 *
 *   order              8              4              2              0
 *   6.1 arm64    2.3/5.9/0.67   3.8/6.3/0.99   8.5/7.3/2.1   27.3/11.7/2.9
 *   7.3 arm64    3.5/7.2/0.79   7.1/7.5/1.1   18.9/8.4/2.3   65.9/12.0/3.3
 *   6.1 amd64   43.4/5.9/0.82  46.2/6.3/1.2   54.9/7.6/2.5   89.9/12.7/3.6
 *   7.3 amd64   45.5/6.4/0.91  49.4/6.6/1.3   61.6/7.9/2.4  110.5/12.5/3.2
 *
 * "page" and "insert" take 28 to 114. Strategies that map on faults are never picked.
 * With the first touch of each page "fault_table" takes 1.2 to 1.3 times what "table"
 * does; "huge" takes a fortieth of it for the mapping, but needs chunks as large as a
 * PMD at an address that only the caller of mmap() can choose.
 */
#include "buffer.h"

static const struct dbb_mmap_strategy *dbb_mmap_auto_pick(const struct dbb_buffer *buf)
{
	return dbb_mmap_table.missing ? &dbb_mmap_sg : &dbb_mmap_table;
}

const struct dbb_mmap_strategy dbb_mmap_auto = {
	.name	= "auto",
	.help	= "table, or sg where the kernel lacks that; heap/stats counts which",
	.pick	= dbb_mmap_auto_pick,
};
