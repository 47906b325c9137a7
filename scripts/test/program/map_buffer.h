/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A heap buffer whose chunks are known: "8:2 4:3 0:3" are two of order 8, three of
 * order 4 and three of order 0, in buffer order.
 *
 * Each page of the buffer is tagged with its index through one full mapping; any
 * other mapping then has to show the tags of its own pages.
 */
#ifndef DBB_TEST_MAP_BUFFER_H
#define DBB_TEST_MAP_BUFFER_H

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>

#include "check.h"

#define MAX_CHUNKS 512

static int heap;
static int given = -1;	/* a descriptor of a buffer, in place of a heap */
static size_t page;

/* What a page of page tables maps, and what a PMD can. */
static size_t pmd;

/* The buffer of the case. */
static unsigned long chunk_start[MAX_CHUNKS + 1];	/* in pages; last: the end */
static unsigned int chunks;
static unsigned long npages;
static int fd;
static u32 *full;

static inline size_t bytes(unsigned long pages)
{
	return pages * page;
}

static inline u32 *word_of(void *map, unsigned long i)
{
	return (u32 *)((char *)map + i * page);
}

static inline u32 tag_of(unsigned long i)
{
	return 0x7a600000 + i;
}

static inline void parse_chunks(int count, char **words)
{
	unsigned int order, n;
	int i;

	for (i = 0; i < count; i++) {
		if (sscanf(words[i], "%u:%u", &order, &n) != 2) {
			printf("'%s' is no ORDER:COUNT\n", words[i]);
			exit(2);
		}
		while (n-- && chunks < MAX_CHUNKS) {
			chunk_start[chunks++] = npages;
			npages += 1ul << order;
		}
	}
	chunk_start[chunks] = npages;
}

/* Complains of the first page of @map that is not page @first + i. */
static inline bool check_tags(const char *what, void *map, unsigned long first, unsigned long n)
{
	unsigned long i;

	for (i = 0; i < n; i++) {
		u32 tag = *word_of(map, i);

		if (tag == tag_of(first + i))
			continue;
		complain("%s: %lu pages from page %lu on: page %lu holds %#x, expected %#x",
			 what, n, first, i, tag, tag_of(first + i));
		return false;
	}
	return true;
}

static inline void make_buffer(void)
{
	unsigned long i;

	fd = given < 0 ? must("allocate", heap_alloc(heap, bytes(npages), O_RDWR)) :
			 must("dup", dup(given));
	full = must_map("mmap", mmap(NULL, bytes(npages), PROT_READ | PROT_WRITE, MAP_SHARED,
				     fd, 0));
	for (i = 0; i < npages; i++)
		*word_of(full, i) = tag_of(i);
	/* a page that stands in for two has lost the first one's tag */
	check_tags("full mapping", full, 0, npages);
}

/* Whether @touch kills a child of this process by a signal, and which. */
static inline int signal_of(void (*touch)(void *map), void *map)
{
	pid_t child = must("fork", fork());
	int status;

	if (!child) {
		touch(map);
		_exit(0);
	}
	waitpid(child, &status, 0);
	return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

static inline void write_word(void *map)
{
	__atomic_store_n((u32 *)map, 0, __ATOMIC_RELAXED);
}

static inline u32 read_word(void *map, unsigned long i)
{
	return __atomic_load_n(word_of(map, i), __ATOMIC_RELAXED);
}

/*
 * A mapping of @n pages from page @first on, @shift pages behind the start of
 * a PMD, in the middle of anonymous memory that reaches a PMD to either side.
 */
static inline char *map_placed(unsigned long first, unsigned long n, unsigned long shift,
			       char **around)
{
	size_t len = bytes(n) + 4 * pmd;
	char *place;

	*around = must_map("mmap", mmap(NULL, len, PROT_READ | PROT_WRITE,
					MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0));
	place = (char *)(((size_t)*around + 2 * pmd - 1) / pmd * pmd + bytes(shift));
	return must_map("mmap at an address",
			mmap(place, bytes(n), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED,
			     fd, bytes(first)));
}

static inline void unmap_placed(unsigned long n, char *around)
{
	must("munmap", munmap(around, bytes(n) + 4 * pmd));
}

/* The number that follows @key in /proc/self/status. */
static inline unsigned long status_kb(const char *key)
{
	FILE *status = fopen("/proc/self/status", "r");
	size_t len = strlen(key);
	unsigned long kb = 0;
	char line[128];

	must("open status", status ? 0 : -1);
	while (fgets(line, sizeof(line), status))
		if (!strncmp(line, key, len) && sscanf(line + len, ": %lu", &kb) == 1)
			break;
	fclose(status);
	return kb;
}

/*
 * PROGRAM PATH CASE[,CASE]... ORDER:COUNT...: each case with a buffer of its own, or with
 * the one at descriptor N where PATH is fdN.
 */
static inline int run_map_cases(int argc, char **argv, const struct test_case *cases,
				size_t count)
{
	char *name;
	int status = 0;

	if (argc < 4) {
		fprintf(stderr, "usage: %s PATH CASE[,CASE]... ORDER:COUNT...\n", argv[0]);
		return 2;
	}
	page = sysconf(_SC_PAGESIZE);
	pmd = page * page / 8;
	if (sscanf(argv[1], "fd%d", &given) != 1)
		heap = must("open the heap", open(argv[1], O_RDWR | O_CLOEXEC));
	parse_chunks(argc - 3, &argv[3]);
	while (!status && (name = strsep(&argv[2], ","))) {
		make_buffer();
		status = run_case(cases, count, name);
		munmap(full, bytes(npages));
		close(fd);
	}
	return status;
}

#endif /* DBB_TEST_MAP_BUFFER_H */
