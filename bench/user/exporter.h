/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Device nodes that export dma-bufs: heaps, udmabuf, capture devices of V4L2, and DRM
 * drivers with dumb buffers.
 */
#ifndef DMABUF_BENCH_USER_EXPORTER_H
#define DMABUF_BENCH_USER_EXPORTER_H

#include "common.h"

#define EXPORTER_PATH_LEN	192
#define EXPORTER_DRIVER_LEN	48

struct exporter;

/* open() and alloc() return -1 with errno, error and failed set. */
struct exporter_ops {
	const char *kind;
	int (*open)(struct exporter *exporter);
	int (*alloc)(struct exporter *exporter, u64 size);	/* returns a dma-buf */
	void (*free)(struct exporter *exporter, int fd);
};

struct exporter {
	const struct exporter_ops *ops;
	char path[EXPORTER_PATH_LEN];
	int node;
	char driver[EXPORTER_DRIVER_LEN];	/* where it has a name */
	bool fixed;		/* the driver chooses the size */
	int error;		/* errno of the last failure, and */
	const char *failed;	/* what failed then */
	unsigned int handle;	/* of DRM: of the last buffer */
	unsigned int type;	/* of V4L2 */
	unsigned int planes;
	unsigned int plane;
};

/* By the name of the node; what has another one is taken for a heap. False: too long. */
bool exporter_init(struct exporter *exporter, const char *path);

/* Remembers errno and what failed; returns -1. */
int exporter_fail(struct exporter *exporter, const char *failed);

extern const struct exporter_ops exporter_heap;
extern const struct exporter_ops exporter_udmabuf;
extern const struct exporter_ops exporter_v4l2;
extern const struct exporter_ops exporter_drm;

#endif
