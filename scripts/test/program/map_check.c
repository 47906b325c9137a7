// SPDX-License-Identifier: GPL-2.0
/*
 * What user mappings of a buffer show, whatever part of it they map, and what is
 * refused.
 *
 *   map_check PATH CASE[,CASE]... ORDER:COUNT...
 */
#define _GNU_SOURCE
#include "map_buffer.h"

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

	check_tags("PROT_READ", map, 0, npages);
	expect_equal("signal of a write", signal_of(write_word, map), SIGSEGV);
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

/* A child sees the pages of @map, and the parent what it wrote there. */
static void share_with_child(u32 *map)
{
	unsigned long i;
	pid_t child = must("fork", fork());
	int status;

	if (!child) {
		check_tags("in the child", map, 0, npages);
		for (i = 0; i < npages; i++)
			*word_of(map, i) = ~tag_of(i);
		fflush(stdout);
		_exit(complaints ? 1 : 0);
	}
	waitpid(child, &status, 0);
	expect_equal("status of the child", status, 0);
	for (i = 0; i < npages; i++)
		if (read_word(map, i) != ~tag_of(i))
			break;
	expect_equal("pages that show what the child wrote", i, npages);
}

static void fork_child(void)
{
	share_with_child((u32 *)full);
}

/* Neither has touched the mapping when they part. */
static void fork_untouched(void)
{
	share_with_child(must_map("mmap", mmap(NULL, bytes(npages), PROT_READ | PROT_WRITE,
					       MAP_SHARED, fd, 0)));
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

/* Windows whose neighbours are other memory: it stays what it is. */
static void check_placed(unsigned long first, unsigned long n, unsigned long shift)
{
	char *around, *map = map_placed(first, n, shift, &around);
	u32 *before = word_of(map - page, 0), *after = word_of(map, n);
	char what[96];
	unsigned long i;

	*before = 0xbef0;
	*after = 0xaf7e;
	snprintf(what, sizeof(what), "%lu pages from page %lu on, %lu pages into a PMD", n,
		 first, shift);
	/* from the end, so that a fault has something before it */
	for (i = n; i-- > 0;)
		if (read_word(map, i) != tag_of(first + i))
			break;
	if (i != -1ul)
		complain("%s: page %lu holds %#x", what, i, read_word(map, i));
	for (i = 0; i < n; i++)
		*word_of(map, i) = ~tag_of(first + i);
	expect_equal("the word before the mapping", *before, 0xbef0);
	expect_equal("the word after the mapping", *after, 0xaf7e);
	for (i = first; i < first + n; i++) {
		if (*word_of(full, i) != ~tag_of(i))
			complain("%s: page %lu was not written", what, i);
		*word_of(full, i) = tag_of(i);
	}
	unmap_placed(n, around);
}

/* Address and offset in step, and out of step, with the PMDs. */
static void placed(void)
{
	unsigned long per_pmd = pmd / page;
	unsigned long shifts[] = { 0, 1, per_pmd - 1 };
	unsigned long firsts[] = { 0, 1, per_pmd - 1, per_pmd, per_pmd + 1 };
	unsigned int s, f;

	for (s = 0; s < ARRAY_SIZE(shifts); s++) {
		for (f = 0; f < ARRAY_SIZE(firsts); f++) {
			if (firsts[f] >= npages)
				continue;
			check_placed(firsts[f], 1, shifts[s]);
			check_placed(firsts[f], (npages - firsts[f] + 1) / 2, shifts[s]);
			check_placed(firsts[f], npages - firsts[f], shifts[s]);
		}
	}
}

/* Devices and the kernel see these pages too, in this order (module same_pages). */
static void other_views(void)
{
	int file = must("open same_pages", open("/sys/kernel/debug/same_pages", O_RDWR));
	char said[160] = "";

	must("write same_pages", dprintf(file, "%d %u", fd, tag_of(0)));
	must("read same_pages", pread(file, said, sizeof(said) - 1, 0));
	close(file);
	if (!strstr(said, "device: ok") || !strstr(said, "kernel: ok"))
		complain("%s", said);
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
	{ "fork_untouched", fork_untouched },
	{ "change_protection", change_protection },
	{ "placed", placed },
	{ "other_views", other_views },
	{ "closed_descriptor", closed_descriptor },
};

int main(int argc, char **argv)
{
	return run_map_cases(argc, argv, cases, ARRAY_SIZE(cases));
}
