/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Command lines: a table of options, each with a value.
 */
#ifndef DMABUF_BENCH_USER_OPTIONS_H
#define DMABUF_BENCH_USER_OPTIONS_H

#include <stdio.h>

#include "common.h"

/* Values of an option that may be repeated. */
struct option_list {
	const char *values[16];
	unsigned int n;
};

/* One of text, list, size and number takes the value; a table ends with an empty entry. */
struct option_spec {
	const char *name;
	const char **text;
	struct option_list *list;
	u64 *size;		/* bytes, written with k, M or G */
	u64 *number;		/* from min to max */
	u64 min;
	u64 max;
	const char *wanted;	/* what a number has to be, in a refusal */
};

/*
 * Reads the options up to the first other word, whose index it returns. --help
 * prints help; everything that cannot be used exits with EXIT_CANNOT.
 */
int parse_options(int argc, char **argv, const struct option_spec *specs,
		  void (*print_help)(FILE *out));

/* "--option value: not wanted", and exits. */
void refuse_option(const char *option, const char *value, const char *wanted);

#endif
