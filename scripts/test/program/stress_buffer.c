// SPDX-License-Identifier: GPL-2.0
/*
 *   stress_buffer FD TAG GO TAGGED
 *
 * Many processes and threads with one dma-buf, the one at descriptor FD, as long as the
 * file GO is there: each maps, looks, unmaps, moves, forks, synchronises, names, closes
 * again and again. The first word of page i is TAG + i all the time, from when the file
 * TAGGED appears; each worker has a word of its own in each page, which only it changes.
 * Prints for each kind of worker how often it came through; 0 times is a complaint.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <sys/wait.h>

#include "check.h"

#define THREADS 2	/* of each kind, in a process of their own */

struct worker {
	unsigned int word;	/* its own in each page */
	unsigned int seed;
	u32 written;
};

/* Shared by all processes. */
struct counts {
	unsigned long rounds[16];
	unsigned int wrong;
};

static int fd;
static u32 tag;
static const char *go;
static size_t page, npages;
static struct counts *counts;
static void (*work)(struct worker *worker);
static unsigned int kind;

static void wrong(const char *what, unsigned long where, unsigned int value)
{
	if (__atomic_add_fetch(&counts->wrong, 1, __ATOMIC_RELAXED) < 5)
		printf("%s: page %lu holds %#x\n", what, where, value);
	fflush(stdout);
}

static u32 *word_at(char *map, unsigned long i, unsigned int word)
{
	return (u32 *)(map + i * page) + word;
}

static void look(const char *what, char *map, unsigned long first, unsigned long n)
{
	unsigned long i;

	for (i = 0; i < n; i++) {
		u32 value = __atomic_load_n(word_at(map, i, 0), __ATOMIC_RELAXED);

		if (value != tag + first + i)
			wrong(what, first + i, value);
	}
}

static char *map_pages(unsigned long first, unsigned long n, int prot)
{
	return must_map("mmap", mmap(NULL, n * page, prot, MAP_SHARED, fd, first * page));
}

static void write_own(struct worker *worker, char *map, unsigned long first, unsigned long n)
{
	unsigned long i;

	for (i = 0; i < n; i++)
		__atomic_store_n(word_at(map, i, worker->word), worker->written + first + i,
				 __ATOMIC_RELAXED);
}

static void look_own(struct worker *worker, char *map, unsigned long first, unsigned long n)
{
	unsigned long i;

	for (i = 0; i < n; i++) {
		u32 value = __atomic_load_n(word_at(map, i, worker->word), __ATOMIC_RELAXED);

		if (value != worker->written + first + i)
			wrong("own word", first + i, value);
	}
}

/* What one mapping writes, another one shows. */
static void map_all(struct worker *worker)
{
	char *map = map_pages(0, npages, PROT_READ | PROT_WRITE);

	worker->written += npages;
	write_own(worker, map, 0, npages);
	must("munmap", munmap(map, npages * page));
	map = map_pages(0, npages, PROT_READ | PROT_WRITE);
	look_own(worker, map, 0, npages);
	look("mapping", map, 0, npages);
	must("munmap", munmap(map, npages * page));
}

/* A window with a hole, and with a page that cannot be written. */
static void map_window(struct worker *worker)
{
	unsigned long n = 3 + rand_r(&worker->seed) % (npages / 2 - 3);
	unsigned long first = rand_r(&worker->seed) % (npages - n);
	unsigned long hole = 1 + rand_r(&worker->seed) % (n - 2);
	char *map = map_pages(first, n, PROT_READ | PROT_WRITE);

	must("mprotect", mprotect(map + (n - 1) * page, page, PROT_READ));
	must("munmap", munmap(map + hole * page, page));
	look("window before its hole", map, first, hole);
	look("window behind its hole", map + (hole + 1) * page, first + hole + 1, n - hole - 1);
	must("munmap", munmap(map, n * page));
}

static void move(struct worker *worker)
{
	unsigned long n = 1 + rand_r(&worker->seed) % (npages - 1);
	char *map = map_pages(0, n, PROT_READ | PROT_WRITE);
	char *place = must_map("mmap", mmap(NULL, n * page, PROT_NONE,
					    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0));

	if (mremap(map, n * page, (n + 1) * page, 0) != MAP_FAILED)
		wrong("a mapping grew", n, 0);
	place = must_map("mremap", mremap(map, n * page, n * page, MREMAP_MAYMOVE | MREMAP_FIXED,
					  place));
	look("moved mapping", place, 0, n);
	must("munmap", munmap(place, n * page));
}

static void fork_mapped(struct worker *worker)
{
	unsigned long n = 1 + rand_r(&worker->seed) % (npages - 1);
	char *map = map_pages(npages - n, n, PROT_READ | PROT_WRITE);
	pid_t child = must("fork", fork());

	if (!child) {
		look("mapping of a child", map, npages - n, n);
		_exit(0);
	}
	look("mapping of a parent", map, npages - n, n);
	must("munmap", munmap(map, n * page));
	must("waitpid", waitpid(child, NULL, 0));
}

static void synchronise(struct worker *worker)
{
	struct dma_buf_sync sync = { .flags = DMA_BUF_SYNC_START | DMA_BUF_SYNC_RW };
	char *map = map_pages(0, npages, PROT_READ | PROT_WRITE);

	(void)worker;
	must("begin", ioctl(fd, DMA_BUF_IOCTL_SYNC, &sync));
	look("synchronised mapping", map, 0, npages);
	sync.flags ^= DMA_BUF_SYNC_START ^ DMA_BUF_SYNC_END;
	must("end", ioctl(fd, DMA_BUF_IOCTL_SYNC, &sync));
	must("munmap", munmap(map, npages * page));
}

/* The last reference may be the mapping's. */
static void close_again(struct worker *worker)
{
	int copy = must("dup", dup(fd));
	char *map = must_map("mmap of a copy", mmap(NULL, page, PROT_READ, MAP_SHARED, copy, 0));

	(void)worker;
	must("close", close(copy));
	look("mapping of a closed copy", map, 0, 1);
	must("munmap", munmap(map, page));
}

static void give_name(struct worker *worker)
{
	static bool named;
	char path[64], text[512], said[64];
	ssize_t len;
	int info;

	snprintf(said, sizeof(said), "stress %u", worker->seed);
	/* refused while somebody is attached, by old kernels */
	if (ioctl(fd, DMA_BUF_SET_NAME_B, (unsigned long)said))
		must("DMA_BUF_SET_NAME", errno == EBUSY ? 0 : -1);
	else
		named = true;
	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", fd);
	info = must(path, open(path, O_RDONLY));
	len = must("read fdinfo", read(info, text, sizeof(text) - 1));
	close(info);
	text[len] = '\0';
	snprintf(said, sizeof(said), "size:\t%zu\n", npages * page);
	if (!strstr(text, said) || (named && !strstr(text, "name:\tstress")))
		wrong("fdinfo", 0, 0);
}

static const struct {
	const char *name;
	void (*work)(struct worker *worker);
} kinds[] = {
	{ "map_all", map_all },
	{ "map_window", map_window },
	{ "move", move },
	{ "fork", fork_mapped },
	{ "sync", synchronise },
	{ "close", close_again },
	{ "give_name", give_name },
};

static void *run_worker(void *arg)
{
	struct worker *worker = arg;

	while (!access(go, F_OK)) {
		work(worker);
		__atomic_add_fetch(&counts->rounds[kind], 1, __ATOMIC_RELAXED);
		worker->seed++;
	}
	return NULL;
}

static int run_process(void)
{
	struct worker workers[THREADS] = { };
	pthread_t threads[THREADS];
	unsigned int i;

	work = kinds[kind].work;
	for (i = 0; i < THREADS; i++) {
		workers[i].word = 1 + kind * THREADS + i;
		workers[i].seed = workers[i].word * 1000;
		if (pthread_create(&threads[i], NULL, run_worker, &workers[i]))
			return 1;
	}
	for (i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	return 0;
}

static void wait_for_all(void)
{
	int status;

	while (waitpid(-1, &status, 0) > 0)
		if (status)
			complain("a process ended with status %#x", status);
}

int main(int argc, char **argv)
{
	char *map;
	unsigned long i;

	if (argc != 5) {
		fprintf(stderr, "usage: stress_buffer FD TAG GO TAGGED\n");
		return 2;
	}
	fd = atoi(argv[1]);
	tag = strtoul(argv[2], NULL, 0);
	go = argv[3];
	page = sysconf(_SC_PAGESIZE);
	npages = must("lseek", lseek(fd, 0, SEEK_END)) / page;
	counts = must_map("mmap", mmap(NULL, sizeof(*counts), PROT_READ | PROT_WRITE,
				       MAP_SHARED | MAP_ANONYMOUS, -1, 0));
	map = map_pages(0, npages, PROT_READ | PROT_WRITE);
	for (i = 0; i < npages; i++)
		*word_at(map, i, 0) = tag + i;
	close(must("create", open(argv[4], O_CREAT | O_WRONLY, 0600)));
	for (kind = 0; kind < ARRAY_SIZE(kinds); kind++)
		if (!must("fork", fork()))
			_exit(run_process());
	wait_for_all();
	look("the first mapping", map, 0, npages);
	for (i = 0; i < ARRAY_SIZE(kinds); i++) {
		printf("%s %lu\n", kinds[i].name, counts->rounds[i]);
		if (!counts->rounds[i])
			complain("%s: never came through", kinds[i].name);
	}
	return complaints || counts->wrong;
}
