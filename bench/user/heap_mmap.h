/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the parts of heap_mmap share: its options, its arms and their samples.
 */
#ifndef DMABUF_BENCH_USER_HEAP_MMAP_H
#define DMABUF_BENCH_USER_HEAP_MMAP_H

#include <stdio.h>

#include "common.h"
#include "ranks.h"

#define DEFAULT_KNOB	"/sys/kernel/debug/dmabuf_bench/heap/mmap_strategy"
#define MAX_ARMS	16
#define MAX_ROUNDS	100000

enum phase {
	PHASE_MMAP,
	PHASE_TOUCH,
	PHASE_MUNMAP,
	PHASE_TOTAL,
	PHASE_MAX,
};

struct options {
	const char *heap;
	const char *knob;
	const char *csv;
	const char *names[MAX_ARMS];
	unsigned int arms;
	bool strategies;	/* names[] are strategies for the knob */
	u64 size;
	u64 offset;
	u64 repeat;
	u64 warmup;
	u64 seed;
};

struct sample {
	u64 ns[PHASE_MAX];
	unsigned int order;
};

/* One way of mapping, with a buffer of its own that was allocated for it. */
struct arm {
	const char *name;
	int fd;
	u8 *view;		/* the whole buffer, all the time */
	unsigned long tag;	/* page p holds tag + p; 0: nothing written yet */
	bool windows_checked;
	struct sample *samples;	/* [rounds] */
};

struct bench {
	struct options opt;
	struct prng prng;
	u64 page;
	u64 rounds;	/* complete ones */
	bool wrong;	/* a page showed other bytes than were written */
	struct arm arms[MAX_ARMS];
	FILE *csv;
};

/* Both exit when they cannot use what they read. */
void read_options(int argc, char **argv, struct options *opt);
void check_options(const struct options *opt, u64 page);

/* All return 0, or -1 with the message printed; buffer_map() returns NULL then. */
int arm_alloc(const struct options *opt, struct arm *arm);
int buffer_sync(const struct arm *arm, u64 flags);
u8 *buffer_map(const struct arm *arm, int prot, u64 len, u64 offset);
int buffer_unmap(const struct arm *arm, u8 *map, u64 len);

/* Does @map show the @n pages of the buffer from page @first on? */
int check_pages(struct bench *bench, const struct arm *arm, const char *where,
		const u8 *map, u64 first, u64 n);

/* Does @map, from --offset on, show what was written, and does every other mapping? */
int check_sample(struct bench *bench, struct arm *arm, const u8 *map);

/* The table on standard output, and the csv. */
int print_report(const struct bench *bench);

#endif
