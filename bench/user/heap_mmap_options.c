// SPDX-License-Identifier: GPL-2.0
/*
 * The command line of heap_mmap.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "heap_mmap.h"
#include "options.h"

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
		"  --csv FILE          every sample: round,arm,strategy,order_in_round,phase,ns;\n"
		"                      a FILE that exists is not overwritten\n"
		"\n"
		"Exit status: 0 every page was right; 1 a page was wrong; 3 used wrongly, or a\n"
		"call failed; 130 stopped by a signal, with the complete rounds printed.\n",
		INTERVAL_MIN_N);
}

static void parse_strategies(struct options *opt, const char *text)
{
	char *list = strdup(text);
	char *name;

	if (!list) {
		complain_errno("strdup()");
		exit(EXIT_CANNOT);
	}

	opt->strategies = true;
	while ((name = strsep(&list, ","))) {
		if (!*name || opt->arms == MAX_ARMS)
			refuse_option("strategies", name, "1 to 16 names with commas between");
		opt->names[opt->arms++] = name;
	}
}

void read_options(int argc, char **argv, struct options *opt)
{
	const char *strategies = NULL;
	const struct option_spec specs[] = {
		{ .name = "heap", .text = &opt->heap },
		{ .name = "size", .size = &opt->size },
		{ .name = "offset", .size = &opt->offset },
		{ .name = "repeat", .number = &opt->repeat, .min = 1, .max = MAX_ROUNDS,
		  .wanted = "1 to 100000" },
		{ .name = "warmup", .number = &opt->warmup, .max = MAX_ROUNDS,
		  .wanted = "0 to 100000" },
		{ .name = "strategies", .text = &strategies },
		{ .name = "knob", .text = &opt->knob },
		{ .name = "seed", .number = &opt->seed, .max = UINT64_MAX,
		  .wanted = "a number" },
		{ .name = "csv", .text = &opt->csv },
		{ }
	};
	int end = parse_options(argc, argv, specs, print_help);

	if (end != argc) {
		complain("%s: an argument where only options go", argv[end]);
		print_help(stderr);
		exit(EXIT_CANNOT);
	}
	if (strategies)
		parse_strategies(opt, strategies);
}

void check_options(const struct options *opt, u64 page)
{
	if (!opt->size || opt->size % page || opt->offset % page) {
		complain("--size and --offset must be multiples of the page, %llu bytes",
			 page);
		exit(EXIT_CANNOT);
	}
	if (opt->offset >= opt->size) {
		complain("--offset must be below --size");
		exit(EXIT_CANNOT);
	}
	if (opt->size > SIZE_MAX / 2) {
		complain("--size is more than this machine can address");
		exit(EXIT_CANNOT);
	}
}
