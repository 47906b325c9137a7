/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A step of fuzz: what it does in words, what came of it, and the files and knobs
 * that it must leave as the model says.
 */
#ifndef DBB_TEST_FUZZ_STEP_H
#define DBB_TEST_FUZZ_STEP_H

#include <fcntl.h>

#include "../program/draw.h"
#include "fuzz_model.h"

static u32 series;		/* the random seed of all its steps */
static unsigned long step, accepted, refused_by_module, runs, runs_accepted;
static char action[LINE_MAX_BYTES + 256];
static int root, error_log;
static u64 logged;

/* Steps from this one on are printed. */
static unsigned long is_shown_from;

/* What the step does, for its differences. */
static void __printf(1, 2) say(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vsnprintf(action, sizeof(action), fmt, args);
	va_end(args);
	if (step >= is_shown_from) {
		printf("step %lu: %s\n", step, action);
		fflush(stdout);
	}
}

static void __printf(1, 2) differ(const char *fmt, ...)
{
	char text[600];
	va_list args;
	char *at;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	for (at = action; *at; at++)
		if (*at < ' ' || *at > '~')
			*at = '?';
	complain("step %lu: %s: %s", step, action, text);
}

static void print_counts(void)
{
	printf("fuzz %u: %lu of %lu inputs accepted, %lu refused by the module, ", series, accepted,
	       step, refused_by_module);
	printf("%lu of %lu runs done\n", runs_accepted, runs);
}

/* @err is what the action gave, @want what the model says; @may is right, too. */
static void judge(int err, int want, int may)
{
	accepted += !err;
	if (err != want && !(may && err == may))
		differ("%s, the model says %s", errno_name(err), errno_name(want));
}

static int errno_of(long ret)
{
	return ret < 0 ? errno : 0;
}

/* What is at the start of a file, up to a NUL that is added. */
static size_t read_start(int fd, char *text, size_t size)
{
	ssize_t len = must("read a file", pread(fd, text, size - 1, 0));

	text[len] = '\0';
	return len;
}

/* Of a choice the word in brackets, else the first line. */
static void parse_value(const char *text, char *value)
{
	const char *line_end = strchr(text, '\n'), *open = strchr(text, '[');

	if (open && open < line_end)
		snprintf(value, VALUE_LEN, "%.*s", (int)strcspn(open + 1, "]"), open + 1);
	else
		snprintf(value, VALUE_LEN, "%.*s", (int)strcspn(text, "\n"), text);
}

static void check_knob(struct knob *knob)
{
	char text[VALUE_LEN], value[VALUE_LEN];

	read_start(knob->fd, text, sizeof(text));
	if (!strcmp(text, knob->text))
		return;
	parse_value(text, value);
	if (strcmp(value, knob->value)) {
		differ("%s is '%s', the model says '%s'", knob->path, value, knob->value);
		strcpy(knob->value, value);
	}
	strcpy(knob->text, text);
}

/* A refusal leaves all knobs as they were. */
static void check_knobs(void)
{
	unsigned int i;

	for (i = 0; i < KNOBS; i++)
		check_knob(&knobs[i]);
}

/* The number of the last line of error_log. */
static u64 read_logged(void)
{
	static char text[16 * 512];
	size_t len = read_start(error_log, text, sizeof(text));

	while (len && text[len - 1] == '\n')
		len--;
	while (len && text[len - 1] != '\n')
		len--;
	return strtoull(text + len, NULL, 10);
}

/* After a refusal by the module, which adds a line to error_log if @is_logged. */
static void check_refused(bool is_logged)
{
	u64 now = read_logged();

	refused_by_module++;
	logged += is_logged;
	if (now != logged)
		differ("the last line of error_log is %llu, the model says %llu", now, logged);
	logged = now;
	check_knobs();
}

/* The words that this kernel has; a choice lists them with one in brackets. */
static void learn_choices(struct knob *knob)
{
	char *from, *to = knob->choices, *line = knob->text;

	if (strchr(line, '[')) {
		for (from = line; *from && *from != '\n'; from++)
			if (*from != '[' && *from != ']')
				*to++ = *from;
	}
	*to = '\0';
	for (line = strstr(line, "\n# "); line; line = strstr(line + 1, "\n# "))
		snprintf(knob->missing + strlen(knob->missing), 64, "%s%.*s",
			 *knob->missing ? " " : "", (int)strcspn(line + 3, ":"), line + 3);
}

static void learn_knobs(void)
{
	unsigned int i;

	for (i = 0; i < KNOBS; i++) {
		struct knob *knob = &knobs[i];

		knob->fd = must(knob->path, openat(root, knob->path, O_RDWR | O_CLOEXEC));
		read_start(knob->fd, knob->text, sizeof(knob->text));
		parse_value(knob->text, knob->value);
		learn_choices(knob);
	}
	knobs[CPU].max = sysconf(_SC_NPROCESSORS_CONF) - 1;
	page_bytes = sysconf(_SC_PAGESIZE);
	ram_bytes = sysconf(_SC_PHYS_PAGES) * page_bytes;
	max_order = page_bytes == 4096 ? 10 : page_bytes == 16384 ? 11 : 13;
	error_log = must("error_log", openat(root, "error_log", O_RDONLY | O_CLOEXEC));
	logged = read_logged();
}

#endif /* DBB_TEST_FUZZ_STEP_H */
