// SPDX-License-Identifier: GPL-2.0
/*
 * Buffers that a V4L2 device allocates and exports: those that a program gets which
 * captures with V4L2_MEMORY_MMAP. The format stays as it is.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <linux/videodev2.h>

#include "exporter.h"

static int request(struct exporter *exporter, unsigned long nr, void *argument)
{
	int ret;

	do {
		ret = ioctl(exporter->node, nr, argument);
	} while (ret < 0 && errno == EINTR);
	return ret;
}

/* The device has one entry of the queue, or none. */
static int request_entries(struct exporter *exporter, unsigned int count)
{
	struct v4l2_requestbuffers wanted = {
		.count = count,
		.type = exporter->type,
		.memory = V4L2_MEMORY_MMAP,
	};

	return request(exporter, VIDIOC_REQBUFS, &wanted);
}

/* Of several planes, the largest. */
static int choose_plane(struct exporter *exporter)
{
	struct v4l2_format format = { .type = exporter->type };
	const struct v4l2_pix_format_mplane *multi = &format.fmt.pix_mp;

	if (request(exporter, VIDIOC_G_FMT, &format) < 0)
		return exporter_fail(exporter, "VIDIOC_G_FMT");
	exporter->planes = 1;
	exporter->plane = 0;
	if (!V4L2_TYPE_IS_MULTIPLANAR(exporter->type))
		return 0;
	exporter->planes = multi->num_planes;
	for (unsigned int i = 1; i < multi->num_planes; i++)
		if (multi->plane_fmt[i].sizeimage > multi->plane_fmt[exporter->plane].sizeimage)
			exporter->plane = i;
	return 0;
}

static int open_v4l2(struct exporter *exporter)
{
	struct v4l2_capability cap = { };
	unsigned int can;

	exporter->node = open(exporter->path, O_RDWR | O_CLOEXEC | O_NONBLOCK);
	if (exporter->node < 0)
		return exporter_fail(exporter, "open");
	if (request(exporter, VIDIOC_QUERYCAP, &cap) < 0)
		return exporter_fail(exporter, "VIDIOC_QUERYCAP");
	snprintf(exporter->driver, sizeof(exporter->driver), "%.16s", (const char *)cap.driver);
	can = cap.capabilities & V4L2_CAP_DEVICE_CAPS ? cap.device_caps : cap.capabilities;
	if (can & (V4L2_CAP_VIDEO_CAPTURE | V4L2_CAP_VIDEO_M2M)) {
		exporter->type = V4L2_BUF_TYPE_VIDEO_CAPTURE;
	} else if (can & (V4L2_CAP_VIDEO_CAPTURE_MPLANE | V4L2_CAP_VIDEO_M2M_MPLANE)) {
		exporter->type = V4L2_BUF_TYPE_VIDEO_CAPTURE_MPLANE;
	} else {
		errno = EOPNOTSUPP;
		return exporter_fail(exporter, "video capture");
	}
	if (!(can & V4L2_CAP_STREAMING)) {
		errno = EOPNOTSUPP;
		return exporter_fail(exporter, "V4L2_CAP_STREAMING");
	}
	exporter->fixed = true;
	return choose_plane(exporter);
}

static int alloc_v4l2(struct exporter *exporter, u64 size)
{
	struct v4l2_exportbuffer export = {
		.type = exporter->type,
		.plane = exporter->plane,
		.flags = O_RDWR | O_CLOEXEC,
	};

	(void)size;
	if (request_entries(exporter, 1) < 0)
		return exporter_fail(exporter, "VIDIOC_REQBUFS");
	if (request(exporter, VIDIOC_EXPBUF, &export) < 0) {
		int err = errno;

		request_entries(exporter, 0);
		errno = err;
		return exporter_fail(exporter, "VIDIOC_EXPBUF");
	}
	return export.fd;
}

static void free_v4l2(struct exporter *exporter, int fd)
{
	close(fd);
	request_entries(exporter, 0);
}

const struct exporter_ops exporter_v4l2 = {
	.kind = "v4l2",
	.open = open_v4l2,
	.alloc = alloc_v4l2,
	.free = free_v4l2,
};
