// SPDX-License-Identifier: GPL-2.0
/*
 * Run a command with dma-bufs at known file descriptors.
 *
 * The buffers come from heaps or other exporters and live exactly as long as the
 * command and whatever inherits its file descriptors. A shell can then hand the
 * numbers to anything that takes one:
 *
 *   heap_exec --size 64M -- sh -c 'echo $DMABUF_FD > .../bench/fd; ...'
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <linux/dma-buf.h>

#include "exporter.h"
#include "options.h"

/* As env(1): the command is there but does not start, or is not there. */
#define EXIT_CANNOT_RUN	126
#define EXIT_NOT_FOUND	127

struct options {
	struct option_list heaps;
	const char *name;
	u64 size;
	u64 fd;
};

/* A buffer, and where it has to be */
struct buffer {
	struct exporter from;
	bool any_size;
	u64 size;
	u64 target;
	int fd;
};

/* Each of --heap, or the default one */
struct buffers {
	struct buffer all[ARRAY_SIZE(((struct option_list *)0)->values)];
	unsigned int n;
};

static void print_help(FILE *out)
{
	fprintf(out,
		"usage: heap_exec [--heap NODE[:SIZE[:FD]]]... [--size SIZE] [--fd N] [--name NAME]\n"
		"                 -- COMMAND [ARG...]\n"
		"\n"
		"Run COMMAND with a dma-buf of SIZE bytes from NODE open at file descriptor FD, for each\n"
		"--heap. The environment holds DMABUF_FD and DMABUF_SIZE (bytes) of the first.\n"
		"\n"
		"  --heap NODE   a heap (default " DEFAULT_HEAP "), /dev/udmabuf,\n"
		"                /dev/videoN: a capture buffer, whose size the driver chooses, or\n"
		"                /dev/dri/cardN: a dumb buffer. With :SIZE and :FD its own; SIZE may be\n"
		"                empty. May be repeated\n"
		"  --size SIZE   bytes, or with k, M, G (default 4M); any size goes to the kernel\n"
		"  --fd N        descriptor of the first buffer, 3 or more (default 3); the next ones\n"
		"                follow. What was open there is closed\n"
		"  --name NAME   name of the buffers, as /sys/kernel/debug/dma_buf/bufinfo shows it\n"
		"\n"
		"Exit status: that of COMMAND; 3 used wrongly, or no buffer; 126 COMMAND does not\n"
		"start; 127 COMMAND not found.\n");
}

/* Returns the index of COMMAND in @argv. */
static int read_options(int argc, char **argv, struct options *opt)
{
	const struct option_spec specs[] = {
		{ .name = "heap", .list = &opt->heaps },
		{ .name = "size", .size = &opt->size },
		{ .name = "fd", .number = &opt->fd, .min = STDERR_FILENO + 1, .max = INT32_MAX,
		  .wanted = "a file descriptor of 3 or more" },
		{ .name = "name", .text = &opt->name },
		{ }
	};
	int command = parse_options(argc, argv, specs, print_help);

	if (command == argc) {
		complain("no command");
		print_help(stderr);
		exit(EXIT_CANNOT);
	}

	return command;
}

/* NODE[:SIZE[:FD]]; what is left out is as in @buffer. */
static void read_heap(struct buffer *buffer, const char *value)
{
	char text[EXPORTER_PATH_LEN + 64];
	char *rest = text, *node, *size;

	if (snprintf(text, sizeof(text), "%s", value) >= (int)sizeof(text))
		refuse_option("heap", value, "NODE[:SIZE[:FD]], which is shorter");
	node = strsep(&rest, ":");
	size = strsep(&rest, ":");
	if (!exporter_init(&buffer->from, node))
		refuse_option("heap", value, "NODE[:SIZE[:FD]], whose node has a shorter path");
	buffer->any_size = !size || !*size;
	if (!buffer->any_size && !parse_size(size, &buffer->size))
		refuse_option("heap", value, "NODE:SIZE, a number with k, M or G");
	if (rest && !parse_number(rest, STDERR_FILENO + 1, INT32_MAX, &buffer->target))
		refuse_option("heap", value, "NODE:SIZE:FD, a file descriptor of 3 or more");
}

static bool is_target(const struct buffers *buffers, unsigned int n, u64 fd)
{
	for (unsigned int i = 0; i < n; i++)
		if (buffers->all[i].target == fd)
			return true;
	return false;
}

static void read_heaps(struct buffers *buffers, struct options *opt)
{
	u64 next = opt->fd;

	if (!opt->heaps.n)
		opt->heaps.values[opt->heaps.n++] = DEFAULT_HEAP;
	for (; buffers->n < opt->heaps.n; buffers->n++) {
		struct buffer *buffer = &buffers->all[buffers->n];
		const char *value = opt->heaps.values[buffers->n];

		buffer->size = opt->size;
		buffer->target = next;
		read_heap(buffer, value);
		if (is_target(buffers, buffers->n, buffer->target))
			refuse_option("heap", value, "at a descriptor of its own");
		next = buffer->target + 1;
	}
}

/* The heap rounds up: the size of the buffer is what the command needs. */
static off_t buffer_size(int fd)
{
	off_t bytes = lseek(fd, 0, SEEK_END);

	if (bytes < 0) {
		complain_errno("lseek(dma-buf, 0, SEEK_END)");
		return -1;
	}
	if (lseek(fd, 0, SEEK_SET) < 0) {
		complain_errno("lseek(dma-buf, 0, SEEK_SET)");
		return -1;
	}

	return bytes;
}

static int check_size(const struct buffer *buffer)
{
	off_t bytes = buffer_size(buffer->fd);

	if (bytes < 0)
		return -1;
	if (!buffer->from.fixed || buffer->any_size || (u64)bytes == buffer->size)
		return 0;
	complain("%s: its buffers have %lld bytes, not %llu; accepted: no size",
		 buffer->from.path, (long long)bytes, buffer->size);
	return -1;
}

static int make_buffer(struct buffer *buffer, const char *name)
{
	struct exporter *from = &buffer->from;

	if (from->ops->open(from) < 0) {
		complain_errno("%s(%s)", from->failed, from->path);
		return -1;
	}
	buffer->fd = from->ops->alloc(from, buffer->size);
	if (buffer->fd < 0) {
		complain_errno("%s, %s of %llu bytes", from->path, from->failed, buffer->size);
		return -1;
	}
	if (name && ioctl(buffer->fd, DMA_BUF_SET_NAME, name) < 0) {
		complain_errno("ioctl(DMA_BUF_SET_NAME, \"%s\")", name);
		return -1;
	}
	return check_size(buffer);
}

/* Off the places of other buffers, which would close it. */
static int move_away(const struct buffers *buffers, struct buffer *buffer)
{
	int fd = buffer->fd;

	while (is_target(buffers, buffers->n, fd)) {
		fd = fcntl(fd, F_DUPFD_CLOEXEC, fd + 1);
		if (fd < 0) {
			complain_errno("fcntl(%d, F_DUPFD_CLOEXEC)", buffer->fd);
			return -1;
		}
	}
	if (fd != buffer->fd)
		close(buffer->fd);
	buffer->fd = fd;
	return 0;
}

static int make_buffers(struct buffers *buffers, const char *name)
{
	for (unsigned int i = 0; i < buffers->n; i++)
		if (make_buffer(&buffers->all[i], name) < 0 ||
		    move_away(buffers, &buffers->all[i]) < 0)
			return -1;
	return 0;
}

/* Inherited by the command */
static int place_buffers(struct buffers *buffers)
{
	for (unsigned int i = 0; i < buffers->n; i++) {
		struct buffer *buffer = &buffers->all[i];

		if (dup2(buffer->fd, buffer->target) < 0) {
			complain_errno("dup2(%d, %llu)", buffer->fd, buffer->target);
			return -1;
		}
		close(buffer->fd);
		buffer->fd = buffer->target;
	}
	return 0;
}

static int export_number(const char *name, u64 value)
{
	char text[24];

	snprintf(text, sizeof(text), "%llu", value);
	if (setenv(name, text, 1) < 0) {
		complain_errno("setenv(%s, %s)", name, text);
		return -1;
	}

	return 0;
}

int main(int argc, char **argv)
{
	static struct buffers buffers;
	struct options opt = {
		.size = 4 << 20,
		.fd = 3,
	};
	int command;

	program = "heap_exec";
	command = read_options(argc, argv, &opt);
	read_heaps(&buffers, &opt);
	if (make_buffers(&buffers, opt.name) < 0 || place_buffers(&buffers) < 0 ||
	    export_number("DMABUF_FD", buffers.all[0].target) < 0 ||
	    export_number("DMABUF_SIZE", buffer_size(buffers.all[0].fd)) < 0)
		return EXIT_CANNOT;

	execvp(argv[command], &argv[command]);
	complain_errno("exec(%s)", argv[command]);
	return errno == ENOENT ? EXIT_NOT_FOUND : EXIT_CANNOT_RUN;
}
