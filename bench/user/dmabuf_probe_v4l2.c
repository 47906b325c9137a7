// SPDX-License-Identifier: GPL-2.0
/*
 * Buffers that a V4L2 device allocates and exports, for dmabuf_probe: those that a
 * program gets which captures with V4L2_MEMORY_MMAP. The format stays as it is.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <linux/videodev2.h>

#include "dmabuf_probe.h"

static int request(struct source *source, unsigned long nr, void *argument)
{
	int ret;

	do {
		ret = ioctl(source->node, nr, argument);
	} while (ret < 0 && errno == EINTR);
	return ret;
}

/* The device has one entry of the queue, or none. */
static int request_entries(struct source *source, unsigned int count)
{
	struct v4l2_requestbuffers wanted = {
		.count = count,
		.type = source->type,
		.memory = V4L2_MEMORY_MMAP,
	};

	return request(source, VIDIOC_REQBUFS, &wanted);
}

/* Of several planes, the largest. */
static int choose_plane(struct source *source)
{
	struct v4l2_format format = { .type = source->type };
	const struct v4l2_pix_format_mplane *multi = &format.fmt.pix_mp;

	if (request(source, VIDIOC_G_FMT, &format) < 0)
		return source_fail(source, "VIDIOC_G_FMT");
	source->planes = 1;
	source->plane = 0;
	if (!V4L2_TYPE_IS_MULTIPLANAR(source->type))
		return 0;
	source->planes = multi->num_planes;
	for (unsigned int i = 1; i < multi->num_planes; i++)
		if (multi->plane_fmt[i].sizeimage > multi->plane_fmt[source->plane].sizeimage)
			source->plane = i;
	return 0;
}

static int open_v4l2(struct source *source)
{
	struct v4l2_capability cap = { };
	unsigned int can;

	source->node = open(source->path, O_RDWR | O_CLOEXEC | O_NONBLOCK);
	if (source->node < 0)
		return source_fail(source, "open");
	if (request(source, VIDIOC_QUERYCAP, &cap) < 0)
		return source_fail(source, "VIDIOC_QUERYCAP");
	snprintf(source->driver, sizeof(source->driver), "%.16s", (const char *)cap.driver);
	can = cap.capabilities & V4L2_CAP_DEVICE_CAPS ? cap.device_caps : cap.capabilities;
	if (can & (V4L2_CAP_VIDEO_CAPTURE | V4L2_CAP_VIDEO_M2M)) {
		source->type = V4L2_BUF_TYPE_VIDEO_CAPTURE;
	} else if (can & (V4L2_CAP_VIDEO_CAPTURE_MPLANE | V4L2_CAP_VIDEO_M2M_MPLANE)) {
		source->type = V4L2_BUF_TYPE_VIDEO_CAPTURE_MPLANE;
	} else {
		errno = EOPNOTSUPP;
		return source_fail(source, "video capture");
	}
	if (!(can & V4L2_CAP_STREAMING)) {
		errno = EOPNOTSUPP;
		return source_fail(source, "V4L2_CAP_STREAMING");
	}
	source->fixed = true;
	return choose_plane(source);
}

static int alloc_v4l2(struct source *source, u64 size)
{
	struct v4l2_exportbuffer export = {
		.type = source->type,
		.plane = source->plane,
		.flags = O_RDWR | O_CLOEXEC,
	};

	(void)size;
	if (request_entries(source, 1) < 0)
		return source_fail(source, "VIDIOC_REQBUFS");
	if (request(source, VIDIOC_EXPBUF, &export) < 0) {
		int err = errno;

		request_entries(source, 0);
		errno = err;
		return source_fail(source, "VIDIOC_EXPBUF");
	}
	return export.fd;
}

static void free_v4l2(struct source *source, int fd)
{
	close(fd);
	request_entries(source, 0);
}

const struct source_ops v4l2_source = {
	.kind = "v4l2",
	.open = open_v4l2,
	.alloc = alloc_v4l2,
	.free = free_v4l2,
};
