/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Calls that allocations fail in, on the module's files: run LINE, write FILE TEXT,
 * order FILE TEXT, read FILE, first FILE LINE.
 */
#ifndef DBB_TEST_FAIL_FILES_H
#define DBB_TEST_FAIL_FILES_H

#include "fail_state.h"

/* The line of the table, and what the call has made so far. */
static const char *first_word, *other_words;
static char old_value[256], wanted_text[STATE_TEXT], found_text[STATE_TEXT];
static int fd = -1, sync_fds = -1, node = -1;

/* 0 or the errno */
static int outcome(long ret)
{
	return ret < 0 ? errno : 0;
}

static void close_fd(int *it)
{
	if (*it >= 0)
		close(*it);
	*it = -1;
}

static void open_run(void)
{
	fd = must("bench/run", open(in_root("bench/run"), O_WRONLY | O_CLOEXEC));
}

static int write_run(void)
{
	return outcome(write(fd, other_words, strlen(other_words)));
}

static void close_all(void)
{
	close_fd(&fd);
	close_fd(&sync_fds);
	close_fd(&node);
}

/* A choice lists its words, the current one in brackets. */
static void read_value(char *value, size_t room)
{
	char text[4096], *open;

	must(first_word, read_whole(in_root(first_word), text, sizeof(text)));
	open = strchr(text, '[');
	if (open && strchr(open, ']'))
		snprintf(value, room, "%.*s", (int)strcspn(open + 1, "]"), open + 1);
	else
		snprintf(value, room, "%.*s", (int)strcspn(text, "\n"), text);
}

static void keep_value(void)
{
	read_value(old_value, sizeof(old_value));
}

static int write_file(void)
{
	fd = open(in_root(first_word), O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return errno;
	return outcome(write(fd, other_words, strlen(other_words)));
}

/* What was taken has to be there; the old value comes back. */
static void put_back(int err)
{
	char value[256];
	int again;

	close_fd(&fd);
	if (err)
		return;
	read_value(value, sizeof(value));
	if (strcmp(value, other_words))
		complain("%s is '%s' after '%s' was written", first_word, value, other_words);
	again = must(first_word, open(in_root(first_word), O_WRONLY | O_CLOEXEC));
	must(first_word, write(again, old_value, strlen(old_value)));
	close(again);
}

/* A result makes its figures for its first reader. */
static void make_result(void)
{
	open_run();
	must(other_words, write(fd, other_words, strlen(other_words)));
	close_fd(&fd);
}

static void expect_text(int err)
{
	if (!err && !*found_text)
		complain("%s is empty", first_word);
}

static void keep_text(void)
{
	must(first_word, read_whole(in_root(first_word), wanted_text, sizeof(wanted_text)));
}

static int read_file(void)
{
	return outcome(read_whole(in_root(first_word), found_text, sizeof(found_text)));
}

static void compare_text(int err)
{
	if (!err && strcmp(found_text, wanted_text))
		state_complain_lines("read", first_word, wanted_text, found_text);
}

static void undo_run(int err)
{
	(void)err;
	close_all();
}

#endif /* DBB_TEST_FAIL_FILES_H */
