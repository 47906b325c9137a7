/* SPDX-License-Identifier: GPL-2.0 */
/*
 * CMA regions as backends.
 */
#ifndef DBB_HEAP_BACKEND_CMA_H
#define DBB_HEAP_BACKEND_CMA_H

#include <linux/kernel.h>
#include <linux/list.h>

#include "buffer.h"

struct cma;
struct reserved_mem;

/**
 * struct dbb_backend_cma - a CMA region as a backend
 * @backend: named cma_<region>
 * @entry: in the list of regions
 * @area: the region, where the kernel exports that; @dev is unused then
 * @dev: a device that allocates from the region
 * @memory: reserved memory assigned to @dev; NULL for the default region
 */
struct dbb_backend_cma {
	struct dbb_backend backend;
	struct list_head entry;
	struct cma *area;
	struct device *dev;
	struct reserved_mem *memory;
};

static inline struct dbb_backend_cma *dbb_backend_cma_of(const struct dbb_buffer *buf)
{
	return container_of(buf->backend, struct dbb_backend_cma, backend);
}

/* backend_cma.c */
struct dbb_backend_cma *dbb_backend_cma_create(const char *region);
int dbb_backend_cma_add(struct dbb_backend_cma *cma);
void dbb_backend_cma_destroy(struct dbb_backend_cma *cma);

/* backend_cma_dev.c */
int dbb_backend_cma_dev_init(void);
void dbb_backend_cma_dev_detach(struct dbb_backend_cma *cma);

#endif /* DBB_HEAP_BACKEND_CMA_H */
