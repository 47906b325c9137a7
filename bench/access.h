/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Access to a mapped buffer: what ops that measure it through a user mapping
 * and through a kernel mapping have in common.
 */
#ifndef DBB_BENCH_ACCESS_H
#define DBB_BENCH_ACCESS_H

#include <linux/log2.h>

#include "op.h"

/* One access a cache line, of the usual size. */
#define DBB_ACCESS_LINE 64

/* x -> a x + c modulo a power of two meets all of it: c is odd and 4 divides a - 1. */
#define DBB_ACCESS_LCG_A 1664525UL
#define DBB_ACCESS_LCG_C 1013904223UL

/**
 * dbb_access_period() - how many steps meet each page once
 * @npages: pages
 *
 * Return: a power of two. Numbers past the last page, less than half, are to
 * be passed over.
 */
static inline unsigned long dbb_access_period(unsigned long npages)
{
	return roundup_pow_of_two(npages);
}

/**
 * dbb_access_next() - the page after this one, in an order that no TLB likes
 * @page: any number at first, then what this returned
 * @period: dbb_access_period() of the pages
 *
 * Return: a number below @period.
 */
static inline unsigned long dbb_access_next(unsigned long page, unsigned long period)
{
	return (page * DBB_ACCESS_LCG_A + DBB_ACCESS_LCG_C) & (period - 1);
}

void dbb_access_begin(struct dbb_work *work);
int dbb_access_verify(struct dbb_work *work, struct dbb_refusal *why);

#endif /* DBB_BENCH_ACCESS_H */
