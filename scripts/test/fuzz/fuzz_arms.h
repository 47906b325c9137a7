/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What bench/run should say to a line: the errnos that it may return, by README in
 * debugfs, and about how much the run does.
 */
#ifndef DBB_TEST_FUZZ_ARMS_H
#define DBB_TEST_FUZZ_ARMS_H

#include "fuzz_model.h"

#define ARMS_MAX 12
#define ARM_LEN 56
#define ARM_NAME_LEN 24

/* "[heap:]strategy[+delay]", or a delay alone. */
struct arm {
	char text[2 * ARM_LEN];		/* as the module prints it */
	char heap[ARM_LEN];		/* "" for that of the knob, "fd" for "fd7" */
	char strategy[ARM_NAME_LEN];
	int fd;
	u64 delay;
	bool is_delay, is_exporter;
};

/* Values that a line leaves, and what they are together. */
struct run {
	char v[KNOBS][VALUE_LEN];
	struct arm arms[ARMS_MAX];
	int narms;
	bool size_given;
	u64 size, threads, buffers, iterations;
	/* another errno that the buffers may decide on */
	int may;
};

static bool parse_fd_heap(const char *text, int *fd)
{
	u64 number;

	if (strncmp(text, "fd", 2) || !isdigit((unsigned char)text[2]) ||
	    parse_limited(text + 2, 10, 0, INT_MAX, &number))
		return false;
	*fd = number;
	return true;
}

static int find_strategy(struct arm *arm, const char *heap)
{
	arm->is_exporter = !strcmp(arm->strategy, "exporter");
	if (arm->is_exporter || (*arm->heap && !strcmp(arm->strategy, heap)) ||
	    is_in(knobs[MMAP_STRATEGY].choices, arm->strategy) ||
	    is_in(knobs[VMAP_STRATEGY].choices, arm->strategy))
		return 0;
	return is_in(knobs[MMAP_STRATEGY].missing, arm->strategy) ||
	       is_in(knobs[VMAP_STRATEGY].missing, arm->strategy) ? -EOPNOTSUPP : -EINVAL;
}

static int parse_arm(const char *text, struct arm *arm)
{
	const char *colon = strchr(text, ':'), *name = colon ? colon + 1 : text;
	char heap[ARM_LEN], *plus;

	memset(arm, 0, sizeof(*arm));
	arm->fd = -1;
	if (strlen(text) >= ARM_LEN)
		return -EINVAL;
	snprintf(heap, sizeof(heap), "%.*s", (int)(colon ? colon - text : (int)strlen(text)),
		 text);
	if (parse_fd_heap(heap, &arm->fd))
		strcpy(arm->heap, "fd");
	else if (is_in(knobs[HEAP].choices, heap))
		strcpy(arm->heap, heap);
	else if (colon)
		return -EINVAL;
	if (strlen(name) >= ARM_NAME_LEN)
		return -EINVAL;
	if (arm->fd >= 0)
		sprintf(heap, "fd%d", arm->fd);
	strcpy(arm->strategy, name);
	sprintf(arm->text, "%s%s%s", *arm->heap && strcmp(heap, name) ? heap : "",
		*arm->heap && strcmp(heap, name) ? ":" : "", name);
	arm->is_delay = !parse_limited(name, 10, 0, UINT32_MAX, &arm->delay);
	if (arm->is_delay)
		return 0;
	plus = strchr(arm->strategy, '+');
	if (plus) {
		*plus++ = '\0';
		if (parse_limited(plus, 10, 0, UINT32_MAX, &arm->delay))
			return -EINVAL;
	}
	return find_strategy(arm, heap);
}

static int parse_arms(const char *text, struct arm *arms, int *narms)
{
	char copy[STRATEGIES_LEN], *rest = copy, *word;
	int err;

	*narms = 0;
	if (strlen(text) >= sizeof(copy))
		return -EINVAL;
	strcpy(copy, text);
	while ((word = strsep(&rest, " ,"))) {
		if (!*word)
			continue;
		if (*narms == ARMS_MAX)
			return -ERANGE;
		err = parse_arm(word, &arms[(*narms)++]);
		if (err)
			return err;
	}
	return *narms ? 0 : -EINVAL;
}

static int model_strategies(const char *text, char *value)
{
	struct arm arms[ARMS_MAX];
	int i, narms, err = parse_arms(text, arms, &narms);

	*value = '\0';
	for (i = 0; !err && i < narms; i++)
		strcat(strcat(value, i ? "," : ""), arms[i].text);
	return err;
}

/* --- a run --- */

static bool is_op(const struct run *run, const char *list)
{
	return is_in(list, run->v[OP]);
}

static const char *heap_of(const struct run *run, const struct arm *arm)
{
	return *arm->heap ? arm->heap : run->v[HEAP];
}

static int fd_of(const struct run *run, const struct arm *arm)
{
	if (arm->fd >= 0)
		return arm->fd;
	return strcmp(run->v[FD], "none") ? atoi(run->v[FD]) : -1;
}

static bool is_fd(const struct run *run, const struct arm *arm)
{
	return !strcmp(heap_of(run, arm), "fd");
}

/* Is it the first one of its buffer? */
static bool has_buffer(const struct run *run, int i)
{
	const struct arm *arm = &run->arms[i], *at;

	for (at = run->arms; at < arm; at++)
		if (!strcmp(heap_of(run, at), heap_of(run, arm)) &&
		    (!is_fd(run, arm) || fd_of(run, at) == fd_of(run, arm)))
			return false;
	return true;
}

static int model_arm(const struct run *run, struct arm *arm)
{
	bool users = is_op(run, "mmap touch"), kernels = is_op(run, "pages vmap vtouch replay");
	const char *heap = heap_of(run, arm);
	bool anon = !strcmp(heap, "anon"), others = is_fd(run, arm) || anon;
	char named[2 * ARM_LEN];

	if (arm->fd < 0)
		strcpy(named, heap);
	else
		sprintf(named, "fd%d", arm->fd);
	if ((users || kernels) && others && *arm->heap && !strcmp(arm->text, named))
		arm->is_exporter = true;
	if (arm->is_delay != is_op(run, "delay"))
		return -EINVAL;
	if ((users || kernels) && !arm->is_exporter &&
	    !is_in(knobs[users ? MMAP_STRATEGY : VMAP_STRATEGY].choices, arm->strategy))
		return -EINVAL;
	if (is_op(run, "noop delay"))
		return 0;
	if ((is_fd(run, arm) && is_op(run, "pages alloc tables")) || (anon && !users))
		return -EOPNOTSUPP;
	return (users || kernels) && arm->is_exporter != others ? -EINVAL : 0;
}

static int model_buffers(const struct run *run)
{
	int i;

	if (run->buffers == 1)
		return 0;
	if (is_op(run, "noop delay alloc tables"))
		return -EOPNOTSUPP;
	for (i = 0; i < run->narms; i++)
		if (is_fd(run, &run->arms[i]))
			return -EOPNOTSUPP;
	return run->buffers > run->iterations ? -ERANGE : 0;
}

/* Descriptors that are no dma-buf, and buffers of another size. */
static int model_fds(struct run *run)
{
	bool has_fd = false;
	int i;

	for (i = 0; i < run->narms; i++) {
		int fd = fd_of(run, &run->arms[i]);
		u64 bytes;

		if (!is_fd(run, &run->arms[i]) || !has_buffer(run, i))
			continue;
		bytes = fd < 0 ? 0 : dmabuf_bytes(fd);
		if (!bytes)
			return -EBADF;
		if (!has_fd && !run->size_given)
			run->size = bytes;
		if (run->size != bytes)
			return -ERANGE;
		has_fd = true;
	}
	return has_fd && run->threads > 1 ? -EOPNOTSUPP : 0;
}

static int model_size_fits(struct run *run)
{
	unsigned int i, heaps = 0;
	int err = model_fds(run);

	if (err)
		return err;
	for (i = 0; i < (unsigned int)run->narms; i++)
		heaps += !is_fd(run, &run->arms[i]) && has_buffer(run, i);
	if (is_op(run, "alloc tables"))
		heaps = 1;
	return heaps && run->size > cap() / (run->threads * heaps) ? -ERANGE : 0;
}

/* What the strategy of a kernel mapping says to the buffer; page, sg and so on take any. */
static int model_usable(struct run *run, const struct arm *arm)
{
	const char *heap = heap_of(run, arm), *how = arm->strategy;

	if (is_op(run, "mmap touch")) {
		if (!strcmp(how, "insert"))
			run->may = EOPNOTSUPP;
		return 0;
	}
	if (!is_op(run, "pages vmap vtouch replay") || arm->is_exporter)
		return 0;
	if (!strcmp(how, "ram") && strcmp(knobs[CACHING].value, "cached"))
		return -EOPNOTSUPP;
	if (!strcmp(how, "born") && strcmp(heap, "system") && strcmp(heap, "vmalloc"))
		return -EOPNOTSUPP;
	if (is_in("direct born auto", how) ||
	    (is_op(run, "pages") && !is_in("page sg unrolled", how)))
		run->may = EOPNOTSUPP;
	return 0;
}

/* A buffer of one heap, when the thread has @needed bytes with it. */
static int model_heap(struct run *run, const char *heap, u64 needed)
{
	if (bytes_alive + needed > cap())
		return -ENOMEM;
	if (!strcmp(heap, "vmalloc") && strcmp(knobs[CACHING].value, "cached"))
		return -EOPNOTSUPP;
	if (!strcmp(heap, "system") && !has_chunks(run->size))
		return -ENOMEM;
	if (!is_in("system contig vmalloc", heap))
		run->may = ENOMEM;
	return 0;
}

/* Op alloc has one buffer at a time, of the arms in any order. */
static int model_make_buffers(struct run *run)
{
	bool one = is_op(run, "alloc");
	int i, err, first = 0;
	u64 needed = 0;

	if (is_op(run, "noop delay tables"))
		return 0;
	for (i = 0; i < run->narms; i++) {
		const char *heap = heap_of(run, &run->arms[i]);

		if (is_fd(run, &run->arms[i]) || !strcmp(heap, "anon") || !has_buffer(run, i))
			continue;
		needed = one ? run->size : needed + run->size;
		err = model_heap(run, heap, needed);
		if (err && !one)
			return err;
		if (first && err && err != first)
			run->may = -err;
		first = first ? first : err;
	}
	if (!first && needed && bytes_alive + needed * run->threads > cap()) {
		if (!one)
			return -ENOMEM;
		run->may = ENOMEM;
	}
	for (i = 0; !first && i < run->narms; i++)
		first = model_usable(run, &run->arms[i]);
	return first;
}

static u64 number_of(const struct run *run, enum knob_id id)
{
	return strtoull(run->v[id], NULL, 10);
}

static int model_run(struct run *run)
{
	int i, err;

	run->size = number_of(run, SIZE);
	run->threads = number_of(run, THREADS);
	run->buffers = number_of(run, BUFFERS);
	run->iterations = number_of(run, ITERATIONS);
	parse_arms(run->v[STRATEGIES], run->arms, &run->narms);
	for (i = 0; i < run->narms; i++) {
		err = model_arm(run, &run->arms[i]);
		if (err)
			return err;
	}
	if (strcmp(run->v[BATCH], "auto") && strcmp(run->v[BATCH], "1") &&
	    !is_op(run, "noop pages"))
		return -EOPNOTSUPP;
	err = model_buffers(run);
	if (err)
		return err;
	if (!strcmp(run->v[CLOCK], "instructions") && (run->threads > 1 || is_op(run, "alloc")))
		return -EOPNOTSUPP;
	if (run->iterations * run->threads > 1000000)
		return -ERANGE;
	err = is_op(run, "noop delay") ? 0 : model_size_fits(run);
	return err ? err : model_make_buffers(run);
}

/* The values of @run are those of the knobs, with those of the line. */
static int model_line(const char *line, struct run *run)
{
	char copy[LINE_MAX_BYTES + 1], *rest = copy, *word, *value;
	bool first = true;
	u64 preset_bytes;
	int id, err;

	for (id = 0; id < KNOBS; id++)
		strcpy(run->v[id], knobs[id].value);
	run->size_given = false;
	run->may = 0;
	if (!strcmp(line, "1"))
		return model_run(run);
	strcpy(copy, line);
	while ((word = strsep(&rest, " \t\n"))) {
		char text[VALUE_LEN];

		if (!*word)
			continue;
		value = strchr(word, '=');
		if (!value && !first)
			return -EINVAL;
		if (value)
			*value++ = '\0';
		for (id = 0; value && id <= RANDOM_SEED; id++)
			if (!strcmp(word, knobs[id].path + strlen("bench/")))
				break;
		if (id > RANDOM_SEED)
			return -EINVAL;
		err = model_knob(value ? id : OP, value ? value : word, text, &preset_bytes);
		if (err)
			return err;
		strcpy(run->v[value ? id : OP], text);
		run->size_given |= value && id == SIZE;
		if (preset_bytes && !run->size_given)
			sprintf(run->v[SIZE], "%llu", preset_bytes);
		first = false;
	}
	return first ? -EINVAL : model_run(run);
}

/* How much a run does, in pages visited; more than a few thousand takes too long. */
static u64 effort_of(const struct run *run)
{
	u64 rounds = run->iterations + (strcmp(run->v[WARMUP], "auto") ? number_of(run, WARMUP) :
									 40);
	u64 batch = strcmp(run->v[BATCH], "auto") ? number_of(run, BATCH) : 20;
	u64 pages = is_op(run, "noop delay") ? 1 : run->size / page_bytes + 16, delay = 0;
	int i;

	for (i = 0; i < run->narms; i++)
		delay += run->arms[i].delay / 500;
	return rounds * run->threads * (run->narms * pages * batch + delay) +
	       run->buffers * pages * 10;
}

#endif /* DBB_TEST_FUZZ_ARMS_H */
