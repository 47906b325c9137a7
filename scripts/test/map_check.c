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
#include <sys/resource.h>
#include <sys/uio.h>
#include <sys/wait.h>

#include "check.h"

#define MAX_CHUNKS 512

static int heap;
static size_t page;

/* What a page of page tables maps, and what a PMD can. */
static size_t pmd;

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

/* Whether @touch kills a child of this process by a signal, and which. */
static int signal_of(void (*touch)(void *map), void *map)
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

static void write_word(void *map)
{
	__atomic_store_n((u32 *)map, 0, __ATOMIC_RELAXED);
}

static u32 read_word(void *map, unsigned long i)
{
	return __atomic_load_n(word_of(map, i), __ATOMIC_RELAXED);
}

/*
 * A mapping of @n pages from page @first on, @shift pages behind the start of
 * a PMD, in the middle of anonymous memory that reaches a PMD to either side.
 */
static char *map_placed(unsigned long first, unsigned long n, unsigned long shift, char **around)
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

static void unmap_placed(unsigned long n, char *around)
{
	must("munmap", munmap(around, bytes(n) + 4 * pmd));
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

static void advice(void)
{
	expect("MADV_DONTNEED", madvise(full, bytes(npages), MADV_DONTNEED), EINVAL);
	check_tags("MADV_DONTNEED", full, 0, npages);
}

/* Nothing brings a dropped page back. */
static void advice_drops(void)
{
	expect("MADV_DONTNEED", madvise(full, bytes(npages), MADV_DONTNEED), 0);
	expect_equal("signal of a write", signal_of(write_word, full), SIGBUS);
}

/* The pages have no owner that a pin could count on. */
static void pinned(void)
{
	char copy[64];
	struct iovec to = { .iov_base = copy, .iov_len = sizeof(copy) };
	struct iovec from = { .iov_base = full, .iov_len = sizeof(copy) };

	expect("process_vm_readv", process_vm_readv(getpid(), &to, 1, &from, 1, 0), EFAULT);
}

/* A pinned page outlives the buffer, and is still the same. */
static void pinnable(void)
{
	struct iovec from = { .iov_base = full, .iov_len = page };
	u32 copy = 0;
	struct iovec to = { .iov_base = &copy, .iov_len = sizeof(copy) };
	int ends[2];

	expect_equal("bytes of process_vm_readv",
		     process_vm_readv(getpid(), &to, 1, &from, 1, 0), sizeof(copy));
	expect_equal("what it read", copy, tag_of(0));
	must("pipe", pipe(ends));
	expect_equal("bytes of vmsplice", vmsplice(ends[1], &from, 1, 0), page);
	must("munmap", munmap(full, bytes(npages)));
	must("close", close(fd));
	/* whoever asks next gets what was freed */
	must_map("mmap", mmap(NULL, 16 * bytes(npages), PROT_READ | PROT_WRITE,
			      MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0));
	must("read", read(ends[0], &copy, sizeof(copy)));
	expect_equal("what the pipe held", copy, tag_of(0));
}

/* The number that follows @key in /proc/self/status. */
static unsigned long status_kb(const char *key)
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

/* RssFile as it is: kernels before 6.2 add up what a thread did every 64 faults. */
static long rss_file_kb(void)
{
	size_t len = bytes(128);
	char *map = must_map("mmap", mmap(NULL, len, PROT_READ | PROT_WRITE,
					  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
	size_t i;

	for (i = 0; i < len; i += page)
		map[i] = 1;
	munmap(map, len);
	return status_kb("RssFile");
}

/* By how much a second mapping makes the process larger. */
static long rss_growth_kb(void)
{
	long before, after;
	void *map;

	rss_file_kb();
	before = rss_file_kb();
	map = must_map("mmap", mmap(NULL, bytes(npages), PROT_READ | PROT_WRITE, MAP_SHARED,
				    fd, 0));
	check_tags("second mapping", map, 0, npages);
	after = rss_file_kb();
	munmap(map, bytes(npages));
	return after - before;
}

/* The memory is the buffer's, not that of each process that maps it. */
static void resident_size(void)
{
	long kb = rss_growth_kb();

	if (kb > (long)(bytes(npages) / 1024 / 4))
		complain("RssFile grew by %ld kB", kb);
}

static void resident_size_counted(void)
{
	long kb = rss_growth_kb();

	if (kb < (long)(bytes(npages) / 1024 / 4 * 3))
		complain("RssFile grew by %ld of %zu kB", kb, bytes(npages) / 1024);
}

/* The VmFlags of the mapping that begins at @map. */
static void read_vm_flags(void *map, char *flags, size_t len)
{
	FILE *smaps = fopen("/proc/self/smaps", "r");
	unsigned long start;
	bool mine = false;
	char line[512];

	must("open smaps", smaps ? 0 : -1);
	*flags = '\0';
	while (fgets(line, sizeof(line), smaps)) {
		if (sscanf(line, "%lx-", &start) == 1 && strchr(line, '-'))
			mine = start == (unsigned long)map;
		if (mine && !strncmp(line, "VmFlags:", 8))
			snprintf(flags, len, "%s", line + 8);
	}
	fclose(smaps);
}

static void expect_vm_flags(const char *present, const char *absent)
{
	char flags[512], word[4];

	read_vm_flags(full, flags, sizeof(flags));
	for (; *present; present += 2) {
		snprintf(word, sizeof(word), "%.2s ", present);
		if (!strstr(flags, word))
			complain("no '%s' in the VmFlags%s", word, flags);
	}
	for (; *absent; absent += 2) {
		snprintf(word, sizeof(word), "%.2s ", absent);
		if (strstr(flags, word))
			complain("'%s' in the VmFlags%s", word, flags);
	}
}

/* The kernel shows no frames that it does not know as pages. */
static void expect_pagemap_bits(unsigned int want)
{
	int pagemap = must("open pagemap", open("/proc/self/pagemap", O_RDONLY));
	u64 entry;

	must("read pagemap", pread(pagemap, &entry, sizeof(entry),
				   (size_t)full / page * sizeof(entry)));
	expect_equal("bits 63 to 61 of pagemap", entry >> 61, want);
	close(pagemap);
}

static void flags_of_frames(void)
{
	expect_vm_flags("iopfdedd", "mm");
	expect_pagemap_bits(0);
}

static void flags_of_pages(void)
{
	expect_vm_flags("mmdedd", "iopf");
	expect_pagemap_bits(5);
}

enum reach { REACH_ALL, REACH_PAGE, REACH_CHUNK, REACH_PMD };

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

/*
 * Reading the middle of a chunk maps as many pages as it should: these take no
 * fault any more, and those on both sides take one.
 */
static void check_reach(enum reach reach, unsigned int chunk, unsigned long shift)
{
	unsigned long from = chunk_start[chunk], end = chunk_start[chunk + 1];
	unsigned long at = (from + end) / 2, per_pmd = pmd / page;
	unsigned long pmd_start = (at + shift) / per_pmd * per_pmd;
	char *around, *map = map_placed(0, npages, shift, &around);

	if (reach == REACH_PAGE) {
		from = at;
		end = at + 1;
	} else if (reach == REACH_PMD) {
		if (pmd_start > from + shift)
			from = pmd_start - shift;
		if (pmd_start + per_pmd < end + shift)
			end = pmd_start + per_pmd - shift;
	} else if (reach == REACH_ALL) {
		from = 0;
		end = npages;
	}
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

static void reach_pmd(void)
{
	check_reaches(REACH_PMD);
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

/* A fault and no page table for each chunk of the size of a PMD. */
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
	expect_equal("faults", minor_faults() - faults, count);
	kb = status_kb("VmPTE") - kb;
	if (kb * 1024 >= (long)bytes(count / 2))
		complain("page tables grew by %ld kB for %lu PMDs", kb, count);
	for (i = 0; i < npages; i++)
		if (*word_of(full, i) != ~tag_of(i))
			break;
	expect_equal("pages that were written", i, npages);
	unmap_placed(npages, around);
}

/* Offset and address equally far into a PMD: from the second one on, PMDs. */
static void huge_in_step(void)
{
	unsigned long i, per_pmd = pmd / page, count = npages / per_pmd;
	char *around, *map = map_placed(1, npages - 1, 1, &around);
	long faults = minor_faults();

	for (i = 0; i < npages - 1; i++)
		if (read_word(map, i) != tag_of(i + 1))
			break;
	expect_equal("pages that are right", i, npages - 1);
	expect_equal("faults", minor_faults() - faults, count);
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
	{ "advice", advice },
	{ "advice_drops", advice_drops },
	{ "pinned", pinned },
	{ "pinnable", pinnable },
	{ "resident_size", resident_size },
	{ "resident_size_counted", resident_size_counted },
	{ "flags_of_frames", flags_of_frames },
	{ "flags_of_pages", flags_of_pages },
	{ "reach_all", reach_all },
	{ "reach_page", reach_page },
	{ "reach_chunk", reach_chunk },
	{ "reach_pmd", reach_pmd },
	{ "placed", placed },
	{ "huge_aligned", huge_aligned },
	{ "huge_in_step", huge_in_step },
	{ "huge_split", huge_split },
	{ "closed_descriptor", closed_descriptor },
};

int main(int argc, char **argv)
{
	char *name;
	int status = 0;

	if (argc < 4) {
		fprintf(stderr, "usage: map_check PATH CASE[,CASE]... ORDER:COUNT...\n");
		return 2;
	}
	page = sysconf(_SC_PAGESIZE);
	pmd = page * page / 8;
	heap = must("open the heap", open(argv[1], O_RDWR | O_CLOEXEC));
	parse_chunks(argc - 3, &argv[3]);
	/* each with a buffer of its own: some leave other tags */
	while (!status && (name = strsep(&argv[2], ","))) {
		make_buffer();
		status = run_case(cases, ARRAY_SIZE(cases), name);
		munmap(full, bytes(npages));
		close(fd);
	}
	return status;
}
