// SPDX-License-Identifier: GPL-2.0
/*
 * Where the buffers of a run come from: a backend of the heap, a file descriptor of
 * the writer, so that any exporter on the device can be measured, or ordinary memory.
 */
#include <linux/dma-buf.h>
#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/spinlock.h>
#include <linux/string.h>

#include "heaps.h"
#include "stop.h"

const struct dbb_backend dbb_heaps_fd = {
	.name	= "fd",
	.help	= "the dma-buf at descriptor bench/fd, of any exporter; fd3 in an arm: at 3",
};

const struct dbb_backend dbb_heaps_anon = {
	.name	= "anon",
	.help	= "no dma-buf but new anonymous memory of the writer (ops mmap and touch)",
};

static const struct dbb_backend *const dbb_heaps_others[] = { &dbb_heaps_fd, &dbb_heaps_anon };

unsigned int dbb_heaps_count(void)
{
	return dbb_backend_count() + ARRAY_SIZE(dbb_heaps_others);
}

const struct dbb_backend *dbb_heaps_at(unsigned int i)
{
	unsigned int ours = dbb_backend_count();

	return i < ours ? dbb_backend_at(i) : dbb_heaps_others[i - ours];
}

const struct dbb_backend *dbb_heaps_find(const char *name)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(dbb_heaps_others); i++)
		if (sysfs_streq(name, dbb_heaps_others[i]->name))
			return dbb_heaps_others[i];
	return dbb_backend_find(name);
}

struct dma_buf *dbb_heaps_get_fd(int fd, struct dbb_refusal *why)
{
	struct dma_buf *dmabuf = fd < 0 ? ERR_PTR(-EBADF) : dma_buf_get(fd);

	if (!IS_ERR(dmabuf))
		return dmabuf;
	if (fd < 0)
		dbb_text_refuse(why, -EBADF,
				"heap fd has no descriptor; accepted: fd=N, a dma-buf that the writing process has open");
	else
		dbb_text_refuse(why, -EBADF,
				"fd %d is not a dma-buf; accepted: one that the writing process has open",
				fd);
	return ERR_PTR(-EBADF);
}

/* Its strategies map any buffer; the arms set their own. -EINTR: the run was stopped. */
struct dma_buf *dbb_heaps_make(const struct dbb_backend *heap, u64 size_bytes,
			       const struct dbb_caching *caching, struct dbb_refusal *why)
{
	struct dbb_buffer_request want = {
		.backend = heap,
		.len = size_bytes,
		.fd_flags = O_RDWR,
		.mmap = dbb_mmap_strategies[DBB_MMAP_SG],
		.vmap = dbb_vmap_strategies[DBB_VMAP_SG],
		.caching = caching,
		.cancelled = dbb_stop_wanted,
	};

	return dbb_buffer_create(&want, why);
}

/* Whoever has the descriptor chose the name. */
void dbb_heaps_find_origin(struct dma_buf *dmabuf, struct dbb_heaps_origin *origin)
{
	strscpy(origin->exporter, dmabuf->exp_name, sizeof(origin->exporter));
	spin_lock(&dmabuf->name_lock);
	strscpy(origin->name, dmabuf->name ?: "", sizeof(origin->name));
	spin_unlock(&dmabuf->name_lock);
	dbb_text_clean(origin->exporter);
	dbb_text_clean(origin->name);
}
