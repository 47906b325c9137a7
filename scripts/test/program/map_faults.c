// SPDX-License-Identifier: GPL-2.0
/*
 * Which faults user mappings of a buffer take: how far each reaches, where a PMD maps
 * the pages, and many of them at once.
 *
 *   map_faults PATH CASE[,CASE]... ORDER:COUNT...
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <sys/mman.h>
#include <sys/resource.h>

#include "map_buffer.h"

enum reach { REACH_ALL, REACH_PAGE, REACH_CHUNK, REACH_TABLE, REACH_PMD };

static long minor_faults(void)
{
	struct rusage usage;

	must("getrusage", getrusage(RUSAGE_SELF, &usage));
	return usage.ru_minflt;
}

/* Reads the pages from @from to before @end, which has to take @want faults. */
static void expect_faults(const char *what, void *map, unsigned long from, unsigned long end,
			  long want)
{
	long faults = minor_faults();
	unsigned long i;

	for (i = from; i < end; i++)
		if (read_word(map, i) != tag_of(i))
			break;
	faults = minor_faults() - faults;
	if (i != end)
		complain("%s: page %lu holds %#x", what, i, read_word(map, i));
	if (faults != want)
		complain("%s, pages %lu to before %lu: %ld faults, expected %ld", what, from, end,
			 faults, want);
}

/* Whether a PMD can map what the chunk has of it: it starts at one, if the mapping does. */
static bool is_huge(unsigned int chunk)
{
	return chunk_start[chunk + 1] - chunk_start[chunk] == pmd / page;
}

/* Narrows *@from and *@end to @size pages, of which an address that is a multiple is the first. */
static void clip(unsigned long *from, unsigned long *end, unsigned long at, unsigned long shift,
		 unsigned long size)
{
	unsigned long start = (at + shift) / size * size;

	if (start > *from + shift)
		*from = start - shift;
	if (start + size < *end + shift)
		*end = start + size - shift;
}

/* What a fault on page @at of @chunk maps: the pages *@from to before *@end. */
static void find_reach(enum reach reach, unsigned int chunk, unsigned long at, char *map,
		       unsigned long shift, unsigned long *from, unsigned long *end)
{
	unsigned long entries = page / 8 < 512 ? page / 8 : 512;
	unsigned int last = chunk;

	*from = reach == REACH_ALL || reach == REACH_TABLE ? 0 : chunk_start[chunk];
	*end = reach == REACH_ALL || reach == REACH_TABLE ? npages : chunk_start[chunk + 1];
	if (reach == REACH_PAGE) {
		*from = at;
		*end = at + 1;
	} else if (reach == REACH_TABLE) {
		clip(from, end, at, shift, entries);
	} else if (reach == REACH_PMD && is_huge(chunk) && !shift) {
		while (chunk && is_huge(chunk - 1))
			chunk--;
		while (last + 1 < chunks && is_huge(last + 1))
			last++;
		*from = chunk_start[chunk];
		*end = chunk_start[last + 1];
		clip(from, end, at, (size_t)map / page, entries * pmd / page);
	} else if (reach == REACH_PMD) {
		clip(from, end, at, shift, pmd / page);
	}
}

/*
 * Reading the middle of a chunk maps as many pages as it should: these take no
 * fault any more, and those on both sides take one.
 */
static void check_reach(enum reach reach, unsigned int chunk, unsigned long shift)
{
	unsigned long at = (chunk_start[chunk] + chunk_start[chunk + 1]) / 2;
	char *around, *map = map_placed(0, npages, shift, &around);
	unsigned long from, end;

	find_reach(reach, chunk, at, map, shift, &from, &end);
	expect_faults("first touch", map, at, at + 1, reach == REACH_ALL ? 0 : 1);
	expect_faults("what came with it", map, from, end, 0);
	if (from)
		expect_faults("before it", map, from - 1, from, 1);
	if (end < npages)
		expect_faults("behind it", map, end, end + 1, 1);
	unmap_placed(npages, around);
}

static void check_reaches(enum reach reach)
{
	unsigned int c;

	for (c = 0; c < chunks; c++) {
		check_reach(reach, c, 0);
		check_reach(reach, c, 1);
	}
}

static void reach_all(void)
{
	check_reaches(REACH_ALL);
}

static void reach_page(void)
{
	check_reaches(REACH_PAGE);
}

static void reach_chunk(void)
{
	check_reaches(REACH_CHUNK);
}

static void reach_table(void)
{
	check_reaches(REACH_TABLE);
}

static void reach_pmd(void)
{
	check_reaches(REACH_PMD);
}

/* How many pages of PMDs the @n pages at @map have entries in. */
static unsigned long pmd_tables_of(char *map, unsigned long n)
{
	size_t reach = (page / 8 < 512 ? page / 8 : 512) * pmd;

	return ((size_t)map + bytes(n) - 1) / reach - (size_t)map / reach + 1;
}

/* No page table, and a fault for all chunks of the size of a PMD. */
static void huge_aligned(void)
{
	unsigned long i, per_pmd = pmd / page, count = npages / per_pmd;
	char *around, *map;
	long faults, kb;

	status_kb("VmPTE");
	map = map_placed(0, npages, 0, &around);
	kb = status_kb("VmPTE");
	faults = minor_faults();
	for (i = 0; i < npages; i += per_pmd)
		read_word(map, i);
	for (i = 0; i < npages; i++)
		*word_of(map, i) = ~tag_of(i);
	expect_equal("faults", minor_faults() - faults, pmd_tables_of(map, npages));
	kb = status_kb("VmPTE") - kb;
	if (kb * 1024 >= (long)bytes(count / 2))
		complain("page tables grew by %ld kB for %lu PMDs", kb, count);
	for (i = 0; i < npages; i++)
		if (*word_of(full, i) != ~tag_of(i))
			break;
	expect_equal("pages that were written", i, npages);
	unmap_placed(npages, around);
}

/* Offset and address equally far into a PMD: from the second one on, PMDs in one fault. */
static void huge_in_step(void)
{
	char *around, *map = map_placed(1, npages - 1, 1, &around);
	unsigned long i, rest = pmd / page - 1;
	long faults = minor_faults();

	for (i = 0; i < npages - 1; i++)
		if (read_word(map, i) != tag_of(i + 1))
			break;
	expect_equal("pages that are right", i, npages - 1);
	expect_equal("faults", minor_faults() - faults,
		     1 + pmd_tables_of(map + bytes(rest), npages - 1 - rest));
	unmap_placed(npages - 1, around);
}

/* PMDs that are taken apart: what is left comes back. */
static void huge_split(void)
{
	unsigned long i, per_pmd = pmd / page;
	char *around, *map = map_placed(0, npages, 0, &around);
	pid_t child;
	int status;

	check_tags("whole", map, 0, npages);
	expect("mprotect of a page", mprotect(map + pmd + 3 * page, page, PROT_READ), 0);
	check_tags("with a page read-only", map, 0, npages);
	for (i = 0; i < npages; i++)
		if (i != per_pmd + 3)
			*word_of(map, i) = tag_of(i);
	expect_equal("signal of a write", signal_of(write_word, map + pmd + 3 * page), SIGSEGV);
	expect("munmap of a page", munmap(map + 5 * page, page), 0);
	check_tags("before the hole", map, 0, 5);
	check_tags("after the hole", map + 6 * page, 6, npages - 6);
	child = must("fork", fork());
	if (!child) {
		check_tags("in the child", map + 6 * page, 6, npages - 6);
		fflush(stdout);
		_exit(complaints ? 1 : 0);
	}
	waitpid(child, &status, 0);
	expect_equal("status of the child", status, 0);
	unmap_placed(npages, around);
}

#define THREADS 8

struct toucher {
	pthread_t thread;
	pthread_barrier_t *all;
	char *map;
	unsigned long first;	/* page that it reads first */
	unsigned long wrong;	/* pages without their tag */
};

static void *touch_all(void *data)
{
	struct toucher *toucher = data;
	unsigned long i, at;

	pthread_barrier_wait(toucher->all);
	for (i = 0; i < npages; i++) {
		at = (toucher->first + i) % npages;
		if (read_word(toucher->map, at) != tag_of(at))
			toucher->wrong++;
	}
	return NULL;
}

/* All pages, by threads that start together and at the same page, or each at its own. */
static void touch_by_threads(char *map, unsigned long apart)
{
	struct toucher touchers[THREADS];
	pthread_barrier_t all;
	int t;

	pthread_barrier_init(&all, NULL, THREADS);
	for (t = 0; t < THREADS; t++) {
		touchers[t] = (struct toucher){ .all = &all, .map = map, .first = t * apart };
		must("pthread_create", -pthread_create(&touchers[t].thread, NULL, touch_all,
						       &touchers[t]));
	}
	for (t = 0; t < THREADS; t++) {
		pthread_join(touchers[t].thread, NULL);
		expect_equal("pages that are wrong", touchers[t].wrong, 0);
	}
	pthread_barrier_destroy(&all);
}

static void concurrent_faults(void)
{
	char *around, *map;
	int round;

	for (round = 0; round < 16; round++) {
		map = map_placed(0, npages, round % 2, &around);
		touch_by_threads(map, round % 4 < 2 ? 0 : npages / THREADS);
		unmap_placed(npages, around);
	}
}

/* What one fault has mapped is moved by half a PMD: page tables that are full in part. */
static void moved_partly(void)
{
	size_t len = bytes(npages);
	char *there, *around, *map = map_placed(0, npages, 0, &around);
	void *moved;

	there = must_map("mmap", mmap(NULL, len + 2 * pmd, PROT_NONE,
				      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0));
	check_tags("before the move", map, 0, 1);
	moved = must_map("mremap", mremap(map, len, len, MREMAP_MAYMOVE | MREMAP_FIXED,
					  (char *)(((size_t)there + pmd - 1) / pmd * pmd) +
					  pmd / 2));
	check_tags("after the move", moved, 0, npages);
	must("munmap", munmap(there, len + 2 * pmd));
	unmap_placed(npages, around);
}

static const struct test_case cases[] = {
	{ "reach_all", reach_all },
	{ "reach_page", reach_page },
	{ "reach_chunk", reach_chunk },
	{ "reach_table", reach_table },
	{ "reach_pmd", reach_pmd },
	{ "huge_aligned", huge_aligned },
	{ "huge_in_step", huge_in_step },
	{ "huge_split", huge_split },
	{ "concurrent_faults", concurrent_faults },
	{ "moved_partly", moved_partly },
};

int main(int argc, char **argv)
{
	return run_map_cases(argc, argv, cases, ARRAY_SIZE(cases));
}
