/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the parts of dmabuf_probe share: sources of dma-bufs, the phases that are
 * timed, runs with their samples, and the figures made of them.
 */
#ifndef DMABUF_BENCH_USER_DMABUF_PROBE_H
#define DMABUF_BENCH_USER_DMABUF_PROBE_H

#include <stdio.h>

#include "common.h"
#include "exporter.h"
#include "ranks.h"

#define MAX_SOURCES	64
#define MAX_ROUNDS	1000
#define MAX_SIZES	4
#define NAME_MAX_LEN	48
#define TEXT_MAX_LEN	192

enum arm {
	ARM_ANON,	/* ordinary memory: the baseline */
	ARM_EXPORTER,
	ARM_MAX,
};

/* In the order of the rows. */
enum phase {
	PHASE_ALLOC,
	PHASE_FREE,
	PHASE_MMAP,
	PHASE_FIRST,
	PHASE_SECOND,
	PHASE_MUNMAP,
	PHASE_ACCESS,		/* the loops of dmabuf_probe_access.c begin here */
	PHASE_WRITE_1 = PHASE_ACCESS,
	PHASE_WRITE_4,
	PHASE_WRITE_8,
	PHASE_WRITE_16,
	PHASE_WRITE_64,
	PHASE_WRITE_STREAM,
	PHASE_COPY_IN,
	PHASE_READ,		/* and those that only read here */
	PHASE_READ_1 = PHASE_READ,
	PHASE_READ_4,
	PHASE_READ_8,
	PHASE_READ_16,
	PHASE_READ_64,
	PHASE_READ_STREAM,
	PHASE_COPY_OUT,
	PHASE_RANDOM,
	PHASE_SYNC,		/* DMA_BUF_IOCTL_SYNC: start and end of each direction */
	PHASE_BEGIN_READ = PHASE_SYNC,
	PHASE_END_READ,
	PHASE_BEGIN_WRITE,
	PHASE_END_WRITE,
	PHASE_BEGIN_RW,
	PHASE_END_RW,
	PHASE_MAX,
};

/* What a phase works on. */
struct access {
	u8 *map;
	u8 *other;	/* ordinary memory, of copies */
	u64 bytes;
	u64 word;	/* that is written everywhere */
};

struct mapping_facts {
	bool known;
	char vm_flags[TEXT_MAX_LEN];
	u64 rss_kib;
	u64 huge_kib;
	u64 kernel_page_kib;
	u64 mmu_page_kib;
	const char *pagemap;	/* what it shows, or why not */
	u64 chunks;		/* runs of neighbouring pages; 0 unknown */
};

struct source {
	struct exporter from;	/* its error: why it is not measured */
	char name[NAME_MAX_LEN];
	bool usable;
	bool foreign;		/* somebody else's buffer: @fd, which stays */
	bool writable;		/* may be written to; decided by --write and mmap() */
	int fd;

	/* facts */
	char exporter[NAME_MAX_LEN];
	char buffer_name[NAME_MAX_LEN];
	u64 buffer_bytes;
	u64 users;
	u64 inode;
	int mmap_error;
	int write_error;
	int sync_error;
	int partial_sync_error;
	unsigned int polls;	/* before CPU access, */
	unsigned int busy_polls;	/* and those that found a device at work on it */
	char dropped[TEXT_MAX_LEN];	/* phases that this buffer does not stand */
	struct mapping_facts mapping[ARM_MAX];
	double faults[ARM_MAX][PHASE_MAX];	/* a page; of first and second touch */
};

struct sample {
	u64 ns;
	unsigned int cpu;
	unsigned int order;
	bool migrated;
	bool switched;
};

/* Rounds of a source and a size. */
struct run {
	struct source *source;
	unsigned int number;
	u64 len;		/* bytes that are mapped */
	bool has[PHASE_MAX];
	u64 window[PHASE_MAX];	/* bytes that the phase works on */
	u64 filled;		/* bytes that hold the pattern when they are read */
	u64 expected[PHASE_MAX];
	unsigned int rounds;
	unsigned int planned;	/* 0: as many as the time allows */
	bool stopped;
	struct sample (*samples)[ARM_MAX][PHASE_MAX];
	u64 estimate_ns;	/* of a round */
	u64 budget_ns;
};

struct options {
	u64 size;
	u64 rounds;
	u64 seconds;
	u64 seed;
	u64 fd;
	u64 pid;
	bool has_fd;
	bool write;
	bool quick;
	const char *format;
	const char *out;
};

struct probe {
	struct options opt;
	struct prng prng;
	u64 page;
	u64 overhead_ns;
	u64 tick_ns;
	double clean_ns_per_page;	/* of the caches; 0 unknown */
	unsigned int cpu;
	u8 *pattern;		/* ordinary memory of the largest size */
	u8 *scratch;
	struct source sources[MAX_SOURCES];
	unsigned int nsources;
	unsigned int usable;
	struct run runs[MAX_SOURCES][MAX_SIZES];	/* the largest size first */
	bool wrong;
};

/* Set by SIGINT and its like: end after this round. */
bool is_stopped(void);

/* --- dmabuf_probe_source.c --- */

/* All that there is; or the node @path; or somebody's descriptor. */
void find_sources(struct probe *probe);
void add_node(struct probe *probe, const char *path);
void add_descriptor(struct probe *probe);

/* Opens it and looks at a first buffer; false with source->from.error set. */
bool open_source(struct probe *probe, struct source *source);

int source_alloc(struct source *source, u64 size);
void source_free(struct source *source, int fd);

/* --- dmabuf_probe_access.c --- */

const char *phase_op(enum phase phase);
const char *phase_name(enum phase phase);
bool phase_exists(enum phase phase);	/* on this CPU */
bool phase_is_access(enum phase phase);

/* Returns a sum of what was read; 0 for those that write. */
u64 access_run(enum phase phase, const struct access *access);

/* One word a page. */
void touch_write(u8 *map, u64 len, u64 page, u64 tag);
u64 touch_read(const u8 *map, u64 len, u64 page);
u64 read_word(const void *at);

/* --- dmabuf_probe_clean.c --- */

/* 0 where user space cannot clean caches. */
double clean_ns_per_page(const struct probe *probe);

/* --- dmabuf_probe_mapping.c --- */

void read_mapping(struct mapping_facts *facts, const u8 *map, u64 len, u64 page);

/* --- dmabuf_probe_round.c --- */

/* One arm of a round; false with source->from.error set. */
bool run_round(struct probe *probe, struct run *run, enum arm arm, struct sample *samples,
	       bool look);
void catch_faults(void);

/* --- dmabuf_probe_measure.c --- */

bool plan_source(struct probe *probe, struct source *source, unsigned int number);
void measure_source(struct probe *probe, unsigned int number);
u64 estimate_ns(const struct probe *probe, unsigned int number);
void calibrate_clock(struct probe *probe);

/* --- dmabuf_probe_figures.c --- */

struct figures {
	unsigned int n;
	bool absent;		/* ordinary memory has no such step */
	bool interval;
	bool ratio;
	bool ratio_interval;
	unsigned int disturbed;
	long long min, p50, p50_lo, p50_hi, p90, p99, max, mean, mad;
	u64 speedup, speedup_lo, speedup_hi;	/* thousandths */
	long long diff, diff_lo, diff_hi;
	bool diff_interval;
	const char *verdict;
	const char *mw;
	int lag1_permille;
	unsigned int modes;
	long long mode_lo, mode_hi;
	u64 bytes_per_s;
	char flags[80];
};

struct line {
	unsigned int sizes;
	double fixed_ns;
	double per_page_ns;
	double off_pct;
};

void make_figures(const struct probe *probe, const struct run *run, enum arm arm,
		  enum phase phase, struct figures *figures);

/* Cost against size, of a phase; false with fewer than three sizes. */
bool make_line(const struct probe *probe, unsigned int number, enum arm arm, enum phase phase,
	       struct line *line);

/* --- dmabuf_probe_describe.c --- */

typedef void (*say_fn)(void *data, const char *key, const char *value);

void describe_environment(const struct probe *probe, say_fn say, void *data);
void describe_source(const struct probe *probe, unsigned int number, say_fn say, void *data);
void describe_reference(const struct probe *probe, unsigned int number, say_fn say, void *data);
void describe_line(const struct probe *probe, unsigned int number, enum arm arm,
		   enum phase phase, const struct line *line, say_fn say, void *data);
const char *arm_strategy(enum arm arm);
const char *arm_heap(const struct probe *probe, const struct run *run, enum arm arm);

/* --- dmabuf_probe_print.c and dmabuf_probe_csv.c --- */

bool print_format(const struct probe *probe, const char *format, FILE *out);
void print_table(const struct probe *probe, FILE *out);
void print_csv(const struct probe *probe, FILE *out);
void print_json(const struct probe *probe, FILE *out);
int write_files(const struct probe *probe);
bool make_folder(const char *path);

#endif
