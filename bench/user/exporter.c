// SPDX-License-Identifier: GPL-2.0
/*
 * Which kind of exporter a node is.
 */
#include <errno.h>
#include <string.h>

#include "exporter.h"

static const struct exporter_ops *kind_of(const char *path)
{
	const char *name = base_name(path);

	if (!strncmp(name, "udmabuf", 7))
		return &exporter_udmabuf;
	if (!strncmp(name, "video", 5))
		return &exporter_v4l2;
	if (!strncmp(name, "card", 4) || !strncmp(name, "renderD", 7))
		return &exporter_drm;
	return &exporter_heap;
}

bool exporter_init(struct exporter *exporter, const char *path)
{
	if (strlen(path) >= sizeof(exporter->path))
		return false;
	memset(exporter, 0, sizeof(*exporter));
	strcpy(exporter->path, path);
	exporter->ops = kind_of(path);
	exporter->node = -1;
	return true;
}

int exporter_fail(struct exporter *exporter, const char *failed)
{
	exporter->error = errno;
	exporter->failed = failed;
	return -1;
}
