/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Just enough of the kernel for the statistics of bench/ to be compiled as
 * they are in user space; the other headers of this folder lead here.
 */
#ifndef GOLDEN_KERNEL_H
#define GOLDEN_KERNEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;
typedef unsigned long long u64;
typedef int s32;
typedef long long s64;

#define U32_MAX UINT32_MAX
#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))

/* The kernel's, which evaluate each side once and refuse to mix types. */
#define golden_cmp(x, y, op) ({			\
	typeof(x) golden_x = (x);		\
	typeof(y) golden_y = (y);		\
	(void)(&golden_x == &golden_y);		\
	golden_x op golden_y ? golden_x : golden_y; })
#define min(x, y) golden_cmp(x, y, <)
#define max(x, y) golden_cmp(x, y, >)
#define min_t(type, x, y) min((type)(x), (type)(y))
#define max_t(type, x, y) max((type)(x), (type)(y))

/* stdlib.h has a function of this name, for int only. */
#define abs(x) ({ typeof(x) golden_abs = (x); golden_abs < 0 ? -golden_abs : golden_abs; })

static inline unsigned long int_sqrt(unsigned long x)
{
	unsigned long root = 0, bit = 1UL << 62;

	for (; bit; bit >>= 2) {
		if (x >= root + bit) {
			x -= root + bit;
			root += bit << 1;
		}
		root >>= 1;
	}
	return root;
}

static inline u32 int_sqrt64(u64 x)
{
	return int_sqrt(x);
}

static inline u64 div_u64(u64 dividend, u32 divisor)
{
	return dividend / divisor;
}

static inline s64 div_s64(s64 dividend, s32 divisor)
{
	return dividend / divisor;
}

static inline s64 div_s64_rem(s64 dividend, s32 divisor, s32 *rest)
{
	*rest = dividend % divisor;
	return dividend / divisor;
}

static inline u64 div64_u64(u64 dividend, u64 divisor)
{
	return dividend / divisor;
}

static inline s64 div64_s64(s64 dividend, s64 divisor)
{
	return dividend / divisor;
}

static inline u64 div64_u64_rem(u64 dividend, u64 divisor, u64 *rest)
{
	*rest = dividend % divisor;
	return dividend / divisor;
}

static inline void golden_swap(s64 *a, s64 *b)
{
	s64 was = *a;

	*a = *b;
	*b = was;
}

#define swap(a, b) golden_swap(&(a), &(b))

#endif /* GOLDEN_KERNEL_H */
