// SPDX-License-Identifier: GPL-2.0
/*
 * Command lines: a table of options, each with a value.
 */
#include <getopt.h>
#include <stdlib.h>

#include "options.h"

#define MAX_OPTIONS	16

void refuse_option(const char *option, const char *value, const char *wanted)
{
	complain("--%s %s: not %s", option, value, wanted);
	exit(EXIT_CANNOT);
}

static void take_value(const struct option_spec *spec, const char *value)
{
	if (spec->text)
		*spec->text = value;
	else if (spec->list && spec->list->n == ARRAY_SIZE(spec->list->values))
		refuse_option(spec->name, value, "one more than 16");
	else if (spec->list)
		spec->list->values[spec->list->n++] = value;
	else if (spec->size && !parse_size(value, spec->size))
		refuse_option(spec->name, value, "a size: a number with k, M or G");
	else if (spec->number && !parse_number(value, spec->min, spec->max, spec->number))
		refuse_option(spec->name, value, spec->wanted);
}

int parse_options(int argc, char **argv, const struct option_spec *specs,
		  void (*print_help)(FILE *out))
{
	struct option longopts[MAX_OPTIONS + 2] = { };
	int n = 0;
	int c;

	for (; specs[n].name && n < MAX_OPTIONS; n++) {
		longopts[n].name = specs[n].name;
		longopts[n].has_arg = required_argument;
		longopts[n].val = n;
	}
	longopts[n].name = "help";
	longopts[n].val = 'h';

	while ((c = getopt_long(argc, argv, "+h", longopts, NULL)) != -1) {
		if (c < n) {
			take_value(&specs[c], optarg);
			continue;
		}
		print_help(c == 'h' ? stdout : stderr);
		exit(c == 'h' ? EXIT_OK : EXIT_CANNOT);
	}

	return optind;
}
