// SPDX-License-Identifier: GPL-2.0
/*
 * Buffers of dma-heaps and of udmabuf for dmabuf_probe.
 */
#include <fcntl.h>
#include <unistd.h>

#include "dmabuf_probe.h"

static int open_heap(struct source *source)
{
	source->node = open(source->path, O_RDONLY | O_CLOEXEC);
	return source->node < 0 ? source_fail(source, "open") : 0;
}

static int open_udmabuf(struct source *source)
{
	source->node = open(source->path, O_RDWR | O_CLOEXEC);
	return source->node < 0 ? source_fail(source, "open") : 0;
}

static int alloc_heap(struct source *source, u64 size)
{
	const char *failed;
	int fd = heap_request(source->node, size, &failed);

	return fd < 0 ? source_fail(source, failed) : fd;
}

static int alloc_udmabuf(struct source *source, u64 size)
{
	const char *failed;
	int fd = udmabuf_request(source->node, size, &failed);

	return fd < 0 ? source_fail(source, failed) : fd;
}

static void free_heap(struct source *source, int fd)
{
	(void)source;
	close(fd);
}

const struct source_ops heap_source = {
	.kind = "heap",
	.open = open_heap,
	.alloc = alloc_heap,
	.free = free_heap,
};

const struct source_ops udmabuf_source = {
	.kind = "udmabuf",
	.open = open_udmabuf,
	.alloc = alloc_udmabuf,
	.free = free_heap,
};
