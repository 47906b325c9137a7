// SPDX-License-Identifier: GPL-2.0
/*
 * mmap strategy "auto": picks one for each buffer.
 */
#include <linux/mm.h>

#include "buffer.h"

#ifdef CONFIG_X86
#include <asm/memtype.h>
#endif

#define DBB_MMAP_AUTO_SG_PAGES 8

static bool dbb_mmap_auto_looks_up(void)
{
#ifdef CONFIG_X86
	return pat_enabled();
#else
	return false;
#endif
}

static const struct dbb_mmap_strategy *dbb_mmap_auto_pick(const struct dbb_buffer *buf)
{
	unsigned int chunks = dbb_buffer_chunks(buf);

	if (dbb_mmap_apply.missing)
		return &dbb_mmap_sg;
	if (chunks > 1 && dbb_mmap_auto_looks_up())
		return &dbb_mmap_apply;
	if (dbb_buffer_npages(buf) / chunks >= DBB_MMAP_AUTO_SG_PAGES)
		return &dbb_mmap_sg;
	return &dbb_mmap_apply;
}

const struct dbb_mmap_strategy dbb_mmap_auto = {
	.name	= "auto",
	.help	= "sg or apply, by the size of the chunks and the kernel; heap/stats counts which",
	.pick	= dbb_mmap_auto_pick,
};
