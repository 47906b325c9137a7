/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the files of debugfs should say to a text, by their README: the errno of
 * each knob and of each run line, and the value that a knob has afterwards.
 */
#ifndef DBB_TEST_FUZZ_MODEL_H
#define DBB_TEST_FUZZ_MODEL_H

#include <ctype.h>
#include <limits.h>
#include <stdint.h>

#include "check.h"

#define VALUE_LEN 256
#define LINE_MAX_BYTES 1024
#define ARMS_MAX 12
#define HELD_BYTES 65536

enum knob_id {
	OP, HEAP, FD, STRATEGIES, SIZE, ITERATIONS, BUFFERS, WARMUP, BATCH, THREADS, CPU, CLOCK,
	PURGE, VERIFY, RANDOM_SEED, MMAP_STRATEGY, VMAP_STRATEGY, ORDERS, FRAGMENT, SHUFFLE,
	CACHING, MAX_BYTES, KNOBS
};

/* A number between two limits, or the word that stands for none. */
struct knob {
	const char *path;
	const char *word;
	u64 min, max;
	char choices[VALUE_LEN];
	char value[VALUE_LEN];
};

static struct knob knobs[KNOBS] = {
	[OP]		= { .path = "bench/op" },
	[HEAP]		= { .path = "bench/heap" },
	[FD]		= { .path = "bench/fd" },
	[STRATEGIES]	= { .path = "bench/strategies" },
	[SIZE]		= { .path = "bench/size" },
	[ITERATIONS]	= { .path = "bench/iterations", .min = 1, .max = 1000000 },
	[BUFFERS]	= { .path = "bench/buffers", .min = 1, .max = 1000 },
	[WARMUP]	= { .path = "bench/warmup", .word = "auto", .max = 100000 },
	[BATCH]		= { .path = "bench/batch", .word = "auto", .min = 1, .max = 1000000 },
	[THREADS]	= { .path = "bench/threads", .min = 1, .max = 64 },
	[CPU]		= { .path = "bench/cpu", .word = "any" },
	[CLOCK]		= { .path = "bench/clock" },
	[PURGE]		= { .path = "bench/purge" },
	[VERIFY]	= { .path = "bench/verify", .max = 1 },
	[RANDOM_SEED]	= { .path = "bench/seed", .max = UINT32_MAX },
	[MMAP_STRATEGY]	= { .path = "heap/mmap_strategy" },
	[VMAP_STRATEGY]	= { .path = "heap/vmap_strategy" },
	[ORDERS]	= { .path = "heap/orders" },
	[FRAGMENT]	= { .path = "heap/fragment_pct", .max = 100 },
	[SHUFFLE]	= { .path = "heap/shuffle", .max = 1 },
	[CACHING]	= { .path = "heap/caching" },
	[MAX_BYTES]	= { .path = "heap/max_bytes" },
};

static u64 page_bytes, ram_bytes;
static unsigned int max_order;
static int held_fd;

/* Is @word one of @list, which blanks separate? */
static bool is_in(const char *list, const char *word)
{
	size_t len = strlen(word);
	const char *at = list;

	if (!len || strchr(word, ' '))
		return false;
	while ((at = strstr(at, word))) {
		if ((at == list || at[-1] == ' ') && (at[len] == ' ' || !at[len]))
			return true;
		at += len;
	}
	return false;
}

/* As kstrtoull() with base 0: -EINVAL for what is no number, -ERANGE past 64 bits. */
static int parse_u64(const char *text, u64 *value)
{
	char *end;

	if (*text == '+')
		text++;
	if (!isdigit((unsigned char)*text))
		return -EINVAL;
	if (text[0] == '0' && tolower(text[1]) == 'x' && !isxdigit((unsigned char)text[2]))
		return -EINVAL;
	errno = 0;
	*value = strtoull(text, &end, 0);
	if (*end)
		return -EINVAL;
	return -errno;
}

static int parse_limited(const char *text, u64 min, u64 max, u64 *value)
{
	int err = parse_u64(text, value);

	return err ? err : *value < min || *value > max ? -ERANGE : 0;
}

static int parse_size(const char *text, u64 *bytes)
{
	size_t len = strcspn(text, "kKmMgG");
	unsigned int shift = 0;
	char digits[VALUE_LEN];
	int err;

	if (text[len]) {
		shift = tolower(text[len]) == 'k' ? 10 : tolower(text[len]) == 'm' ? 20 : 30;
		if (text[len + 1])
			return -EINVAL;
	}
	snprintf(digits, sizeof(digits), "%.*s", (int)len, text);
	err = parse_u64(digits, bytes);
	if (!err && shift && *bytes >> (64 - shift))
		err = -ERANGE;
	*bytes <<= shift;
	return err;
}

static u64 cap(void)
{
	return strtoull(knobs[MAX_BYTES].value, NULL, 10);
}

static int model_size(const char *text, enum knob_id id, char *value)
{
	u64 bytes, max = id == SIZE ? cap() : ram_bytes;
	int err = parse_size(text, &bytes);

	if (!err && (bytes < page_bytes || bytes > max))
		err = -ERANGE;
	if (!err && id == SIZE && bytes % page_bytes)
		err = -EINVAL;
	if (!err)
		sprintf(value, "%llu", bytes);
	return err;
}

static int model_orders(const char *text, char *value)
{
	char copy[VALUE_LEN], *rest = copy, *word;
	u64 last = UINT64_MAX, order;
	size_t len = 0;
	int err;

	if (strlen(text) >= 64)
		return -EINVAL;
	strcpy(copy, text);
	while ((word = strsep(&rest, " ,"))) {
		if (!*word)
			continue;
		err = parse_limited(word, 0, max_order, &order);
		if (err)
			return err;
		if (order >= last)
			return -EINVAL;
		last = order;
		len += sprintf(value + len, "%s%llu", len ? " " : "", order);
	}
	return len ? 0 : -EINVAL;
}

/* A heap of the list, or fdN. */
static bool is_heap(const char *word)
{
	return is_in(knobs[HEAP].choices, word) ||
	       (!strncmp(word, "fd", 2) && word[2] && strspn(word + 2, "0123456789") ==
							  strlen(word + 2));
}

/* Arms are [heap:]strategy[+delay] of these lists, or a delay alone. */
static int model_arm(const char *word)
{
	const char *colon = strchr(word, ':'), *plus;
	char name[VALUE_LEN], heap[VALUE_LEN];
	u64 delay;

	if (colon) {
		snprintf(heap, sizeof(heap), "%.*s", (int)(colon - word), word);
		if (!is_heap(heap))
			return -EINVAL;
		word = colon + 1;
	}
	if (!parse_limited(word, 0, UINT32_MAX, &delay))
		return 0;
	plus = strchr(word, '+');
	snprintf(name, sizeof(name), "%.*s", (int)(plus ? plus - word : (int)strlen(word)), word);
	if (plus && parse_limited(plus + 1, 0, UINT32_MAX, &delay))
		return -EINVAL;
	if (is_in(knobs[MMAP_STRATEGY].choices, name) ||
	    is_in(knobs[VMAP_STRATEGY].choices, name) || !strcmp(name, "exporter"))
		return 0;
	return -EINVAL;
}

static int model_strategies(const char *text, char *value)
{
	char copy[VALUE_LEN], *rest = copy, *word;
	unsigned int n = 0;
	int err;

	snprintf(copy, sizeof(copy), "%s", text);
	*value = '\0';
	while ((word = strsep(&rest, " ,"))) {
		if (!*word)
			continue;
		if (n++ == ARMS_MAX)
			return -ERANGE;
		err = model_arm(word);
		if (err)
			return err;
		strcat(strcat(value, n > 1 ? "," : ""), word);
	}
	return n ? 0 : -EINVAL;
}

static int model_fd(const char *text, char *value)
{
	u64 fd;
	int err;

	strcpy(value, text);
	if (!strcmp(text, "none"))
		return 0;
	err = parse_limited(text, 0, INT_MAX, &fd);
	if (!err && fd != (u64)held_fd)
		err = -EBADF;
	sprintf(value, "%llu", fd);
	return err;
}

/* What a write of @text to the knob returns, and its value if that is 0. */
static int model_knob(enum knob_id id, const char *text, char *value)
{
	const struct knob *knob = &knobs[id];
	u64 number;
	int err;

	if (id == FD)
		return model_fd(text, value);
	if (id == STRATEGIES)
		return model_strategies(text, value);
	if (id == SIZE || id == MAX_BYTES)
		return model_size(text, id, value);
	if (id == ORDERS)
		return model_orders(text, value);
	strcpy(value, text);
	if (*knob->choices)
		return is_in(knob->choices, text) ? 0 : -EINVAL;
	if (knob->word && !strcmp(text, knob->word))
		return 0;
	err = parse_limited(text, knob->min, knob->max, &number);
	sprintf(value, "%llu", number);
	return err;
}

/* --- a run line, whose arms are of heaps that have what they need --- */

static bool is_op(const char *op, const char *list)
{
	return is_in(list, op);
}

static int model_arm_of(const char *op, const char *heap, const char *arm)
{
	bool delays = isdigit((unsigned char)*arm);
	bool exporter = !strcmp(arm, "exporter");
	bool fd = !strcmp(heap, "fd"), anon = !strcmp(heap, "anon");
	bool users = is_op(op, "mmap touch"), kernels = is_op(op, "pages vmap vtouch");

	if (delays != is_op(op, "delay"))
		return -EINVAL;
	if (users && !exporter && !is_in(knobs[MMAP_STRATEGY].choices, arm))
		return -EINVAL;
	if (kernels && !exporter && !is_in(knobs[VMAP_STRATEGY].choices, arm))
		return -EINVAL;
	if (is_op(op, "noop delay"))
		return 0;
	if ((fd && is_op(op, "pages alloc tables")) || (anon && !users))
		return -EOPNOTSUPP;
	if (is_op(op, "alloc attach sync tables") || exporter == (fd || anon))
		return 0;
	return -EINVAL;
}

/* Heap system has no chunk smaller than its last order. */
static bool has_chunks(u64 size)
{
	const char *last = strrchr(knobs[ORDERS].value, ' ');

	return !(size % (page_bytes << atoi(last ? last + 1 : knobs[ORDERS].value)));
}

/* @v: the values that the line leaves; threads, size and so on are small. */
static int model_run(char v[KNOBS][VALUE_LEN], bool size_given)
{
	bool fd = !strcmp(v[HEAP], "fd"), buffers = !is_op(v[OP], "noop delay");
	u64 size = strtoull(v[SIZE], NULL, 10), threads = strtoull(v[THREADS], NULL, 10);
	char copy[VALUE_LEN], *rest = copy, *arm;

	strcpy(copy, v[STRATEGIES]);
	while ((arm = strsep(&rest, ","))) {
		int err = model_arm_of(v[OP], v[HEAP], arm);

		if (err)
			return err;
	}
	if (strcmp(v[BATCH], "auto") && strcmp(v[BATCH], "1") && !is_op(v[OP], "noop pages"))
		return -EOPNOTSUPP;
	if (strcmp(v[BUFFERS], "1")) {
		if (!buffers || fd || is_op(v[OP], "alloc tables"))
			return -EOPNOTSUPP;
		if (strtoull(v[BUFFERS], NULL, 10) > strtoull(v[ITERATIONS], NULL, 10))
			return -ERANGE;
	}
	if (strtoull(v[ITERATIONS], NULL, 10) * threads > 1000000)
		return -ERANGE;
	if (!buffers)
		return 0;
	if (fd && !strcmp(v[FD], "none"))
		return -EBADF;
	if (fd)
		return size_given && size != HELD_BYTES ? -ERANGE : threads > 1 ? -EOPNOTSUPP : 0;
	if (size > cap() / threads)
		return -ERANGE;
	if (!strcmp(v[HEAP], "vmalloc") && strcmp(v[CACHING], "cached") && !is_op(v[OP], "tables"))
		return -EOPNOTSUPP;
	return !strcmp(v[HEAP], "system") && !has_chunks(size) ? -ENOMEM : 0;
}

static int model_line(const char *line)
{
	static char v[KNOBS][VALUE_LEN];
	char copy[LINE_MAX_BYTES + 1], *rest = copy, *word, *value;
	bool first = true, size_given = false;
	int id, err;

	for (id = 0; id < KNOBS; id++)
		strcpy(v[id], knobs[id].value);
	strcpy(copy, line);
	while ((word = strsep(&rest, " "))) {
		char text[VALUE_LEN];

		if (!*word)
			continue;
		value = strchr(word, '=');
		if (!value && !first)
			return -EINVAL;
		if (value)
			*value++ = '\0';
		for (id = 0; id <= RANDOM_SEED; id++)
			if (value && !strcmp(word, knobs[id].path + strlen("bench/")))
				break;
		if (value && id > RANDOM_SEED)
			return -EINVAL;
		id = value ? id : OP;
		err = model_knob(id, value ? value : word, text);
		if (err)
			return err;
		strcpy(v[id], text);
		size_given |= id == SIZE;
		first = false;
	}
	return first ? -EINVAL : model_run(v, size_given);
}

#endif /* DBB_TEST_FUZZ_MODEL_H */
