// SPDX-License-Identifier: GPL-2.0
/*
 * User mappings of a heap buffer whose chunks are known.
 *
 *   map_check PATH CASE ORDER:COUNT...    e.g. 8:2 4:3 0:3, in buffer order
 *
 * Each page of the buffer is tagged with its index through one full mapping;
 * any other mapping then has to show the tags of its own pages.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <sys/uio.h>
#include <sys/wait.h>

#include "check.h"

#define MAX_CHUNKS 512

static int heap;
static size_t page;

/* The buffer of the case. */
static unsigned long chunk_start[MAX_CHUNKS + 1];	/* in pages; last: the end */
static unsigned int chunks;
static unsigned long npages;
static int fd;
static u32 *full;

static size_t bytes(unsigned long pages)
{
	return pages * page;
}

static u32 *word_of(void *map, unsigned long i)
{
	return (u32 *)((char *)map + i * page);
}

static u32 tag_of(unsigned long i)
{
	return 0x7a600000 + i;
}

static void parse_chunks(int count, char **words)
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
static bool check_tags(const char *what, void *map, unsigned long first, unsigned long n)
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

static void make_buffer(void)
{
	unsigned long i;

	fd = must("allocate", heap_alloc(heap, bytes(npages), O_RDWR));
	full = must_map("mmap", mmap(NULL, bytes(npages), PROT_READ | PROT_WRITE, MAP_SHARED,
				     fd, 0));
	for (i = 0; i < npages; i++)
		*word_of(full, i) = tag_of(i);
	/* a page that stands in for two has lost the first one's tag */
	check_tags("full mapping", full, 0, npages);
}

static void check_window(unsigned long first, unsigned long n)
{
	void *map = mmap(NULL, bytes(n), PROT_READ, MAP_SHARED, fd, bytes(first));

	if (map == MAP_FAILED) {
		complain("mmap of %lu pages from page %lu on: %s", n, first,
			 errno_name(errno));
		return;
	}
	check_tags("window", map, first, n);
	munmap(map, bytes(n));
}

static unsigned int chunk_of(unsigned long at)
{
	unsigned int c = 0;

	while (at >= chunk_start[c + 1])
		c++;
	return c;
}

/* From @first: one page, to the middle and the end of its chunk and of the next. */
static void check_windows_at(unsigned long first)
{
	unsigned int c = chunk_of(first), last = c + 1 < chunks ? c + 1 : c;

	check_window(first, 1);
	for (; c <= last; c++) {
		unsigned long middle = (chunk_start[c] + chunk_start[c + 1]) / 2;

		if (middle > first)
			check_window(first, middle - first);
		check_window(first, chunk_start[c + 1] - first);
	}
	check_window(first, npages - first);
}

/* Every offset within two pages of a border between chunks. */
static void borders(void)
{
	unsigned int c;
	int delta;

	for (c = 0; c <= chunks; c++) {
		for (delta = -2; delta <= 2; delta++) {
			long first = (long)chunk_start[c] + delta;

			if (first >= 0 && first < (long)npages)
				check_windows_at(first);
		}
	}
}

/* Every offset and every length; for small buffers. */
static void every_window(void)
{
	unsigned long first, n;

	for (first = 0; first < npages; first++)
		for (n = 1; first + n <= npages; n++)
			check_window(first, n);
}

/* What a window writes is read through the full mapping. */
static void written_through(void)
{
	unsigned long i;

	for (i = 0; i < npages; i++) {
		u32 *map = must_map("mmap", mmap(NULL, page, PROT_READ | PROT_WRITE,
						      MAP_SHARED, fd, bytes(i)));

		if (*map != tag_of(i))
			complain("page %lu holds %#x", i, *map);
		*map = ~tag_of(i);
		munmap(map, page);
	}
	for (i = 0; i < npages; i++)
		if (*word_of(full, i) != ~tag_of(i))
			complain("page %lu holds %#x, expected %#x", i, *word_of(full, i),
				 ~tag_of(i));
}

static void private_mapping(void)
{
	expect_map("MAP_PRIVATE", bytes(npages), PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0,
		   EINVAL);
}

/* The dma-buf core refuses these before the exporter sees them. */
static void past_the_end(void)
{
	expect_map("offset at the end", page, PROT_READ, MAP_SHARED, fd, bytes(npages), EINVAL);
	expect_map("offset past the end", page, PROT_READ, MAP_SHARED, fd, bytes(npages + 1),
		   EINVAL);
	expect_map("offset far past the end", page, PROT_READ, MAP_SHARED, fd, 1ll << 46,
		   EINVAL);
	expect_map("a page too long", bytes(npages + 1), PROT_READ, MAP_SHARED, fd, 0, EINVAL);
	expect_map("a page too long at an offset", bytes(npages), PROT_READ, MAP_SHARED, fd,
		   bytes(1), EINVAL);
	expect_map("two pages at the last", bytes(2), PROT_READ, MAP_SHARED, fd,
		   bytes(npages - 1), EINVAL);
	expect_map("odd offset", page, PROT_READ, MAP_SHARED, fd, page / 2, EINVAL);
}

static void read_only(void)
{
	void *map = must_map("mmap", mmap(NULL, bytes(npages), PROT_READ, MAP_SHARED, fd, 0));
	pid_t child;
	int status;

	check_tags("PROT_READ", map, 0, npages);
	child = must("fork", fork());
	if (!child) {
		*word_of(map, 0) = 0;
		_exit(0);
	}
	waitpid(child, &status, 0);
	if (!WIFSIGNALED(status) || WTERMSIG(status) != SIGSEGV)
		complain("a write ended with status %#x, expected SIGSEGV", status);
	munmap(map, bytes(npages));
}

/* Prefaulting and locking have nothing to do here and must say so or succeed. */
static void populate(void)
{
	void *map = must_map("MAP_POPULATE", mmap(NULL, bytes(npages), PROT_READ | PROT_WRITE,
						  MAP_SHARED | MAP_POPULATE, fd, 0));

	check_tags("MAP_POPULATE", map, 0, npages);
	expect("mlock", mlock(map, bytes(npages)), 0);
	expect("munlock", munlock(map, bytes(npages)), 0);
	check_tags("munlock", map, 0, npages);
	munmap(map, bytes(npages));
}

static void partial_munmap(void)
{
	unsigned long third = npages / 3;
	char *map = must_map("mmap", mmap(NULL, bytes(npages), PROT_READ | PROT_WRITE,
					  MAP_SHARED, fd, 0));

	expect("munmap of the middle", munmap(map + bytes(third), bytes(third)), 0);
	check_tags("left of the hole", map, 0, third);
	check_tags("right of the hole", map + bytes(2 * third), 2 * third, npages - 2 * third);
	expect("munmap of the first page", munmap(map, page), 0);
	check_tags("from the second page on", map + page, 1, third - 1);
	expect("munmap of the rest", munmap(map, bytes(npages)), 0);
}

static void remap(void)
{
	void *map = must_map("mmap", mmap(NULL, bytes(npages), PROT_READ | PROT_WRITE,
					  MAP_SHARED, fd, 0));
	void *place = must_map("mmap", mmap(NULL, bytes(npages), PROT_NONE,
					    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
	void *moved;

	moved = mremap(map, bytes(npages), bytes(npages + 1), MREMAP_MAYMOVE);
	expect("mremap to grow", moved == MAP_FAILED ? -1 : 0, EFAULT);
	moved = mremap(map, 0, bytes(npages), MREMAP_MAYMOVE);
	expect("mremap to duplicate", moved == MAP_FAILED ? -1 : 0, EFAULT);
	moved = mremap(map, bytes(npages), bytes(npages), MREMAP_MAYMOVE | MREMAP_FIXED, place);
	expect("mremap to move", moved == place ? 0 : -1, 0);
	check_tags("moved", place, 0, npages);
	moved = mremap(place, bytes(npages), bytes(npages / 2), 0);
	expect("mremap to shrink", moved == place ? 0 : -1, 0);
	check_tags("shrunk", place, 0, npages / 2);
	munmap(place, bytes(npages));
}

static void fork_child(void)
{
	unsigned long i;
	pid_t child = must("fork", fork());
	int status;

	if (!child) {
		check_tags("in the child", full, 0, npages);
		for (i = 0; i < npages; i++)
			*word_of(full, i) = ~tag_of(i);
		fflush(stdout);
		_exit(complaints ? 1 : 0);
	}
	waitpid(child, &status, 0);
	expect_equal("status of the child", status, 0);
	for (i = 0; i < npages; i++)
		if (*word_of(full, i) != ~tag_of(i))
			break;
	expect_equal("pages that show what the child wrote", i, npages);
}

static void change_protection(void)
{
	size_t half = bytes(npages / 2);

	expect("mprotect of the second half",
	       mprotect((char *)full + half, bytes(npages) - half, PROT_READ), 0);
	check_tags("PROT_READ", full, 0, npages);
	expect("mprotect back",
	       mprotect((char *)full + half, bytes(npages) - half, PROT_READ | PROT_WRITE), 0);
	*word_of(full, npages - 1) = tag_of(npages - 1);
	check_tags("PROT_WRITE", full, 0, npages);
	expect("mprotect to none", mprotect(full, bytes(npages), PROT_NONE), 0);
	expect("mprotect back", mprotect(full, bytes(npages), PROT_READ | PROT_WRITE), 0);
	check_tags("after PROT_NONE", full, 0, npages);
}

static void advice(void)
{
	expect("MADV_DONTNEED", madvise(full, bytes(npages), MADV_DONTNEED), EINVAL);
	check_tags("MADV_DONTNEED", full, 0, npages);
}

/* The pages have no owner that a pin could count on. */
static void pinned(void)
{
	char copy[64];
	struct iovec to = { .iov_base = copy, .iov_len = sizeof(copy) };
	struct iovec from = { .iov_base = full, .iov_len = sizeof(copy) };

	expect("process_vm_readv", process_vm_readv(getpid(), &to, 1, &from, 1, 0), EFAULT);
}

static unsigned long rss_file_kb(void)
{
	FILE *status = fopen("/proc/self/status", "r");
	unsigned long kb = 0;
	char line[128];

	must("open status", status ? 0 : -1);
	while (fgets(line, sizeof(line), status))
		if (sscanf(line, "RssFile: %lu", &kb) == 1)
			break;
	fclose(status);
	return kb;
}

/* The memory is the buffer's, not that of each process that maps it. */
static void resident_size(void)
{
	unsigned long before, after;
	void *map;

	rss_file_kb();
	before = rss_file_kb();
	map = must_map("mmap", mmap(NULL, bytes(npages), PROT_READ | PROT_WRITE, MAP_SHARED,
				    fd, 0));
	check_tags("second mapping", map, 0, npages);
	after = rss_file_kb();
	if (after > before + bytes(npages) / 1024 / 4)
		complain("RssFile grew from %lu to %lu kB", before, after);
	munmap(map, bytes(npages));
}

/* The mapping keeps the buffer; the descriptor is not needed. */
static void closed_descriptor(void)
{
	must("close", close(fd));
	check_tags("after close", full, 0, npages);
}

static const struct test_case cases[] = {
	{ "borders", borders },
	{ "every_window", every_window },
	{ "written_through", written_through },
	{ "private_mapping", private_mapping },
	{ "past_the_end", past_the_end },
	{ "read_only", read_only },
	{ "populate", populate },
	{ "partial_munmap", partial_munmap },
	{ "remap", remap },
	{ "fork_child", fork_child },
	{ "change_protection", change_protection },
	{ "advice", advice },
	{ "pinned", pinned },
	{ "resident_size", resident_size },
	{ "closed_descriptor", closed_descriptor },
};

int main(int argc, char **argv)
{
	if (argc < 4) {
		fprintf(stderr, "usage: map_check PATH CASE ORDER:COUNT...\n");
		return 2;
	}
	page = sysconf(_SC_PAGESIZE);
	heap = must("open the heap", open(argv[1], O_RDWR | O_CLOEXEC));
	parse_chunks(argc - 3, &argv[3]);
	make_buffer();
	return run_case(cases, ARRAY_SIZE(cases), argv[2]);
}
