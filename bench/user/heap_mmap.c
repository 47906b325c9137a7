// SPDX-License-Identifier: GPL-2.0
/*
 * What mmap() of a dma-buf heap buffer costs, seen from user space.
 *
 * The micro-benchmark of "dma-buf: system_heap: use larger contiguous mappings
 * instead of per-page mmap" with the parts it leaves out: the first write to
 * each page and munmap() are timed too, the arms take turns in random order,
 * and every page is checked through a second mapping.
 */
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include <linux/dma-buf.h>

#include "heap_mmap.h"

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
	_exit(EXIT_WRONG);
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

/* A relaxed atomic is a plain access that the compiler neither drops nor merges. */
static void write_word(void *at, unsigned long word)
{
	__atomic_store_n((unsigned long *)at, word, __ATOMIC_RELAXED);
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

	/* new in each sample, so that stale contents cannot pass */
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

static void show_progress(const struct options *opt, u64 done)
{
	if (!isatty(STDERR_FILENO))
		return;
	if (done < opt->warmup)
		fprintf(stderr, "\r\033[Kheap_mmap: warm-up %llu of %llu", done, opt->warmup);
	else
		fprintf(stderr, "\r\033[Kheap_mmap: measured %llu of %llu",
			done - opt->warmup, opt->repeat);
}

static void clear_progress(void)
{
	if (isatty(STDERR_FILENO))
		fputs("\r\033[K", stderr);
}

/* Stops between two samples; only complete rounds count. */
static int run_rounds(struct bench *bench)
{
	u64 total = bench->opt.warmup + bench->opt.repeat;
	unsigned int order[MAX_ARMS];

	for (unsigned int a = 0; a < bench->opt.arms; a++)
		order[a] = a;

	for (u64 i = 0; i < total; i++) {
		show_progress(&bench->opt, i);
		prng_shuffle(&bench->prng, order, bench->opt.arms);

		for (unsigned int o = 0; o < bench->opt.arms; o++) {
			struct arm *arm = &bench->arms[order[o]];

			/* warm-up rounds write to the place of round 0 */
			if (take_sample(bench, arm, &arm->samples[bench->rounds]) < 0)
				return -1;
			arm->samples[bench->rounds].order = o;
			if (stopped) {
				clear_progress();
				return 0;
			}
		}

		if (i >= bench->opt.warmup)
			bench->rounds++;
	}

	clear_progress();
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

/* Returns the exit status. */
static int measure(struct bench *bench)
{
	const struct options *opt = &bench->opt;

	for (unsigned int a = 0; a < opt->arms; a++) {
		if (setup_arm(bench, &bench->arms[a], opt->names[a]) < 0)
			return bench->wrong ? EXIT_WRONG : EXIT_CANNOT;
		if (stopped)
			return EXIT_STOPPED;
	}

	if (run_rounds(bench) < 0 || print_report(bench) < 0)
		return bench->wrong ? EXIT_WRONG : EXIT_CANNOT;

	for (unsigned int a = 0; a < opt->arms; a++) {
		if (teardown_arm(bench, &bench->arms[a]) < 0)
			return EXIT_CANNOT;
	}

	return bench->rounds < opt->repeat ? EXIT_STOPPED : EXIT_OK;
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
	read_options(argc, argv, opt);
	bench.page = sysconf(_SC_PAGESIZE);
	check_options(opt, bench.page);

	if (!opt->strategies)
		opt->names[opt->arms++] = base_name(opt->heap);
	prng_seed(&bench.prng, opt->seed);
	if (opt->csv) {
		bench.csv = fopen(opt->csv, "wxe");
		if (!bench.csv) {
			complain_errno("open(%s)", opt->csv);
			return EXIT_CANNOT;
		}
	}
	if (catch_signals() < 0)
		return EXIT_CANNOT;

	return measure(&bench);
}
