// SPDX-License-Identifier: GPL-2.0
/*
 *   as_nobody PATH...
 *
 * Tries to open each file for reading and for writing as a user who is neither root nor
 * in a group; prints "PATH READING WRITING", each ok or the errno.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <grp.h>

#include "check.h"

#define NOBODY 65534

static const char *try_open(const char *path, int flags)
{
	int fd = open(path, flags | O_NONBLOCK | O_CLOEXEC);
	int err = fd < 0 ? errno : 0;

	if (fd >= 0)
		close(fd);
	return errno_name(err);
}

int main(int argc, char **argv)
{
	int i;

	must("setgroups", setgroups(0, NULL));
	must("setresgid", setresgid(NOBODY, NOBODY, NOBODY));
	must("setresuid", setresuid(NOBODY, NOBODY, NOBODY));
	for (i = 1; i < argc; i++)
		printf("%s %s %s\n", argv[i], try_open(argv[i], O_RDONLY),
		       try_open(argv[i], O_WRONLY));
	return 0;
}
