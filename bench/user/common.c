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

/* A kernel in lockdown answers EPERM to root, and no more. */
void complain_open(const char *path)
{
	int err = errno;
	char modes[64] = "";
	FILE *file;

	complain_errno("open(%s)", path);
	if (err != EPERM)
		return;

	file = fopen("/sys/kernel/security/lockdown", "re");
	if (file && fgets(modes, sizeof(modes), file) && !strstr(modes, "[none]"))
		complain("kernel lockdown is on: %.*s", (int)strcspn(modes, "\n"), modes);
	if (file)
		fclose(file);
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

int heap_request(int heap, u64 size, const char **failed)
{
	struct dma_heap_allocation_data data = {
		.len = size,
		.fd_flags = O_RDWR | O_CLOEXEC,
	};

	*failed = "DMA_HEAP_IOCTL_ALLOC";
	return ioctl(heap, DMA_HEAP_IOCTL_ALLOC, &data) < 0 ? -1 : (int)data.fd;
}

/* Shared memory that can no longer shrink: what udmabuf takes pages from. */
static int sealed_memory(u64 size, const char **failed)
{
	int fd = memfd_create("udmabuf", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	int err;

	*failed = "memfd_create";
	if (fd < 0)
		return -1;
	*failed = "ftruncate";
	if (!ftruncate(fd, size)) {
		*failed = "F_ADD_SEALS";
		if (!fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK))
			return fd;
	}
	err = errno;
	close(fd);
	errno = err;
	return -1;
}

/* In whole pages, as heaps do it. */
int udmabuf_request(int device, u64 size, const char **failed)
{
	u64 page = sysconf(_SC_PAGESIZE);
	struct udmabuf_create data = {
		.flags = UDMABUF_FLAGS_CLOEXEC,
		.size = (size + page - 1) / page * page,
	};
	int memory = sealed_memory(data.size, failed);
	int fd, err;

	if (memory < 0)
		return -1;
	data.memfd = memory;
	*failed = "UDMABUF_CREATE";
	fd = ioctl(device, UDMABUF_CREATE, &data);
	err = errno;
	close(memory);
	errno = err;
	return fd;
}

int heap_alloc(const char *path, u64 size)
{
	bool udmabuf = !strcmp(base_name(path), "udmabuf");
	const char *failed;
	int node, fd;

	node = open(path, (udmabuf ? O_RDWR : O_RDONLY) | O_CLOEXEC);
	if (node < 0) {
		complain_errno("open(%s)", path);
		return -1;
	}
	fd = udmabuf ? udmabuf_request(node, size, &failed) : heap_request(node, size, &failed);
	if (fd < 0)
		complain_errno("%s, %s of %llu bytes", path, failed, size);
	close(node);

	return fd;
}

void read_accel(char *accel, size_t size)
{
	static const char key[] = "dbb.accel=";
	char cmdline[4096];
	char *save;
	char *word;
	FILE *file;

	snprintf(accel, size, "unmarked");

	/* no /proc, no marker: that is no reason to fail */
	file = fopen("/proc/cmdline", "re");
	if (!file)
		return;
	if (fgets(cmdline, sizeof(cmdline), file)) {
		for (word = strtok_r(cmdline, "\n ", &save); word;
		     word = strtok_r(NULL, "\n ", &save)) {
			if (!strncmp(word, key, sizeof(key) - 1))
				snprintf(accel, size, "%s", word + sizeof(key) - 1);
		}
	}
	fclose(file);
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
