/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Allocations that fail in a kernel thread of a run: the thread is given its fail-nth
 * while the run is on, so that which allocation of a sample is hit is not known. As many
 * are tried as hit each one of a sample with near certainty.
 */
#ifndef DBB_TEST_FAIL_THREAD_H
#define DBB_TEST_FAIL_THREAD_H

#include <sys/wait.h>

#include "fail_state.h"

#define THREAD_TRIES 40

static pid_t thread_start_run(const char *line)
{
	pid_t child = must("fork", fork());
	int run;

	if (child)
		return child;
	run = open(in_root("bench/run"), O_WRONLY);
	_exit(run < 0 || write(run, line, strlen(line)) < 0 ? errno : 0);
}

static bool thread_is_ours(const char *pid)
{
	char path[PATH_MAX], comm[64];

	snprintf(path, sizeof(path), "/proc/%s/comm", pid);
	return read_whole(path, comm, sizeof(comm)) > 0 && !strcmp(comm, "dmabuf_bench/0\n");
}

/* The descriptor of its fail-nth, or -1 while there is no thread. */
static int thread_find(void)
{
	DIR *dir = opendir("/proc");
	struct dirent *entry;
	char path[PATH_MAX];
	int found = -1;

	while (found < 0 && dir && (entry = readdir(dir))) {
		if (!isdigit(entry->d_name[0]) || !thread_is_ours(entry->d_name))
			continue;
		snprintf(path, sizeof(path), "/proc/%s/fail-nth", entry->d_name);
		found = open(path, O_RDWR | O_CLOEXEC);
	}
	if (dir)
		closedir(dir);
	return found;
}

/* Past its preparation, which this task makes. */
static bool thread_is_sampling(void)
{
	char text[512];
	const char *done;

	if (read_whole(in_root("bench/status"), text, sizeof(text)) < 0)
		return false;
	done = strstr(text, "done=");
	return !strncmp(text, "running", 7) && done && atoi(done + 5) > 0;
}

static bool thread_has_failed(int nth)
{
	char text[16] = "";

	return pread(nth, text, sizeof(text) - 1, 0) <= 0 || !atoi(text);
}

static void thread_stop_run(void)
{
	int stop = must("bench/stop", open(in_root("bench/stop"), O_WRONLY | O_CLOEXEC));

	must("bench/stop", write(stop, "1", 1));
	close(stop);
}

/* Waits for the run, which is stopped if it goes on although an allocation failed. */
static int thread_end_run(pid_t child)
{
	unsigned int tries;
	int status = 0;

	for (tries = 0; tries < 20; tries++) {
		if (waitpid(child, &status, WNOHANG) == child)
			return WIFEXITED(status) ? WEXITSTATUS(status) : EFAULT;
		usleep(10000);
	}
	thread_stop_run();
	must("wait", waitpid(child, &status, 0));
	return WIFEXITED(status) ? WEXITSTATUS(status) : EFAULT;
}

/* Returns what became of the run; sets *@failed. */
static int thread_fail(const char *line, unsigned int n, bool *failed)
{
	pid_t child = thread_start_run(line);
	unsigned int tries;
	char text[16];
	int nth;

	for (tries = 0; tries < 1000 && !thread_is_sampling(); tries++)
		usleep(10000);
	nth = thread_find();
	if (nth >= 0)
		must("fail-nth", pwrite(nth, text, sprintf(text, "%u", n), 0));
	for (tries = 0; nth >= 0 && tries < 1000 && !thread_has_failed(nth); tries++)
		usleep(10000);
	*failed = nth >= 0 && tries < 1000;
	if (nth >= 0)
		close(nth);
	return thread_end_run(child);
}

/* LINE is of a run with more rounds than it will ever take. */
static void try_thread(const char *line)
{
	unsigned int n, points = 0, refused = 0, before = complaints;
	static struct state state;
	bool failed;
	int err;

	state_read(&state);
	for (n = 1; n <= THREAD_TRIES && complaints == before; n++) {
		err = thread_fail(other_words, n, &failed);
		if (!failed || (err != ENOMEM && err != EINTR))
			complain("%s: allocation %u %s: %s", line, n,
				 failed ? "failed" : "was not reached", errno_name(err));
		state_compare(line, &state);
		points += failed;
		refused += err == ENOMEM;
	}
	printf("%u %u %s\n", points, refused, line);
	fflush(stdout);
}

#endif /* DBB_TEST_FAIL_THREAD_H */
