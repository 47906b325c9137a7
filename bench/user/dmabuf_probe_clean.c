// SPDX-License-Identifier: GPL-2.0
/*
 * What it costs to clean the CPU's caches of a page, which synchronising a cached
 * buffer takes where the device that uses it is not coherent. No such device need be
 * attached to what is measured; on arm64, user space can do the same itself.
 */
#include "dmabuf_probe.h"

#define CLEAN_BYTES	(1024 * 1024ULL)
#define CLEAN_PASSES	7

#if defined(__aarch64__)
static u64 cache_line(void)
{
	u64 ctr;

	asm volatile("mrs %0, ctr_el0" : "=r"(ctr));
	return 4ULL << (ctr >> 16 & 0xf);
}

static void clean(const u8 *at, u64 bytes, u64 line)
{
	for (u64 i = 0; i < bytes; i += line)
		asm volatile("dc civac, %0" : : "r"(at + i) : "memory");
	asm volatile("dsb ish" : : : "memory");
}

/* Ordinary memory, all of its lines dirty, as after the CPU has written a frame. */
double clean_ns_per_page(const struct probe *probe)
{
	u64 bytes = probe->opt.size < CLEAN_BYTES ? probe->opt.size : CLEAN_BYTES;
	u64 line = cache_line();
	u64 passes[CLEAN_PASSES];

	for (unsigned int i = 0; i < CLEAN_PASSES; i++) {
		u64 begin;

		touch_write(probe->scratch, bytes, line, i);
		begin = now_ns();
		clean(probe->scratch, bytes, line);
		passes[i] = now_ns() - begin;
	}
	sort_u64(passes, CLEAN_PASSES);
	return (double)sorted_median(passes, CLEAN_PASSES) / (bytes / probe->page);
}
#else
double clean_ns_per_page(const struct probe *probe)
{
	(void)probe;
	return 0;
}
#endif
