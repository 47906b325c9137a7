// SPDX-License-Identifier: GPL-2.0
/*
 * What mmap() of a dma-buf heap buffer costs, seen from user space.
 *
 * The micro-benchmark of "dma-buf: system_heap: use larger contiguous mappings
 * instead of per-page mmap" with the parts it leaves out: the first write to
 * each page and munmap() are timed too, the arms take turns in random order,
 * and every page is checked through a second mapping.
 */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#include <linux/dma-buf.h>

#include "common.h"
#include "stats.h"

#define DEFAULT_KNOB	"/sys/kernel/debug/dmabuf_bench/heap/mmap_strategy"
#define MAX_ARMS	16
#define MAX_ROUNDS	100000

/*
 * Pages per window of the offset check. A prime, so that the windows start and
 * end at every position inside chunks of any order.
 */
#define WINDOW_PAGES	509

enum phase {
	PHASE_MMAP,
	PHASE_TOUCH,
	PHASE_MUNMAP,
	PHASE_TOTAL,
	PHASE_MAX,
};

static const char * const phase_names[PHASE_MAX] = {
	[PHASE_MMAP] = "mmap",
	[PHASE_TOUCH] = "touch",
	[PHASE_MUNMAP] = "munmap",
	[PHASE_TOTAL] = "total",
};

struct options {
	const char *heap;
	const char *knob;
	const char *csv;
	const char *names[MAX_ARMS];
	unsigned int arms;
	bool strategies;	/* names[] are strategies for the knob */
	u64 size;
	u64 offset;
	u64 repeat;
	u64 warmup;
	u64 seed;
};

struct sample {
	u64 ns[PHASE_MAX];
	unsigned int order;
};

/* One way of mapping, with a buffer of its own that was allocated for it. */
struct arm {
	const char *name;
	int fd;
	u8 *view;		/* the whole buffer, all the time */
	unsigned long tag;	/* page p holds tag + p; 0: nothing written yet */
	bool windows_checked;
	struct sample *samples;	/* [rounds] */
};

struct bench {
	struct options opt;
	struct prng prng;
	u64 page;
	u64 rounds;	/* complete ones */
	struct arm arms[MAX_ARMS];
	FILE *csv;
};

static atomic_bool stopped;

static void on_stop(int sig)
{
	(void)sig;
	stopped = true;
}

/* A fault that the exporter cannot serve. stdio is not safe here. */
static void on_fault(int sig)
{
	static const char bus[] = "heap_mmap: SIGBUS: the exporter did not serve a page fault\n";
	static const char segv[] = "heap_mmap: SIGSEGV: nothing mapped where mmap() said\n";
	ssize_t ret;

	if (sig == SIGBUS)
		ret = write(STDERR_FILENO, bus, sizeof(bus) - 1);
	else
		ret = write(STDERR_FILENO, segv, sizeof(segv) - 1);
	(void)ret;
	_exit(EXIT_FAIL);
}

static int catch_signals(void)
{
	static const struct {
		int sig;
		void (*handler)(int sig);
	} table[] = {
		{ SIGINT, on_stop },
		{ SIGTERM, on_stop },
		{ SIGHUP, on_stop },
		{ SIGBUS, on_fault },
		{ SIGSEGV, on_fault },
	};

	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		struct sigaction action = {
			.sa_handler = table[i].handler,
			.sa_flags = SA_RESTART,
		};

		if (sigaction(table[i].sig, &action, NULL) < 0) {
			complain_errno("sigaction(%d)", table[i].sig);
			return -1;
		}
	}

	return 0;
}

static u64 now_ns(void)
{
	struct timespec ts;

	if (clock_gettime(CLOCK_MONOTONIC, &ts) < 0) {
		complain_errno("clock_gettime(CLOCK_MONOTONIC)");
		exit(EXIT_FAIL);
	}

	return ts.tv_sec * 1000000000ULL + ts.tv_nsec;
}

/* The rest of a small file, '\0' terminated. */
static int read_text(const char *path, char *text, size_t size)
{
	ssize_t len;
	int fd;

	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0) {
		complain_errno("open(%s)", path);
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
		complain_errno("open(%s)", path);
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
static int arm_alloc(const struct options *opt, struct arm *arm)
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

static int buffer_sync(const struct arm *arm, u64 flags)
{
	struct dma_buf_sync sync = { .flags = flags };
	int ret;

	do {
		ret = ioctl(arm->fd, DMA_BUF_IOCTL_SYNC, &sync);
	} while (ret < 0 && (errno == EINTR || errno == EAGAIN));

	if (ret < 0)
		complain_errno("ioctl(%s, DMA_BUF_IOCTL_SYNC, flags=0x%llx)",
			       arm->name, flags);
	return ret;
}

static u8 *buffer_map(const struct arm *arm, int prot, u64 len, u64 offset)
{
	void *map = mmap(NULL, len, prot, MAP_SHARED, arm->fd, offset);

	if (map == MAP_FAILED) {
		complain_errno("mmap(%s, len=%llu, offset=%llu)",
			       arm->name, len, offset);
		return NULL;
	}

	return map;
}

static int buffer_unmap(const struct arm *arm, u8 *map, u64 len)
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

static void write_word(void *at, unsigned long word)
{
	__atomic_store_n((unsigned long *)at, word, __ATOMIC_RELAXED);
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
static int check_pages(const struct bench *bench, const struct arm *arm, const char *where,
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
static int check_windows(const struct bench *bench, const struct arm *arm)
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

static int check_sample(const struct bench *bench, struct arm *arm, const u8 *map)
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

/* The first write to each page, which takes the fault if there is one. */
static void touch_pages(const struct bench *bench, const struct arm *arm, u8 *map)
{
	u64 first = bench->opt.offset / bench->page;
	u64 pages = bench->opt.size / bench->page - first;
	unsigned long word = arm->tag + first;

	for (u64 i = 0; i < pages; i++)
		write_word(map + i * bench->page, word++);
}

static int take_sample(struct bench *bench, struct arm *arm, struct sample *sample)
{
	u64 offset = bench->opt.offset;
	u64 len = bench->opt.size - offset;
	u64 t0, t1;
	u8 *map;

	/* of this sample alone, so that nothing older passes for it */
	arm->tag = prng_next(&bench->prng) | 1;

	t0 = now_ns();
	map = buffer_map(arm, PROT_READ | PROT_WRITE, len, offset);
	t1 = now_ns();
	if (!map)
		return -1;
	sample->ns[PHASE_MMAP] = t1 - t0;

	if (buffer_sync(arm, DMA_BUF_SYNC_START | DMA_BUF_SYNC_RW) < 0)
		return -1;
	t0 = now_ns();
	touch_pages(bench, arm, map);
	t1 = now_ns();
	sample->ns[PHASE_TOUCH] = t1 - t0;
	if (buffer_sync(arm, DMA_BUF_SYNC_END | DMA_BUF_SYNC_RW) < 0)
		return -1;

	if (check_sample(bench, arm, map) < 0)
		return -1;

	t0 = now_ns();
	if (buffer_unmap(arm, map, len) < 0)
		return -1;
	t1 = now_ns();
	sample->ns[PHASE_MUNMAP] = t1 - t0;

	sample->ns[PHASE_TOTAL] = sample->ns[PHASE_MMAP] + sample->ns[PHASE_TOUCH] +
				  sample->ns[PHASE_MUNMAP];
	return 0;
}

static void show_progress(u64 done, u64 total)
{
	if (isatty(STDERR_FILENO))
		fprintf(stderr, "\rheap_mmap: round %llu/%llu%s", done, total,
			done == total ? "\r\033[K" : "");
}

/* Stops between two samples; only complete rounds count. */
static int run_rounds(struct bench *bench)
{
	u64 total = bench->opt.warmup + bench->opt.repeat;
	unsigned int order[MAX_ARMS];

	for (unsigned int a = 0; a < bench->opt.arms; a++)
		order[a] = a;

	for (u64 i = 0; i < total; i++) {
		show_progress(i, total);
		prng_shuffle(&bench->prng, order, bench->opt.arms);

		for (unsigned int o = 0; o < bench->opt.arms; o++) {
			struct arm *arm = &bench->arms[order[o]];

			/* warm-up rounds write to the place of round 0 */
			if (take_sample(bench, arm, &arm->samples[bench->rounds]) < 0)
				return -1;
			arm->samples[bench->rounds].order = o;
			if (stopped) {
				show_progress(total, total);
				return 0;
			}
		}

		if (i >= bench->opt.warmup)
			bench->rounds++;
	}

	show_progress(total, total);
	return 0;
}

static int setup_arm(struct bench *bench, struct arm *arm, const char *name)
{
	u64 pages = bench->opt.size / bench->page;

	arm->name = name;
	arm->samples = calloc(bench->opt.repeat + 1, sizeof(*arm->samples));
	if (!arm->samples) {
		complain_errno("calloc(%llu samples)", bench->opt.repeat + 1);
		return -1;
	}

	if (arm_alloc(&bench->opt, arm) < 0)
		return -1;

	arm->view = buffer_map(arm, PROT_READ, bench->opt.size, 0);
	if (!arm->view)
		return -1;

	if (buffer_sync(arm, DMA_BUF_SYNC_START | DMA_BUF_SYNC_READ) < 0 ||
	    check_pages(bench, arm, "new buffer", arm->view, 0, pages) < 0)
		return -1;

	return buffer_sync(arm, DMA_BUF_SYNC_END | DMA_BUF_SYNC_READ);
}

static int teardown_arm(struct bench *bench, struct arm *arm)
{
	if (buffer_unmap(arm, arm->view, bench->opt.size) < 0)
		return -1;
	if (close(arm->fd) < 0) {
		complain_errno("close(%s)", arm->name);
		return -1;
	}
	free(arm->samples);

	return 0;
}

/* The value of dbb.accel=, with which the VM runner marks an emulated machine. */
static void read_accel(char *accel, size_t size)
{
	static const char key[] = "dbb.accel=";
	char cmdline[4096];
	char *save;
	char *word;
	FILE *file;

	snprintf(accel, size, "unmarked");

	/* no /proc, no marker: that is no reason to fail */
	file = fopen("/proc/cmdline", "re");
	if (!file)
		return;
	if (fgets(cmdline, sizeof(cmdline), file)) {
		for (word = strtok_r(cmdline, "\n ", &save); word;
		     word = strtok_r(NULL, "\n ", &save)) {
			if (!strncmp(word, key, sizeof(key) - 1))
				snprintf(accel, size, "%s", word + sizeof(key) - 1);
		}
	}
	fclose(file);
}

static void print_environment(const struct bench *bench, const char *accel)
{
	const struct options *opt = &bench->opt;
	struct utsname uts;

	if (uname(&uts) < 0) {
		complain_errno("uname()");
		exit(EXIT_FAIL);
	}

	printf("# program=heap_mmap heap=%s verified=every_page\n", opt->heap);
	printf("# size_bytes=%llu offset_bytes=%llu mapped_bytes=%llu page_bytes=%llu\n",
	       opt->size, opt->offset, opt->size - opt->offset, bench->page);
	printf("# repeat=%llu warmup=%llu rounds=%llu complete=%d seed=%llu\n",
	       opt->repeat, opt->warmup, bench->rounds, bench->rounds == opt->repeat, opt->seed);
	printf("# kernel=%s machine=%s clock=CLOCK_MONOTONIC accel=%s\n",
	       uts.release, uts.machine, accel);
}

static void print_ratio(u64 ppm)
{
	u64 milli = (ppm + 500) / 1000;
	char text[32];

	snprintf(text, sizeof(text), "%llu.%03llu", milli / 1000, milli % 1000);
	printf(" %10s", text);
}

/* baseline/arm, round by round */
static void print_speedup(const struct bench *bench, const struct arm *arm, enum phase phase,
			  u64 *scratch)
{
	const struct arm *baseline = &bench->arms[0];
	u64 lo, hi;

	if (bench->opt.arms == 1) {
		printf(" %10s %10s %10s", "-", "-", "-");
		return;
	}

	for (u64 r = 0; r < bench->rounds; r++) {
		u64 ns = arm->samples[r].ns[phase];

		scratch[r] = baseline->samples[r].ns[phase] * 1000000 / (ns ? ns : 1);
	}
	sort_u64(scratch, bench->rounds);

	print_ratio(sorted_median(scratch, bench->rounds));
	if (sorted_interval(scratch, bench->rounds, &lo, &hi)) {
		print_ratio(lo);
		print_ratio(hi);
	} else {
		printf(" %10s %10s", "-", "-");
	}
}

static int print_table(const struct bench *bench)
{
	u64 n = bench->rounds;
	u64 *scratch;

	scratch = calloc(n + 1, sizeof(*scratch));
	if (!scratch) {
		complain_errno("calloc(%llu samples)", n + 1);
		return -1;
	}

	printf("%-16s %-6s %6s %13s %13s %13s %13s %10s %10s %10s\n", "strategy", "phase", "n",
	       "min_ns", "p50_ns", "p90_ns", "max_ns", "speedup", "speedup_lo", "speedup_hi");

	for (unsigned int a = 0; n && a < bench->opt.arms; a++) {
		const struct arm *arm = &bench->arms[a];

		for (enum phase phase = 0; phase < PHASE_MAX; phase++) {
			for (u64 r = 0; r < n; r++)
				scratch[r] = arm->samples[r].ns[phase];
			sort_u64(scratch, n);

			printf("%-16s %-6s %6llu %13llu %13llu %13llu %13llu",
			       arm->name, phase_names[phase], n, scratch[0],
			       sorted_median(scratch, n), sorted_percentile(scratch, n, 90),
			       scratch[n - 1]);
			print_speedup(bench, arm, phase, scratch);
			putchar('\n');
		}
	}

	free(scratch);
	return 0;
}

static int write_csv(const struct bench *bench)
{
	const char *path = bench->opt.csv;

	fprintf(bench->csv, "round,arm,strategy,order_in_round,phase,ns\n");
	for (u64 r = 0; r < bench->rounds; r++) {
		for (unsigned int a = 0; a < bench->opt.arms; a++) {
			const struct arm *arm = &bench->arms[a];
			const struct sample *sample = &arm->samples[r];

			for (enum phase phase = 0; phase < PHASE_MAX; phase++)
				fprintf(bench->csv, "%llu,%u,%s,%u,%s,%llu\n",
					r, a, arm->name, sample->order, phase_names[phase],
					sample->ns[phase]);
		}
	}

	if (ferror(bench->csv)) {
		complain_errno("write(%s)", path);
		fclose(bench->csv);
		return -1;
	}
	if (fclose(bench->csv)) {
		complain_errno("close(%s)", path);
		return -1;
	}

	return 0;
}

static int report(const struct bench *bench)
{
	char accel[16];

	read_accel(accel, sizeof(accel));
	print_environment(bench, accel);
	if (print_table(bench) < 0)
		return -1;

	if (!strcmp(accel, "tcg"))
		printf("emulated: times are not a device's; only the ratios mean anything\n");
	else if (!strcmp(accel, "icount"))
		printf("icount: one ns is one guest instruction; only the ratios mean anything\n");

	if (fflush(stdout)) {
		complain_errno("write(stdout)");
		return -1;
	}

	return bench->csv ? write_csv(bench) : 0;
}

static void print_help(FILE *out)
{
	fprintf(out,
		"usage: heap_mmap [OPTION...]\n"
		"\n"
		"Time mmap() of a dma-buf heap buffer, the first write to each page and munmap().\n"
		"\n"
		"  --heap PATH         heap node (default " DEFAULT_HEAP ")\n"
		"  --size SIZE         buffer, with k, M or G (default 512M)\n"
		"  --offset SIZE       where in the buffer the mapping starts (default 0)\n"
		"  --repeat N          measured rounds (default 10; an interval needs %u)\n"
		"  --warmup N          rounds before them (default 1)\n"
		"  --strategies A,B    mmap strategies of the dmabuf_bench heap, the first is the\n"
		"                      baseline; each gets a buffer of its own. Without it: the\n"
		"                      heap as it is\n"
		"  --knob PATH         where the strategy is chosen\n"
		"                      (default " DEFAULT_KNOB ")\n"
		"  --seed N            of the random order (default: from the clock)\n"
		"  --csv FILE          every sample: round,arm,strategy,order_in_round,phase,ns\n"
		"\n"
		"Exit status: 0 every page was right; 1 a wrong page or a failed call; 2 usage;\n"
		"130 stopped by a signal, with the complete rounds printed.\n",
		INTERVAL_MIN_N);
}

static void bad_option(const char *option, const char *value, const char *wanted)
{
	complain("--%s %s: not %s", option, value, wanted);
	exit(EXIT_USAGE);
}

static void parse_strategies(struct options *opt, char *list)
{
	char *name;

	opt->strategies = true;
	opt->arms = 0;
	while ((name = strsep(&list, ","))) {
		if (!*name || opt->arms == MAX_ARMS)
			bad_option("strategies", name, "1 to 16 names with commas between");
		opt->names[opt->arms++] = name;
	}
}

static void parse_size_option(const char *option, u64 *size)
{
	if (!parse_size(optarg, size))
		bad_option(option, optarg, "a size: a number with k, M or G");
}

static void parse_number_option(const char *option, u64 min, u64 max,
				const char *wanted, u64 *number)
{
	if (!parse_number(optarg, min, max, number))
		bad_option(option, optarg, wanted);
}

static void parse_options(int argc, char **argv, struct options *opt)
{
	static const struct option longopts[] = {
		{ "heap", required_argument, NULL, 'H' },
		{ "size", required_argument, NULL, 's' },
		{ "offset", required_argument, NULL, 'o' },
		{ "repeat", required_argument, NULL, 'r' },
		{ "warmup", required_argument, NULL, 'w' },
		{ "strategies", required_argument, NULL, 'S' },
		{ "knob", required_argument, NULL, 'k' },
		{ "seed", required_argument, NULL, 'e' },
		{ "csv", required_argument, NULL, 'c' },
		{ "help", no_argument, NULL, 'h' },
		{ }
	};
	int c;

	while ((c = getopt_long(argc, argv, "h", longopts, NULL)) != -1) {
		switch (c) {
		case 'H':
			opt->heap = optarg;
			break;
		case 's':
			parse_size_option("size", &opt->size);
			break;
		case 'o':
			parse_size_option("offset", &opt->offset);
			break;
		case 'r':
			parse_number_option("repeat", 1, MAX_ROUNDS, "1 to 100000", &opt->repeat);
			break;
		case 'w':
			parse_number_option("warmup", 0, MAX_ROUNDS, "0 to 100000", &opt->warmup);
			break;
		case 'S':
			parse_strategies(opt, optarg);
			break;
		case 'k':
			opt->knob = optarg;
			break;
		case 'e':
			parse_number_option("seed", 0, UINT64_MAX, "a number", &opt->seed);
			break;
		case 'c':
			opt->csv = optarg;
			break;
		case 'h':
			print_help(stdout);
			exit(EXIT_OK);
		default:
			print_help(stderr);
			exit(EXIT_USAGE);
		}
	}

	if (optind != argc) {
		complain("%s: an argument where only options go", argv[optind]);
		print_help(stderr);
		exit(EXIT_USAGE);
	}
}

static void check_options(const struct options *opt, u64 page)
{
	if (!opt->size || opt->size % page || opt->offset % page) {
		complain("--size and --offset must be multiples of the page, %llu bytes",
			 page);
		exit(EXIT_USAGE);
	}
	if (opt->offset >= opt->size) {
		complain("--offset must be below --size");
		exit(EXIT_USAGE);
	}
	if (opt->size > SIZE_MAX / 2) {
		complain("--size is more than this machine can address");
		exit(EXIT_USAGE);
	}
}

int main(int argc, char **argv)
{
	static struct bench bench = {
		.opt = {
			.heap = DEFAULT_HEAP,
			.knob = DEFAULT_KNOB,
			.size = 512 << 20,
			.repeat = 10,
			.warmup = 1,
		},
	};
	struct options *opt = &bench.opt;

	program = "heap_mmap";
	opt->seed = now_ns();
	parse_options(argc, argv, opt);
	bench.page = sysconf(_SC_PAGESIZE);
	check_options(opt, bench.page);

	if (!opt->strategies)
		opt->names[opt->arms++] = base_name(opt->heap);
	prng_seed(&bench.prng, opt->seed);
	if (opt->csv) {
		bench.csv = fopen(opt->csv, "we");
		if (!bench.csv) {
			complain_errno("open(%s)", opt->csv);
			return EXIT_FAIL;
		}
	}
	if (catch_signals() < 0)
		return EXIT_FAIL;

	for (unsigned int a = 0; a < opt->arms; a++) {
		if (setup_arm(&bench, &bench.arms[a], opt->names[a]) < 0)
			return EXIT_FAIL;
		if (stopped)
			return EXIT_STOPPED;
	}

	if (run_rounds(&bench) < 0 || report(&bench) < 0)
		return EXIT_FAIL;

	for (unsigned int a = 0; a < opt->arms; a++) {
		if (teardown_arm(&bench, &bench.arms[a]) < 0)
			return EXIT_FAIL;
	}

	return bench.rounds < opt->repeat ? EXIT_STOPPED : EXIT_OK;
}
