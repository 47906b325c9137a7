/* SPDX-License-Identifier: GPL-2.0 */
/*
 * CMA regions and the two ways to them.
 */
#ifndef DBB_HEAP_CMA_H
#define DBB_HEAP_CMA_H

#include <linux/list.h>

#include "buffer.h"

struct cma;
struct reserved_mem;

/**
 * struct dbb_cma - a CMA region as a backend
 * @backend: called cma_<region>
 * @entry: in the list of regions
 * @area: the kernel's handle, where it gives one to modules
 * @dev: else: the device whose pages come from the region
 * @memory: the region's reserved memory; NULL when @dev reaches the default
 *	    region
 */
struct dbb_cma {
	struct dbb_backend backend;
	struct list_head entry;
	struct cma *area;
	struct device *dev;
	struct reserved_mem *memory;
};

static inline struct dbb_cma *dbb_cma_of(const struct dbb_buffer *buf)
{
	return container_of(buf->backend, struct dbb_cma, backend);
}

/* cma.c */
struct dbb_cma *dbb_cma_create(const char *region);
int dbb_cma_add(struct dbb_cma *cma);
void dbb_cma_destroy(struct dbb_cma *cma);

/* cmadev.c */
int dbb_cmadev_init(void);
void dbb_cmadev_detach(struct dbb_cma *cma);

#endif /* DBB_HEAP_CMA_H */
