// SPDX-License-Identifier: GPL-2.0
/*
 *   read_pieces NUMBER PATH...
 *
 * Reads each file to its end in small pieces of all sizes, goes back now and then, and
 * closes some half-way: others for each NUMBER. Prints the bytes.
 */
#define _GNU_SOURCE
#include <fcntl.h>

#include "check.h"

static unsigned int seed;

static unsigned int below(unsigned int n)
{
	return rand_r(&seed) % n;
}

static unsigned long read_file(const char *path)
{
	int fd = must(path, open(path, O_RDONLY));
	unsigned long bytes = 0, turns = 0;
	char piece[300];
	ssize_t got;

	do {
		got = must(path, read(fd, piece, 1 + below(sizeof(piece))));
		bytes += got;
		/* a seq_file makes its text again for that */
		if (!below(20))
			must("lseek", lseek(fd, below(100), SEEK_SET));
		else if (!below(30))
			must(path, pread(fd, piece, 1 + below(sizeof(piece)), below(5000)));
	} while (got && turns++ < 200);
	close(fd);
	return bytes;
}

int main(int argc, char **argv)
{
	unsigned long bytes = 0;
	int i;

	if (argc < 3) {
		fprintf(stderr, "usage: read_pieces NUMBER PATH...\n");
		return 2;
	}
	seed = strtoul(argv[1], NULL, 0);	/* random, but repeatable */
	for (i = 2; i < argc; i++)
		bytes += read_file(argv[i]);
	printf("%lu\n", bytes);
	return 0;
}
