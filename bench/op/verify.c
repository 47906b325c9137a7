// SPDX-License-Identifier: GPL-2.0
/*
 * Verification against the buffer's own scatterlist.
 */
#include <linux/errno.h>

#include "../stop.h"
#include "verify.h"

int dbb_verify_pages(struct dbb_work *work, const struct dbb_buffer *buf,
		     dbb_verify_fn check, struct dbb_refusal *why)
{
	struct dbb_buffer_walk walk;
	unsigned long i = 0;
	struct page *page;
	bool sync;
	int ret;

	if (work->arm->exporter)
		return 0;
	sync = dbb_caching_needs_sync(buf);
	dbb_buffer_walk_begin(&walk, buf);
	while ((page = dbb_buffer_walk_next(&walk))) {
		if (sync)
			dbb_caching_sync_page(buf, page);
		ret = check(work, i, page, why);
		if (sync)
			dbb_caching_sync_page(buf, page);
		if (ret)
			return ret;
		if (dbb_stop_after(++i))
			return -EINTR;
	}
	return 0;
}
