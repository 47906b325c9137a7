// SPDX-License-Identifier: GPL-2.0
/*
 * What heap_mmap prints: the environment, the table and the csv.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

#include "heap_mmap.h"

static const char * const phase_names[PHASE_MAX] = {
	[PHASE_MMAP] = "mmap",
	[PHASE_TOUCH] = "touch",
	[PHASE_MUNMAP] = "munmap",
	[PHASE_TOTAL] = "total",
};

static void print_environment(const struct bench *bench, const char *accel)
{
	const struct options *opt = &bench->opt;
	struct utsname uts;

	if (uname(&uts) < 0) {
		complain_errno("uname()");
		exit(EXIT_CANNOT);
	}

	printf("# program=heap_mmap heap=%s verified=every_page\n", opt->heap);
	printf("# size_bytes=%llu offset_bytes=%llu mapped_bytes=%llu page_bytes=%llu\n",
	       opt->size, opt->offset, opt->size - opt->offset, bench->page);
	printf("# repeat=%llu warmup=%llu rounds=%llu complete=%d seed=%llu\n",
	       opt->repeat, opt->warmup, bench->rounds, bench->rounds == opt->repeat, opt->seed);
	printf("# kernel=%s machine=%s clock=CLOCK_MONOTONIC accel=%s\n",
	       uts.release, uts.machine, accel);
}

static void print_ratio(u64 ppm)
{
	u64 milli = (ppm + 500) / 1000;
	char text[32];

	snprintf(text, sizeof(text), "%llu.%03llu", milli / 1000, milli % 1000);
	printf(" %10s", text);
}

/* baseline/arm, round by round */
static void print_speedup(const struct bench *bench, const struct arm *arm, enum phase phase,
			  u64 *scratch)
{
	const struct arm *baseline = &bench->arms[0];
	u64 lo, hi;

	if (bench->opt.arms == 1) {
		printf(" %10s %10s %10s", "-", "-", "-");
		return;
	}

	for (u64 r = 0; r < bench->rounds; r++) {
		u64 ns = arm->samples[r].ns[phase];

		scratch[r] = baseline->samples[r].ns[phase] * 1000000 / (ns ? ns : 1);
	}
	sort_u64(scratch, bench->rounds);

	print_ratio(sorted_median(scratch, bench->rounds));
	if (sorted_interval(scratch, bench->rounds, &lo, &hi)) {
		print_ratio(lo);
		print_ratio(hi);
	} else {
		printf(" %10s %10s", "-", "-");
	}
}

static int print_table(const struct bench *bench)
{
	u64 n = bench->rounds;
	u64 *scratch;

	scratch = calloc(n + 1, sizeof(*scratch));
	if (!scratch) {
		complain_errno("calloc(%llu samples)", n + 1);
		return -1;
	}

	printf("%-16s %-6s %6s %13s %13s %13s %13s %10s %10s %10s\n", "strategy", "phase", "n",
	       "min_ns", "p50_ns", "p90_ns", "max_ns", "speedup", "speedup_lo", "speedup_hi");

	for (unsigned int a = 0; n && a < bench->opt.arms; a++) {
		const struct arm *arm = &bench->arms[a];

		for (enum phase phase = 0; phase < PHASE_MAX; phase++) {
			for (u64 r = 0; r < n; r++)
				scratch[r] = arm->samples[r].ns[phase];
			sort_u64(scratch, n);

			printf("%-16s %-6s %6llu %13llu %13llu %13llu %13llu",
			       arm->name, phase_names[phase], n, scratch[0],
			       sorted_median(scratch, n), sorted_percentile(scratch, n, 90),
			       scratch[n - 1]);
			print_speedup(bench, arm, phase, scratch);
			putchar('\n');
		}
	}

	free(scratch);
	return 0;
}

static int write_csv(const struct bench *bench)
{
	const char *path = bench->opt.csv;

	fprintf(bench->csv, "round,arm,strategy,order_in_round,phase,ns\n");
	for (u64 r = 0; r < bench->rounds; r++) {
		for (unsigned int a = 0; a < bench->opt.arms; a++) {
			const struct arm *arm = &bench->arms[a];
			const struct sample *sample = &arm->samples[r];

			for (enum phase phase = 0; phase < PHASE_MAX; phase++)
				fprintf(bench->csv, "%llu,%u,%s,%u,%s,%llu\n",
					r, a, arm->name, sample->order, phase_names[phase],
					sample->ns[phase]);
		}
	}

	if (ferror(bench->csv)) {
		complain_errno("write(%s)", path);
		fclose(bench->csv);
		return -1;
	}
	if (fclose(bench->csv)) {
		complain_errno("close(%s)", path);
		return -1;
	}

	return 0;
}

int print_report(const struct bench *bench)
{
	char accel[16];

	read_accel(accel, sizeof(accel));
	print_environment(bench, accel);
	if (print_table(bench) < 0)
		return -1;

	if (!strcmp(accel, "tcg"))
		printf("emulated: neither times nor ratios of times are a device's\n");
	else if (!strcmp(accel, "icount"))
		printf("icount: one ns is one guest instruction: work, not time\n");

	if (fflush(stdout)) {
		complain_errno("write(stdout)");
		return -1;
	}

	return bench->csv ? write_csv(bench) : 0;
}
