/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Calls on the descriptor of a buffer, and children that have its mappings, too.
 */
#ifndef DBB_TEST_FUZZ_SHARE_H
#define DBB_TEST_FUZZ_SHARE_H

#include <sys/wait.h>

#include "fuzz_calls.h"

/* A child has what was not kept from it, and the parent sees what it writes. */
static void try_fork(void)
{
	unsigned int i, before = complaints;
	int status;
	pid_t child;

	if (!nwindows)
		return;
	say("fork with %u mappings", nwindows);
	fflush(stdout);
	child = must("fork", fork());
	if (!child) {
		for (i = 0; i < nwindows; i++) {
			u32 value;

			if (windows[i].is_forked)
				check_window(&windows[i]);
			else if (access_word((u32 *)windows[i].addr, false, &value) != SIGSEGV)
				differ("a child has mapping %u", i);
		}
		fflush(stdout);
		_exit(complaints > before);
	}
	waitpid(child, &status, 0);
	if (status)
		differ("the child's status is %#x", status);
	accepted++;
	for (i = 0; i < nwindows; i++)
		check_window(&windows[i]);
}

/* dup, and which of the two is closed first. */
static void try_dup(void)
{
	struct buffer *buf = draw_buffer();
	int other;

	if (!buf)
		return;
	say("dup %d", buf->fd);
	other = must("dup", fcntl(buf->fd, F_DUPFD_CLOEXEC, MAPPED_FDS));
	close(draw(2) ? other : buf->fd);
	if (fcntl(buf->fd, F_GETFD) < 0)
		buf->fd = other;
	if (dmabuf_bytes(buf->fd) != buf->npages * page_bytes)
		differ("%llu bytes after a dup", dmabuf_bytes(buf->fd));
	accepted++;
}

static void try_sync(void)
{
	struct dma_buf_sync sync = { .flags = draw(4) ? draw(8) : 1ull << draw(64) };
	bool is_bad = !draw(12);
	struct buffer *buf = draw_buffer();
	int err, want = 0;

	if (!buf)
		return;
	if (is_bad)
		want = EFAULT;
	else if (sync.flags & ~(u64)DMA_BUF_SYNC_VALID_FLAGS_MASK ||
		 !(sync.flags & DMA_BUF_SYNC_RW))
		want = EINVAL;
	say("DMA_BUF_IOCTL_SYNC, flags %#llx%s", (u64)sync.flags, is_bad ? ", no memory" : "");
	err = errno_of(ioctl(buf->fd, DMA_BUF_IOCTL_SYNC,
			     is_bad ? guarded + page_bytes - draw(8) : (char *)&sync));
	judge(err, want, 0);
}

/* The name is in fdinfo, as bench/results has it. */
static void check_name(int fd, const char *name)
{
	char path[48], text[256], *line;
	int info;

	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", fd);
	info = must(path, open(path, O_RDONLY | O_CLOEXEC));
	read_start(info, text, sizeof(text));
	close(info);
	line = strstr(text, "\nname:\t");
	if (!line || strncmp(line + 7, name, strlen(name)) || line[7 + strlen(name)] != '\n')
		differ("the name is not '%s'", name);
}

static void try_name(void)
{
	struct buffer *buf = draw_buffer();
	bool is_bad = !draw(6);
	char name[64];
	u32 i, len = draw(40);
	int err, want;

	if (!buf)
		return;
	for (i = 0; i < len; i++)
		name[i] = 'a' + draw(26);
	name[len] = '\0';
	say("DMA_BUF_SET_NAME '%s'%s", name, is_bad ? ", no memory" : "");
	want = is_bad ? EFAULT : len >= 32 ? EINVAL : 0;
	err = errno_of(ioctl(buf->fd, draw(2) ? DMA_BUF_SET_NAME_A : DMA_BUF_SET_NAME_B,
			     is_bad ? guarded + page_bytes : name));
	judge(err, want, 0);
	if (!err && len)
		check_name(buf->fd, name);
}

/* Only the ends can be sought, and no other command is known. */
static void try_descriptor(void)
{
	off_t offset = draw(2) ? 0 : (off_t)draw(9999) - 5000, got, want = -1;
	struct buffer *buf = draw_buffer();
	int whence = draw(4);
	char c[64] = "";

	if (!buf)
		return;
	say("calls on a buffer, lseek %lld by %d, mode %d", (long long)offset, whence, buf->mode);
	got = lseek(buf->fd, offset, whence);
	if (!offset && (whence == SEEK_SET || whence == SEEK_END))
		want = whence == SEEK_END ? buf->npages * page_bytes : 0;
	if (got != want)
		differ("lseek: %lld, the model says %lld", (long long)got, (long long)want);
	expect_err("read", read(buf->fd, c, 1), buf->mode == O_WRONLY ? EBADF : EINVAL, 0xfff);
	expect_err("write", write(buf->fd, c, 1), buf->mode == O_RDONLY ? EBADF : EINVAL, 0xfff);
	expect_err("ftruncate", ftruncate(buf->fd, draw(9999)), EINVAL, 0xfff);
	expect_err("ioctl", ioctl(buf->fd, _IOC(draw(4), 'b', 9 + draw(90), draw(64)), c), ENOTTY,
		   0xfff);
	expect_err("ioctl of a heap", ioctl(buf->fd, DMA_HEAP_IOCTL_ALLOC, c), ENOTTY, 0xfff);
}

/* mlock and mincore of anything mapped. */
static void try_lock(void)
{
	static unsigned char pages[4096];
	struct window *w = draw_window();
	u64 at, n, skew = draw(4) ? 0 : 1 + draw(page_bytes - 1);
	u32 kind = draw(3);
	int err, want = 0;
	char *addr;

	if (!w)
		return;
	draw_part(w, &at, &n);
	addr = w->addr + at * page_bytes + (kind == 2 ? skew : 0);
	say("%s of %llu pages at %llu of %llu, prot %d, skewed by %llu",
	    kind == 2 ? "mincore" : kind ? "munlock" : "mlock", n, at, w->n, w->prot, skew);
	if (kind == 2)
		err = errno_of(mincore(addr, n * page_bytes, pages));
	else
		err = errno_of(kind ? munlock(addr, n * page_bytes) : mlock(addr, n * page_bytes));
	if (kind == 2 && skew)
		want = EINVAL;
	else if (!kind && w->buf->is_mixed)
		want = learn_answer(ANSWERS_MAX - 8 + w->prot, err);
	judge(err, want, 0);
	check_window(w);
}

static void try_access(void)
{
	struct window *w = draw_window();
	u64 i;

	if (!w)
		return;
	say("access to %llu pages from %llu of %llu, prot %d", w->n, w->first, w->buf->npages,
	    w->prot);
	for (i = 0; i < w->n && i < 20; i++)
		check_page(w, w->n > 20 ? draw(w->n) : i);
	accepted++;
}

#endif /* DBB_TEST_FUZZ_SHARE_H */
