// SPDX-License-Identifier: GPL-2.0
/*
 * Where dmabuf_probe gets dma-bufs from: every node that exports some, or somebody's
 * descriptor.
 */
#define _GNU_SOURCE

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <linux/dma-buf.h>

#include "dmabuf_probe.h"

/* The numbers are the same on every architecture. */
#ifndef __NR_pidfd_open
#define __NR_pidfd_open		434
#endif
#ifndef __NR_pidfd_getfd
#define __NR_pidfd_getfd	438
#endif

/* What kernels of phones have, and mainline has not. */
struct sync_partial {
	u64 flags;
	unsigned int offset;
	unsigned int len;
};

#define SYNC_PARTIAL	_IOW(DMA_BUF_BASE, 2, struct sync_partial)
#define NO_SYNC_FLAG	0x100000000ULL

int source_alloc(struct source *source, u64 size)
{
	return source->foreign ? source->fd : source->from.ops->alloc(&source->from, size);
}

void source_free(struct source *source, int fd)
{
	if (!source->foreign)
		source->from.ops->free(&source->from, fd);
}

static struct source *add_source(struct probe *probe, const char *path)
{
	struct source *source = &probe->sources[probe->nsources];

	for (unsigned int i = 0; i < probe->nsources; i++)
		if (!strcmp(probe->sources[i].from.path, path))
			return NULL;
	if (probe->nsources == MAX_SOURCES) {
		complain("%s: left out, there are more than %d sources", path, MAX_SOURCES);
		return NULL;
	}
	if (!exporter_init(&source->from, path)) {
		complain("%s: a path of at most %d bytes is accepted", path,
			 EXPORTER_PATH_LEN - 1);
		exit(EXIT_CANNOT);
	}
	source->fd = -1;
	source->writable = true;
	snprintf(source->name, sizeof(source->name), "%.40s", base_name(path));
	/* a name is a cell of a csv, and of a file's name */
	for (char *c = source->name; *c; c++)
		if (*c <= ' ' || *c > '~' || strchr(",=\"\\/", *c))
			*c = '_';
	for (unsigned int i = 0; i < probe->nsources; i++)
		if (!strcmp(probe->sources[i].name, source->name))
			snprintf(source->name, sizeof(source->name), "%.40s-%u", base_name(path),
				 probe->nsources + 1);
	probe->nsources++;
	return source;
}

/* Those of a folder that have such names, video2 before video10. */
static void add_all(struct probe *probe, const char *folder, const char *prefix)
{
	struct dirent **entries;
	int n = scandir(folder, &entries, NULL, versionsort);
	char path[TEXT_MAX_LEN];

	for (int i = 0; i < n; i++) {
		const char *name = entries[i]->d_name;

		if (name[0] != '.' && !strncmp(name, prefix, strlen(prefix))) {
			snprintf(path, sizeof(path), "%s/%.100s", folder, name);
			add_source(probe, path);
		}
		free(entries[i]);
	}
	if (n >= 0)
		free(entries);
}

void find_sources(struct probe *probe)
{
	add_all(probe, "/dev/dma_heap", "");
	add_all(probe, "/dev", "udmabuf");
	add_all(probe, "/dev", "video");
	add_all(probe, "/dev/dri", "card");
}

void add_node(struct probe *probe, const char *path)
{
	struct stat node;

	if (!stat(path, &node) && !S_ISCHR(node.st_mode)) {
		complain("%s: no device; a heap, udmabuf, video or card node is accepted", path);
		exit(EXIT_CANNOT);
	}
	add_source(probe, path);
}

static int get_descriptor(const struct options *opt)
{
	int process, fd;

	if (!opt->pid) {
		fd = fcntl(opt->fd, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
		if (fd < 0)
			complain_errno("--fd %llu", opt->fd);
		return fd;
	}
	process = syscall(__NR_pidfd_open, (pid_t)opt->pid, 0);
	if (process < 0) {
		complain_errno("--pid %llu: pidfd_open()", opt->pid);
		return -1;
	}
	fd = syscall(__NR_pidfd_getfd, process, (int)opt->fd, 0);
	if (fd < 0)
		complain_errno("--pid %llu --fd %llu: pidfd_getfd()", opt->pid, opt->fd);
	close(process);
	return fd;
}

/* Flags that no kernel knows: a dma-buf refuses them, anything else the request. */
static bool is_dmabuf(int fd)
{
	struct dma_buf_sync sync = { .flags = NO_SYNC_FLAG };

	return !ioctl(fd, DMA_BUF_IOCTL_SYNC, &sync) || errno != ENOTTY;
}

void add_descriptor(struct probe *probe)
{
	const struct options *opt = &probe->opt;
	struct source *source;
	char path[64];

	if (opt->pid)
		snprintf(path, sizeof(path), "pid:%llu/fd:%llu", opt->pid, opt->fd);
	else
		snprintf(path, sizeof(path), "fd:%llu", opt->fd);
	source = add_source(probe, path);
	source->fd = get_descriptor(opt);
	if (source->fd < 0)
		exit(EXIT_CANNOT);
	if (!is_dmabuf(source->fd)) {
		complain("%s: not a dma-buf", path);
		exit(EXIT_CANNOT);
	}
	if (opt->pid)
		snprintf(source->name, sizeof(source->name), "pid%llu_fd%llu", opt->pid, opt->fd);
	else
		snprintf(source->name, sizeof(source->name), "fd%llu", opt->fd);
	source->foreign = true;
	source->from.fixed = true;
	source->writable = opt->write;
}

/* "key:\tvalue\n" of /proc/self/fdinfo */
static bool take_info(const char *line, const char *key, char *value, size_t size)
{
	size_t len = strlen(key);
	size_t n = 0;

	if (strncmp(line, key, len) || line[len] != ':')
		return false;
	for (line += len + 1; *line == ' ' || *line == '\t'; line++)
		;
	for (; *line && *line != '\n' && n + 1 < size; line++)
		value[n++] = *line <= ' ' || *line > '~' || strchr(",=\"\\", *line) ? '_' : *line;
	value[n] = '\0';
	return true;
}

static void read_info(struct source *source, int fd)
{
	char number[24] = "0";
	char path[64], line[256];
	struct stat st;
	FILE *file;

	if (!fstat(fd, &st))
		source->inode = st.st_ino;
	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", fd);
	file = fopen(path, "re");
	if (!file)
		return;
	while (fgets(line, sizeof(line), file)) {
		take_info(line, "exp_name", source->exporter, sizeof(source->exporter));
		take_info(line, "name", source->buffer_name, sizeof(source->buffer_name));
		if (take_info(line, "count", number, sizeof(number)))
			source->users = strtoull(number, NULL, 10);
	}
	fclose(file);
}

static int read_facts(struct source *source, int fd)
{
	struct sync_partial partial = { .flags = NO_SYNC_FLAG };
	off_t bytes = lseek(fd, 0, SEEK_END);

	if (bytes <= 0) {
		if (!bytes)
			errno = EINVAL;
		return exporter_fail(&source->from, "lseek");
	}
	lseek(fd, 0, SEEK_SET);
	source->buffer_bytes = bytes;
	read_info(source, fd);
	if (ioctl(fd, SYNC_PARTIAL, &partial) < 0)
		source->partial_sync_error = errno;
	return 0;
}

/* What a heap of contiguous memory does not have in one piece, it may have in a smaller. */
static int alloc_first(struct source *source, u64 size, u64 page)
{
	int fd = source_alloc(source, size);

	while (fd < 0 && source->from.error == ENOMEM && size / 2 >= page) {
		size = size / 2 / page * page;
		fd = source_alloc(source, size);
	}
	return fd;
}

bool open_source(struct probe *probe, struct source *source)
{
	int fd;

	if (!source->foreign && source->from.ops->open(&source->from) < 0)
		return false;
	fd = alloc_first(source, probe->opt.size, probe->page);
	if (fd < 0)
		return false;
	if (read_facts(source, fd) < 0) {
		source_free(source, fd);
		return false;
	}
	source_free(source, fd);
	source->from.error = 0;
	return true;
}
