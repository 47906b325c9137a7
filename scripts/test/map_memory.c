// SPDX-License-Identifier: GPL-2.0
/*
 * What the memory management makes of user mappings of a buffer: whether it counts and
 * pins their pages, how far a fault reaches, and where a PMD maps them.
 *
 *   map_memory PATH CASE[,CASE]... ORDER:COUNT...
 */
#define _GNU_SOURCE
#include <sys/resource.h>
#include <sys/uio.h>

#include "map_buffer.h"

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

static const struct test_case cases[] = {
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
	{ "huge_aligned", huge_aligned },
	{ "huge_in_step", huge_in_step },
	{ "huge_split", huge_split },
};

int main(int argc, char **argv)
{
	return run_map_cases(argc, argv, cases, ARRAY_SIZE(cases));
}
