/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The only place that knows how kernels differ. Included before everything
 * else in every file of the module (see Kbuild); the DBB_HAVE_ macros come
 * from the probes in compat.mk.
 */
#ifndef DBB_HEAP_COMPAT_H
#define DBB_HEAP_COMPAT_H

#include <linux/dma-buf.h>
#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/mmzone.h>
#include <linux/module.h>
#include <linux/sched.h>

#if !IS_ENABLED(CONFIG_DMA_SHARED_BUFFER)
#error "dmabuf-bench needs a kernel with CONFIG_DMA_SHARED_BUFFER"
#endif
#if !IS_ENABLED(CONFIG_DEBUG_FS)
#error "dmabuf-bench needs a kernel with CONFIG_DEBUG_FS"
#endif
#if !IS_ENABLED(CONFIG_TRACEPOINTS)
#error "dmabuf-bench needs a kernel with CONFIG_TRACEPOINTS"
#endif
#ifndef DBB_HAVE_IOSYS_MAP
#error "dmabuf-bench needs a kernel with <linux/iosys-map.h>"
#endif

#include <linux/iosys-map.h>

/* The largest page order the buddy allocator has; MAX_ORDER changed sense. */
#define DBB_MAX_ORDER ilog2(MAX_ORDER_NR_PAGES)

/* MODULE_IMPORT_NS took a bare word before it took a string. */
#ifdef DBB_HAVE_UNQUOTED_NS
#define DBB_IMPORT_NS_DMA_BUF() MODULE_IMPORT_NS(DMA_BUF)
#else
#define DBB_IMPORT_NS_DMA_BUF() MODULE_IMPORT_NS("DMA_BUF")
#endif

/**
 * dbb_compat_vmap() - dma_buf_vmap() for a caller that holds no reservation
 * @dmabuf: buffer to map
 * @map: filled with the kernel address
 *
 * Kernels whose dma_buf_vmap() wants the reservation lock held export an
 * _unlocked form that takes it.
 *
 * Return: 0, or the exporter's errno.
 */
static inline int dbb_compat_vmap(struct dma_buf *dmabuf, struct iosys_map *map)
{
#ifdef DBB_HAVE_VMAP_UNLOCKED
	return dma_buf_vmap_unlocked(dmabuf, map);
#else
	return dma_buf_vmap(dmabuf, map);
#endif
}

/**
 * dbb_compat_vunmap() - the mirror of dbb_compat_vmap()
 * @dmabuf: buffer to unmap
 * @map: what dbb_compat_vmap() filled
 */
static inline void dbb_compat_vunmap(struct dma_buf *dmabuf, struct iosys_map *map)
{
#ifdef DBB_HAVE_VMAP_UNLOCKED
	dma_buf_vunmap_unlocked(dmabuf, map);
#else
	dma_buf_vunmap(dmabuf, map);
#endif
}

/**
 * dbb_compat_preempt_model() - how the running kernel preempts
 *
 * A kernel that can be switched at boot says so by functions; where these
 * are not exported, all that is known is that it can.
 *
 * Return: the word of the kernel's preempt= parameter, "rt" or "dynamic".
 */
static inline const char *dbb_compat_preempt_model(void)
{
	if (IS_ENABLED(CONFIG_PREEMPT_RT))
		return "rt";
#if !defined(CONFIG_PREEMPT_DYNAMIC) || defined(DBB_HAVE_PREEMPT_MODEL)
	if (preempt_model_full())
		return "full";
	if (preempt_model_voluntary())
		return "voluntary";
	if (preempt_model_none())
		return "none";
	return "lazy";
#else
	return "dynamic";
#endif
}

#endif /* DBB_HEAP_COMPAT_H */
