// SPDX-License-Identifier: GPL-2.0
/*
 * What /proc says of a mapping of dmabuf_probe: its flags, huge pages, and where it
 * shows them, how the pages lie.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "dmabuf_probe.h"

#define PAGEMAP_PRESENT	0x8000000000000000ULL
#define PAGEMAP_FRAME	0x007fffffffffffffULL
#define PAGEMAP_BATCH	512

/* "VmFlags: rd wr sh\n" -> "rd,wr,sh" */
static void take_flags(char *flags, size_t size, const char *text)
{
	size_t n = 0;

	for (; *text && *text != '\n' && n + 1 < size; text++) {
		if (*text != ' ')
			flags[n++] = *text;
		else if (n && text[1] && text[1] != '\n')
			flags[n++] = ',';
	}
	flags[n] = '\0';
}

static bool take_kib(const char *line, const char *key, u64 *kib)
{
	size_t len = strlen(key);
	u64 value;

	if (strncmp(line, key, len) || line[len] != ':')
		return false;
	value = strtoull(line + len + 1, NULL, 10);
	*kib += value;
	return true;
}

static void take_line(struct mapping_facts *facts, const char *line)
{
	if (take_kib(line, "Rss", &facts->rss_kib) ||
	    take_kib(line, "AnonHugePages", &facts->huge_kib) ||
	    take_kib(line, "ShmemPmdMapped", &facts->huge_kib) ||
	    take_kib(line, "FilePmdMapped", &facts->huge_kib) ||
	    take_kib(line, "KernelPageSize", &facts->kernel_page_kib) ||
	    take_kib(line, "MMUPageSize", &facts->mmu_page_kib))
		return;
	if (!strncmp(line, "VmFlags:", 8)) {
		take_flags(facts->vm_flags, sizeof(facts->vm_flags), line + 8);
		facts->known = true;
	}
}

/* "7f0000000000-7f0000800000 rw-s ..." */
static bool is_area(const char *line, u64 *from, u64 *to)
{
	char *end;

	*from = strtoull(line, &end, 16);
	if (end == line || *end != '-')
		return false;
	line = end + 1;
	*to = strtoull(line, &end, 16);
	return end != line && *end == ' ';
}

/* Of the area that @map begins in. */
static void read_smaps(struct mapping_facts *facts, const u8 *map)
{
	u64 at = (uintptr_t)map;
	u64 from, to;
	bool inside = false;
	char line[512];
	FILE *file;

	file = fopen("/proc/self/smaps", "re");
	if (!file)
		return;
	while (!facts->known && fgets(line, sizeof(line), file)) {
		if (is_area(line, &from, &to))
			inside = at >= from && at < to;
		else if (inside)
			take_line(facts, line);
	}
	fclose(file);
}

/* False where an entry shows no page frame. */
static bool count_chunks(struct mapping_facts *facts, const u64 *entries, size_t n, u64 *last)
{
	for (size_t i = 0; i < n; i++) {
		u64 frame = entries[i] & PAGEMAP_FRAME;

		if (!(entries[i] & PAGEMAP_PRESENT)) {
			facts->pagemap = "not_shown";
			return false;
		}
		if (!frame) {
			facts->pagemap = "no_frames_without_root";
			return false;
		}
		if (frame != *last + 1)
			facts->chunks++;
		*last = frame;
	}
	return true;
}

/* Mappings of bare page frames (VmFlags pf) are left out by the kernel. */
static void read_pagemap(struct mapping_facts *facts, const u8 *map, u64 len, u64 page)
{
	u64 entries[PAGEMAP_BATCH];
	u64 pages = len / page;
	u64 last = 0;
	int fd;

	fd = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
	if (fd < 0) {
		facts->pagemap = errno == ENOENT ? "none_in_this_kernel" : "unreadable";
		return;
	}
	facts->pagemap = "shown";
	for (u64 done = 0; done < pages;) {
		size_t n = pages - done < PAGEMAP_BATCH ? pages - done : PAGEMAP_BATCH;
		off_t at = ((uintptr_t)map / page + done) * sizeof(*entries);

		if (pread(fd, entries, n * sizeof(*entries), at) !=
		    (ssize_t)(n * sizeof(*entries))) {
			facts->pagemap = "unreadable";
			break;
		}
		if (!count_chunks(facts, entries, n, &last))
			break;
		done += n;
	}
	if (strcmp(facts->pagemap, "shown"))
		facts->chunks = 0;
	close(fd);
}

void read_mapping(struct mapping_facts *facts, const u8 *map, u64 len, u64 page)
{
	memset(facts, 0, sizeof(*facts));
	facts->pagemap = "unreadable";
	read_smaps(facts, map);
	read_pagemap(facts, map, len, page);
}
