/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the user-space programs share: sizes, checked calls, heap buffers.
 */
#ifndef DMABUF_BENCH_USER_COMMON_H
#define DMABUF_BENCH_USER_COMMON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* As the kernel has them: one printf format, %llu, on every architecture. */
typedef unsigned long long u64;
typedef unsigned char u8;

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

#define __printf(a, b) \
	__attribute__((__format__ \
		       (__printf__, a, b)))

/* Exit statuses of every program here. */
#define EXIT_OK		0
#define EXIT_WRONG	1	/* a page showed the wrong bytes */
#define EXIT_CANNOT	3	/* used wrongly, or a call failed */
#define EXIT_STOPPED	130

#define DEFAULT_HEAP	"/dev/dma_heap/bench_system"

/* Prefix of every message; main() sets it first. */
extern const char *program;

/* "program: message" on stderr. */
void complain(const char *fmt, ...) __printf(1, 2);

/* "program: what: EINVAL (22), Invalid argument" on stderr; keeps errno. */
void complain_errno(const char *fmt, ...) __printf(1, 2);

/* The same, of a file that could not be opened. */
void complain_open(const char *path);

/* "EINVAL" for 22; "errno" for a number without a name here. */
const char *errno_name(int err);

/* Digits (0x... too) with an optional k, M or G. False if it is not that. */
bool parse_size(const char *text, u64 *size);

/* A whole number between the limits, in decimal or 0x.... */
bool parse_number(const char *text, u64 min, u64 max, u64 *number);

/* The last part of a path. */
const char *base_name(const char *path);

/*
 * Allocate @size bytes from the heap node @path, or make a dma-buf of shared
 * memory when that is a udmabuf device. @size goes to the kernel as it is, so
 * that a refusal is the kernel's own. Returns the dma-buf fd (O_RDWR |
 * O_CLOEXEC), or -1 with the message printed.
 */
int heap_alloc(const char *path, u64 size);

/*
 * The same of an open heap node or udmabuf device, without a message; *@failed names
 * what failed.
 */
int heap_request(int heap, u64 size, const char **failed);
int udmabuf_request(int device, u64 size, const char **failed);

/* The value of dbb.accel=, with which the VM runner marks an emulated machine. */
void read_accel(char *accel, size_t size);

/* DMA_BUF_IOCTL_SYNC until it is not interrupted; as ioctl(), without a message. */
int sync_buffer(int fd, u64 flags);

/* The monotonic clock; exits with a message when there is none. */
u64 now_ns(void);

#endif
