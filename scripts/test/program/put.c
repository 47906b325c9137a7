// SPDX-License-Identifier: GPL-2.0
/*
 * Writes a text to a file with a single write(2), and prints "ok" or the name
 * of the errno. A shell's echo may write twice, and repeats what a signal
 * interrupted, which is done here with the argument "again". SIGINT interrupts
 * the write; other signals end the program.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static void on_signal(int sig)
{
	(void)sig;
}

int main(int argc, char **argv)
{
	/* no SA_RESTART */
	struct sigaction action = { .sa_handler = on_signal };
	ssize_t written;
	size_t len;
	int fd;

	if (argc < 3) {
		fprintf(stderr, "usage: put FILE TEXT [again]\n");
		return 2;
	}
	sigaction(SIGINT, &action, NULL);
	fd = open(argv[1], O_WRONLY);
	if (fd < 0) {
		printf("open: %s\n", strerrorname_np(errno));
		return 1;
	}
	len = strlen(argv[2]);
	written = write(fd, argv[2], len);
	if (written < 0 && errno == EINTR && argc > 3) {
		puts("EINTR");
		written = write(fd, argv[2], len);
	}
	if (written < 0) {
		puts(strerrorname_np(errno));
		return 1;
	}
	if ((size_t)written != len) {
		printf("short write: %zd of %zu\n", written, len);
		return 1;
	}
	puts("ok");
	return 0;
}
