// SPDX-License-Identifier: GPL-2.0
/*
 *   fragmented PATH KEEP_KB LEN
 *
 * Breaks free memory into single pages, all but KEEP_KB, then allocates five buffers of
 * LEN bytes one after the other. Prints a line for each: ok or the errno, how often
 * somebody reclaimed or compacted memory for a page of their own meanwhile, and how many
 * pages in blocks of 256 were free before.
 */
#define _GNU_SOURCE
#include <fcntl.h>

#include "check.h"

static char text[65536];

static const char *read_file(const char *path)
{
	int fd = must(path, open(path, O_RDONLY));
	size_t len = 0;
	ssize_t got;

	while ((got = must(path, read(fd, text + len, sizeof(text) - 1 - len))) > 0)
		len += got;
	text[len] = '\0';
	close(fd);
	return text;
}

static unsigned long sum_of(const char *path, const char *prefix)
{
	unsigned long sum = 0, value;
	const char *line = read_file(path);
	size_t len = strlen(prefix);

	for (; line; line = strchr(line, '\n')) {
		line += *line == '\n';
		if (!strncmp(line, prefix, len) && sscanf(line, "%*s %lu", &value) == 1)
			sum += value;
	}
	return sum;
}

static unsigned long stalls(void)
{
	return sum_of("/proc/vmstat", "allocstall_") + sum_of("/proc/vmstat", "compact_stall ");
}

/* Pages that are free in blocks of order 8 and more. */
static unsigned long large_pages(void)
{
	const char *line = read_file("/proc/buddyinfo");
	unsigned long counts[11], pages = 0;
	unsigned int order;

	for (; (line = strstr(line, "zone")); line++) {
		if (sscanf(line, "zone %*s %lu %lu %lu %lu %lu %lu %lu %lu %lu %lu %lu",
			   &counts[0], &counts[1], &counts[2], &counts[3], &counts[4], &counts[5],
			   &counts[6], &counts[7], &counts[8], &counts[9], &counts[10]) != 11)
			continue;
		for (order = 8; order < ARRAY_SIZE(counts); order++)
			pages += counts[order] << order;
	}
	return pages;
}

/* Of memory that is used up, each second page is given back. */
static void break_up(size_t keep_kb)
{
	size_t page = sysconf(_SC_PAGESIZE);
	size_t len = (sum_of("/proc/meminfo", "MemAvailable:") - keep_kb) * 1024, i;
	char *map = must_map("mmap", mmap(NULL, len, PROT_READ | PROT_WRITE,
					  MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0));

	madvise(map, len, MADV_NOHUGEPAGE);
	for (i = 0; i + page <= len; i += page)
		map[i] = 1;
	for (i = 0; i + page <= len; i += 2 * page)
		must("madvise", madvise(map + i, page, MADV_DONTNEED));
}

int main(int argc, char **argv)
{
	unsigned long before, large;
	int heap, i;

	if (argc != 4) {
		fprintf(stderr, "usage: fragmented PATH KEEP_KB LEN\n");
		return 2;
	}
	heap = must("open the heap", open(argv[1], O_RDWR | O_CLOEXEC));
	break_up(strtoul(argv[2], NULL, 0));
	for (i = 0; i < 5; i++) {
		int fd, err;

		large = large_pages();
		before = stalls();
		fd = heap_alloc(heap, strtoul(argv[3], NULL, 0), O_RDWR);
		err = fd < 0 ? errno : 0;
		printf("%s %lu %lu\n", errno_name(err), stalls() - before, large);
		if (fd >= 0)
			close(fd);
	}
	return 0;
}
