// SPDX-License-Identifier: GPL-2.0
/*
 * Valid work of all kinds for some seconds: runs of every op, strategy and heap, while
 * others read the files and use buffers. Nothing of it may be left when it ends.
 *
 *   soak RANDOM_SEED SECONDS DEBUGFS NODES
 *
 * NODES is the start of the paths of the nodes. Prints how many runs were done, files read
 * and buffers used, and the runs that were refused; exit status 0 when none was.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>

#include "../program/draw.h"

#define READERS 2
#define CLIENTS 2

static const char * const heaps[] = { "system", "contig", "vmalloc" };
static int root;
static const char *node_paths;
static bool is_cached = true;
static unsigned long runs;

/* Between the processes: a fork by a thread would keep the mappings of a run. */
static struct {
	bool is_over;
	unsigned long reads, clients;
} *shared;

static bool is_over(void)
{
	return __atomic_load_n(&shared->is_over, __ATOMIC_RELAXED);
}

static void read_text(const char *path, char *text, size_t size)
{
	int fd = must(path, openat(root, path, O_RDONLY | O_CLOEXEC));
	ssize_t len = read(fd, text, size - 1);

	text[len > 0 ? len : 0] = '\0';
	close(fd);
}

static int write_text(const char *path, const char *text)
{
	int fd = must(path, openat(root, path, O_WRONLY | O_CLOEXEC));
	int err = write(fd, text, strlen(text)) < 0 ? errno : 0;

	close(fd);
	return err;
}

/* The words of the first line, without the brackets. */
static void read_choices(const char *path, char *words, size_t size)
{
	char *from, *to = words;

	read_text(path, words, size);
	for (from = words; *from && *from != '\n'; from++)
		if (*from != '[' && *from != ']')
			*to++ = *from;
	*to = '\0';
}

static void read_files(unsigned int i)
{
	static const char * const paths[] = {
		"README", "error_log", "heap/stats", "bench/status", "bench/results",
		"bench/results.csv", "bench/results.json", "bench/results.md",
		"bench/results.bench", "bench/samples.csv", "bench/preset", "heap/caching",
	};
	char text[4096];

	while (!is_over()) {
		int fd = openat(root, paths[i++ % ARRAY_SIZE(paths)], O_RDONLY | O_CLOEXEC);

		while (fd >= 0 && read(fd, text, sizeof(text)) > 0 && !is_over())
			;
		close(fd);
		__atomic_add_fetch(&shared->reads, 1, __ATOMIC_RELAXED);
		usleep(100000);
	}
}

/* Uses a buffer as others do; a knob may refuse it. */
static void use_buffer(int node, unsigned int turn)
{
	struct dma_buf_sync sync = { .flags = DMA_BUF_SYNC_START | DMA_BUF_SYNC_RW };
	size_t len = 4096 << turn % 9;
	int fd = heap_alloc(node, len, O_RDWR | O_CLOEXEC);
	char *map;
	pid_t child;

	if (fd < 0)
		return;
	map = mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	ioctl(fd, DMA_BUF_IOCTL_SYNC, &sync);
	if (map != MAP_FAILED)
		memset(map, turn, len);
	child = turn % 16 ? 1 : fork();
	if (!child)
		_exit(map != MAP_FAILED && map[0] != (char)turn);
	if (!(turn % 16))
		waitpid(child, NULL, 0);
	sync.flags |= DMA_BUF_SYNC_END;
	ioctl(fd, DMA_BUF_IOCTL_SYNC, &sync);
	if (turn % 2)
		close(fd);
	if (map != MAP_FAILED)
		munmap(map, len);
	if (!(turn % 2))
		close(fd);
	__atomic_add_fetch(&shared->clients, 1, __ATOMIC_RELAXED);
}

static void use_nodes(unsigned int turn)
{
	int nodes[ARRAY_SIZE(heaps)];
	char path[128];
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(heaps); i++) {
		snprintf(path, sizeof(path), "%s%s", node_paths, heaps[i]);
		nodes[i] = must(path, open(path, O_RDWR | O_CLOEXEC));
	}
	while (!is_over()) {
		use_buffer(nodes[turn % ARRAY_SIZE(heaps)], turn);
		turn++;
		usleep(20000);
	}
	for (i = 0; i < ARRAY_SIZE(heaps); i++)
		close(nodes[i]);
}

static void turn_knobs(const char *mmaps, const char *vmaps)
{
	static const char * const orders[] = { "8 4 0", "4 0", "0", "9 8 0", "3 1 0" };

	write_text("heap/mmap_strategy", pick_word(mmaps));
	write_text("heap/vmap_strategy", pick_word(vmaps));
	write_text("heap/orders", PICK(orders));
	write_text("heap/fragment_pct", draw(2) ? "0" : "30");
	write_text("heap/shuffle", draw(2) ? "0" : "1");
	is_cached = draw(4);
	write_text("heap/caching", is_cached ? "cached" : "wc");
}

/* Of these, heap system has any buffer. */
static void set_defaults(void)
{
	write_text("heap/mmap_strategy", "sg");
	write_text("heap/vmap_strategy", "sg");
	write_text("heap/orders", "8 4 0");
	write_text("heap/caching", "cached");
}

/* One that the op can do with buffers of the heap, by heap/README.md. */
static const char *draw_strategy(const char *op, const char *heap, const char *mmaps)
{
	static const char * const any[] = { "page", "sg", "unrolled", "array", "keep", "auto" };

	if (!strcmp(op, "mmap") || !strcmp(op, "touch"))
		return pick_word(mmaps);
	if (!strcmp(op, "pages"))
		return any[draw(3)];
	if (!draw(4))
		return !strcmp(heap, "contig") ? "direct" : "born";
	return is_cached && !draw(4) ? "ram" : PICK(any);
}

/* A run of some samples; arms of one op and one heap each. */
static void draw_run(char *line, const char *mmaps, int held)
{
	static const char * const ops[] = {
		"mmap", "touch", "vmap", "vtouch", "pages", "alloc", "attach", "sync", "tables",
		"replay", "noop",
	};
	static const char * const presets[] = {
		"vb2_rotate", "apusys", "vmap,read,vunmap", "attach,map|begin,end",
	};
	const char *op = PICK(ops), *heap = heaps[draw(is_cached ? 3 : 2)];
	bool fd = draw(8) == 0 && strcmp(op, "pages") && strcmp(op, "alloc") &&
		  strcmp(op, "tables");
	u32 threads = fd || draw(3) ? 1 : 2 + draw(3);
	char first[64];

	strcpy(first, draw_strategy(op, heap, mmaps));
	if (fd)
		line += sprintf(line, "%s heap=fd fd=%d strategies=exporter", op, held);
	else
		line += sprintf(line, "%s heap=%s strategies=%s,%s size=%uk", op, heap, first,
				draw_strategy(op, heap, mmaps), 64 << (draw(8) ? draw(3) : 4));
	line += sprintf(line, " iterations=%u warmup=%u threads=%u buffers=%u verify=%u purge=%s",
			2 + draw(6), draw(3), threads,
			fd || draw(4) || !strcmp(op, "alloc") || !strcmp(op, "tables") ||
			!strcmp(op, "noop") ? 1 : 2, draw(2), draw(6) ? "none" : "round");
	if (!strcmp(op, "replay"))
		sprintf(line, " preset=%s", PICK(presets));
}

static void start_other(unsigned int i)
{
	if (must("fork", fork()))
		return;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (i < READERS)
		read_files(i * 7);
	else
		use_nodes(i * 7);
	_exit(0);
}

int main(int argc, char **argv)
{
	char mmaps[512], vmaps[512], line[512], path[128];
	unsigned int i;
	time_t end;
	int node, held, err;

	if (argc != 5) {
		fprintf(stderr, "usage: soak RANDOM_SEED SECONDS DEBUGFS NODES\n");
		return 2;
	}
	root = must(argv[3], open(argv[3], O_RDONLY | O_DIRECTORY | O_CLOEXEC));
	node_paths = argv[4];
	shared = must_map("mmap", mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE,
				       MAP_SHARED | MAP_ANONYMOUS, -1, 0));
	snprintf(path, sizeof(path), "%ssystem", node_paths);
	node = must(path, open(path, O_RDWR | O_CLOEXEC));
	read_choices("heap/mmap_strategy", mmaps, sizeof(mmaps));
	read_choices("heap/vmap_strategy", vmaps, sizeof(vmaps));
	for (i = 0; i < READERS + CLIENTS; i++)
		start_other(i);
	held = must("a buffer", heap_alloc(node, 1 << 18, O_RDWR | O_CLOEXEC));
	end = time(NULL) + strtoul(argv[2], NULL, 0);
	for (i = 0; time(NULL) < end; i++) {
		seed_step(strtoul(argv[1], NULL, 0), i);
		if (!draw(4))
			turn_knobs(mmaps, vmaps);
		draw_run(line, mmaps, held);
		err = write_text("bench/run", line);
		if (err)
			complain("run '%s': %s", line, errno_name(err));
		runs += !err;
	}
	__atomic_store_n(&shared->is_over, true, __ATOMIC_RELAXED);
	while (wait(NULL) > 0)
		;
	set_defaults();
	printf("runs=%lu reads=%lu buffers=%lu\n", runs, shared->reads, shared->clients);
	return complaints ? 1 : 0;
}
