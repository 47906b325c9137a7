/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Mapping on faults.
 */
#ifndef DBB_HEAP_FAULT_CHUNK_H
#define DBB_HEAP_FAULT_CHUNK_H

#include "buffer.h"

/* The index ends with an entry whose first is the number of pages of the buffer. */
struct dbb_fault_chunk_chunk {
	unsigned long first;	/* page of the buffer */
	unsigned long pfn;
};

int dbb_fault_chunk_bind(struct dbb_buffer *buf);
int dbb_fault_chunk_map(struct dbb_buffer *buf, struct vm_area_struct *vma);
const struct dbb_fault_chunk_chunk *dbb_fault_chunk_find(const struct dbb_buffer *buf,
							 unsigned long page);
unsigned long dbb_fault_chunk_end(const struct vm_area_struct *vma);
vm_fault_t dbb_fault_chunk_insert(struct vm_fault *vmf, const struct dbb_fault_chunk_chunk *chunk,
				  unsigned long first, unsigned long end);

#endif /* DBB_HEAP_FAULT_CHUNK_H */
