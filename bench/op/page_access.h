/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What ops touch and vtouch have in common: tags, and the order of random access.
 */
#ifndef DBB_BENCH_PAGE_ACCESS_H
#define DBB_BENCH_PAGE_ACCESS_H

#include <linux/log2.h>

#include "op.h"

/* The usual size of a cache line */
#define DBB_PAGE_ACCESS_LINE 64

/* Full period modulo a power of two (Hull-Dobell): c is odd and 4 divides a - 1. */
#define DBB_PAGE_ACCESS_LCG_A 1664525UL
#define DBB_PAGE_ACCESS_LCG_C 1013904223UL

static inline unsigned long dbb_page_access_period(unsigned long npages)
{
	return roundup_pow_of_two(npages);
}

static inline unsigned long dbb_page_access_next(unsigned long page, unsigned long period)
{
	return (page * DBB_PAGE_ACCESS_LCG_A + DBB_PAGE_ACCESS_LCG_C) & (period - 1);
}

int dbb_page_access_fault(const struct dbb_work *work);
void dbb_page_access_begin(struct dbb_work *work);
int dbb_page_access_verify(struct dbb_work *work, struct dbb_refusal *why);

#endif /* DBB_BENCH_PAGE_ACCESS_H */
