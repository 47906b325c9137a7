// SPDX-License-Identifier: GPL-2.0
/*
 * Run a command with a dma-buf at a known file descriptor.
 *
 * The buffer comes from a heap node and lives exactly as long as the command
 * and whatever inherits its file descriptors. A shell can then hand the number
 * to anything that takes one:
 *
 *   heap_exec --size 64M -- sh -c 'echo $DMABUF_FD > .../bench/fd; ...'
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <linux/dma-buf.h>

#include "options.h"

/* As env(1): the command is there but does not start, or is not there. */
#define EXIT_CANNOT_RUN	126
#define EXIT_NOT_FOUND	127

struct options {
	const char *heap;
	const char *name;
	u64 size;
	u64 fd;
};

static void print_help(FILE *out)
{
	fprintf(out,
		"usage: heap_exec [--heap PATH] [--size SIZE] [--fd N] [--name NAME] -- COMMAND [ARG...]\n"
		"\n"
		"Run COMMAND with a dma-buf of SIZE bytes from the heap PATH open at file\n"
		"descriptor N. The environment holds DMABUF_FD=N and DMABUF_SIZE=BYTES.\n"
		"\n"
		"  --heap PATH   heap node (default " DEFAULT_HEAP "), or /dev/udmabuf\n"
		"  --size SIZE   bytes, or with k, M, G (default 4M); any size goes to the kernel\n"
		"  --fd N        descriptor, 3 or more (default 3); what was open there is closed\n"
		"  --name NAME   name of the buffer, as /sys/kernel/debug/dma_buf/bufinfo shows it\n"
		"\n"
		"Exit status: that of COMMAND; 3 used wrongly, or no buffer; 126 COMMAND does not\n"
		"start; 127 COMMAND not found.\n");
}

/* Returns the index of COMMAND in @argv. */
static int read_options(int argc, char **argv, struct options *opt)
{
	const struct option_spec specs[] = {
		{ .name = "heap", .text = &opt->heap },
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

/* Move the dma-buf @fd to the number @want, inherited by the command. */
static int place_fd(int fd, int want)
{
	if (fd == want) {
		/* dup2() onto itself would leave FD_CLOEXEC set */
		if (fcntl(fd, F_SETFD, 0) < 0) {
			complain_errno("fcntl(%d, F_SETFD, 0)", fd);
			return -1;
		}
		return 0;
	}

	if (dup2(fd, want) < 0) {
		complain_errno("dup2(%d, %d)", fd, want);
		return -1;
	}
	if (close(fd) < 0) {
		complain_errno("close(%d)", fd);
		return -1;
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

int main(int argc, char **argv)
{
	struct options opt = {
		.heap = DEFAULT_HEAP,
		.size = 4 << 20,
		.fd = 3,
	};
	int command;
	off_t bytes;
	int fd;

	program = "heap_exec";
	command = read_options(argc, argv, &opt);

	fd = heap_alloc(opt.heap, opt.size);
	if (fd < 0)
		return EXIT_CANNOT;

	if (opt.name && ioctl(fd, DMA_BUF_SET_NAME, opt.name) < 0) {
		complain_errno("ioctl(DMA_BUF_SET_NAME, \"%s\")", opt.name);
		return EXIT_CANNOT;
	}

	bytes = buffer_size(fd);
	if (bytes < 0)
		return EXIT_CANNOT;

	if (place_fd(fd, opt.fd) < 0 ||
	    export_number("DMABUF_FD", opt.fd) < 0 ||
	    export_number("DMABUF_SIZE", bytes) < 0)
		return EXIT_CANNOT;

	execvp(argv[command], &argv[command]);
	complain_errno("exec(%s)", argv[command]);
	return errno == ENOENT ? EXIT_NOT_FOUND : EXIT_CANNOT_RUN;
}
