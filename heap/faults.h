/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Mapping on faults: faults.c and the strategies that use it.
 */
#ifndef DBB_HEAP_FAULTS_H
#define DBB_HEAP_FAULTS_H

#include "buffer.h"

/**
 * struct dbb_faults_chunk - a physically contiguous piece of a buffer
 * @first: its first page, counted from the start of the buffer; that of the
 *	   next chunk, or the size of the buffer, follows
 * @pfn: where that page is
 */
struct dbb_faults_chunk {
	unsigned long first;
	unsigned long pfn;
};

int dbb_faults_bind(struct dbb_buffer *buf);
int dbb_faults_map(struct dbb_buffer *buf, struct vm_area_struct *vma);
const struct dbb_faults_chunk *dbb_faults_find(const struct dbb_buffer *buf,
					       unsigned long page);
vm_fault_t dbb_faults_insert(struct vm_fault *vmf, const struct dbb_faults_chunk *chunk,
			     unsigned long first, unsigned long end);

#endif /* DBB_HEAP_FAULTS_H */
