// SPDX-License-Identifier: GPL-2.0
/*
 * A client of /dev/dma_heap/system that knows nothing of this project: it
 * allocates, maps, writes, reads back and lets go. The heap's path may be given.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <linux/dma-buf.h>
#include <linux/dma-heap.h>

#define BUFFER_SIZE (4 << 20)

static int fail(const char *what)
{
	printf("%s: %s\n", what, strerror(errno));
	return 1;
}

static int sync_buffer(int fd, unsigned int flags)
{
	struct dma_buf_sync sync = { .flags = flags | DMA_BUF_SYNC_RW };

	return ioctl(fd, DMA_BUF_IOCTL_SYNC, &sync);
}

int main(int argc, char **argv)
{
	struct dma_heap_allocation_data data = {
		.len = BUFFER_SIZE,
		.fd_flags = O_RDWR | O_CLOEXEC,
	};
	unsigned int *words;
	unsigned int i;
	int heap;

	heap = open(argc > 1 ? argv[1] : "/dev/dma_heap/system", O_RDWR | O_CLOEXEC);
	if (heap < 0)
		return fail("open");
	if (ioctl(heap, DMA_HEAP_IOCTL_ALLOC, &data))
		return fail("DMA_HEAP_IOCTL_ALLOC");
	words = mmap(NULL, BUFFER_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, data.fd, 0);
	if (words == MAP_FAILED)
		return fail("mmap");
	if (sync_buffer(data.fd, DMA_BUF_SYNC_START))
		return fail("DMA_BUF_SYNC_START");
	for (i = 0; i < BUFFER_SIZE / sizeof(*words); i++)
		words[i] = i * 2654435761u;
	for (i = 0; i < BUFFER_SIZE / sizeof(*words); i++) {
		if (words[i] == i * 2654435761u)
			continue;
		printf("word %u holds %#x\n", i, words[i]);
		return 1;
	}
	if (sync_buffer(data.fd, DMA_BUF_SYNC_END))
		return fail("DMA_BUF_SYNC_END");
	if (munmap(words, BUFFER_SIZE))
		return fail("munmap");
	if (close(data.fd) || close(heap))
		return fail("close");
	return 0;
}
