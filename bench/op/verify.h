/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The untimed check of a mapping, page by page.
 */
#ifndef DBB_BENCH_VERIFY_H
#define DBB_BENCH_VERIFY_H

#include "op.h"

/* Is page @i of what was mapped the buffer's @page? 0, or -EIO and a refusal. */
typedef int (*dbb_verify_fn)(struct dbb_work *work, unsigned long i, struct page *page,
			     struct dbb_refusal *why);

int dbb_verify_pages(struct dbb_work *work, const struct dbb_buffer *buf,
		     dbb_verify_fn check, struct dbb_refusal *why);

#endif /* DBB_BENCH_VERIFY_H */
