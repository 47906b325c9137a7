/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Calls that allocations fail in, on buffers: alloc, sync, map, fork, cut, move, each with
 * NODE BYTES.
 */
#ifndef DBB_TEST_FAIL_BUFFERS_H
#define DBB_TEST_FAIL_BUFFERS_H

#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <linux/sync_file.h>

#include "fail_files.h"

/* From 6.0 on; distributions' headers are older. */
struct sync_fd {
	u32 flags;
	int fd;
};

#define IOCTL_EXPORT_SYNC_FILE _IOWR('b', 2, struct sync_fd)
#define IOCTL_IMPORT_SYNC_FILE _IOW('b', 3, struct sync_fd)

static char *map = MAP_FAILED, *place = MAP_FAILED;
static size_t size, page;

static void unmap(char **it)
{
	if (*it != MAP_FAILED)
		must("munmap", munmap(*it, size));
	*it = MAP_FAILED;
}

static void find_size(void)
{
	page = sysconf(_SC_PAGESIZE);
	size = (strtoull(other_words, NULL, 0) + page - 1) / page * page;
}

static int alloc_buffer(void)
{
	node = open(first_word, O_RDWR | O_CLOEXEC);
	if (node < 0)
		return errno;
	fd = heap_alloc(node, size, O_RDWR | O_CLOEXEC);
	return outcome(fd);
}

static void have_buffer(void)
{
	int err;

	find_size();
	err = alloc_buffer();
	errno = err;
	must("a buffer", err ? -1 : 0);
}

static void have_map(void)
{
	have_buffer();
	map = must_map("mmap", mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0));
}

/* A fault that gets no memory is taken again. */
static void touch_map(void)
{
	size_t at;

	for (at = 0; at < size; at += page)
		__atomic_store_n((u32 *)(map + at), at, __ATOMIC_RELAXED);
	for (at = 0; at < size; at += page)
		if (__atomic_load_n((u32 *)(map + at), __ATOMIC_RELAXED) != at)
			complain("byte %zu of the mapping is not what was written", at);
}

/* Touched before it goes, too, so that faults and munmap() are reached. */
static int map_buffer(void)
{
	map = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (map == MAP_FAILED)
		return errno;
	touch_map();
	if (munmap(map, size))
		return errno;
	map = MAP_FAILED;
	return 0;
}

static void undo_map(int err)
{
	(void)err;
	unmap(&map);
	unmap(&place);
	close_all();
}

static void have_touched_map(void)
{
	have_map();
	touch_map();
}

static int fork_child(void)
{
	pid_t child = syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0);

	if (!child)
		_exit(0);
	return outcome(child);
}

static void undo_fork(int err)
{
	int status;

	if (!err && (wait(&status) < 0 || status))
		complain("the child ended with status %#x", status);
	undo_map(err);
}

/* A page out of the middle: three mappings, or one as before. */
static int cut_map(void)
{
	return outcome(munmap(map + size / page / 2 * page, page));
}

static void have_place(void)
{
	have_touched_map();
	place = must_map("a place", mmap(NULL, size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS,
					 -1, 0));
}

static int move_map(void)
{
	return mremap(map, size, size, MREMAP_MAYMOVE | MREMAP_FIXED, place) == MAP_FAILED ?
	       errno : 0;
}

static int sync_buffer(void)
{
	struct dma_buf_sync sync = { .flags = DMA_BUF_SYNC_START | DMA_BUF_SYNC_RW };
	struct sync_fd file = { .flags = DMA_BUF_SYNC_RW, .fd = -1 };

	if (ioctl(fd, DMA_BUF_IOCTL_SYNC, &sync) || ioctl(fd, DMA_BUF_SET_NAME_B, "planted"))
		return errno;
	sync.flags = DMA_BUF_SYNC_END | DMA_BUF_SYNC_RW;
	if (ioctl(fd, DMA_BUF_IOCTL_SYNC, &sync) || ioctl(fd, IOCTL_EXPORT_SYNC_FILE, &file))
		return errno;
	sync_fds = file.fd;
	return outcome(ioctl(fd, IOCTL_IMPORT_SYNC_FILE, &file));
}

static void undo_buffer(int err)
{
	(void)err;
	close_all();
}

#endif /* DBB_TEST_FAIL_BUFFERS_H */
