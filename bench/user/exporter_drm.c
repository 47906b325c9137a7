// SPDX-License-Identifier: GPL-2.0
/*
 * Dumb buffers of a DRM driver. The few calls that it takes are written down here:
 * distributions leave <drm/drm.h> out of the kernel's headers.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <linux/ioctl.h>

#include "exporter.h"

struct card_version {
	int major;
	int minor;
	int patch;
	size_t name_len;
	char *name;
	size_t date_len;
	char *date;
	size_t desc_len;
	char *desc;
};

struct card_dumb {
	unsigned int height;
	unsigned int width;
	unsigned int bpp;
	unsigned int flags;
	unsigned int handle;
	unsigned int pitch;
	u64 size;
};

struct card_prime {
	unsigned int handle;
	unsigned int flags;
	int fd;
};

#define CARD_VERSION		_IOWR('d', 0x00, struct card_version)
#define CARD_DROP_MASTER	_IO('d', 0x1f)
#define CARD_PRIME_EXPORT	_IOWR('d', 0x2d, struct card_prime)
#define CARD_CREATE_DUMB	_IOWR('d', 0xb2, struct card_dumb)
#define CARD_DESTROY_DUMB	_IOWR('d', 0xb4, unsigned int)

/* Lines of 4 KiB */
#define LINE_PIXELS		1024
#define PIXEL_BYTES		4

static int request(struct exporter *exporter, unsigned long nr, void *argument)
{
	int ret;

	do {
		ret = ioctl(exporter->node, nr, argument);
	} while (ret < 0 && (errno == EINTR || errno == EAGAIN));
	return ret;
}

static int open_drm(struct exporter *exporter)
{
	struct card_version version = {
		.name = exporter->driver,
		.name_len = sizeof(exporter->driver) - 1,
	};

	exporter->node = open(exporter->path, O_RDWR | O_CLOEXEC);
	if (exporter->node < 0)
		return exporter_fail(exporter, "open");
	/* who opens a card that nobody controls, controls it: a compositor could not */
	ioctl(exporter->node, CARD_DROP_MASTER, NULL);
	if (request(exporter, CARD_VERSION, &version) < 0)
		return exporter_fail(exporter, "DRM_IOCTL_VERSION");
	return 0;
}

static int alloc_drm(struct exporter *exporter, u64 size)
{
	struct card_dumb dumb = {
		.width = LINE_PIXELS,
		.height = (size + LINE_PIXELS * PIXEL_BYTES - 1) / (LINE_PIXELS * PIXEL_BYTES),
		.bpp = 8 * PIXEL_BYTES,
	};
	struct card_prime prime = { .flags = O_RDWR | O_CLOEXEC };

	if (request(exporter, CARD_CREATE_DUMB, &dumb) < 0)
		return exporter_fail(exporter, "DRM_IOCTL_MODE_CREATE_DUMB");
	prime.handle = dumb.handle;
	exporter->handle = dumb.handle;
	if (request(exporter, CARD_PRIME_EXPORT, &prime) < 0) {
		int err = errno;

		request(exporter, CARD_DESTROY_DUMB, &exporter->handle);
		errno = err;
		return exporter_fail(exporter, "DRM_IOCTL_PRIME_HANDLE_TO_FD");
	}
	return prime.fd;
}

static void free_drm(struct exporter *exporter, int fd)
{
	close(fd);
	request(exporter, CARD_DESTROY_DUMB, &exporter->handle);
}

const struct exporter_ops exporter_drm = {
	.kind = "drm",
	.open = open_drm,
	.alloc = alloc_drm,
	.free = free_drm,
};
