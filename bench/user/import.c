// SPDX-License-Identifier: GPL-2.0
/*
 * What the clients of importing drivers share.
 */
#include <errno.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/mman.h>

#include "import.h"

void import_request(int fd, unsigned long nr, void *argument, const char *name)
{
	int ret;

	do {
		ret = ioctl(fd, nr, argument);
	} while (ret < 0 && (errno == EINTR || errno == EAGAIN));
	if (ret < 0) {
		complain_errno("ioctl(%s)", name);
		exit(EXIT_CANNOT);
	}
}

int import_alloc(const char *path, u64 size, unsigned char **map)
{
	int fd = heap_alloc(path, size);

	if (fd < 0)
		exit(EXIT_CANNOT);
	*map = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (*map == MAP_FAILED) {
		complain_errno("mmap() of a dma-buf of %llu bytes", size);
		exit(EXIT_CANNOT);
	}
	return fd;
}

void import_sync(int fd, u64 flags)
{
	if (sync_buffer(fd, flags) < 0) {
		complain_errno("ioctl(DMA_BUF_IOCTL_SYNC, flags=0x%llx)", flags);
		exit(EXIT_CANNOT);
	}
}
