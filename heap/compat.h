/* SPDX-License-Identifier: GPL-2.0 */
/*
 * All differences between kernel versions. The DBB_HAVE_ macros come from the
 * probes in compat.mk.
 */
#ifndef DBB_HEAP_COMPAT_H
#define DBB_HEAP_COMPAT_H

#include <linux/cma.h>
#include <linux/dma-buf.h>
#include <linux/dma-heap.h>
#include <linux/dma-map-ops.h>
#include <linux/dma-resv.h>
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
#ifdef CONFIG_PAGE_TABLE_CHECK
#include <linux/page_table_check.h>
#endif
#ifdef CONFIG_X86
#include <asm/memtype.h>
#include <asm/set_memory.h>
#endif

/* Formerly struct dma_buf_map, and plain addresses before that. */
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

#define iosys_map_clear(map)	iosys_map_set_vaddr(map, NULL)
#endif

#ifdef DBB_HAVE_CC_PLATFORM
#include <linux/cc_platform.h>
#define dbb_compat_memory_is_encrypted()	cc_platform_has(CC_ATTR_MEM_ENCRYPT)
#else
#include <linux/mem_encrypt.h>
#define dbb_compat_memory_is_encrypted		mem_encrypt_active
#endif

/*
 * Whether dma_alloc_pages() decrypts its pages for a device with a 64 bit mask: in
 * guests whose memory is encrypted. The host's own encryption, which is on x86 only,
 * does no harm to such a device. arm64 knows no attribute for guests alone.
 */
static inline bool dbb_compat_dma_is_decrypted(void)
{
#if defined(DBB_HAVE_CC_PLATFORM) && defined(CONFIG_X86)
	return cc_platform_has(CC_ATTR_GUEST_MEM_ENCRYPT);
#else
	return dbb_compat_memory_is_encrypted();
#endif
}

/* kmap_atomic() disables preemption, so users must not sleep. */
#ifndef DBB_HAVE_KMAP_LOCAL
#define kmap_local_page		kmap_atomic
#define kunmap_local		kunmap_atomic
#endif

/* cpuid() moved here from <asm/processor.h>. */
#if defined(CONFIG_X86) && defined(DBB_HAVE_CPUID_API)
#include <asm/cpuid/api.h>
#endif

#ifndef DBB_HAVE_VM_FLAGS_SET
static inline void vm_flags_set(struct vm_area_struct *vma, unsigned long flags)
{
	vma->vm_flags |= flags;
}
#endif

/* set_pte_at() is inline, but calls functions that may not be exported. */
#if defined(CONFIG_PAGE_TABLE_CHECK) && !defined(DBB_HAVE_PAGE_TABLE_CHECK)
#define DBB_CANNOT_SET_PTE \
	"this kernel does not export the checks of CONFIG_PAGE_TABLE_CHECK"
#endif

/*
 * Whether set_pte_at() of a special user PTE does no more than store it. On arm64
 * the cache is synchronised for normal pages only, and barriers are for kernel PTEs.
 * A Xen PV guest has to ask Xen; other paravirtual guests store, too. Checks of page
 * tables are made when the kernel was booted with page_table_check=on.
 */
static inline bool dbb_compat_set_pte_is_a_store(void)
{
#if defined(CONFIG_PAGE_TABLE_CHECK) && defined(DBB_HAVE_PAGE_TABLE_CHECK)
	if (!static_branch_likely(&page_table_check_disabled))
		return false;
#endif
#if defined(DBB_CANNOT_SET_PTE)
	return false;
#elif defined(CONFIG_X86_64)
	return !cpu_feature_enabled(X86_FEATURE_XENPV);
#else
	return IS_ENABLED(CONFIG_ARM64);
#endif
}

/*
 * Whether the PTE of a page is that of PFN 0 and a multiple of the PFN. pfn_pte() of
 * arm64 is as cheap as that, and moves address bits above the 48th.
 */
#ifdef CONFIG_X86
#define DBB_PTES_ARE_LINEAR 1
#else
#define DBB_PTES_ARE_LINEAR 0
#endif

/*
 * x86 changes the caching of pages in the kernel's linear map, and looks up there how to
 * map them elsewhere. The functions for that are exported together.
 */
#if defined(CONFIG_X86_64) && defined(DBB_HAVE_SET_PAGES_ARRAY)
#define DBB_CAN_SET_LINEAR_MAP		1
#define dbb_compat_pages_wc		set_pages_array_wc
#define dbb_compat_pages_uncached	set_pages_array_uc
#define dbb_compat_pages_cached		set_pages_array_wb
#define dbb_compat_wc_is_uncached()	(!pat_enabled())
#else
#define DBB_CAN_SET_LINEAR_MAP		0
static inline int dbb_compat_pages_wc(struct page **pages, int n) { return -EOPNOTSUPP; }
static inline int dbb_compat_pages_uncached(struct page **pages, int n) { return -EOPNOTSUPP; }
static inline int dbb_compat_pages_cached(struct page **pages, int n) { return -EOPNOTSUPP; }
static inline bool dbb_compat_wc_is_uncached(void) { return false; }
#endif

/*
 * Without ARCH_SUPPORTS_PMD_PFNMAP, pin_user_pages() mistakes a PMD of PFNs for one
 * of pages. vmf_insert_pfn_pmd() used to take a pfn_t.
 */
#ifndef CONFIG_ARCH_SUPPORTS_PMD_PFNMAP
#define DBB_CANNOT_MAP_PMD 1
#elif defined(DBB_HAVE_PFN_T)
#include <linux/pfn_t.h>
#define dbb_compat_insert_pmd(vmf, pfn, write) \
	vmf_insert_pfn_pmd(vmf, __pfn_to_pfn_t(pfn, PFN_DEV), write)
#else
#define dbb_compat_insert_pmd	vmf_insert_pfn_pmd
#endif

/*
 * What vmf_insert_pfn_pmd() stores into an empty PMD, where neither a page table is to
 * be deposited nor set_pmd_at() does more than store. The PMD's lock is held.
 */
#ifndef DBB_CANNOT_MAP_PMD
static inline void dbb_compat_store_pmd(const struct vm_area_struct *vma, pmd_t *pmd,
					unsigned long pfn, bool write)
{
	pmd_t entry = pmd_mkspecial(pmd_mkhuge(pfn_pmd(pfn, vma->vm_page_prot)));

	if (write)
		entry = pmd_mkyoung(pmd_mkdirty(entry));
	WRITE_ONCE(*pmd, entry);
}
#endif

/* The largest order. MAX_ORDER was one more before 6.4. */
#define DBB_MAX_ORDER ilog2(MAX_ORDER_NR_PAGES)

/* Without __GFP_COMP, each page has a reference. */
#ifdef DBB_HAVE_CONTIG_PAGES
#define DBB_CAN_ALLOC_CONTIG 1
#define dbb_compat_contig_pages(npages, gfp) \
	alloc_contig_pages(npages, gfp, numa_mem_id(), NULL)
#else
#define DBB_CAN_ALLOC_CONTIG 0
static inline struct page *dbb_compat_contig_pages(unsigned long npages, gfp_t gfp) { return NULL; }
#endif

/* Kernels export both the list of CMA regions and cma_alloc(), or neither. */
#if defined(DBB_HAVE_CMA_AREAS) && defined(DBB_HAVE_CMA_ALLOC)
#define DBB_CAN_REACH_CMA		1
#define dbb_compat_cma_at		dma_contiguous_get_area_by_idx
#define dbb_compat_cma_default()	dev_get_cma_area(NULL)
#define dbb_compat_cma_name		cma_get_name
#define dbb_compat_cma_release		cma_release

static inline struct page *dbb_compat_cma_alloc(struct cma *area, unsigned long npages,
						unsigned int align)
{
	return cma_alloc(area, npages, min_t(unsigned int, align, CONFIG_CMA_ALIGNMENT), true);
}
#else
#define DBB_CAN_REACH_CMA 0
static inline struct cma *dbb_compat_cma_at(unsigned int i) { return NULL; }
static inline struct cma *dbb_compat_cma_default(void) { return NULL; }
static inline const char *dbb_compat_cma_name(const struct cma *area) { return NULL; }
static inline struct page *dbb_compat_cma_alloc(struct cma *area, unsigned long npages,
						unsigned int align) { return NULL; }
static inline void dbb_compat_cma_release(struct cma *area, struct page *page,
					  unsigned long npages) { }
#endif

/* MODULE_IMPORT_NS() used to take a bare word. */
#ifdef DBB_HAVE_QUOTED_NS
#define DBB_IMPORT_NS_DMA_BUF() MODULE_IMPORT_NS("DMA_BUF")
#define DBB_IMPORT_NS_DMA_BUF_HEAP() MODULE_IMPORT_NS("DMA_BUF_HEAP")
#else
#define DBB_IMPORT_NS_DMA_BUF() MODULE_IMPORT_NS(DMA_BUF)
#define DBB_IMPORT_NS_DMA_BUF_HEAP() MODULE_IMPORT_NS(DMA_BUF_HEAP)
#endif

/* A heap to add to the dma-heap core, which keeps pointers to it for good. */
struct dbb_compat_heap {
	const char *name;
	struct dma_buf *(*allocate)(struct dbb_compat_heap *heap, unsigned long len,
				    unsigned int fd_flags);
};

#ifdef DBB_HAVE_HEAP_ADD
#define DBB_CAN_ADD_HEAP 1

/* The flags used to be longs. */
#ifdef DBB_HAVE_HEAP_U64
#define DBB_HEAP_FD_FLAGS	u32
#define DBB_HEAP_FLAGS		u64
#else
#define DBB_HEAP_FD_FLAGS	unsigned long
#define DBB_HEAP_FLAGS		unsigned long
#endif

static inline struct dma_buf *dbb_compat_heap_allocate(struct dma_heap *core, unsigned long len,
						       DBB_HEAP_FD_FLAGS fd_flags,
						       DBB_HEAP_FLAGS heap_flags)
{
	struct dbb_compat_heap *heap = dma_heap_get_drvdata(core);

	return heap->allocate(heap, len, fd_flags);
}

static inline int dbb_compat_heap_add(struct dbb_compat_heap *heap)
{
	static const struct dma_heap_ops ops = { .allocate = dbb_compat_heap_allocate };
	struct dma_heap_export_info info = {
		.name = heap->name,
		.ops = &ops,
		.priv = heap,
	};

	return PTR_ERR_OR_ZERO(dma_heap_add(&info));
}
#else
#define DBB_CAN_ADD_HEAP 0
static inline int dbb_compat_heap_add(struct dbb_compat_heap *heap) { return -EOPNOTSUPP; }
#endif

/*
 * For callers that do not hold the reservation lock. Kernels that want it held
 * export _unlocked forms.
 */
#if defined(DBB_HAVE_VMAP_UNLOCKED)
#define dbb_compat_vmap		dma_buf_vmap_unlocked
#define dbb_compat_vunmap	dma_buf_vunmap_unlocked
#define dbb_compat_vmap_locked		dma_buf_vmap
#define dbb_compat_vunmap_locked	dma_buf_vunmap
#elif defined(DBB_HAVE_VMAP_MAP)
#define dbb_compat_vmap		dma_buf_vmap
#define dbb_compat_vunmap	dma_buf_vunmap
#else
static inline int dbb_compat_vmap(struct dma_buf *dmabuf, struct iosys_map *map)
{
	iosys_map_set_vaddr(map, dma_buf_vmap(dmabuf));
	return map->vaddr ? 0 : -ENOMEM;
}

static inline void dbb_compat_vunmap(struct dma_buf *dmabuf, struct iosys_map *map)
{
	dma_buf_vunmap(dmabuf, map->vaddr);
	iosys_map_clear(map);
}
#endif

/* For callers that do; older kernels do not care. */
#ifndef DBB_HAVE_VMAP_UNLOCKED
#define dbb_compat_vmap_locked		dbb_compat_vmap
#define dbb_compat_vunmap_locked	dbb_compat_vunmap
#endif

#ifdef DBB_HAVE_MAP_ATTACHMENT_UNLOCKED
#define dbb_compat_map_attachment	dma_buf_map_attachment_unlocked
#define dbb_compat_unmap_attachment	dma_buf_unmap_attachment_unlocked
#else
#define dbb_compat_map_attachment	dma_buf_map_attachment
#define dbb_compat_unmap_attachment	dma_buf_unmap_attachment
#endif

/* A device writes until @fence; with @resv locked. */
static inline int dbb_compat_add_write_fence(struct dma_resv *resv, struct dma_fence *fence)
{
#ifdef DBB_HAVE_RESV_USAGE
	int ret = dma_resv_reserve_fences(resv, 1);

	if (!ret)
		dma_resv_add_fence(resv, fence, DMA_RESV_USAGE_WRITE);
	return ret;
#else
	dma_resv_add_excl_fence(resv, fence);
	return 0;
#endif
}

/* .vmap and .vunmap of struct dma_buf_ops used plain addresses before 5.11. */
#ifndef DBB_HAVE_VMAP_MAP
#define DBB_OPS_VMAP_BY_ADDRESS 1
#endif

#ifdef DBB_HAVE_VMALLOC_HUGE
#define dbb_compat_vmalloc	vmalloc_huge
#else
#define dbb_compat_vmalloc	__vmalloc
#endif

/*
 * As in the kernel's preempt= parameter, or "rt". "dynamic" when chosen at boot by
 * a kernel that does not export the choice.
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

/* On x86, irqs_sum lacks the interrupts of the local APIC, such as the timer's. */
#if defined(CONFIG_X86_LOCAL_APIC) && defined(CONFIG_SMP) && defined(DBB_HAVE_IRQ_STAT)
#define DBB_COUNTS_LOCAL_APIC 1
#endif

/* What dbb_compat_interrupts() counts. */
#if defined(DBB_COUNTS_LOCAL_APIC) || defined(CONFIG_GENERIC_IRQ_IPI)
#define DBB_INTERRUPTS_COUNTED "device_irqs,timer_irqs,ipis"
#elif defined(CONFIG_X86)
#define DBB_INTERRUPTS_COUNTED "device_irqs"
#else
#define DBB_INTERRUPTS_COUNTED "device_irqs,timer_irqs"
#endif

/* Interrupts that this CPU has taken. */
static inline u64 dbb_compat_interrupts(void)
{
	u64 n = this_cpu_read(kstat.irqs_sum);

#ifdef DBB_COUNTS_LOCAL_APIC
#ifdef DBB_HAVE_IRQ_COUNTS
	n += this_cpu_read(irq_stat.counts[IRQ_COUNT_APIC_TIMER]);
	n += this_cpu_read(irq_stat.counts[IRQ_COUNT_RESCHEDULE]);
	n += this_cpu_read(irq_stat.counts[IRQ_COUNT_CALL_FUNCTION]);
#else
	n += this_cpu_read(irq_stat.apic_timer_irqs);
	n += this_cpu_read(irq_stat.irq_resched_count);
	n += this_cpu_read(irq_stat.irq_call_count);
#endif
#endif
	return n;
}

#endif /* DBB_HEAP_COMPAT_H */
