// SPDX-License-Identifier: GPL-2.0
/*
 * How slow is CPU access to the dma-bufs of this device, compared with ordinary memory?
 *
 * Needs no module and no root, only access to the nodes. Every exporter that is found
 * is measured beside ordinary memory of the same size, which was written before, in
 * rounds with the two in random order; whatever is read is checked.
 */
#define _GNU_SOURCE

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "dmabuf_probe.h"
#include "options.h"

#define MIB		(1024 * 1024ULL)
#define DEFAULT_SIZE	(8 * MIB)
#define QUICK_SIZE	MIB
#define DEFAULT_SECONDS	50
#define QUICK_SECONDS	8
#define NO_FD		UINT64_MAX

/* Nothing could be measured. */
#define EXIT_UNKNOWN	2

static atomic_bool stopped;

static void on_stop(int sig)
{
	(void)sig;
	stopped = true;
}

bool is_stopped(void)
{
	return stopped;
}

static void print_help(FILE *out)
{
	fprintf(out,
		"usage: dmabuf_probe [OPTION...] [NODE...]\n"
		"       dmabuf_probe [OPTION...] --fd N [--pid PID] [--write]\n"
		"\n"
		"How slow is CPU access to the dma-bufs of this device, compared with ordinary\n"
		"memory? Without NODE: of all of /dev/dma_heap/*, /dev/udmabuf, V4L2 devices that\n"
		"capture video (VIDIOC_EXPBUF) and DRM cards (dumb buffers) that may be opened.\n"
		"\n"
		"  --fd N          a dma-buf that this process has inherited, or\n"
		"  --pid PID       that process PID has (pidfd_getfd()); it is only read, unless\n"
		"  --write         is given: what it holds is lost then\n"
		"  --size SIZE     of buffers, in whole pages, with k, M or G (default 8M); of a\n"
		"                  buffer that is larger only so much is looked at. V4L2 drivers\n"
		"                  choose the size\n"
		"  --rounds N      of each source and size; an interval needs %u (default: what\n"
		"                  fits into the time, 25 at most)\n"
		"  --seconds N     that all may take (default %u)\n"
		"  --quick         buffers of 1M, 11 rounds at most, %u seconds\n"
		"  --seed N        of the random order (default: from the clock)\n"
		"  --format NAME   table (default), csv or json, on standard output\n"
		"  --out DIR       write all of them into a new folder, too, and samples, as\n"
		"                  compare.sh OLD NEW and plot.sh DIR/sizes-NAME.csv read them\n"
		"\n"
		"For each source, the same with ordinary memory, in random order: allocate and\n"
		"free, mmap() and munmap(), first and second touch of each page, writes and reads\n"
		"of 1, 4, 8, 16 and 64 bytes and past the caches (stream), memcpy() in and out,\n"
		"reads in random order that wait for each other, DMA_BUF_IOCTL_SYNC start and end\n"
		"by direction. Cost against size becomes a fixed part and one per page. All that\n"
		"is read is checked.\n"
		"\n"
		"Exit status: 0 done; 1 wrong bytes were read; 2 nothing could be measured; 3 used\n"
		"wrongly, or a call failed; 130 stopped by a signal, complete rounds are printed.\n",
		INTERVAL_MIN_N, DEFAULT_SECONDS, QUICK_SECONDS);
}

/* Takes the words that are no options with a value out of @argv. */
static int take_flags(int argc, char **argv, struct options *opt)
{
	int n = 1;

	for (int i = 1; i < argc; i++) {
		if (!strcmp(argv[i], "--quick"))
			opt->quick = true;
		else if (!strcmp(argv[i], "--write"))
			opt->write = true;
		else
			argv[n++] = argv[i];
	}
	argv[n] = NULL;
	return n;
}

/* Returns the index of the first NODE in @argv. */
static int read_options(int argc, char **argv, struct options *opt)
{
	const struct option_spec specs[] = {
		{ .name = "fd", .number = &opt->fd, .max = INT32_MAX,
		  .wanted = "a file descriptor" },
		{ .name = "pid", .number = &opt->pid, .min = 1, .max = INT32_MAX,
		  .wanted = "a process" },
		{ .name = "size", .size = &opt->size },
		{ .name = "rounds", .number = &opt->rounds, .min = 1, .max = MAX_ROUNDS,
		  .wanted = "1 to 1000" },
		{ .name = "seconds", .number = &opt->seconds, .min = 1, .max = 100000,
		  .wanted = "1 to 100000" },
		{ .name = "seed", .number = &opt->seed, .max = UINT64_MAX,
		  .wanted = "a number" },
		{ .name = "format", .text = &opt->format },
		{ .name = "out", .text = &opt->out },
		{ }
	};
	int nodes = parse_options(argc, argv, specs, print_help);

	if (!opt->size)
		opt->size = opt->quick ? QUICK_SIZE : DEFAULT_SIZE;
	if (!opt->seconds)
		opt->seconds = opt->quick ? QUICK_SECONDS : DEFAULT_SECONDS;
	opt->has_fd = opt->fd != NO_FD;
	return nodes;
}

static u64 available_bytes(void)
{
	static const char key[] = "MemAvailable:";
	u64 kib = UINT64_MAX >> 10;
	char line[128];
	FILE *file;

	file = fopen("/proc/meminfo", "re");
	while (file && fgets(line, sizeof(line), file))
		if (!strncmp(line, key, sizeof(key) - 1))
			kib = strtoull(line + sizeof(key) - 1, NULL, 10);
	if (file)
		fclose(file);
	return kib << 10;
}

static void check_options(const struct probe *probe, bool has_nodes)
{
	const struct options *opt = &probe->opt;
	char text[24], wanted[80];

	snprintf(text, sizeof(text), "%llu", opt->size);
	if (opt->size % probe->page) {
		snprintf(wanted, sizeof(wanted), "a multiple of the page, %llu bytes",
			 probe->page);
		refuse_option("size", text, wanted);
	}
	/* the buffer, ordinary memory, what is written and where it is copied to */
	if (opt->size > available_bytes() / 4) {
		snprintf(wanted, sizeof(wanted), "at most a quarter of the available %llu bytes",
			 available_bytes());
		refuse_option("size", text, wanted);
	}
	if (!print_format(probe, opt->format, NULL))
		refuse_option("format", opt->format, "table, csv or json");
	if (opt->pid && !opt->has_fd)
		refuse_option("pid", "without --fd", "of use: which descriptor is it?");
	if (opt->write && !opt->has_fd)
		refuse_option("write", "without --fd", "needed: buffers made here are written");
	if (opt->has_fd && has_nodes)
		refuse_option("fd", "and NODE", "accepted together");
}

static void catch_signals(void)
{
	static const int stops[] = { SIGINT, SIGTERM, SIGHUP };
	struct sigaction action = { .sa_handler = on_stop, .sa_flags = SA_RESTART };

	for (unsigned int i = 0; i < ARRAY_SIZE(stops); i++)
		sigaction(stops[i], &action, NULL);
	catch_faults();
}

/* The last of the CPUs that it may run on: a large one, where there are two kinds. */
static void choose_cpu(struct probe *probe)
{
	cpu_set_t set;

	if (sched_getaffinity(0, sizeof(set), &set) < 0)
		return;
	for (unsigned int cpu = 0; cpu < CPU_SETSIZE; cpu++)
		if (CPU_ISSET(cpu, &set))
			probe->cpu = cpu;
	CPU_ZERO(&set);
	CPU_SET(probe->cpu, &set);
	if (sched_setaffinity(0, sizeof(set), &set) < 0)
		complain_errno("sched_setaffinity(%u)", probe->cpu);
}

/* Ordinary memory, written: reading it does not fault. */
static u8 *written_memory(struct probe *probe)
{
	u64 *words = mmap(NULL, probe->opt.size, PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (words == MAP_FAILED) {
		complain_errno("mmap() of %llu bytes", probe->opt.size);
		exit(EXIT_CANNOT);
	}
	/* so that it stays an area of its own beside the memory that is measured */
	madvise(words, probe->opt.size, MADV_DONTFORK);
	for (u64 i = 0; i < probe->opt.size / sizeof(*words); i++)
		words[i] = prng_next(&probe->prng);
	return (u8 *)words;
}

static void say_refusal(const struct source *source)
{
	fprintf(stderr, "%s: %s: %s, not measured (%s)\n", program, source->from.path,
		errno_name(source->from.error), source->from.failed);
}

/* Those that can be opened share the time. */
static void open_sources(struct probe *probe)
{
	for (unsigned int i = 0; i < probe->nsources; i++) {
		struct source *source = &probe->sources[i];

		source->usable = open_source(probe, source);
		if (source->usable)
			probe->usable++;
		else
			say_refusal(source);
	}
}

/* Says how long it will take. Returns how many are measured. */
static unsigned int plan(struct probe *probe)
{
	u64 total_ns = 0;
	unsigned int count = 0;

	for (unsigned int i = 0; i < probe->nsources && !stopped && !probe->wrong; i++) {
		struct source *source = &probe->sources[i];

		if (!source->usable)
			continue;
		if (!plan_source(probe, source, i)) {
			source->usable = false;
			say_refusal(source);
			continue;
		}
		total_ns += estimate_ns(probe, i);
		count++;
	}
	if (count)
		fprintf(stderr, "%s: %u sources, about %llu s\n", program, count,
			total_ns / 1000000000 + 1);
	return count;
}

/* Returns the exit status. */
static int measure(struct probe *probe)
{
	if (!probe->nsources) {
		complain("no /dev/dma_heap/*, /dev/udmabuf, /dev/video* or /dev/dri/card* here;");
		complain("NODE or --fd is accepted");
		return EXIT_UNKNOWN;
	}
	open_sources(probe);
	if (!plan(probe) && !stopped && !probe->wrong)
		return EXIT_UNKNOWN;
	for (unsigned int i = 0; i < probe->nsources && !stopped && !probe->wrong; i++) {
		if (!probe->sources[i].usable)
			continue;
		measure_source(probe, i);
		if (probe->runs[i][0].stopped && !stopped)
			say_refusal(&probe->sources[i]);
	}
	print_format(probe, probe->opt.format, stdout);
	if (fflush(stdout) || ferror(stdout)) {
		complain_errno("write(stdout)");
		return EXIT_CANNOT;
	}
	if (probe->opt.out && write_files(probe) < 0)
		return EXIT_CANNOT;
	if (probe->wrong)
		return EXIT_WRONG;
	return stopped ? EXIT_STOPPED : EXIT_OK;
}

int main(int argc, char **argv)
{
	static struct probe probe;
	struct options *opt = &probe.opt;
	int first;

	program = "dmabuf_probe";
	opt->fd = NO_FD;
	opt->format = "table";
	opt->seed = now_ns();
	probe.page = sysconf(_SC_PAGESIZE);
	argc = take_flags(argc, argv, opt);
	first = read_options(argc, argv, opt);
	check_options(&probe, first < argc);
	if (opt->out && !make_folder(opt->out))
		return EXIT_CANNOT;
	prng_seed(&probe.prng, opt->seed);
	catch_signals();
	choose_cpu(&probe);

	if (opt->has_fd)
		add_descriptor(&probe);
	for (int i = first; i < argc; i++)
		add_node(&probe, argv[i]);
	if (!probe.nsources)
		find_sources(&probe);
	probe.pattern = written_memory(&probe);
	probe.scratch = written_memory(&probe);
	calibrate_clock(&probe);
	probe.clean_ns_per_page = clean_ns_per_page(&probe);
	return measure(&probe);
}
