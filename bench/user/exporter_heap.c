// SPDX-License-Identifier: GPL-2.0
/*
 * Buffers of dma-heaps and of udmabuf.
 */
#include <fcntl.h>
#include <unistd.h>

#include "exporter.h"

static int open_heap(struct exporter *exporter)
{
	exporter->node = open(exporter->path, O_RDONLY | O_CLOEXEC);
	return exporter->node < 0 ? exporter_fail(exporter, "open") : 0;
}

static int open_udmabuf(struct exporter *exporter)
{
	exporter->node = open(exporter->path, O_RDWR | O_CLOEXEC);
	return exporter->node < 0 ? exporter_fail(exporter, "open") : 0;
}

static int alloc_heap(struct exporter *exporter, u64 size)
{
	const char *failed;
	int fd = heap_request(exporter->node, size, &failed);

	return fd < 0 ? exporter_fail(exporter, failed) : fd;
}

static int alloc_udmabuf(struct exporter *exporter, u64 size)
{
	const char *failed;
	int fd = udmabuf_request(exporter->node, size, &failed);

	return fd < 0 ? exporter_fail(exporter, failed) : fd;
}

static void free_heap(struct exporter *exporter, int fd)
{
	(void)exporter;
	close(fd);
}

const struct exporter_ops exporter_heap = {
	.kind = "heap",
	.open = open_heap,
	.alloc = alloc_heap,
	.free = free_heap,
};

const struct exporter_ops exporter_udmabuf = {
	.kind = "udmabuf",
	.open = open_udmabuf,
	.alloc = alloc_udmabuf,
	.free = free_heap,
};
