/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the test programs share: cases by name, and complaints on standard
 * output that name the errno. A case without a complaint has passed.
 */
#ifndef DBB_TEST_CHECK_H
#define DBB_TEST_CHECK_H

#include <dirent.h>
#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <linux/dma-buf.h>
#include <linux/dma-heap.h>

/* As the kernel has them: one printf format on every architecture. */
typedef unsigned long long u64;
typedef unsigned int u32;

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

#define __printf(a, b) \
	__attribute__((__format__ \
		       (__printf__, a, b)))

struct test_case {
	const char *name;
	void (*run)(void);
};

static unsigned int complaints;

static inline const char *errno_name(int err)
{
	return err ? strerrorname_np(err) : "ok";
}

static inline void __printf(1, 2) complain(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vprintf(fmt, args);
	va_end(args);
	putchar('\n');
	complaints++;
}

/* Ends the case: for steps that the rest of it depends on. */
static inline long must(const char *what, long ret)
{
	if (ret >= 0)
		return ret;
	printf("%s: %s\n", what, errno_name(errno));
	exit(1);
}

/* @ret is what a system call returned, @want 0 or the errno it has to set. */
static inline void expect(const char *what, long ret, int want)
{
	int err = ret < 0 ? errno : 0;

	if (err != want)
		complain("%s: %s, expected %s", what, errno_name(err), errno_name(want));
}

static inline void expect_equal(const char *what, unsigned long long value,
				unsigned long long want)
{
	if (value != want)
		complain("%s: %llu, expected %llu", what, value, want);
}

static inline void *must_map(const char *what, void *map)
{
	must(what, map == MAP_FAILED ? -1 : 0);
	return map;
}

/* mmap() that has to end with the errno @want; leaves nothing mapped. */
static inline void expect_map(const char *what, size_t len, int prot, int flags, int fd,
			      off_t offset, int want)
{
	void *map = mmap(NULL, len, prot, flags, fd, offset);

	expect(what, map == MAP_FAILED ? -1 : 0, want);
	if (map != MAP_FAILED)
		munmap(map, len);
}

/* The dma-buf's descriptor, or -1 with errno. */
static inline int heap_alloc(int heap, size_t len, unsigned int fd_flags)
{
	struct dma_heap_allocation_data data = { .len = len, .fd_flags = fd_flags };

	if (ioctl(heap, DMA_HEAP_IOCTL_ALLOC, &data))
		return -1;
	return data.fd;
}

static inline int count_fds(void)
{
	DIR *dir = opendir("/proc/self/fd");
	int count = 0;

	must("opendir(/proc/self/fd)", dir ? 0 : -1);
	while (readdir(dir))
		count++;
	closedir(dir);
	return count;
}

/* Runs the named case. Exit status: 0 passed, 1 failed, 2 no such case. */
static inline int run_case(const struct test_case *cases, size_t count, const char *name)
{
	size_t i;

	for (i = 0; i < count; i++) {
		if (strcmp(cases[i].name, name))
			continue;
		cases[i].run();
		return complaints ? 1 : 0;
	}
	printf("no case '%s'\n", name);
	return 2;
}

#endif /* DBB_TEST_CHECK_H */
