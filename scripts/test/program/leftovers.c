// SPDX-License-Identifier: GPL-2.0
/*
 * What others left in memory must not show in a buffer.
 *
 *   leftovers fill MIB         write a mark to so much memory, and give it back
 *   leftovers PATH LEN...      of each length a buffer, which has to hold zeroes to the
 *                              end of its last page; then the mark is left in it
 */
#define _GNU_SOURCE
#include <fcntl.h>

#include "check.h"

#define MARK 0x5a4d41524b5a4d41ull

static void leave_mark(u64 *words, size_t len)
{
	size_t i;

	for (i = 0; i < len / sizeof(*words); i++)
		words[i] = MARK;
}

static int fill(size_t mib)
{
	size_t len = mib << 20;
	u64 *words = must_map("mmap", mmap(NULL, len, PROT_READ | PROT_WRITE,
					   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));

	leave_mark(words, len);
	return 0;
}

static void look(int heap, size_t asked)
{
	int fd = must("allocate", heap_alloc(heap, asked, O_RDWR));
	size_t len = must("lseek", lseek(fd, 0, SEEK_END)), i;
	u64 *words = must_map("mmap", mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_SHARED,
					   fd, 0));

	for (i = 0; i < len / sizeof(*words) && !words[i]; i++)
		;
	if (i < len / sizeof(*words))
		complain("%zu bytes: byte %zu of %zu begins %#llx", asked, i * sizeof(*words),
			 len, words[i]);
	leave_mark(words, len);
	must("munmap", munmap(words, len));
	must("close", close(fd));
}

int main(int argc, char **argv)
{
	int heap, i;

	if (argc < 3) {
		fprintf(stderr, "usage: leftovers fill MIB | PATH LEN...\n");
		return 2;
	}
	if (!strcmp(argv[1], "fill"))
		return fill(strtoul(argv[2], NULL, 0));
	heap = must("open the heap", open(argv[1], O_RDWR | O_CLOEXEC));
	for (i = 2; i < argc; i++)
		look(heap, strtoul(argv[i], NULL, 0));
	return complaints ? 1 : 0;
}
