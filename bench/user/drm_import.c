// SPDX-License-Identifier: GPL-2.0
/*
 * Show dma-bufs on a display, by page flips of a DRM driver that imports them.
 *
 * The buffers come from a heap node. A driver that copies what it shows into memory
 * of its own, as those of USB and emulated displays do, maps the buffer in the
 * kernel for each flip. What arrived there can be compared with the buffer. A driver
 * without a display can only import.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/types.h>
#include <unistd.h>

#include <drm.h>
#include <drm_fourcc.h>
#include <drm_mode.h>
#include <linux/dma-buf.h>

#include "import.h"
#include "options.h"

#define MAX_BUFFERS	8
#define MAX_OBJECTS	16
#define MAX_MODES	64
#define BYTES_PER_PIXEL	4

struct options {
	const char *card;
	const char *heap;
	const char *vram;
	u64 width;
	u64 height;
	u64 flips;
	u64 dirty;
	u64 buffers;
	u64 imports;
};

struct picture {
	int fd;
	unsigned int fb;
	unsigned char *map;
};

struct display {
	int card;
	unsigned int crtc;
	unsigned int connector;
	struct drm_mode_modeinfo mode;
	size_t pitch;
	size_t bytes;
	struct picture pictures[MAX_BUFFERS];
	unsigned char *vram;
	u64 wrong;
	u64 flipping_ns;	/* in DRM_IOCTL_MODE_PAGE_FLIP */
};

static void print_help(FILE *out)
{
	fprintf(out,
		"usage: drm_import --card NODE [OPTION...]\n"
		"\n"
		"Show dma-bufs on a display, by page flips of a DRM driver that imports them.\n"
		"\n"
		"  --card NODE      /dev/dri/cardN, which nothing else controls\n"
		"  --heap PATH      heap node (default " DEFAULT_HEAP "), or /dev/udmabuf\n"
		"  --flips N        page flips (default 20)\n"
		"  --dirty N        after those, so often tell the driver that the picture on the\n"
		"                   screen has changed (default 0)\n"
		"  --buffers N      dma-bufs that are shown in turn (default 3)\n"
		"  --width N, --height N   the mode (default 800x600)\n"
		"  --imports N      no display: import a dma-buf and give it back, N times\n"
		"  --vram FILE      the card's memory, as resource0 of a PCI device: each picture\n"
		"                   is compared with it\n"
		"\n"
		"Prints flips a second, and the share of that time that was spent in the ioctl of\n"
		"a flip, where drivers with a shadow plane map (on 5.10, a kworker does).\n"
		"Exit status: 0 done; 1 a picture was wrong; 3 used wrongly, or a call failed.\n");
}

/* The kernel takes addresses as numbers of 64 bits. */
static u64 address(const void *pointer)
{
	return (uintptr_t)pointer;
}

static bool find_mode(struct display *d, unsigned int connector, const struct options *opt)
{
	struct drm_mode_modeinfo modes[MAX_MODES];
	struct drm_mode_get_connector get = {
		.connector_id = connector,
		.modes_ptr = address(modes),
	};
	unsigned int i;

	/* without room for modes the driver looks for them, which takes a second call */
	IMPORT_REQUEST(d->card, DRM_IOCTL_MODE_GETCONNECTOR, &get);
	get.count_modes = MAX_MODES;
	get.count_props = 0;
	get.count_encoders = 0;
	IMPORT_REQUEST(d->card, DRM_IOCTL_MODE_GETCONNECTOR, &get);
	if (get.count_modes > MAX_MODES)
		return false;
	for (i = 0; i < get.count_modes; i++) {
		if (modes[i].hdisplay == opt->width && modes[i].vdisplay == opt->height) {
			d->mode = modes[i];
			d->connector = connector;
			return true;
		}
	}
	return false;
}

static void open_card(struct display *d, const struct options *opt)
{
	d->card = open(opt->card, O_RDWR | O_CLOEXEC);
	if (d->card < 0) {
		complain_errno("open(%s)", opt->card);
		exit(EXIT_CANNOT);
	}
	d->pitch = opt->width * BYTES_PER_PIXEL;
	d->bytes = d->pitch * opt->height;
}

static void open_display(struct display *d, const struct options *opt)
{
	unsigned int crtcs[MAX_OBJECTS], connectors[MAX_OBJECTS];
	struct drm_mode_card_res res = {
		.crtc_id_ptr = address(crtcs),
		.count_crtcs = MAX_OBJECTS,
		.connector_id_ptr = address(connectors),
		.count_connectors = MAX_OBJECTS,
	};
	unsigned int i;

	IMPORT_REQUEST(d->card, DRM_IOCTL_SET_MASTER, NULL);
	IMPORT_REQUEST(d->card, DRM_IOCTL_MODE_GETRESOURCES, &res);
	for (i = 0; i < res.count_connectors && i < MAX_OBJECTS; i++)
		if (res.count_crtcs && find_mode(d, connectors[i], opt))
			break;
	if (!d->connector) {
		complain("%s has no mode of %llux%llu", opt->card, opt->width, opt->height);
		exit(EXIT_CANNOT);
	}
	d->crtc = crtcs[0];
}

/* Each picture and each pixel is another, in the 24 bits that are shown. */
static void draw(struct display *d, struct picture *picture, unsigned int salt)
{
	unsigned int *pixels = (unsigned int *)picture->map;
	size_t i;

	import_sync(picture->fd, DMA_BUF_SYNC_START | DMA_BUF_SYNC_WRITE);
	for (i = 0; i < d->bytes / BYTES_PER_PIXEL; i++)
		pixels[i] = (i * 2654435761u + salt * 40503u) & 0xffffff;
	import_sync(picture->fd, DMA_BUF_SYNC_END | DMA_BUF_SYNC_WRITE);
}

static unsigned int import(struct display *d, int fd)
{
	struct drm_prime_handle prime = { .fd = fd };

	IMPORT_REQUEST(d->card, DRM_IOCTL_PRIME_FD_TO_HANDLE, &prime);
	return prime.handle;
}

static void make_picture(struct display *d, const struct options *opt, unsigned int index)
{
	struct picture *picture = &d->pictures[index];
	struct drm_mode_fb_cmd2 fb = {
		.width = opt->width,
		.height = opt->height,
		.pixel_format = DRM_FORMAT_XRGB8888,
		.pitches = { d->pitch },
	};

	picture->fd = import_alloc(opt->heap, d->bytes, &picture->map);
	draw(d, picture, index);

	fb.handles[0] = import(d, picture->fd);
	IMPORT_REQUEST(d->card, DRM_IOCTL_MODE_ADDFB2, &fb);
	picture->fb = fb.fb_id;
}

static void map_vram(struct display *d, const char *path)
{
	int fd = open(path, O_RDWR | O_CLOEXEC);

	if (fd < 0) {
		complain_errno("open(%s)", path);
		exit(EXIT_CANNOT);
	}
	d->vram = mmap(NULL, d->bytes, PROT_READ, MAP_SHARED, fd, 0);
	if (d->vram == MAP_FAILED) {
		complain_errno("mmap(%s); does the kernel have iomem=relaxed?", path);
		exit(EXIT_CANNOT);
	}
	close(fd);
}

static void compare(struct display *d, struct picture *picture)
{
	if (!d->vram)
		return;
	import_sync(picture->fd, DMA_BUF_SYNC_START | DMA_BUF_SYNC_READ);
	d->wrong += memcmp(picture->map, d->vram, d->bytes) != 0;
	import_sync(picture->fd, DMA_BUF_SYNC_END | DMA_BUF_SYNC_READ);
}

static void show_first(struct display *d)
{
	struct drm_mode_crtc crtc = {
		.crtc_id = d->crtc,
		.fb_id = d->pictures[0].fb,
		.set_connectors_ptr = address(&d->connector),
		.count_connectors = 1,
		.mode = d->mode,
		.mode_valid = 1,
	};

	IMPORT_REQUEST(d->card, DRM_IOCTL_MODE_SETCRTC, &crtc);
	compare(d, &d->pictures[0]);
}

static void flip(struct display *d, struct picture *picture)
{
	struct drm_mode_crtc_page_flip wanted = {
		.crtc_id = d->crtc,
		.fb_id = picture->fb,
		.flags = DRM_MODE_PAGE_FLIP_EVENT,
	};
	char event[1024];
	u64 begin = now_ns();
	ssize_t got;

	IMPORT_REQUEST(d->card, DRM_IOCTL_MODE_PAGE_FLIP, &wanted);
	d->flipping_ns += now_ns() - begin;
	do {
		got = read(d->card, event, sizeof(event));
	} while (got < 0 && errno == EINTR);
	if (got <= 0) {
		complain_errno("read(event)");
		exit(EXIT_CANNOT);
	}
	compare(d, picture);
}

/* The picture changes, and the driver is told. */
static void mark_dirty(struct display *d, struct picture *picture, unsigned int salt)
{
	struct drm_mode_fb_dirty_cmd dirty = { .fb_id = picture->fb };

	draw(d, picture, salt);
	IMPORT_REQUEST(d->card, DRM_IOCTL_MODE_DIRTYFB, &dirty);
	compare(d, picture);
}

static void import_only(struct display *d, const struct options *opt)
{
	unsigned char *map;
	int fd = import_alloc(opt->heap, d->bytes, &map);
	u64 i;

	for (i = 0; i < opt->imports; i++) {
		struct drm_gem_close close = { .handle = import(d, fd) };

		IMPORT_REQUEST(d->card, DRM_IOCTL_GEM_CLOSE, &close);
	}
	printf("imports=%llu bytes=%zu\n", opt->imports, d->bytes);
}

static int show_pictures(struct display *d, const struct options *opt)
{
	u64 begin, took, i;

	open_display(d, opt);
	if (opt->vram)
		map_vram(d, opt->vram);
	for (i = 0; i < opt->buffers; i++)
		make_picture(d, opt, i);
	show_first(d);
	begin = now_ns();
	for (i = 1; i <= opt->flips; i++)
		flip(d, &d->pictures[i % opt->buffers]);
	took = now_ns() - begin;
	for (i = 0; i < opt->dirty; i++)
		mark_dirty(d, &d->pictures[opt->flips % opt->buffers], MAX_BUFFERS + i);
	printf("flips=%llu dirty=%llu buffers=%llu bytes=%zu ",
	       opt->flips, opt->dirty, opt->buffers, d->bytes);
	printf("wrong_pictures=%llu flips_per_s=%.2f flip_share_pct=%.3f\n", d->wrong,
	       opt->flips * 1e9 / took, 100.0 * d->flipping_ns / took);
	return d->wrong ? EXIT_WRONG : EXIT_OK;
}

int main(int argc, char **argv)
{
	struct options opt = {
		.heap = DEFAULT_HEAP,
		.width = 800,
		.height = 600,
		.flips = 20,
		.buffers = 3,
	};
	const struct option_spec specs[] = {
		{ .name = "card", .text = &opt.card },
		{ .name = "heap", .text = &opt.heap },
		{ .name = "vram", .text = &opt.vram },
		{ .name = "width", .number = &opt.width, .min = 1, .max = 16384,
		  .wanted = "a number of pixels" },
		{ .name = "height", .number = &opt.height, .min = 1, .max = 16384,
		  .wanted = "a number of pixels" },
		{ .name = "flips", .number = &opt.flips, .min = 1, .max = INT32_MAX,
		  .wanted = "a number of page flips" },
		{ .name = "dirty", .number = &opt.dirty, .min = 0, .max = INT32_MAX,
		  .wanted = "a number of calls" },
		{ .name = "buffers", .number = &opt.buffers, .min = 2, .max = MAX_BUFFERS,
		  .wanted = "from 2 to 8" },
		{ .name = "imports", .number = &opt.imports, .min = 1, .max = INT32_MAX,
		  .wanted = "a number of imports" },
		{ }
	};
	static struct display d;

	program = "drm_import";
	if (parse_options(argc, argv, specs, print_help) != argc || !opt.card) {
		print_help(stderr);
		return EXIT_CANNOT;
	}

	open_card(&d, &opt);
	if (!opt.imports)
		return show_pictures(&d, &opt);
	import_only(&d, &opt);
	return EXIT_OK;
}
