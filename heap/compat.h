/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The only place that knows how kernels differ. Included before everything
 * else in every file of the module (see Kbuild); the DBB_HAVE_ macros come
 * from the probes in compat.mk.
 */
#ifndef DBB_HEAP_COMPAT_H
#define DBB_HEAP_COMPAT_H

#include <linux/cma.h>
#include <linux/dma-buf.h>
#include <linux/dma-heap.h>
#include <linux/dma-map-ops.h>
#include <linux/err.h>
#include <linux/hardirq.h>
#include <linux/highmem.h>
#include <linux/kernel_stat.h>
#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/mmzone.h>
#include <linux/module.h>
#include <linux/sched.h>
#include <linux/vmalloc.h>

/*
 * What a kernel mapping is described by: struct iosys_map, which was struct
 * dma_buf_map before, and a bare address before that.
 */
#if defined(DBB_HAVE_IOSYS_MAP)
#include <linux/iosys-map.h>
#elif defined(DBB_HAVE_DMA_BUF_MAP)
#include <linux/dma-buf-map.h>
#define iosys_map		dma_buf_map
#define iosys_map_set_vaddr	dma_buf_map_set_vaddr
#define iosys_map_clear		dma_buf_map_clear
#else
struct iosys_map {
	void *vaddr;
	bool is_iomem;
};

static inline void iosys_map_set_vaddr(struct iosys_map *map, void *vaddr)
{
	map->vaddr = vaddr;
	map->is_iomem = false;
}

static inline void iosys_map_clear(struct iosys_map *map)
{
	iosys_map_set_vaddr(map, NULL);
}
#endif

#ifdef DBB_HAVE_CC_PLATFORM
#include <linux/cc_platform.h>
#else
#include <linux/mem_encrypt.h>
#endif

/**
 * dbb_compat_memory_is_encrypted() - does the CPU encrypt memory?
 *
 * Return: whether this host, or guest, has memory encryption switched on.
 */
static inline bool dbb_compat_memory_is_encrypted(void)
{
#ifdef DBB_HAVE_CC_PLATFORM
	return cc_platform_has(CC_ATTR_MEM_ENCRYPT);
#else
	return mem_encrypt_active();
#endif
}

/* A mapping for a few lines that do not sleep: the older kind forbids it. */
#ifndef DBB_HAVE_KMAP_LOCAL
#define kmap_local_page		kmap_atomic
#define kunmap_local		kunmap_atomic
#endif

/* On x86, cpuid() left <asm/processor.h> for a header of its own. */
#if defined(CONFIG_X86) && defined(DBB_HAVE_CPUID_API)
#include <asm/cpuid/api.h>
#endif

/* The flags of a VMA became constant but to these functions. */
#ifndef DBB_HAVE_VM_FLAGS_SET
static inline void vm_flags_set(struct vm_area_struct *vma, unsigned long flags)
{
	vma->vm_flags |= flags;
}
#endif

/* set_pte_at() is inline, but what it checks page tables with is not. */
#if defined(CONFIG_PAGE_TABLE_CHECK) && !defined(DBB_HAVE_PAGE_TABLE_CHECK)
#define DBB_CANNOT_SET_PTE 1
#endif

/*
 * A PFN mapped by a PMD is only safe where pinning tells it from a page, and
 * frame numbers were wrapped in a type until the last flag in them went.
 */
#ifndef CONFIG_ARCH_SUPPORTS_PMD_PFNMAP
#define DBB_CANNOT_MAP_PMD 1
#elif defined(DBB_HAVE_PFN_T)
#include <linux/huge_mm.h>
#include <linux/pfn_t.h>

static inline vm_fault_t dbb_compat_insert_pmd(struct vm_fault *vmf, unsigned long pfn,
					       bool write)
{
	return vmf_insert_pfn_pmd(vmf, __pfn_to_pfn_t(pfn, PFN_DEV), write);
}
#else
#define dbb_compat_insert_pmd	vmf_insert_pfn_pmd
#endif

/*
 * From how many pages on one remap_pfn_range() takes fewer instructions than a
 * callback of apply_to_page_range() for each; measured on arm64, see
 * mmap_auto.c. A call became dearer when page tables came under RCU, and a page
 * cheaper again when the lazy MMU mode could be nested. On x86 a page of
 * remap_pfn_range() is never the cheaper one.
 */
#if defined(CONFIG_X86)
#define DBB_REMAP_PAYS_PAGES ULONG_MAX
#elif defined(DBB_HAVE_LAZY_MMU_NESTING)
#define DBB_REMAP_PAYS_PAGES 15
#elif defined(DBB_HAVE_PTE_MAP_RCU)
#define DBB_REMAP_PAYS_PAGES 29
#else
#define DBB_REMAP_PAYS_PAGES 5
#endif

/* The largest page order the buddy allocator has; MAX_ORDER changed sense. */
#define DBB_MAX_ORDER ilog2(MAX_ORDER_NR_PAGES)

/**
 * dbb_compat_contig_pages() - pages in a row, as many as wanted
 * @npages: pages
 * @gfp: without __GFP_COMP
 *
 * Few kernels export the function that moves what is in the way.
 *
 * Return: the first page, each with a reference of its own, or NULL.
 */
static inline struct page *dbb_compat_contig_pages(unsigned long npages, gfp_t gfp)
{
#ifdef DBB_HAVE_CONTIG_PAGES
	return alloc_contig_pages(npages, gfp, numa_mem_id(), NULL);
#else
	return NULL;
#endif
}

static inline bool dbb_compat_has_contig_pages(void)
{
#ifdef DBB_HAVE_CONTIG_PAGES
	return true;
#else
	return false;
#endif
}

/*
 * CMA regions. Kernels that export the list of them and what allocates from
 * one export all of this; the other ones have no regions here.
 */
#if defined(DBB_HAVE_CMA_AREAS) && defined(DBB_HAVE_CMA_ALLOC)
static inline bool dbb_compat_has_cma(void)
{
	return true;
}

static inline struct cma *dbb_compat_cma_at(unsigned int i)
{
	return dma_contiguous_get_area_by_idx(i);
}

static inline struct cma *dbb_compat_cma_default(void)
{
	return dev_get_cma_area(NULL);
}

static inline const char *dbb_compat_cma_name(const struct cma *area)
{
	return cma_get_name(area);
}

static inline struct page *dbb_compat_cma_alloc(struct cma *area, unsigned long npages,
						unsigned int align)
{
	return cma_alloc(area, npages, min_t(unsigned int, align, CONFIG_CMA_ALIGNMENT), true);
}

static inline void dbb_compat_cma_release(struct cma *area, struct page *page,
					  unsigned long npages)
{
	cma_release(area, page, npages);
}
#else
static inline bool dbb_compat_has_cma(void)
{
	return false;
}

static inline struct cma *dbb_compat_cma_at(unsigned int i)
{
	return NULL;
}

static inline struct cma *dbb_compat_cma_default(void)
{
	return NULL;
}

static inline const char *dbb_compat_cma_name(const struct cma *area)
{
	return NULL;
}

static inline struct page *dbb_compat_cma_alloc(struct cma *area, unsigned long npages,
						unsigned int align)
{
	return NULL;
}

static inline void dbb_compat_cma_release(struct cma *area, struct page *page,
					  unsigned long npages)
{
}
#endif

/* MODULE_IMPORT_NS took a bare word before it took a string. */
#ifdef DBB_HAVE_QUOTED_NS
#define DBB_IMPORT_NS_DMA_BUF() MODULE_IMPORT_NS("DMA_BUF")
#define DBB_IMPORT_NS_DMA_BUF_HEAP() MODULE_IMPORT_NS("DMA_BUF_HEAP")
#else
#define DBB_IMPORT_NS_DMA_BUF() MODULE_IMPORT_NS(DMA_BUF)
#define DBB_IMPORT_NS_DMA_BUF_HEAP() MODULE_IMPORT_NS(DMA_BUF_HEAP)
#endif

struct dbb_backend;
struct dma_buf *dbb_core_allocate(const struct dbb_backend *backend, const char *name,
				  unsigned long len, unsigned int fd_flags);

/*
 * The dma-heap core, where modules may add heaps to it. The flags were longs
 * before they had the types of the ABI.
 */
#ifdef DBB_HAVE_HEAP_ADD
#ifdef DBB_HAVE_HEAP_U64
#define DBB_HEAP_FD_FLAGS	u32
#define DBB_HEAP_FLAGS		u64
#else
#define DBB_HEAP_FD_FLAGS	unsigned long
#define DBB_HEAP_FLAGS		unsigned long
#endif

static inline struct dma_buf *dbb_compat_heap_allocate(struct dma_heap *heap, unsigned long len,
						       DBB_HEAP_FD_FLAGS fd_flags,
						       DBB_HEAP_FLAGS heap_flags)
{
	return dbb_core_allocate(dma_heap_get_drvdata(heap), dma_heap_get_name(heap), len,
				 fd_flags);
}

static inline int dbb_compat_heap_add(const char *name, const struct dbb_backend *backend)
{
	static const struct dma_heap_ops ops = { .allocate = dbb_compat_heap_allocate };
	struct dma_heap_export_info info = {
		.name = name,
		.ops = &ops,
		.priv = (void *)backend,
	};

	return PTR_ERR_OR_ZERO(dma_heap_add(&info));
}

static inline bool dbb_compat_has_heap_add(void)
{
	return true;
}
#else
static inline int dbb_compat_heap_add(const char *name, const struct dbb_backend *backend)
{
	return -EOPNOTSUPP;
}

static inline bool dbb_compat_has_heap_add(void)
{
	return false;
}
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
#if defined(DBB_HAVE_VMAP_UNLOCKED)
	return dma_buf_vmap_unlocked(dmabuf, map);
#elif defined(DBB_HAVE_VMAP_MAP)
	return dma_buf_vmap(dmabuf, map);
#else
	iosys_map_set_vaddr(map, dma_buf_vmap(dmabuf));
	return map->vaddr ? 0 : -ENOMEM;
#endif
}

/**
 * dbb_compat_vunmap() - the mirror of dbb_compat_vmap()
 * @dmabuf: buffer to unmap
 * @map: what dbb_compat_vmap() filled
 */
static inline void dbb_compat_vunmap(struct dma_buf *dmabuf, struct iosys_map *map)
{
#if defined(DBB_HAVE_VMAP_UNLOCKED)
	dma_buf_vunmap_unlocked(dmabuf, map);
#elif defined(DBB_HAVE_VMAP_MAP)
	dma_buf_vunmap(dmabuf, map);
#else
	dma_buf_vunmap(dmabuf, map->vaddr);
	iosys_map_clear(map);
#endif
}

/**
 * dbb_compat_map_attachment() - dma_buf_map_attachment() for a caller that
 *				 holds no reservation
 * @attachment: attachment to map
 * @dir: direction of the DMA
 *
 * Kernels that want the reservation lock held export an _unlocked form.
 *
 * Return: the table with DMA addresses, or an ERR_PTR of the exporter.
 */
static inline struct sg_table *
dbb_compat_map_attachment(struct dma_buf_attachment *attachment, enum dma_data_direction dir)
{
#ifdef DBB_HAVE_MAP_ATTACHMENT_UNLOCKED
	return dma_buf_map_attachment_unlocked(attachment, dir);
#else
	return dma_buf_map_attachment(attachment, dir);
#endif
}

/**
 * dbb_compat_unmap_attachment() - the mirror of dbb_compat_map_attachment()
 * @attachment: attachment to unmap
 * @table: what dbb_compat_map_attachment() returned
 * @dir: direction it was mapped with
 */
static inline void
dbb_compat_unmap_attachment(struct dma_buf_attachment *attachment, struct sg_table *table,
			    enum dma_data_direction dir)
{
#ifdef DBB_HAVE_MAP_ATTACHMENT_UNLOCKED
	dma_buf_unmap_attachment_unlocked(attachment, table, dir);
#else
	dma_buf_unmap_attachment(attachment, table, dir);
#endif
}

/*
 * The vmap and vunmap of our dma_buf_ops. Where these pass a bare address, the
 * core takes NULL for any failure.
 */
int dbb_dmabuf_vmap(struct dma_buf *dmabuf, struct iosys_map *map);
void dbb_dmabuf_vunmap(struct dma_buf *dmabuf, struct iosys_map *map);

#ifdef DBB_HAVE_VMAP_MAP
#define dbb_compat_ops_vmap	dbb_dmabuf_vmap
#define dbb_compat_ops_vunmap	dbb_dmabuf_vunmap
#else
static inline void *dbb_compat_ops_vmap(struct dma_buf *dmabuf)
{
	struct iosys_map map;

	return dbb_dmabuf_vmap(dmabuf, &map) ? NULL : map.vaddr;
}

static inline void dbb_compat_ops_vunmap(struct dma_buf *dmabuf, void *vaddr)
{
	struct iosys_map map;

	iosys_map_set_vaddr(&map, vaddr);
	dbb_dmabuf_vunmap(dmabuf, &map);
}
#endif

/**
 * dbb_compat_vmalloc() - vmalloc() in huge pages, where the kernel can
 * @size: bytes
 * @gfp: how to allocate
 *
 * Return: the address, or NULL.
 */
static inline void *dbb_compat_vmalloc(unsigned long size, gfp_t gfp)
{
#ifdef DBB_HAVE_VMALLOC_HUGE
	return vmalloc_huge(size, gfp);
#else
	return __vmalloc(size, gfp);
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
#if !defined(CONFIG_PREEMPT_DYNAMIC)
	if (IS_ENABLED(CONFIG_PREEMPT))
		return "full";
	if (IS_ENABLED(CONFIG_PREEMPT_VOLUNTARY))
		return "voluntary";
	if (IS_ENABLED(CONFIG_PREEMPT_NONE))
		return "none";
	return "lazy";
#elif defined(DBB_HAVE_PREEMPT_MODEL)
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

/* The counters of x86 were members of a struct before they were an array. */
#if defined(CONFIG_X86) && defined(DBB_HAVE_IRQ_STAT)
#ifdef DBB_HAVE_IRQ_COUNTS
#define DBB_IRQ_COUNT(index, member)	this_cpu_read(irq_stat.counts[IRQ_COUNT_##index])
#else
#define DBB_IRQ_COUNT(index, member)	this_cpu_read(irq_stat.member)
#endif
#endif

/*
 * x86 counts the interrupts of its local APIC, the timer among them, apart:
 * once in fields, then in an array. Other architectures count all together.
 */
#if !defined(CONFIG_X86_LOCAL_APIC) || !defined(CONFIG_SMP) || !defined(DBB_HAVE_IRQ_STAT)
static inline u64 dbb_compat_apic_interrupts(void)
{
	return 0;
}
#elif defined(DBB_HAVE_IRQ_COUNTS)
static inline u64 dbb_compat_apic_interrupts(void)
{
	return this_cpu_read(irq_stat.counts[IRQ_COUNT_APIC_TIMER]) +
	       this_cpu_read(irq_stat.counts[IRQ_COUNT_RESCHEDULE]) +
	       this_cpu_read(irq_stat.counts[IRQ_COUNT_CALL_FUNCTION]);
}
#else
static inline u64 dbb_compat_apic_interrupts(void)
{
	return this_cpu_read(irq_stat.apic_timer_irqs) +
	       this_cpu_read(irq_stat.irq_resched_count) +
	       this_cpu_read(irq_stat.irq_call_count);
}
#endif

/**
 * dbb_compat_interrupts() - how many interrupts this CPU has taken
 *
 * Return: a count that only grows, as long as the task stays on its CPU.
 */
static inline u64 dbb_compat_interrupts(void)
{
	return this_cpu_read(kstat.irqs_sum) + dbb_compat_apic_interrupts();
}

#endif /* DBB_HEAP_COMPAT_H */
