// SPDX-License-Identifier: GPL-2.0
/*
 * What is left of a buffer and its mappings when the kernel runs out of memory in the
 * middle of a call: /proc/thread-self/fail-nth fails the first allocation, then the
 * second, until the call needs no more. Prints how many it failed.
 *
 *   map_fails PATH CASE[,CASE]... ORDER:COUNT...
 */
#define _GNU_SOURCE
#include "map_buffer.h"

static int nth_file;
static unsigned int nth;
static bool was_failed;		/* the call came to the nth allocation */

static void arm(unsigned int n)
{
	char text[16];

	snprintf(text, sizeof(text), "%u", n);
	must("write fail-nth", pwrite(nth_file, text, strlen(text), 0));
}

/* @ret is what the call returned; returns its errno or 0. */
static int disarm(long ret)
{
	int err = ret < 0 ? errno : 0;
	char text[16] = "";

	must("read fail-nth", pread(nth_file, text, sizeof(text) - 1, 0));
	arm(0);
	was_failed = !atoi(text);
	return err;
}

/* @call brackets a system call by arm() and disarm() and returns what that does. */
static void fail_each(const char *what, int (*call)(void))
{
	unsigned int errors = 0;
	int err;

	nth_file = must("fail-nth", open("/proc/thread-self/fail-nth", O_RDWR | O_CLOEXEC));
	for (nth = 1, was_failed = true; was_failed; nth++) {
		err = call();
		errors += !!err;
		if (err && (err != ENOMEM || !was_failed))
			complain("%s, allocation %u: %s", what, nth, errno_name(err));
	}
	printf("%s: %u allocations failed, and %u calls\n", what, nth - 2, errors);
	if (!errors)
		complain("%s: nothing was noticed of it", what);
	close(nth_file);
}

static int export_once(void)
{
	int err, got;

	arm(nth);
	got = heap_alloc(heap, bytes(npages), O_RDWR);
	err = disarm(got);
	close(got);
	return err;
}

static void export(void)
{
	fail_each("export", export_once);
}

/* Where a mapping failed there is none; one that succeeded is whole. */
static int map_once(void)
{
	void *map, *place = must_map("mmap", mmap(NULL, bytes(npages), PROT_NONE,
						  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
	int err;

	must("munmap", munmap(place, bytes(npages)));
	arm(nth);
	map = mmap(place, bytes(npages), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	err = disarm(map == MAP_FAILED ? -1 : 0);
	if (!err)
		check_tags("mapping", map, 0, npages);
	else if (signal_of(write_word, word_of(place, npages - 1)) != SIGSEGV ||
		 signal_of(write_word, place) != SIGSEGV)
		complain("allocation %u: something is left of a mapping", nth);
	munmap(place, bytes(npages));
	return err;
}

static void map(void)
{
	fail_each("mmap", map_once);
}

/* Parent and child, if there is one, have the mapping whole. */
static int fork_once(void)
{
	int status = 0, err;
	pid_t child;

	arm(nth);
	child = fork();
	if (!child) {
		check_tags("in the child", full, 0, npages);
		fflush(stdout);
		_exit(complaints ? 1 : 0);
	}
	err = disarm(child);
	if (child > 0)
		waitpid(child, &status, 0);
	expect_equal("status of the child", status, 0);
	check_tags("in the parent", full, 0, npages);
	return err;
}

static void fork_fails(void)
{
	fail_each("fork", fork_once);
}

static const struct test_case cases[] = {
	{ "export", export },
	{ "map", map },
	{ "fork", fork_fails },
};

int main(int argc, char **argv)
{
	return run_map_cases(argc, argv, cases, ARRAY_SIZE(cases));
}
