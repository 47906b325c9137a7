/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Buffers and the mappings of them that fuzz has, and what an access to one must show:
 * the same as a mapping of the whole buffer does.
 */
#ifndef DBB_TEST_FUZZ_MAP_H
#define DBB_TEST_FUZZ_MAP_H

#include <setjmp.h>
#include <signal.h>
#include <sys/wait.h>

#include "fuzz_ioctl.h"

#define BUFFERS 6
#define SLOTS 24
#define WINDOWS 64

struct buffer {
	int fd, mode;
	bool is_alive;
	bool is_mixed;		/* of strategy insert, which is no VM_PFNMAP */
	u64 npages;
	char *full;		/* NULL if the descriptor is not readable */
};

/* A mapping of @n pages from page @first on. */
struct window {
	struct buffer *buf;
	char *addr;
	u64 first, n;
	int prot;
	bool is_forked;		/* a child has it, too */
};

static struct buffer buffers[BUFFERS];
static struct window windows[WINDOWS];
static unsigned int nwindows;

/* Mappings lie in slots of reserved addresses, so that no other one gets into their way. */
static char *arena;
static size_t slot_bytes;

static sigjmp_buf fault_jump;
static int is_fault_expected;

/* A fault of any other access is a difference, and there is no going on. */
static void on_fault(int signal, siginfo_t *info, void *context)
{
	if (__atomic_load_n(&is_fault_expected, __ATOMIC_SEQ_CST))
		siglongjmp(fault_jump, signal);
	differ("signal %d at %p of a mapping that was right (%p)", signal, info->si_addr, context);
	print_counts();
	fflush(stdout);
	_exit(1);
}

static void reserve(char *addr, size_t len)
{
	void *map = mmap(addr, len, PROT_NONE,
			 MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | (addr ? MAP_FIXED : 0),
			 -1, 0);

	must_map("addresses", map);
	if (!addr)
		arena = map;
}

static void make_arena(void)
{
	struct sigaction action = {
		.sa_sigaction = on_fault, .sa_flags = SA_NODEFER | SA_SIGINFO,
	};
	size_t pmd = page_bytes * page_bytes / 8;

	sigaction(SIGSEGV, &action, NULL);
	sigaction(SIGBUS, &action, NULL);
	slot_bytes = 4 * pmd;
	reserve(NULL, SLOTS * slot_bytes + pmd);
	arena += -(uintptr_t)arena % pmd;
}

static int slot_of(const char *addr)
{
	return (addr - arena) / slot_bytes;
}

/* An empty slot, or -1. */
static int find_slot(void)
{
	u32 from = draw(SLOTS), i, k;

	for (i = 0; i < SLOTS; i++) {
		int slot = (from + i) % SLOTS;

		for (k = 0; k < nwindows && slot_of(windows[k].addr) != slot; k++)
			;
		if (k == nwindows)
			return slot;
	}
	return -1;
}

/* Addresses at different places in a PMD. */
static char *slot_addr(int slot)
{
	u64 per_pmd = page_bytes / 8;

	return arena + slot * slot_bytes + (draw(2) ? draw(per_pmd) : 0) * page_bytes;
}

/* The signal that reading or writing the word takes, or 0. */
static int access_word(u32 *word, bool is_write, u32 *value)
{
	int signal = sigsetjmp(fault_jump, 0);

	if (!signal) {
		__atomic_store_n(&is_fault_expected, 1, __ATOMIC_SEQ_CST);
		if (is_write)
			__atomic_store_n(word, *value, __ATOMIC_SEQ_CST);
		else
			*value = __atomic_load_n(word, __ATOMIC_SEQ_CST);
	}
	__atomic_store_n(&is_fault_expected, 0, __ATOMIC_SEQ_CST);
	return signal;
}

/* Writes by one mapping and reads by the other, in both directions. */
static void check_page(const struct window *w, u64 i)
{
	size_t at = draw(page_bytes / 4) * 4;
	u32 *here = (u32 *)(w->addr + i * page_bytes + at);
	u32 *there = (u32 *)(w->buf->full + (w->first + i) * page_bytes + at);
	u32 value = draw(0), seen = 0;
	int signal;

	if (!w->prot) {
		signal = access_word(here, draw(2), &value);
		if (signal != SIGSEGV)
			differ("page %llu: signal %d without access", w->first + i, signal);
		return;
	}
	if (w->buf->mode == O_RDWR)
		__atomic_store_n(there, value, __ATOMIC_SEQ_CST);
	signal = access_word(here, false, &seen);
	if (signal || seen != __atomic_load_n(there, __ATOMIC_SEQ_CST))
		differ("page %llu of %llu from %llu on: signal %d, %#x in place of %#x",
		       w->first + i, w->n, w->first, signal, seen, *there);
	value = ~value;
	signal = access_word(here, true, &value);
	if (w->prot & PROT_WRITE) {
		if (signal || __atomic_load_n(there, __ATOMIC_SEQ_CST) != value)
			differ("page %llu: written %#x, signal %d, %#x in the buffer",
			       w->first + i, value, signal, *there);
	} else if (signal != SIGSEGV) {
		differ("page %llu: a write gets signal %d", w->first + i, signal);
	}
}

static void check_window(const struct window *w)
{
	check_page(w, 0);
	if (w->n > 1)
		check_page(w, w->n - 1);
	check_page(w, draw(w->n));
}

static struct window *add_window(struct buffer *buf, char *addr, u64 first, u64 n, int prot)
{
	struct window *w = &windows[nwindows];

	if (!n || nwindows == WINDOWS)
		return NULL;
	nwindows++;
	*w = (struct window){ buf, addr, first, n, prot, true };
	return w;
}

static void put_buffer(struct buffer *buf)
{
	unsigned int i;

	if (!buf->is_alive || buf->fd >= 0)
		return;
	for (i = 0; i < nwindows; i++)
		if (windows[i].buf == buf)
			return;
	if (buf->full)
		must("munmap", munmap(buf->full, buf->npages * page_bytes));
	bytes_alive -= buf->npages * page_bytes;
	buf->is_alive = false;
}

/* Takes the window off the list; whoever calls has changed what is mapped there. */
static struct window take_window(struct window *w)
{
	struct window taken = *w;

	*w = windows[--nwindows];
	return taken;
}

/*
 * Splits @w so that @n pages from its page @at on are a window of their own, and returns
 * that. There is room for it.
 */
static struct window *split_window(struct window *w, u64 at, u64 n)
{
	struct window was = *w;
	struct window *left, *right;

	w->addr += at * page_bytes;
	w->first += at;
	w->n = n;
	left = add_window(was.buf, was.addr, was.first, at, was.prot);
	right = add_window(was.buf, was.addr + (at + n) * page_bytes, was.first + at + n,
			   was.n - at - n, was.prot);
	if (left)
		left->is_forked = was.is_forked;
	if (right)
		right->is_forked = was.is_forked;
	return w;
}

static void drop_window(struct window *w)
{
	struct window gone = take_window(w);

	reserve(gone.addr, gone.n * page_bytes);
	put_buffer(gone.buf);
}

static void drop_all(void)
{
	int i;

	while (nwindows)
		drop_window(&windows[nwindows - 1]);
	for (i = 0; i < BUFFERS; i++) {
		if (buffers[i].is_alive && buffers[i].fd >= 0)
			close(buffers[i].fd);
		buffers[i].fd = -1;
		put_buffer(&buffers[i]);
	}
}

static struct window *draw_window(void)
{
	return nwindows ? &windows[draw(nwindows)] : NULL;
}

/* One that has a descriptor. */
static struct buffer *draw_buffer(void)
{
	u32 from = draw(BUFFERS), i;

	for (i = 0; i < BUFFERS; i++) {
		struct buffer *buf = &buffers[(from + i) % BUFFERS];

		if (buf->is_alive && buf->fd >= 0)
			return buf;
	}
	return NULL;
}

static void fill_buffer(struct buffer *buf)
{
	int prot = buf->mode == O_RDWR ? PROT_READ | PROT_WRITE : PROT_READ;
	u64 i;

	buf->full = NULL;
	if (buf->mode == O_WRONLY)
		return;
	buf->full = must_map("map the buffer", mmap(NULL, buf->npages * page_bytes, prot,
						    MAP_SHARED, buf->fd, 0));
	for (i = 0; i < buf->npages; i++)
		if (*(u64 *)(buf->full + i * page_bytes + draw(page_bytes / 8) * 8))
			differ("page %llu of a new buffer is not zero", i);
}

static void try_buffer(void)
{
	static const u64 sizes[] = { 1, 2, 3, 5, 16, 17, 33, 64 };
	static const int modes[] = { O_RDWR, O_RDWR, O_RDWR, O_RDWR, O_RDONLY, O_WRONLY };
	struct dma_heap_allocation_data data = { 0 };
	int node = draw(NODES), err, want, may;
	struct buffer *buf = buffers;

	while (buf < buffers + BUFFERS && buf->is_alive)
		buf++;
	if (buf == buffers + BUFFERS)
		return;
	buf->npages = draw(12) ? sizes[draw(ARRAY_SIZE(sizes))] : page_bytes / 8 + draw(100);
	data.len = buf->npages * page_bytes - draw(2) * draw(page_bytes);
	buf->mode = modes[draw(ARRAY_SIZE(modes))];
	data.fd_flags = buf->mode | O_CLOEXEC;
	say("%s: buffer of %#llx bytes, mode %d", node_names[node], data.len, buf->mode);
	want = -model_alloc(node, &data, &may);
	err = errno_of(ioctl(nodes[node], DMA_HEAP_IOCTL_ALLOC, &data));
	judge(err, want, may);
	if (err) {
		check_refused(true);
		return;
	}
	buf->fd = must("dup", fcntl(data.fd, F_DUPFD_CLOEXEC, MAPPED_FDS));
	close(data.fd);
	buf->is_alive = true;
	buf->is_mixed = !strcmp(knobs[MMAP_STRATEGY].value, "insert");
	bytes_alive += buf->npages * page_bytes;
	fill_buffer(buf);
}

/* Closes a descriptor; mappings keep the buffer. */
static void try_close(void)
{
	struct buffer *buf = draw_buffer();
	unsigned int i;

	if (!buf)
		return;
	say("close a buffer of %llu pages", buf->npages);
	judge(errno_of(close(buf->fd)), 0, 0);
	buf->fd = -1;
	for (i = 0; i < nwindows; i++)
		if (windows[i].buf == buf)
			check_window(&windows[i]);
	put_buffer(buf);
}

#endif /* DBB_TEST_FUZZ_MAP_H */
