/* SPDX-License-Identifier: GPL-2.0 */
/*
 * mmap() of parts of a buffer, and the calls on what is mapped.
 */
#ifndef DBB_TEST_FUZZ_CALLS_H
#define DBB_TEST_FUZZ_CALLS_H

#include "fuzz_map.h"

/* errno of a mapping that can be executed, as the kernel's file system says. */
static int exec_errno;

struct mmap_call {
	struct buffer *buf;
	u64 offset, len;
	int prot, flags;
};

static bool is_past_end(const struct mmap_call *c)
{
	u64 n = (c->len + page_bytes - 1) / page_bytes, first = c->offset / page_bytes;

	return first > c->buf->npages || n > c->buf->npages - first;
}

/* In the order in which the kernel looks. */
static int model_mmap(const struct mmap_call *c)
{
	int type = c->flags & MAP_TYPE;

	if (c->offset % page_bytes || c->flags & MAP_HUGETLB || !c->len)
		return -EINVAL;
	if (c->len > 1ull << 50)
		return -ENOMEM;
	if (c->flags & MAP_FIXED_NOREPLACE)
		return -EEXIST;
	if (type == MAP_SHARED_VALIDATE && c->flags & MAP_SYNC)
		return -EOPNOTSUPP;
	if (type != MAP_SHARED && type != MAP_PRIVATE && type != MAP_SHARED_VALIDATE)
		return -EINVAL;
	if (type != MAP_PRIVATE && c->prot & PROT_WRITE && c->buf->mode == O_RDONLY)
		return -EACCES;
	if (c->buf->mode == O_WRONLY)
		return -EACCES;
	if (c->prot & PROT_EXEC && exec_errno)
		return -exec_errno;
	return is_past_end(c) || type == MAP_PRIVATE ? -EINVAL : 0;
}

static int draw_prot(void)
{
	static const int prots[] = {
		PROT_READ, PROT_READ, PROT_READ | PROT_WRITE, PROT_READ | PROT_WRITE,
		PROT_READ | PROT_WRITE, PROT_WRITE, PROT_NONE, PROT_READ | PROT_EXEC,
	};

	return prots[draw(ARRAY_SIZE(prots))];
}

/* Half of them are right. */
static void draw_mmap(struct mmap_call *c)
{
	u64 first = draw(c->buf->npages), n = 1 + draw(c->buf->npages - first);

	if (!draw(4)) {
		first = 0;
		n = c->buf->npages;
	}
	c->offset = first * page_bytes;
	c->len = n * page_bytes - draw(2) * draw(page_bytes);
	c->prot = draw_prot();
	c->flags = draw(4) ? MAP_SHARED : MAP_SHARED_VALIDATE;
	c->flags |= MAP_FIXED | (draw(6) ? 0 : MAP_POPULATE) | (draw(8) ? 0 : MAP_LOCKED) |
		    (draw(8) ? 0 : MAP_NORESERVE);
	switch (draw(20)) {
	case 0:
		c->flags = MAP_PRIVATE | MAP_FIXED;
		break;
	case 1:
		c->len = (c->buf->npages - first + 1 + draw(3)) * page_bytes;
		break;
	case 2:
		c->offset += draw(2) ? 1 + draw(page_bytes - 1) : c->buf->npages * page_bytes;
		break;
	case 3:
		c->len = draw(2) ? 0 : ~0ull - draw(2 * page_bytes);
		break;
	case 4:
		c->flags &= ~MAP_TYPE;
		break;
	case 5:
		c->flags |= draw(2) ? MAP_SYNC : MAP_HUGETLB;
		break;
	case 6:
		c->flags = (c->flags & ~MAP_FIXED) | MAP_FIXED_NOREPLACE;
		break;
	case 7:
		c->offset = (u64)draw(0) << (12 + draw(32));
		break;
	}
}

static void try_mmap(void)
{
	struct mmap_call c = { .buf = draw_buffer() };
	int slot = find_slot(), err, want;
	struct window *w;
	char *addr, *map;

	if (!c.buf || slot < 0 || nwindows + 4 > WINDOWS)
		return;
	draw_mmap(&c);
	addr = slot_addr(slot);
	say("mmap %#llx bytes at %#llx of %llu pages, mode %d, prot %d, flags %#x", c.len,
	    c.offset, c.buf->npages, c.buf->mode, c.prot, c.flags);
	want = -model_mmap(&c);
	map = mmap(addr, c.len, c.prot, c.flags, c.buf->fd, c.offset);
	err = map == MAP_FAILED ? errno : 0;
	/* the kernel may look at offset and length together first */
	judge(err, want, want == ENOMEM || c.offset > INT64_MAX - c.len ? EOVERFLOW : 0);
	if (err) {
		reserve(arena + slot * slot_bytes, slot_bytes);
		check_refused((c.flags & MAP_TYPE) == MAP_PRIVATE && want == EINVAL &&
			      c.buf->mode != O_WRONLY && !(c.offset % page_bytes) &&
			      !is_past_end(&c));
		return;
	}
	w = add_window(c.buf, map, c.offset / page_bytes,
		       (c.len + page_bytes - 1) / page_bytes, c.prot);
	if (want)
		drop_window(w);
	else
		check_window(w);
}

/* Some pages of the window, often all or those at an end. */
static void draw_part(const struct window *w, u64 *at, u64 *n)
{
	*at = draw(3) ? 0 : draw(w->n);
	*n = draw(3) ? w->n - *at : 1 + draw(w->n - *at);
}

static void try_munmap(void)
{
	struct window *w = draw_window();
	u64 at, n, skew = draw(8) ? 0 : 1 + draw(page_bytes - 1);
	int err;

	if (!w || nwindows + 2 > WINDOWS)
		return;
	draw_part(w, &at, &n);
	if (!draw(16))
		n = 0;
	say("munmap %llu pages at %llu of %llu, skewed by %llu", n, at, w->n, skew);
	err = errno_of(munmap(w->addr + at * page_bytes + skew, n * page_bytes));
	judge(err, skew || !n ? EINVAL : 0, 0);
	if (!err)
		drop_window(split_window(w, at, n));
	if (nwindows)
		check_window(draw_window());
}

static void try_mprotect(void)
{
	struct window *w = draw_window();
	u64 at, n, skew = draw(8) ? 0 : 1 + draw(page_bytes - 1);
	int prot = draw_prot(), err, want = 0;

	if (!w || nwindows + 2 > WINDOWS)
		return;
	draw_part(w, &at, &n);
	if (skew)
		want = EINVAL;
	else if ((prot & PROT_WRITE && w->buf->mode == O_RDONLY) ||
		 (prot & PROT_EXEC && exec_errno))
		want = EACCES;
	say("mprotect %llu pages at %llu of %llu to %d, skewed by %llu, mode %d", n, at, w->n, prot,
	    skew, w->buf->mode);
	err = errno_of(mprotect(w->addr + at * page_bytes + skew, n * page_bytes, prot));
	judge(err, want, 0);
	if (!err && !want) {
		w = split_window(w, at, n);
		w->prot = prot;
	}
	check_window(w);
}

struct mremap_call {
	u64 old_len, new_len;
	int flags, want;
};

/* Of @n pages. Growing and copying are refused, moving and shrinking are not. */
static void draw_mremap(struct mremap_call *c, u64 n)
{
	*c = (struct mremap_call){ n * page_bytes, n * page_bytes, MREMAP_MAYMOVE, EINVAL };
	switch (draw(8)) {
	case 0:
		c->new_len += (1 + draw(4)) * page_bytes;
		c->flags |= draw(2) ? MREMAP_FIXED : 0;
		c->want = EFAULT;
		break;
	case 1:
		c->old_len = 0;
		c->want = EFAULT;
		break;
	case 2:
		c->flags |= MREMAP_DONTUNMAP;
		break;
	case 3:
		c->new_len = 0;
		c->flags = draw(4);
		break;
	case 4:
		c->flags = draw(2) ? MREMAP_FIXED : 8 << draw(20);
		break;
	case 5:
		c->new_len = (1 + draw(n)) * page_bytes;
		c->flags = 0;
		c->want = 0;
		break;
	default:
		c->flags |= MREMAP_FIXED;
		c->want = 0;
		break;
	}
}

/* Where the pages from @at of the window are now; returns it, or another one. */
static struct window *follow_mremap(struct window *w, u64 at, const struct mremap_call *c,
				    char *to)
{
	u64 n = c->old_len / page_bytes, left = c->new_len / page_bytes;

	if (c->flags & MREMAP_FIXED) {
		w = split_window(w, at, n);
		reserve(w->addr, c->old_len);
		w->addr = to;
	} else if (left < n) {
		w = split_window(w, at, n);
		drop_window(split_window(w, left, n - left));
		w = draw_window();
	}
	return w;
}

static void try_mremap(void)
{
	struct window *w = draw_window();
	int slot = find_slot(), err;
	struct mremap_call c;
	char *to, *map;
	u64 at, n;

	if (!w || slot < 0 || nwindows + 3 > WINDOWS)
		return;
	draw_part(w, &at, &n);
	draw_mremap(&c, n);
	to = slot_addr(slot);
	say("mremap %llu pages at %llu of %llu to %llu, flags %#x", c.old_len / page_bytes, at,
	    w->n, c.new_len / page_bytes, c.flags);
	map = mremap(w->addr + at * page_bytes, c.old_len, c.new_len, c.flags, to);
	err = map == MAP_FAILED ? errno : 0;
	judge(err, c.want, 0);
	/* where it was to go is unmapped first, also if it then fails */
	if (err || c.want)
		reserve(arena + slot * slot_bytes, slot_bytes);
	else
		w = follow_mremap(w, at, &c, map);
	check_window(w);
}

#define ANSWERS_MAX 1024

/* What the kernel decides is asked once, and is then the same for mappings of one kind. */
static int learned[ANSWERS_MAX];

static int learn_answer(unsigned int question, int err)
{
	if (!learned[question])
		learned[question] = err + 1;
	return learned[question] - 1;
}

static const int advices[] = {
	MADV_NORMAL, MADV_RANDOM, MADV_SEQUENTIAL, MADV_WILLNEED, MADV_DONTNEED, MADV_FREE,
	MADV_REMOVE, MADV_DONTFORK, MADV_DOFORK, MADV_MERGEABLE, MADV_UNMERGEABLE, MADV_HUGEPAGE,
	MADV_NOHUGEPAGE, MADV_DONTDUMP, MADV_DODUMP, MADV_WIPEONFORK, MADV_KEEPONFORK, MADV_COLD,
	MADV_PAGEOUT, MADV_POPULATE_READ, MADV_POPULATE_WRITE, 99,
};

/* 1: the kernel decides. */
static int model_madvise(const struct window *w, int advice)
{
	switch (advice) {
	case MADV_NORMAL:
	case MADV_RANDOM:
	case MADV_SEQUENTIAL:
	case MADV_DONTFORK:
	case MADV_DONTDUMP:
		return 0;
	case MADV_DOFORK:
	case MADV_DONTNEED:
		return w->buf->is_mixed ? 0 : -EINVAL;
	case MADV_FREE:
	case MADV_WIPEONFORK:
	case MADV_DODUMP:
		return -EINVAL;
	case 99:
		return -EINVAL;
	}
	return 1;
}

/* What MADV_DONTNEED takes from a mapping of strategy insert does not come back. */
static void check_dropped(struct window *w)
{
	u32 value;
	int signal = access_word((u32 *)w->addr, false, &value);

	if (signal != (w->prot ? SIGBUS : SIGSEGV))
		differ("signal %d from a page that was dropped", signal);
	drop_window(w);
}

static void try_madvise(void)
{
	u32 i = draw(ARRAY_SIZE(advices));
	struct window *w = draw_window();
	int advice = advices[i], err, want;
	u64 at, n;

	if (!w || nwindows + 2 > WINDOWS)
		return;
	draw_part(w, &at, &n);
	want = -model_madvise(w, advice);
	say("madvise %d for %llu pages at %llu of %llu, prot %d%s", advice, n, at, w->n, w->prot,
	    w->buf->is_mixed ? ", insert" : "");
	err = errno_of(madvise(w->addr + at * page_bytes, n * page_bytes, advice));
	if (want < 0)
		want = learn_answer(i * 32 + w->buf->is_mixed * 16 + !!w->buf->mode * 8 + w->prot,
				    err);
	judge(err, want, 0);
	/* the kernel has parts of their own then, which do not move together */
	if (!err)
		w = split_window(w, at, n);
	if (!err && advice == MADV_DONTNEED) {
		check_dropped(w);
		return;
	}
	if (!err && (advice == MADV_DONTFORK || advice == MADV_DOFORK))
		w->is_forked = advice == MADV_DOFORK;
	check_window(w);
}

#endif /* DBB_TEST_FUZZ_CALLS_H */
