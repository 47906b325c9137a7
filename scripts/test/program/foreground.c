// SPDX-License-Identifier: GPL-2.0
/*
 * Runs a command as a terminal's foreground job: in a process group of its own
 * and with SIGINT not ignored, which a shell does to its background jobs.
 * Ctrl-C is then: kill -INT -- -$(cat PIDFILE)
 */
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	FILE *file;

	if (argc < 3) {
		fprintf(stderr, "usage: foreground PIDFILE COMMAND [ARGUMENT...]\n");
		return 2;
	}
	setpgid(0, 0);
	signal(SIGINT, SIG_DFL);
	file = fopen(argv[1], "w");
	if (!file || fprintf(file, "%d\n", getpid()) < 0 || fclose(file)) {
		perror(argv[1]);
		return 1;
	}
	execvp(argv[2], &argv[2]);
	perror(argv[2]);
	return 127;
}
