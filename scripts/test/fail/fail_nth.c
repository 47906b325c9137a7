// SPDX-License-Identifier: GPL-2.0
/*
 * Makes the first, the second, the third ... allocation of a call fail, until the call
 * has fewer. Each time the call has to succeed all the same, or to fail with ENOMEM, and
 * to leave everything as it was.
 *
 *   fail_nth DEBUGFS [KNOB...] <TABLE
 *
 * Lines of TABLE are "KIND[/STEP][+ERRNO] WORD [WORD...]", KIND one of fail_calls.h. With
 * /STEP it is only every so many-th allocation; ERRNO is accepted, too. A call that this
 * machine cannot do (EOPNOTSUPP) has to say so each time.
 * Prints "POINTS REFUSED LINE" for each, how many allocations failed and how often the
 * call did. Needs CONFIG_FAILSLAB or CONFIG_FAIL_PAGE_ALLOC, set up in debugfs.
 */
#define _GNU_SOURCE
#include "fail_calls.h"
#include "fail_thread.h"

/* No call here has more. */
#define POINTS_MAX 5000

#define COMPLAINTS_MAX 10

#define HELD_FD 9
#define HELD_BYTES 65536

static int nth = -1;

static void set_nth(unsigned int n)
{
	char text[16];
	int len = sprintf(text, "%u", n);

	must("fail-nth", pwrite(nth, text, len, 0));
}

/* Whether an allocation failed since set_nth(). */
static bool end_nth(void)
{
	char text[16] = "";

	must("fail-nth", pread(nth, text, sizeof(text) - 1, 0));
	set_nth(0);
	return !atoi(text);
}

static int call(const struct kind *kind, unsigned int n, bool *failed)
{
	int err;

	if (kind->before)
		kind->before();
	set_nth(n);
	err = kind->call();
	*failed = end_nth();
	kind->after(err);
	return err;
}

static const struct kind *find_kind(const char *name)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(kinds); i++)
		if (!strcmp(kinds[i].name, name))
			return &kinds[i];
	fprintf(stderr, "no kind '%s'\n", name);
	exit(2);
}

static bool is_accepted(int err, int want, const char *accepted)
{
	return err == want || err == ENOMEM || (*accepted && !strcmp(errno_name(err), accepted));
}

/* The first call shows what it gives here, and fills the kernel's caches. */
static int try_whole(const struct kind *kind, const char *line)
{
	bool failed;
	int want = call(kind, 0, &failed);

	if (want && want != EOPNOTSUPP)
		complain("%s: %s without a failure", line, errno_name(want));
	return want;
}

static void try_line(const struct kind *kind, unsigned int step, const char *accepted,
		     const char *line)
{
	unsigned int n, points = 0, refused = 0, before = complaints;
	static struct state state;
	bool failed = true;
	char what[1200];
	int want, err;

	want = try_whole(kind, line);
	state_read(&state);
	for (n = 1; failed && complaints == before; n += step) {
		err = call(kind, n, &failed);
		snprintf(what, sizeof(what), "%s: allocation %u", line, n);
		if (failed ? !is_accepted(err, want, accepted) : err != want)
			complain("%s: %s", what, errno_name(err));
		if (n > POINTS_MAX)
			complain("%s: is there no end of it?", what);
		state_compare(what, &state);
		points += failed;
		refused += failed && err != want;
	}
	printf("%u %u %s%s\n", points, refused, line, want ? ": EOPNOTSUPP" : "");
	fflush(stdout);
}

/* A run's line is all one word. */
static void take_line(char *line)
{
	static char words[1200];
	char *name, *step, *rest = words, *accepted;

	snprintf(words, sizeof(words), "%s", line);
	accepted = strsep(&rest, " ");
	step = strsep(&accepted, "+");
	name = strsep(&step, "/");
	first_word = strcmp(name, "run") && strcmp(name, "thread") ? strsep(&rest, " ") : "";
	other_words = rest ? rest : "";
	if (!strcmp(name, "thread"))
		try_thread(line);
	else
		try_line(find_kind(name), step ? atoi(step) : 1, accepted ? accepted : "", line);
}

/* Lines may name it as heap=fd fd=9. Not every strategy can have it. */
static void hold_buffer(void)
{
	int heap = must("a node", open("/dev/dma_heap/bench_system", O_RDWR | O_CLOEXEC));
	int fd = heap_alloc(heap, HELD_BYTES, O_RDWR | O_CLOEXEC);

	must("a buffer", fd < 0 && errno != EOPNOTSUPP ? fd : 0);
	if (fd >= 0)
		must("dup3", dup3(fd, HELD_FD, O_CLOEXEC));
	close(fd);
	close(heap);
}

int main(int argc, char **argv)
{
	char line[1100];

	if (argc < 2) {
		fprintf(stderr, "usage: fail_nth DEBUGFS [KNOB...] <TABLE\n");
		return 2;
	}
	state_root = argv[1];
	state_knobs = argv + 2;
	state_knob_count = argc - 2;
	nth = must("fail-nth", open("/proc/thread-self/fail-nth", O_RDWR | O_CLOEXEC));
	if (is_loaded())
		hold_buffer();
	while (complaints < COMPLAINTS_MAX && fgets(line, sizeof(line), stdin)) {
		line[strcspn(line, "\n")] = '\0';
		take_line(line);
	}
	return !!complaints;
}
