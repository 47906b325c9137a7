// SPDX-License-Identifier: GPL-2.0
/*
 * The device of v4l2_import: what it can do, its format, and the entries of its queue.
 */
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>

#include "import.h"
#include "options.h"
#include "v4l2_import.h"

void video_open(struct video *v, const char *path)
{
	struct v4l2_capability cap = { };
	unsigned int can;

	v->fd = open(path, O_RDWR | O_CLOEXEC);
	if (v->fd < 0) {
		complain_errno("open(%s)", path);
		exit(EXIT_CANNOT);
	}
	IMPORT_REQUEST(v->fd, VIDIOC_QUERYCAP, &cap);
	can = cap.capabilities & V4L2_CAP_DEVICE_CAPS ? cap.device_caps : cap.capabilities;

	if (can & V4L2_CAP_VIDEO_CAPTURE) {
		v->type = V4L2_BUF_TYPE_VIDEO_CAPTURE;
	} else if (can & V4L2_CAP_VIDEO_CAPTURE_MPLANE) {
		v->type = V4L2_BUF_TYPE_VIDEO_CAPTURE_MPLANE;
	} else if (can & V4L2_CAP_VIDEO_OUTPUT) {
		v->type = V4L2_BUF_TYPE_VIDEO_OUTPUT;
	} else if (can & V4L2_CAP_VIDEO_OUTPUT_MPLANE) {
		v->type = V4L2_BUF_TYPE_VIDEO_OUTPUT_MPLANE;
	} else {
		complain("%s captures no video and puts none out", path);
		exit(EXIT_CANNOT);
	}
	v->output = V4L2_TYPE_IS_OUTPUT(v->type);
}

void video_set_format(struct video *v, u64 width, u64 height)
{
	struct v4l2_format format = { .type = v->type };
	struct v4l2_pix_format_mplane *multi = &format.fmt.pix_mp;
	struct v4l2_pix_format *single = &format.fmt.pix;
	unsigned int i;

	IMPORT_REQUEST(v->fd, VIDIOC_G_FMT, &format);
	if (V4L2_TYPE_IS_MULTIPLANAR(v->type)) {
		if (width)
			multi->width = width;
		if (height)
			multi->height = height;
		for (i = 0; i < multi->num_planes; i++) {
			multi->plane_fmt[i].bytesperline = 0;
			multi->plane_fmt[i].sizeimage = 0;
		}
		IMPORT_REQUEST(v->fd, VIDIOC_S_FMT, &format);
		v->planes = multi->num_planes;
		for (i = 0; i < v->planes; i++)
			v->bytes[i] = multi->plane_fmt[i].sizeimage;
		return;
	}

	if (width)
		single->width = width;
	if (height)
		single->height = height;
	single->bytesperline = 0;
	single->sizeimage = 0;
	IMPORT_REQUEST(v->fd, VIDIOC_S_FMT, &format);
	v->planes = 1;
	v->bytes[0] = single->sizeimage;
}

void video_set_control(struct video *v, const char *assignment)
{
	struct v4l2_queryctrl query = { .id = V4L2_CTRL_FLAG_NEXT_CTRL };
	const char *equals = strrchr(assignment, '=');
	struct v4l2_control control;
	size_t length;
	u64 value;

	if (!equals || !parse_number(equals + 1, 0, INT32_MAX, &value))
		refuse_option("control", assignment, "NAME=VALUE with a number from 0");
	length = equals - assignment;

	while (!ioctl(v->fd, VIDIOC_QUERYCTRL, &query)) {
		if (strlen((char *)query.name) == length &&
		    !memcmp(query.name, assignment, length)) {
			control = (struct v4l2_control){ .id = query.id, .value = value };
			IMPORT_REQUEST(v->fd, VIDIOC_S_CTRL, &control);
			return;
		}
		query.id |= V4L2_CTRL_FLAG_NEXT_CTRL;
	}
	refuse_option("control", assignment, "a control of this device");
}

void video_request_entries(struct video *v, unsigned int memory, unsigned int count)
{
	struct v4l2_requestbuffers wanted = {
		.count = count,
		.type = v->type,
		.memory = memory,
	};

	IMPORT_REQUEST(v->fd, VIDIOC_REQBUFS, &wanted);
	if (wanted.count < count) {
		complain("the driver gives %u of %u entries", wanted.count, count);
		exit(EXIT_CANNOT);
	}
}

struct v4l2_buffer video_entry(struct video *v, unsigned int memory, unsigned int index,
			       struct v4l2_plane *planes)
{
	struct v4l2_buffer buffer = {
		.type = v->type,
		.memory = memory,
		.index = index,
	};

	memset(planes, 0, VIDEO_MAX_PLANES * sizeof(*planes));
	if (V4L2_TYPE_IS_MULTIPLANAR(v->type)) {
		buffer.m.planes = planes;
		buffer.length = v->planes;
	}
	return buffer;
}

static void wait_for_frame(struct video *v)
{
	struct pollfd poll_fd = { .fd = v->fd, .events = v->output ? POLLOUT : POLLIN };
	int ret = poll(&poll_fd, 1, 60000);

	if (ret <= 0) {
		if (ret)
			complain_errno("poll()");
		else
			complain("no frame within a minute");
		exit(EXIT_CANNOT);
	}
}

unsigned int video_take_frame(struct video *v, unsigned int memory, u64 *wrong)
{
	struct v4l2_plane planes[VIDEO_MAX_PLANES];
	struct v4l2_buffer buffer = video_entry(v, memory, 0, planes);

	wait_for_frame(v);
	IMPORT_REQUEST(v->fd, VIDIOC_DQBUF, &buffer);
	if (buffer.flags & V4L2_BUF_FLAG_ERROR) {
		complain("the driver marks a frame as wrong");
		++*wrong;
	}
	return buffer.index;
}
