# SPDX-License-Identifier: GPL-2.0
# Build-time probes of the kernel. Each result is a DBB_HAVE_ macro that only
# heap/compat.h reads. Probes read headers and Module.symvers, because stable and
# vendor kernels carry backports: their version numbers do not tell.

# Hard requirements. kbuild does not load the configuration for "make clean".
# <linux/dma-map-ops.h> came with 5.10.
dbb-need = $(if $(CONFIG_$(1)),,$(error dmabuf-bench needs a kernel with CONFIG_$(1), which this one is built without))
ifdef CONFIG_MODULES
$(call dbb-need,DMA_SHARED_BUFFER)
$(call dbb-need,DEBUG_FS)
$(call dbb-need,TRACEPOINTS)
ifeq ($(wildcard $(srctree)/include/linux/dma-map-ops.h),)
$(error dmabuf-bench needs Linux 5.10 or newer, and this kernel has no <linux/dma-map-ops.h>)
endif
endif

dbb-header   = $(if $(wildcard $(srctree)/$(1)),-D$(2))
dbb-text     = $(shell grep -qs -e '$(1)' $(srctree)/$(2) && echo -D$(3))
dbb-exported = $(shell grep -qs -w -e '$(1)' $(objtree)/Module.symvers && echo -D$(2))

dbb-have := \
	$(call dbb-header,include/linux/iosys-map.h,DBB_HAVE_IOSYS_MAP) \
	$(call dbb-header,include/linux/dma-buf-map.h,DBB_HAVE_DMA_BUF_MAP) \
	$(call dbb-header,include/linux/cc_platform.h,DBB_HAVE_CC_PLATFORM) \
	$(call dbb-header,arch/x86/include/asm/cpuid/api.h,DBB_HAVE_CPUID_API) \
	$(call dbb-text,kmap_local_page,include/linux/highmem.h,DBB_HAVE_KMAP_LOCAL) \
	$(call dbb-text,void vm_flags_set,include/linux/mm.h,DBB_HAVE_VM_FLAGS_SET) \
	$(call dbb-text,vmf_insert_pfn_pmd.*pfn_t pfn,include/linux/huge_mm.h,DBB_HAVE_PFN_T) \
	$(call dbb-text,int (\*vmap),include/linux/dma-buf.h,DBB_HAVE_VMAP_MAP) \
	$(call dbb-text,define MODULE_IMPORT_NS(ns).*import_ns. ns,include/linux/module.h,DBB_HAVE_QUOTED_NS) \
	$(call dbb-text,IRQ_COUNT_APIC_TIMER,arch/x86/include/asm/hardirq.h,DBB_HAVE_IRQ_COUNTS) \
	$(call dbb-exported,alloc_contig_pages\(_noprof\)\?,DBB_HAVE_CONTIG_PAGES) \
	$(call dbb-exported,dma_contiguous_get_area_by_idx,DBB_HAVE_CMA_AREAS) \
	$(call dbb-exported,cma_alloc,DBB_HAVE_CMA_ALLOC) \
	$(call dbb-text,u64 heap_flags,include/linux/dma-heap.h,DBB_HAVE_HEAP_U64) \
	$(call dbb-exported,dma_heap_add,DBB_HAVE_HEAP_ADD) \
	$(call dbb-exported,__page_table_check_ptes\?_set,DBB_HAVE_PAGE_TABLE_CHECK) \
	$(call dbb-exported,set_pages_array_wc,DBB_HAVE_SET_PAGES_ARRAY) \
	$(call dbb-exported,irq_stat,DBB_HAVE_IRQ_STAT) \
	$(call dbb-exported,preempt_model_full,DBB_HAVE_PREEMPT_MODEL) \
	$(call dbb-exported,vmalloc_huge\(_node\)\?\(_noprof\)\?,DBB_HAVE_VMALLOC_HUGE) \
	$(call dbb-exported,dma_buf_vmap_unlocked,DBB_HAVE_VMAP_UNLOCKED) \
	$(call dbb-exported,dma_buf_map_attachment_unlocked,DBB_HAVE_MAP_ATTACHMENT_UNLOCKED) \
	$(call dbb-text,DMA_RESV_USAGE_WRITE,include/linux/dma-resv.h,DBB_HAVE_RESV_USAGE)
