// SPDX-License-Identifier: GPL-2.0
/*
 * Where the buffers of a run come from: a backend of the heap, or a file
 * descriptor of whoever asks for the run, so that any exporter on the device
 * can be measured.
 */
#include <linux/dma-buf.h>
#include <linux/err.h>
#include <linux/string.h>

#include "run.h"
#include "source.h"

/* A heap in name only. */
const struct dbb_backend dbb_source_fd = {
	.name	= "fd",
	.help	= "the dma-buf at descriptor bench/fd of any exporter; strategy: exporter",
};

/**
 * dbb_source_count() - how many heaps there are to choose from
 *
 * Return: all backends and "fd".
 */
unsigned int dbb_source_count(void)
{
	return dbb_backend_count() + 1;
}

/**
 * dbb_source_at() - a heap to choose
 * @i: index below dbb_source_count()
 *
 * Return: the heap.
 */
const struct dbb_backend *dbb_source_at(unsigned int i)
{
	return i < dbb_backend_count() ? dbb_backend_at(i) : &dbb_source_fd;
}

/**
 * dbb_source_find() - look a heap up by name
 * @name: name
 *
 * Return: the heap, one that this kernel lacks included, or NULL.
 */
const struct dbb_backend *dbb_source_find(const char *name)
{
	return sysfs_streq(name, dbb_source_fd.name) ? &dbb_source_fd : dbb_backend_find(name);
}

/**
 * dbb_source_get_fd() - the dma-buf at a descriptor of the calling process
 * @fd: the descriptor
 * @why: filled on failure
 *
 * Return: the dma-buf with a reference, or an ERR_PTR(-EBADF).
 */
struct dma_buf *dbb_source_get_fd(int fd, struct dbb_refusal *why)
{
	struct dma_buf *dmabuf = fd < 0 ? ERR_PTR(-EBADF) : dma_buf_get(fd);

	if (!IS_ERR(dmabuf))
		return dmabuf;
	if (fd < 0)
		dbb_text_refuse(why, -EBADF,
				"heap fd has no descriptor; accepted: fd=NUMBER of a dma-buf that the writer has open");
	else
		dbb_text_refuse(why, -EBADF,
				"fd %d of this process is no dma-buf; accepted: one that the writer has open",
				fd);
	return ERR_PTR(-EBADF);
}

/**
 * dbb_source_make() - allocate a buffer for a run
 * @heap: any but dbb_source_fd
 * @size_bytes: its size
 * @why: filled on failure
 *
 * Its strategies are those that map any buffer; the arms set their own.
 *
 * Return: the dma-buf, or an ERR_PTR as dbb_buffer_create(); -EINTR also when
 * the run was stopped.
 */
struct dma_buf *dbb_source_make(const struct dbb_backend *heap, u64 size_bytes,
				struct dbb_refusal *why)
{
	struct dbb_buffer_request want = {
		.backend = heap,
		.len = size_bytes,
		.fd_flags = O_RDWR,
		.mmap = dbb_mmap_strategies[DBB_MMAP_SG],
		.vmap = dbb_vmap_strategies[DBB_VMAP_SG],
		.cancelled = dbb_run_stopped,
	};

	return dbb_buffer_create(&want, why);
}
