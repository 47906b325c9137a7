// SPDX-License-Identifier: GPL-2.0
/*
 * What the memory management makes of user mappings of a buffer: whether it counts and
 * pins their pages, and the flags of them.
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

static const struct test_case cases[] = {
	{ "advice", advice },
	{ "advice_drops", advice_drops },
	{ "pinned", pinned },
	{ "pinnable", pinnable },
	{ "resident_size", resident_size },
	{ "resident_size_counted", resident_size_counted },
	{ "flags_of_frames", flags_of_frames },
	{ "flags_of_pages", flags_of_pages },
};

int main(int argc, char **argv)
{
	return run_map_cases(argc, argv, cases, ARRAY_SIZE(cases));
}
