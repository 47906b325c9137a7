/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the clients of importing drivers share. What fails ends the program with
 * EXIT_CANNOT and a message.
 */
#ifndef DMABUF_BENCH_USER_IMPORT_H
#define DMABUF_BENCH_USER_IMPORT_H

#include "common.h"

/* An ioctl of a driver; @name is that of the call. */
void import_request(int fd, unsigned long nr, void *argument, const char *name);

#define IMPORT_REQUEST(fd, nr, argument)	import_request(fd, nr, argument, #nr)

/* A dma-buf of the heap node @path, mapped for reading and writing at *@map. */
int import_alloc(const char *path, u64 size, unsigned char **map);

/* DMA_BUF_IOCTL_SYNC */
void import_sync(int fd, u64 flags);

#endif
