// SPDX-License-Identifier: GPL-2.0
/*
 * The timed loops of dmabuf_probe: loads and stores of each width, copies, loads that
 * wait for each other. A compiler may neither widen nor drop an access: relaxed
 * atomics up to 8 bytes, assembly above.
 */
#include <string.h>

#include "dmabuf_probe.h"

#define LINE	64

/* Two words that one register holds, wherever there are such registers. */
typedef u64 u64x2 __attribute__((vector_size(16), may_alias));

static inline u64x2 load_16(const u8 *from)
{
#if defined(__x86_64__)
	u64x2 value;

	asm volatile("movdqa %1, %0" : "=x"(value) : "m"(*(const u64x2 *)from));
	return value;
#elif defined(__aarch64__)
	u64x2 value;

	asm volatile("ldr %q0, %1" : "=w"(value) : "Q"(*(const u64x2 *)from));
	return value;
#else
	u64x2 value = { __atomic_load_n((const u64 *)from, __ATOMIC_RELAXED),
			__atomic_load_n((const u64 *)from + 1, __ATOMIC_RELAXED) };

	return value;
#endif
}

static inline void store_16(u8 *to, u64x2 value)
{
#if defined(__x86_64__)
	asm volatile("movdqa %1, %0" : "=m"(*(u64x2 *)to) : "x"(value));
#elif defined(__aarch64__)
	asm volatile("str %q1, %0" : "=Q"(*(u64x2 *)to) : "w"(value));
#else
	__atomic_store_n((u64 *)to, value[0], __ATOMIC_RELAXED);
	__atomic_store_n((u64 *)to + 1, value[1], __ATOMIC_RELAXED);
#endif
}

/* Of a line, past the caches: SSE4.1 and SSE2, or the pairs of arm64. */
static inline u64x2 stream_load_line(const u8 *from)
{
	u64x2 a, b, c, d;

#if defined(__x86_64__)
	asm volatile("movntdqa %1, %0" : "=x"(a) : "m"(*(const u64x2 *)from));
	asm volatile("movntdqa %1, %0" : "=x"(b) : "m"(*(const u64x2 *)(from + 16)));
	asm volatile("movntdqa %1, %0" : "=x"(c) : "m"(*(const u64x2 *)(from + 32)));
	asm volatile("movntdqa %1, %0" : "=x"(d) : "m"(*(const u64x2 *)(from + 48)));
#elif defined(__aarch64__)
	asm volatile("ldnp %q0, %q1, [%2]" : "=w"(a), "=w"(b) : "r"(from) : "memory");
	asm volatile("ldnp %q0, %q1, [%2, #32]" : "=w"(c), "=w"(d) : "r"(from) : "memory");
#else
	a = load_16(from);
	b = load_16(from + 16);
	c = load_16(from + 32);
	d = load_16(from + 48);
#endif
	return a + b + c + d;
}

static inline void stream_store_line(u8 *to, u64x2 value)
{
#if defined(__x86_64__)
	asm volatile("movntdq %1, %0" : "=m"(*(u64x2 *)to) : "x"(value));
	asm volatile("movntdq %1, %0" : "=m"(*(u64x2 *)(to + 16)) : "x"(value));
	asm volatile("movntdq %1, %0" : "=m"(*(u64x2 *)(to + 32)) : "x"(value));
	asm volatile("movntdq %1, %0" : "=m"(*(u64x2 *)(to + 48)) : "x"(value));
#elif defined(__aarch64__)
	asm volatile("stnp %q0, %q0, [%1]" : : "w"(value), "r"(to) : "memory");
	asm volatile("stnp %q0, %q0, [%1, #32]" : : "w"(value), "r"(to) : "memory");
#else
	(void)to;
	(void)value;
#endif
}

static void finish_stream(void)
{
#if defined(__x86_64__)
	asm volatile("sfence" : : : "memory");
#endif
}

static bool has_stream_store(void)
{
#if defined(__x86_64__) || defined(__aarch64__)
	return true;
#else
	return false;
#endif
}

static bool has_stream_load(void)
{
#if defined(__x86_64__)
	return __builtin_cpu_supports("sse4.1");
#else
	return has_stream_store();
#endif
}

static u64 write_1(const struct access *access)
{
	u8 *at = access->map;

	for (u64 i = 0; i < access->bytes; i++)
		__atomic_store_n(at + i, (u8)access->word, __ATOMIC_RELAXED);
	return 0;
}

static u64 write_4(const struct access *access)
{
	unsigned int *at = (unsigned int *)access->map;

	for (u64 i = 0; i < access->bytes / sizeof(*at); i++)
		__atomic_store_n(at + i, (unsigned int)access->word, __ATOMIC_RELAXED);
	return 0;
}

static u64 write_8(const struct access *access)
{
	u64 *at = (u64 *)access->map;

	for (u64 i = 0; i < access->bytes / sizeof(*at); i++)
		__atomic_store_n(at + i, access->word, __ATOMIC_RELAXED);
	return 0;
}

static u64 write_16(const struct access *access)
{
	u64x2 value = { access->word, access->word };

	for (u64 i = 0; i < access->bytes; i += 16)
		store_16(access->map + i, value);
	return 0;
}

static u64 write_64(const struct access *access)
{
	u64x2 value = { access->word, access->word };

	for (u8 *at = access->map; at < access->map + access->bytes; at += LINE) {
		store_16(at, value);
		store_16(at + 16, value);
		store_16(at + 32, value);
		store_16(at + 48, value);
	}
	return 0;
}

static u64 write_stream(const struct access *access)
{
	u64x2 value = { access->word, access->word };

	for (u64 i = 0; i < access->bytes; i += LINE)
		stream_store_line(access->map + i, value);
	finish_stream();
	return 0;
}

static u64 copy_in(const struct access *access)
{
	memcpy(access->map, access->other, access->bytes);
	return 0;
}

static u64 read_1(const struct access *access)
{
	const u8 *at = access->map;
	u64 sum = 0;

	for (u64 i = 0; i < access->bytes; i++)
		sum += __atomic_load_n(at + i, __ATOMIC_RELAXED);
	return sum;
}

static u64 read_4(const struct access *access)
{
	const unsigned int *at = (const unsigned int *)access->map;
	u64 sum = 0;

	for (u64 i = 0; i < access->bytes / sizeof(*at); i++)
		sum += __atomic_load_n(at + i, __ATOMIC_RELAXED);
	return sum;
}

static u64 read_8(const struct access *access)
{
	const u64 *at = (const u64 *)access->map;
	u64 sum = 0;

	for (u64 i = 0; i < access->bytes / sizeof(*at); i++)
		sum += __atomic_load_n(at + i, __ATOMIC_RELAXED);
	return sum;
}

static u64 read_16(const struct access *access)
{
	u64x2 sum = { 0, 0 };

	for (u64 i = 0; i < access->bytes; i += 16)
		sum += load_16(access->map + i);
	return sum[0] + sum[1];
}

static u64 read_64(const struct access *access)
{
	u64x2 sum = { 0, 0 };

	for (const u8 *at = access->map; at < access->map + access->bytes; at += LINE)
		sum += load_16(at) + load_16(at + 16) + load_16(at + 32) + load_16(at + 48);
	return sum[0] + sum[1];
}

static u64 read_stream(const struct access *access)
{
	u64x2 sum = { 0, 0 };

	for (u64 i = 0; i < access->bytes; i += LINE)
		sum += stream_load_line(access->map + i);
	return sum[0] + sum[1];
}

static u64 copy_out(const struct access *access)
{
	memcpy(access->other, access->map, access->bytes);
	return 0;
}

/*
 * As many words as there are lines, each of another line, in an order that no
 * prefetcher knows (a congruential generator of full period). Where the next one is
 * depends on the last one's arrival.
 */
static u64 random_reads(const struct access *access)
{
	u64 lines = access->bytes / LINE;
	u64 mask = 1;
	u64 line = 0;
	u64 sum = 0;

	while (mask * 2 <= lines)
		mask *= 2;
	for (u64 i = 0; i < mask; i++) {
		u64 value = read_word(access->map + line * LINE);
		u64 none = value;

		sum += value;
		/* the compiler must not know that it is 0 */
		asm volatile("" : "+r"(none));
		line = (line * 1664525 + 1013904223 + (none - value)) & (mask - 1);
	}
	return sum;
}

struct phase_kind {
	const char *op;
	const char *name;
	u64 (*run)(const struct access *access);
	bool (*exists)(void);
};

#define STEP(_op, _name)	{ .op = _op, .name = _name }
#define LOOP(_run)		{ .op = "access", .name = #_run, .run = _run }
#define LOOP_IF(_run, _exists)	{ .op = "access", .name = #_run, .run = _run, .exists = _exists }

static const struct phase_kind kinds[PHASE_MAX] = {
	[PHASE_ALLOC] = STEP("alloc", "alloc"),
	[PHASE_FREE] = STEP("alloc", "free"),
	[PHASE_MMAP] = STEP("touch", "mmap"),
	[PHASE_FIRST] = STEP("touch", "first"),
	[PHASE_SECOND] = STEP("touch", "second"),
	[PHASE_MUNMAP] = STEP("touch", "munmap"),
	[PHASE_WRITE_1] = LOOP(write_1),
	[PHASE_WRITE_4] = LOOP(write_4),
	[PHASE_WRITE_8] = LOOP(write_8),
	[PHASE_WRITE_16] = LOOP(write_16),
	[PHASE_WRITE_64] = LOOP(write_64),
	[PHASE_WRITE_STREAM] = LOOP_IF(write_stream, has_stream_store),
	[PHASE_COPY_IN] = LOOP(copy_in),
	[PHASE_READ_1] = LOOP(read_1),
	[PHASE_READ_4] = LOOP(read_4),
	[PHASE_READ_8] = LOOP(read_8),
	[PHASE_READ_16] = LOOP(read_16),
	[PHASE_READ_64] = LOOP(read_64),
	[PHASE_READ_STREAM] = LOOP_IF(read_stream, has_stream_load),
	[PHASE_COPY_OUT] = LOOP(copy_out),
	[PHASE_RANDOM] = { .op = "access", .name = "random", .run = random_reads },
	[PHASE_BEGIN_READ] = STEP("sync", "begin_read"),
	[PHASE_END_READ] = STEP("sync", "end_read"),
	[PHASE_BEGIN_WRITE] = STEP("sync", "begin_write"),
	[PHASE_END_WRITE] = STEP("sync", "end_write"),
	[PHASE_BEGIN_RW] = STEP("sync", "begin_rw"),
	[PHASE_END_RW] = STEP("sync", "end_rw"),
};

const char *phase_op(enum phase phase)
{
	return kinds[phase].op;
}

const char *phase_name(enum phase phase)
{
	return kinds[phase].name;
}

bool phase_exists(enum phase phase)
{
	return !kinds[phase].exists || kinds[phase].exists();
}

bool phase_is_access(enum phase phase)
{
	return kinds[phase].run;
}

u64 access_run(enum phase phase, const struct access *access)
{
	return kinds[phase].run(access);
}

u64 read_word(const void *at)
{
	return __atomic_load_n((const u64 *)at, __ATOMIC_RELAXED);
}

void touch_write(u8 *map, u64 len, u64 page, u64 tag)
{
	for (u64 i = 0; i < len; i += page)
		__atomic_store_n((u64 *)(map + i), tag++, __ATOMIC_RELAXED);
}

u64 touch_read(const u8 *map, u64 len, u64 page)
{
	u64 sum = 0;

	for (u64 i = 0; i < len; i += page)
		sum += read_word(map + i);
	return sum;
}
