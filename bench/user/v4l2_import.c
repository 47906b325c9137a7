// SPDX-License-Identifier: GPL-2.0
/*
 * Stream frames of a V4L2 device into dma-bufs that it imports, or out of them.
 *
 * The buffers come from a heap node. A driver maps a buffer when the descriptor
 * of a queue entry changes: with as many dma-bufs as entries it does so once for
 * each, with more of them once a frame. What was captured is compared with a
 * frame that the driver captured into its own memory.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <linux/dma-buf.h>

#include "import.h"
#include "options.h"
#include "v4l2_import.h"

#define MAX_ENTRIES	32
#define MAX_POOL	64
#define BACKGROUND	0x5a
/* What a device that has just been started may still get wrong. */
#define REFERENCE_FRAME	3

struct options {
	const char *device;
	const char *heap;
	const char *control;
	u64 width;
	u64 height;
	u64 frames;
	u64 entries;
	u64 pool;
};

/* One dma-buf a plane, all planes of a frame together. */
struct frame {
	int fd[VIDEO_MAX_PLANES];
	unsigned char *map[VIDEO_MAX_PLANES];
};

struct stream {
	struct video video;
	unsigned char *reference[VIDEO_MAX_PLANES];
	struct frame pool[MAX_POOL];
	int queued[MAX_ENTRIES];	/* which of the pool each entry had last */
	u64 pooled;
	u64 next;
	u64 changes;
	u64 wrong;
	u64 queueing_ns;	/* in VIDIOC_QBUF */
};

static void print_help(FILE *out)
{
	fprintf(out,
		"usage: v4l2_import --device NODE [OPTION...]\n"
		"\n"
		"Stream frames of a V4L2 device through dma-bufs that it imports.\n"
		"\n"
		"  --device NODE    /dev/videoN, for capture or output\n"
		"  --heap PATH      heap node (default " DEFAULT_HEAP "), or /dev/udmabuf\n"
		"  --frames N       how many frames (default 20)\n"
		"  --entries N      entries of the driver's queue (default 3)\n"
		"  --pool N         dma-bufs for each plane (default: as many as entries); with\n"
		"                   more, each frame has another one than the entry had before\n"
		"  --width N, --height N   of the picture (default: as the device is set)\n"
		"  --control NAME=VALUE    of the device; for frames that are all the same\n"
		"\n"
		"Captured frames are compared with one that the driver captured into memory of its\n"
		"own. Prints entries queued, how often the descriptor of an entry changed, wrong\n"
		"frames, frames a second, and the share of that time that was spent in VIDIOC_QBUF,\n"
		"where the driver imports and maps.\n"
		"Exit status: 0 done; 1 a frame was wrong; 3 used wrongly, or a call failed.\n");
}

static void *map_own(struct stream *s, struct v4l2_buffer *buffer, unsigned int plane)
{
	bool multi = V4L2_TYPE_IS_MULTIPLANAR(s->video.type);
	off_t offset = multi ? buffer->m.planes[plane].m.mem_offset : buffer->m.offset;
	void *map = mmap(NULL, s->video.bytes[plane], PROT_READ, MAP_SHARED, s->video.fd, offset);

	if (map == MAP_FAILED) {
		complain_errno("mmap() of the driver's buffer");
		exit(EXIT_CANNOT);
	}
	return map;
}

/* A frame in the driver's own memory, with no dma-buf in it. */
static void capture_reference(struct stream *s)
{
	struct v4l2_plane planes[VIDEO_MAX_PLANES];
	struct v4l2_buffer buffer;
	unsigned int i, frame, index;

	video_request_entries(&s->video, V4L2_MEMORY_MMAP, 2);
	for (i = 0; i < 2; i++) {
		buffer = video_entry(&s->video, V4L2_MEMORY_MMAP, i, planes);
		IMPORT_REQUEST(s->video.fd, VIDIOC_QBUF, &buffer);
	}
	IMPORT_REQUEST(s->video.fd, VIDIOC_STREAMON, &s->video.type);
	for (frame = 1; ; frame++) {
		index = video_take_frame(&s->video, V4L2_MEMORY_MMAP, &s->wrong);
		buffer = video_entry(&s->video, V4L2_MEMORY_MMAP, index, planes);
		if (frame == REFERENCE_FRAME)
			break;
		IMPORT_REQUEST(s->video.fd, VIDIOC_QBUF, &buffer);
	}
	IMPORT_REQUEST(s->video.fd, VIDIOC_QUERYBUF, &buffer);
	for (i = 0; i < s->video.planes; i++) {
		void *own = map_own(s, &buffer, i);

		s->reference[i] = malloc(s->video.bytes[i]);
		if (!s->reference[i]) {
			complain("no memory for a frame of %zu bytes", s->video.bytes[i]);
			exit(EXIT_CANNOT);
		}
		memcpy(s->reference[i], own, s->video.bytes[i]);
		munmap(own, s->video.bytes[i]);
	}
	IMPORT_REQUEST(s->video.fd, VIDIOC_STREAMOFF, &s->video.type);
	video_request_entries(&s->video, V4L2_MEMORY_MMAP, 0);
}

/* So that a frame that was not written does not pass for the one before. */
static void wipe(struct stream *s, struct frame *frame)
{
	unsigned int i;

	for (i = 0; i < s->video.planes; i++) {
		import_sync(frame->fd[i], DMA_BUF_SYNC_START | DMA_BUF_SYNC_WRITE);
		memset(frame->map[i], BACKGROUND, s->video.bytes[i]);
		import_sync(frame->fd[i], DMA_BUF_SYNC_END | DMA_BUF_SYNC_WRITE);
	}
}

/* Where the first of the wrong frames is wrong. */
static void explain(const struct stream *s, const struct frame *frame, unsigned int plane)
{
	const unsigned char *got = frame->map[plane], *wanted = s->reference[plane];
	size_t i = 0;

	while (got[i] == wanted[i])
		i++;
	complain("plane %u: byte %zu of %zu is %#x, not %#x", plane, i, s->video.bytes[plane],
		 got[i], wanted[i]);
}

static void compare(struct stream *s, struct frame *frame)
{
	bool equal = true;
	unsigned int i;

	for (i = 0; i < s->video.planes; i++) {
		import_sync(frame->fd[i], DMA_BUF_SYNC_START | DMA_BUF_SYNC_READ);
		if (memcmp(frame->map[i], s->reference[i], s->video.bytes[i])) {
			if (equal && !s->wrong)
				explain(s, frame, i);
			equal = false;
		}
		import_sync(frame->fd[i], DMA_BUF_SYNC_END | DMA_BUF_SYNC_READ);
	}
	s->wrong += !equal;
}

static void fill_pool(struct stream *s, const struct options *opt)
{
	unsigned int i, plane;

	s->pooled = opt->pool ? opt->pool : opt->entries;
	for (i = 0; i < s->pooled; i++) {
		for (plane = 0; plane < s->video.planes; plane++)
			s->pool[i].fd[plane] = import_alloc(opt->heap, s->video.bytes[plane],
							    &s->pool[i].map[plane]);
		wipe(s, &s->pool[i]);
	}
}

/* With no more dma-bufs than entries, each entry keeps its own. */
static void queue_entry(struct stream *s, const struct options *opt, unsigned int index)
{
	u64 which = s->pooled > opt->entries ? s->next++ % s->pooled : index;
	struct frame *frame = &s->pool[which];
	struct v4l2_plane planes[VIDEO_MAX_PLANES];
	struct v4l2_buffer buffer = video_entry(&s->video, V4L2_MEMORY_DMABUF, index, planes);
	unsigned int i;
	u64 begin;

	if (V4L2_TYPE_IS_MULTIPLANAR(s->video.type)) {
		for (i = 0; i < s->video.planes; i++) {
			planes[i].m.fd = frame->fd[i];
			planes[i].length = s->video.bytes[i];
			planes[i].bytesused = s->video.bytes[i];
		}
	} else {
		buffer.m.fd = frame->fd[0];
		buffer.length = s->video.bytes[0];
		buffer.bytesused = s->video.bytes[0];
	}
	begin = now_ns();
	IMPORT_REQUEST(s->video.fd, VIDIOC_QBUF, &buffer);
	s->queueing_ns += now_ns() - begin;
	s->changes += s->queued[index] != (int)which;
	s->queued[index] = which;
}

static void stream_frames(struct stream *s, const struct options *opt)
{
	unsigned int index;
	u64 frame;

	video_request_entries(&s->video, V4L2_MEMORY_DMABUF, opt->entries);
	for (index = 0; index < opt->entries; index++) {
		s->queued[index] = -1;
		queue_entry(s, opt, index);
	}
	IMPORT_REQUEST(s->video.fd, VIDIOC_STREAMON, &s->video.type);
	for (frame = 0; frame < opt->frames; frame++) {
		struct frame *done;

		index = video_take_frame(&s->video, V4L2_MEMORY_DMABUF, &s->wrong);
		done = &s->pool[s->queued[index]];
		if (!s->video.output) {
			compare(s, done);
			wipe(s, done);
		}
		queue_entry(s, opt, index);
	}
	IMPORT_REQUEST(s->video.fd, VIDIOC_STREAMOFF, &s->video.type);
	video_request_entries(&s->video, V4L2_MEMORY_DMABUF, 0);
}

int main(int argc, char **argv)
{
	struct options opt = {
		.heap = DEFAULT_HEAP,
		.frames = 20,
		.entries = 3,
	};
	const struct option_spec specs[] = {
		{ .name = "device", .text = &opt.device },
		{ .name = "heap", .text = &opt.heap },
		{ .name = "control", .text = &opt.control },
		{ .name = "width", .number = &opt.width, .min = 1, .max = 16384,
		  .wanted = "a number of pixels" },
		{ .name = "height", .number = &opt.height, .min = 1, .max = 16384,
		  .wanted = "a number of pixels" },
		{ .name = "frames", .number = &opt.frames, .min = 1, .max = INT32_MAX,
		  .wanted = "a number of frames" },
		{ .name = "entries", .number = &opt.entries, .min = 2, .max = MAX_ENTRIES,
		  .wanted = "from 2 to 32" },
		{ .name = "pool", .number = &opt.pool, .min = 2, .max = MAX_POOL,
		  .wanted = "from 2 to 64" },
		{ }
	};
	static struct stream s;
	u64 begin, took;

	program = "v4l2_import";
	if (parse_options(argc, argv, specs, print_help) != argc || !opt.device) {
		print_help(stderr);
		return EXIT_CANNOT;
	}
	if (opt.pool && opt.pool < opt.entries) {
		complain("--pool %llu: fewer dma-bufs than the %llu entries of the queue",
			 opt.pool, opt.entries);
		return EXIT_CANNOT;
	}

	video_open(&s.video, opt.device);
	if (opt.control)
		video_set_control(&s.video, opt.control);
	video_set_format(&s.video, opt.width, opt.height);
	if (!s.video.output)
		capture_reference(&s);
	fill_pool(&s, &opt);
	begin = now_ns();
	stream_frames(&s, &opt);
	took = now_ns() - begin;
	printf("frames=%llu queued=%llu planes=%u changed_descriptors=%llu ",
	       opt.frames, opt.frames + opt.entries, s.video.planes, s.changes);
	printf("wrong_frames=%llu frames_per_s=%.2f qbuf_share_pct=%.3f\n", s.wrong,
	       opt.frames * 1e9 / took, 100.0 * s.queueing_ns / took);
	return s.wrong ? EXIT_WRONG : EXIT_OK;
}
