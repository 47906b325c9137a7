/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Do the samples fall into two groups?
 */
#ifndef DBB_BENCH_MODES_H
#define DBB_BENCH_MODES_H

#include <linux/types.h>

/**
 * struct dbb_modes - what was found
 * @count: 1, or 2 when one median does not describe the samples
 * @low: median of the lower group, valid when @count is 2
 * @high: median of the upper group, valid when @count is 2
 */
struct dbb_modes {
	unsigned int count;
	s64 low;
	s64 high;
};

void dbb_modes_find(struct dbb_modes *modes, const s64 *sorted, u32 n, u32 tick);

#endif /* DBB_BENCH_MODES_H */
