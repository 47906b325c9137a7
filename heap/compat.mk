# SPDX-License-Identifier: GPL-2.0
# Build-time probes: what does this kernel have? Each answer becomes a
# DBB_HAVE_ macro that heap/compat.h, and nothing else, turns into one
# interface. Probes read headers and Module.symvers: version numbers lie,
# because stable and vendor kernels carry backports.

dbb-header   = $(if $(wildcard $(srctree)/include/linux/$(1)),-D$(2))
dbb-text     = $(shell grep -qs -e '$(1)' $(srctree)/include/linux/$(2) && echo -D$(3))
dbb-exported = $(shell grep -qs -w -e '$(1)' $(objtree)/Module.symvers && echo -D$(2))

dbb-have := \
	$(call dbb-header,iosys-map.h,DBB_HAVE_IOSYS_MAP) \
	$(call dbb-text,define MODULE_IMPORT_NS(ns).*__stringify,module.h,DBB_HAVE_UNQUOTED_NS) \
	$(call dbb-exported,preempt_model_full,DBB_HAVE_PREEMPT_MODEL) \
	$(call dbb-exported,dma_buf_vmap_unlocked,DBB_HAVE_VMAP_UNLOCKED)
