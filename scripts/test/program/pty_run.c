// SPDX-License-Identifier: GPL-2.0
/*
 * Runs a command on a terminal of its own and prints what it writes there. With
 * --interrupt TEXT, presses Ctrl-C as soon as TEXT was written. Exits with the
 * command's status.
 */
#define _GNU_SOURCE

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

static void fail(const char *what)
{
	perror(what);
	exit(3);
}

/* The child's side: the terminal is its controlling one, as after a login. */
static void run_command(const char *terminal, char **command)
{
	int fd;

	setsid();
	fd = open(terminal, O_RDWR);
	if (fd < 0 || ioctl(fd, TIOCSCTTY, 0) < 0)
		fail(terminal);
	dup2(fd, STDIN_FILENO);
	dup2(fd, STDOUT_FILENO);
	dup2(fd, STDERR_FILENO);
	if (fd > STDERR_FILENO)
		close(fd);
	execvp(command[0], command);
	fail(command[0]);
}

/* Copies until the last user of the terminal closed it: EIO. */
static void copy_output(int master, const char *text)
{
	static char seen[1 << 20];
	size_t len = 0;

	for (;;) {
		ssize_t got = read(master, seen + len, sizeof(seen) - 1 - len);

		if (got <= 0)
			return;
		if (write(STDOUT_FILENO, seen + len, got) != got)
			fail("write");
		len += got;
		seen[len] = '\0';
		if (text && strstr(seen, text)) {
			if (write(master, "\003", 1) != 1)
				fail("Ctrl-C");
			text = NULL;
		}
		if (!text || len == sizeof(seen) - 1)
			len = 0;
	}
}

int main(int argc, char **argv)
{
	const char *text = NULL;
	int master, status;
	pid_t child;

	if (argc > 3 && !strcmp(argv[1], "--interrupt")) {
		text = argv[2];
		argv += 2;
		argc -= 2;
	}
	if (argc < 2) {
		fprintf(stderr, "usage: pty_run [--interrupt TEXT] COMMAND [ARGUMENT...]\n");
		return 3;
	}
	master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (master < 0 || grantpt(master) < 0 || unlockpt(master) < 0)
		fail("/dev/ptmx");
	child = fork();
	if (child < 0)
		fail("fork");
	if (!child)
		run_command(ptsname(master), argv + 1);
	copy_output(master, text);
	if (waitpid(child, &status, 0) < 0)
		fail("waitpid");
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
