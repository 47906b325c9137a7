// SPDX-License-Identifier: GPL-2.0
/*
 * The buffers of heap_mmap: allocated, mapped, and each page looked at.
 */
#include <fcntl.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <linux/dma-buf.h>

#include "heap_mmap.h"

/*
 * Pages per window of the offset check. A prime, so that the windows start and
 * end at every position inside chunks of any order.
 */
#define WINDOW_PAGES	509

/* The rest of a small file, '\0' terminated. */
static int read_text(const char *path, char *text, size_t size)
{
	ssize_t len;
	int fd;

	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0) {
		complain_open(path);
		return -1;
	}

	len = read(fd, text, size - 1);
	if (len < 0)
		complain_errno("read(%s)", path);
	if (close(fd) < 0) {
		complain_errno("close(%s)", path);
		return -1;
	}
	if (len < 0)
		return -1;

	text[len] = '\0';
	return 0;
}

/* "page [sg] apply" -> "sg" */
static int knob_get(const char *path, char *active, size_t size)
{
	char text[512];
	char *start;
	char *end;

	if (read_text(path, text, sizeof(text)) < 0)
		return -1;

	start = strchr(text, '[');
	end = start ? strchr(start, ']') : NULL;
	if (!end || (size_t)(end - start) > size) {
		complain("%s: no choice is in brackets: %s", path, text);
		return -1;
	}

	*end = '\0';
	memcpy(active, start + 1, end - start);
	return 0;
}

static int knob_set(const char *path, const char *name)
{
	char choices[512];
	ssize_t ret;
	int fd;

	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0) {
		complain_open(path);
		return -1;
	}

	ret = write(fd, name, strlen(name));
	if (ret < 0) {
		complain_errno("write(%s, \"%s\")", path, name);
		if (!read_text(path, choices, sizeof(choices)))
			complain("%s: %s", path, choices);
	}
	if (close(fd) < 0) {
		complain_errno("close(%s)", path);
		return -1;
	}

	return ret < 0 ? -1 : 0;
}

/* A buffer keeps the strategy that the knob held when it was allocated. */
int arm_alloc(const struct options *opt, struct arm *arm)
{
	char before[64];
	int ret;

	if (!opt->strategies) {
		arm->fd = heap_alloc(opt->heap, opt->size);
		return arm->fd < 0 ? -1 : 0;
	}

	if (knob_get(opt->knob, before, sizeof(before)) < 0 ||
	    knob_set(opt->knob, arm->name) < 0)
		return -1;

	arm->fd = heap_alloc(opt->heap, opt->size);
	ret = knob_set(opt->knob, before);

	return arm->fd < 0 ? -1 : ret;
}

int buffer_sync(const struct arm *arm, u64 flags)
{
	int ret = sync_buffer(arm->fd, flags);

	if (ret < 0)
		complain_errno("ioctl(%s, DMA_BUF_IOCTL_SYNC, flags=0x%llx)",
			       arm->name, flags);
	return ret;
}

u8 *buffer_map(const struct arm *arm, int prot, u64 len, u64 offset)
{
	void *map = mmap(NULL, len, prot, MAP_SHARED, arm->fd, offset);

	if (map == MAP_FAILED) {
		complain_errno("mmap(%s, len=%llu, offset=%llu)",
			       arm->name, len, offset);
		return NULL;
	}

	return map;
}

int buffer_unmap(const struct arm *arm, u8 *map, u64 len)
{
	if (munmap(map, len) < 0) {
		complain_errno("munmap(%s, len=%llu)", arm->name, len);
		return -1;
	}

	return 0;
}

/* A relaxed atomic is a plain access that the compiler neither drops nor merges. */
static unsigned long read_word(const void *at)
{
	return __atomic_load_n((const unsigned long *)at, __ATOMIC_RELAXED);
}

/* What the first word of page @p of the buffer must hold now. */
static unsigned long expected_word(const struct bench *bench, const struct arm *arm, u64 p)
{
	/* a heap hands out zeroed memory, and nothing writes below the offset */
	if (!arm->tag || p < bench->opt.offset / bench->page)
		return 0;

	return arm->tag + p;
}

/* Does @map show the @n pages of the buffer from page @first on? */
int check_pages(struct bench *bench, const struct arm *arm, const char *where,
		const u8 *map, u64 first, u64 n)
{
	u64 bad_page = 0;
	unsigned long bad_word = 0;
	u64 bad = 0;

	for (u64 i = 0; i < n; i++) {
		unsigned long word = read_word(map + i * bench->page);

		if (word == expected_word(bench, arm, first + i))
			continue;
		if (!bad++) {
			bad_page = i;
			bad_word = word;
		}
	}

	if (!bad)
		return 0;

	bench->wrong = true;
	complain("mismatch: %s, %s: %llu of %llu pages are wrong", arm->name, where, bad, n);
	complain("page %llu must be page %llu of the buffer and hold 0x%lx, but holds 0x%lx",
		 bad_page, first + bad_page, expected_word(bench, arm, first + bad_page),
		 bad_word);
	return -1;
}

/*
 * Map the buffer in small windows and look at each. A strategy that loses count
 * at a chunk boundary or drops the offset shows here even when it does so in the
 * same way for every mapping of the whole buffer.
 */
static int check_windows(struct bench *bench, const struct arm *arm)
{
	u64 pages = bench->opt.size / bench->page;
	u64 first;
	u64 n;

	for (first = 0; first < pages; first += n) {
		u8 *map;
		int ret;

		n = pages - first < WINDOW_PAGES ? pages - first : WINDOW_PAGES;
		map = buffer_map(arm, PROT_READ, n * bench->page, first * bench->page);
		if (!map)
			return -1;

		ret = check_pages(bench, arm, "window", map, first, n);
		if (buffer_unmap(arm, map, n * bench->page) < 0 || ret < 0)
			return -1;
	}

	return 0;
}

int check_sample(struct bench *bench, struct arm *arm, const u8 *map)
{
	u64 first = bench->opt.offset / bench->page;
	u64 pages = bench->opt.size / bench->page;

	if (buffer_sync(arm, DMA_BUF_SYNC_START | DMA_BUF_SYNC_READ) < 0)
		return -1;

	if (check_pages(bench, arm, "timed mapping", map, first, pages - first) < 0 ||
	    check_pages(bench, arm, "standing mapping", arm->view, 0, pages) < 0)
		return -1;

	if (!arm->windows_checked) {
		if (check_windows(bench, arm) < 0)
			return -1;
		arm->windows_checked = true;
	}

	return buffer_sync(arm, DMA_BUF_SYNC_END | DMA_BUF_SYNC_READ);
}
