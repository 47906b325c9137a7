// SPDX-License-Identifier: GPL-2.0
/*
 * What a program should not do: maps the dma-buf at a descriptor anew for each frame.
 * usage: map_each_frame FD BYTES
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

/* How long a frame is mapped, and how long it is not. */
static const struct timespec half_frame = { .tv_nsec = 50 * 1000 * 1000 };

static void use_frame(int fd, size_t bytes, size_t page)
{
	char *map = mmap(NULL, bytes, PROT_READ, MAP_SHARED, fd, 0);

	if (map == MAP_FAILED) {
		fprintf(stderr, "map_each_frame: mmap: %s\n", strerror(errno));
		exit(3);
	}
	for (size_t i = 0; i < bytes; i += page)
		__atomic_load_n(map + i, __ATOMIC_RELAXED);
	nanosleep(&half_frame, NULL);
	munmap(map, bytes);
	nanosleep(&half_frame, NULL);
}

int main(int argc, char **argv)
{
	size_t page = sysconf(_SC_PAGESIZE);

	if (argc != 3) {
		fprintf(stderr, "usage: map_each_frame FD BYTES\n");
		return 3;
	}
	for (;;)
		use_frame(atoi(argv[1]), strtoul(argv[2], NULL, 0), page);
}
