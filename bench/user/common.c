// SPDX-License-Identifier: GPL-2.0
/*
 * What the user-space programs share: sizes, checked calls, heap buffers.
 */
#define _GNU_SOURCE

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include <linux/dma-buf.h>
#include <linux/dma-heap.h>
#include <linux/udmabuf.h>

#include "common.h"

const char *program = "?";

void complain(const char *fmt, ...)
{
	va_list args;

	fprintf(stderr, "%s: ", program);
	va_start(args, fmt);
	vfprintf(stderr, fmt, args);
	va_end(args);
	fputc('\n', stderr);
}

void complain_errno(const char *fmt, ...)
{
	int err = errno;
	va_list args;

	fprintf(stderr, "%s: ", program);
	va_start(args, fmt);
	vfprintf(stderr, fmt, args);
	va_end(args);
	fprintf(stderr, ": %s (%d), %s\n", errno_name(err), err, strerror(err));
	errno = err;
}

/* strerrorname_np() is younger than the C libraries of the devices. */
const char *errno_name(int err)
{
	static const struct {
		int err;
		const char *name;
	} names[] = {
		{ EPERM, "EPERM" },
		{ ENOENT, "ENOENT" },
		{ EINTR, "EINTR" },
		{ EIO, "EIO" },
		{ ENXIO, "ENXIO" },
		{ E2BIG, "E2BIG" },
		{ ENOEXEC, "ENOEXEC" },
		{ EBADF, "EBADF" },
		{ EAGAIN, "EAGAIN" },
		{ ENOMEM, "ENOMEM" },
		{ EACCES, "EACCES" },
		{ EFAULT, "EFAULT" },
		{ EBUSY, "EBUSY" },
		{ EEXIST, "EEXIST" },
		{ ENODEV, "ENODEV" },
		{ ENOTDIR, "ENOTDIR" },
		{ EISDIR, "EISDIR" },
		{ EINVAL, "EINVAL" },
		{ ENFILE, "ENFILE" },
		{ EMFILE, "EMFILE" },
		{ ENOTTY, "ENOTTY" },
		{ EFBIG, "EFBIG" },
		{ ENOSPC, "ENOSPC" },
		{ EROFS, "EROFS" },
		{ ERANGE, "ERANGE" },
		{ ELOOP, "ELOOP" },
		{ EOVERFLOW, "EOVERFLOW" },
		{ EOPNOTSUPP, "EOPNOTSUPP" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		if (names[i].err == err)
			return names[i].name;
	}

	return "errno";
}

bool parse_number(const char *text, u64 min, u64 max, u64 *number)
{
	u64 value;
	char *end;

	/* strtoull() takes a sign and leading blanks: "-1" would be huge */
	if (*text < '0' || *text > '9')
		return false;

	errno = 0;
	value = strtoull(text, &end, strncmp(text, "0x", 2) ? 10 : 16);
	if (errno || *end || value < min || value > max)
		return false;

	*number = value;
	return true;
}

bool parse_size(const char *text, u64 *size)
{
	u64 value;
	unsigned int shift = 0;
	char *end;

	if (*text < '0' || *text > '9')
		return false;

	errno = 0;
	value = strtoull(text, &end, strncmp(text, "0x", 2) ? 10 : 16);
	if (errno)
		return false;

	switch (*end) {
	case 'k':
	case 'K':
		shift = 10;
		break;
	case 'm':
	case 'M':
		shift = 20;
		break;
	case 'g':
	case 'G':
		shift = 30;
		break;
	}
	if (shift)
		end++;
	if (*end || value > UINT64_MAX >> shift)
		return false;

	*size = value << shift;
	return true;
}

const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash && slash[1] ? slash + 1 : path;
}

static int node_alloc(const char *path, u64 size)
{
	struct dma_heap_allocation_data data = {
		.len = size,
		.fd_flags = O_RDWR | O_CLOEXEC,
	};
	int ret;
	int heap;

	heap = open(path, O_RDONLY | O_CLOEXEC);
	if (heap < 0) {
		complain_errno("open(%s)", path);
		return -1;
	}

	ret = ioctl(heap, DMA_HEAP_IOCTL_ALLOC, &data);
	if (ret < 0)
		complain_errno("ioctl(%s, DMA_HEAP_IOCTL_ALLOC, len=%llu)",
			       path, size);

	if (close(heap) < 0) {
		complain_errno("close(%s)", path);
		if (!ret)
			close(data.fd);
		return -1;
	}

	return ret < 0 ? -1 : (int)data.fd;
}

/* Shared memory that can no longer shrink: what udmabuf takes pages from. */
static int sealed_memory(u64 size)
{
	int fd = memfd_create("udmabuf", MFD_CLOEXEC | MFD_ALLOW_SEALING);

	if (fd < 0) {
		complain_errno("memfd_create()");
		return -1;
	}
	if (ftruncate(fd, size) < 0 || fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK) < 0) {
		complain_errno("memory of %llu bytes", size);
		close(fd);
		return -1;
	}

	return fd;
}

/* In whole pages, as heaps do it. */
static int udmabuf_alloc(const char *path, u64 size)
{
	u64 page = sysconf(_SC_PAGESIZE);
	struct udmabuf_create data = {
		.flags = UDMABUF_FLAGS_CLOEXEC,
		.size = (size + page - 1) / page * page,
	};
	int device, fd = -1;

	device = open(path, O_RDWR | O_CLOEXEC);
	if (device < 0) {
		complain_errno("open(%s)", path);
		return -1;
	}
	data.memfd = sealed_memory(data.size);
	if ((int)data.memfd >= 0) {
		fd = ioctl(device, UDMABUF_CREATE, &data);
		if (fd < 0)
			complain_errno("ioctl(%s, UDMABUF_CREATE, size=%llu)", path, size);
		close(data.memfd);
	}
	close(device);

	return fd;
}

int heap_alloc(const char *path, u64 size)
{
	if (!strcmp(base_name(path), "udmabuf"))
		return udmabuf_alloc(path, size);

	return node_alloc(path, size);
}

int sync_buffer(int fd, u64 flags)
{
	struct dma_buf_sync sync = { .flags = flags };
	int ret;

	do {
		ret = ioctl(fd, DMA_BUF_IOCTL_SYNC, &sync);
	} while (ret < 0 && (errno == EINTR || errno == EAGAIN));

	return ret;
}

u64 now_ns(void)
{
	struct timespec ts;

	if (clock_gettime(CLOCK_MONOTONIC, &ts) < 0) {
		complain_errno("clock_gettime(CLOCK_MONOTONIC)");
		exit(EXIT_CANNOT);
	}

	return ts.tv_sec * 1000000000ULL + ts.tv_nsec;
}
