/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What each knob should say to a text, by README in debugfs: the errno, and the
 * value that it has afterwards.
 */
#ifndef DBB_TEST_FUZZ_MODEL_H
#define DBB_TEST_FUZZ_MODEL_H

#include <ctype.h>
#include <limits.h>
#include <stdint.h>

#include "../program/check.h"

#define LINE_MAX_BYTES 1024
#define VALUE_LEN (LINE_MAX_BYTES + 128)
#define STRATEGIES_LEN 672
#define ORDERS_LEN 64
#define HELD_BYTES 65536

/* Descriptors of buffers that actions map are at and above this one. */
#define MAPPED_FDS 200

enum knob_id {
	OP, HEAP, FD, STRATEGIES, SIZE, ITERATIONS, BUFFERS, WARMUP, BATCH, THREADS, CPU, CLOCK,
	PURGE, VERIFY, PRESET, RANDOM_SEED, MMAP_STRATEGY, VMAP_STRATEGY, ORDERS, FRAGMENT,
	SHUFFLE, CACHING, MAX_BYTES, KNOBS
};

/* A number between two limits, or the word that stands for none. */
struct knob {
	const char *path;
	const char *word;
	u64 min, max;
	int fd;
	char choices[VALUE_LEN];
	char missing[VALUE_LEN];
	char value[VALUE_LEN];
	char text[VALUE_LEN];		/* of the file when it had the value */
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
	[PRESET]	= { .path = "bench/preset" },
	[RANDOM_SEED]	= { .path = "bench/seed", .max = UINT32_MAX },
	[MMAP_STRATEGY]	= { .path = "heap/mmap_strategy" },
	[VMAP_STRATEGY]	= { .path = "heap/vmap_strategy" },
	[ORDERS]	= { .path = "heap/orders" },
	[FRAGMENT]	= { .path = "heap/fragment_pct", .max = 100 },
	[SHUFFLE]	= { .path = "heap/shuffle", .max = 1 },
	[CACHING]	= { .path = "heap/caching" },
	[MAX_BYTES]	= { .path = "heap/max_bytes" },
};

static u64 page_bytes, ram_bytes, bytes_alive;
static unsigned int max_order;
static int held_fd;

static int model_preset(const char *text, u64 *size);
static int model_strategies(const char *text, char *value);

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

/* As kstrtoull(): -ERANGE past 64 bits, whatever follows, -EINVAL for what is no number. */
static int parse_u64(const char *text, int base, u64 *value)
{
	char *end;

	if (*text == '+')
		text++;
	if (!isdigit((unsigned char)*text))
		return -EINVAL;
	if (text[0] == '0' && tolower(text[1]) == 'x' && !isxdigit((unsigned char)text[2]))
		return -EINVAL;
	errno = 0;
	*value = strtoull(text, &end, base);
	if (errno)
		return -errno;
	return *end ? -EINVAL : 0;
}

static int parse_limited(const char *text, int base, u64 min, u64 max, u64 *value)
{
	int err = parse_u64(text, base, value);

	return err ? err : *value < min || *value > max ? -ERANGE : 0;
}

#define DIGITS_MAX 79

static int parse_size(const char *text, u64 *bytes)
{
	size_t len = strcspn(text, "kKmMgG");
	unsigned int shift = 0;
	char digits[DIGITS_MAX + 1];
	int err;

	if (len <= DIGITS_MAX && text[len]) {
		shift = tolower(text[len]) == 'k' ? 10 : tolower(text[len]) == 'm' ? 20 : 30;
		if (text[len + 1])
			return -EINVAL;
	}
	snprintf(digits, sizeof(digits), "%.*s", (int)len, text);
	err = parse_u64(digits, 0, bytes);
	if (!err && len > DIGITS_MAX)
		err = -EINVAL;
	if (!err && shift && *bytes >> (64 - shift))
		err = -ERANGE;
	if (!err)
		*bytes <<= shift;
	return err;
}

static u64 cap(void)
{
	return strtoull(knobs[MAX_BYTES].value, NULL, 10);
}

static int model_size(const char *text, enum knob_id id, char *value)
{
	u64 bytes = 0, max = id == SIZE ? cap() : ram_bytes;
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
	char copy[ORDERS_LEN], *rest = copy, *word;
	u64 last = UINT64_MAX, order;
	size_t len = 0;
	int err;

	if (strlen(text) >= sizeof(copy))
		return -EINVAL;
	strcpy(copy, text);
	while ((word = strsep(&rest, " ,"))) {
		if (!*word)
			continue;
		err = parse_limited(word, 0, 0, max_order, &order);
		if (err)
			return err;
		if (order >= last)
			return -EINVAL;
		last = order;
		len += sprintf(value + len, "%s%llu", len ? " " : "", order);
	}
	return len ? 0 : -EINVAL;
}

/* The bytes of the dma-buf at a descriptor, 0 if there is none. */
static u64 dmabuf_bytes(u64 fd)
{
	char path[48], target[16] = "";

	snprintf(path, sizeof(path), "/proc/self/fd/%llu", fd);
	if (readlink(path, target, sizeof(target) - 1) < 0 || strncmp(target, "/dmabuf:", 8))
		return 0;
	return lseek(fd, 0, SEEK_END);
}

static int model_fd(const char *text, char *value)
{
	u64 fd;
	int err;

	strcpy(value, text);
	if (!strcmp(text, "none"))
		return 0;
	err = parse_limited(text, 0, 0, INT_MAX, &fd);
	if (!err && !dmabuf_bytes(fd))
		err = -EBADF;
	if (!err)
		sprintf(value, "%llu", fd);
	return err;
}

/* What a write of @text to the knob returns, and its value if that is 0. */
static int model_knob(enum knob_id id, const char *text, char *value, u64 *preset_bytes)
{
	const struct knob *knob = &knobs[id];
	u64 number;
	int err;

	*preset_bytes = 0;
	if (id == FD)
		return model_fd(text, value);
	if (id == STRATEGIES)
		return model_strategies(text, value);
	if (id == SIZE || id == MAX_BYTES)
		return model_size(text, id, value);
	if (id == ORDERS)
		return model_orders(text, value);
	strcpy(value, text);
	if (id == PRESET)
		return model_preset(text, preset_bytes);
	if (*knob->choices) {
		if (is_in(knob->choices, text))
			return 0;
		return is_in(knob->missing, text) ? -EOPNOTSUPP : -EINVAL;
	}
	if (knob->word && !strcmp(text, knob->word))
		return 0;
	err = parse_limited(text, 0, knob->min, knob->max, &number);
	if (!err)
		sprintf(value, "%llu", number);
	return err;
}

/* Heap system has no chunk smaller than its last order. */
static bool has_chunks(u64 size)
{
	const char *last = strrchr(knobs[ORDERS].value, ' ');

	return !(size % (page_bytes << atoi(last ? last + 1 : knobs[ORDERS].value)));
}

#endif /* DBB_TEST_FUZZ_MODEL_H */
