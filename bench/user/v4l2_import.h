/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The device of v4l2_import. What fails ends the program with EXIT_CANNOT and a message.
 */
#ifndef DMABUF_BENCH_USER_V4L2_IMPORT_H
#define DMABUF_BENCH_USER_V4L2_IMPORT_H

#include <linux/videodev2.h>

#include "common.h"

struct video {
	int fd;
	unsigned int type;
	bool output;
	unsigned int planes;
	size_t bytes[VIDEO_MAX_PLANES];
};

void video_open(struct video *v, const char *path);

/* A width or height of 0 stays as the device has it. Sets planes and bytes. */
void video_set_format(struct video *v, u64 width, u64 height);

/* @assignment: NAME=VALUE */
void video_set_control(struct video *v, const char *assignment);

void video_request_entries(struct video *v, unsigned int memory, unsigned int count);

/* An entry as VIDIOC_QBUF and its like take it, with one plane or several. */
struct v4l2_buffer video_entry(struct video *v, unsigned int memory, unsigned int index,
			       struct v4l2_plane *planes);

/* The index of the entry of the next frame; one that the driver doubts adds to @wrong. */
unsigned int video_take_frame(struct video *v, unsigned int memory, u64 *wrong);

#endif
