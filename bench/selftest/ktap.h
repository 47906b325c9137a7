/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Results of the self-test, as KTAP.
 */
#ifndef DBB_BENCH_KTAP_H
#define DBB_BENCH_KTAP_H

#include <linux/compiler.h>
#include <linux/types.h>

struct seq_file;

/**
 * struct dbb_ktap - results in the order they came
 * @text: one line each, and notes before them; NULL while there are none
 * @len: of @text in bytes
 * @size: of the memory behind @text in bytes
 * @passed: results that were fine
 * @failed: results that were not
 * @skipped: what could not be tried
 * @err: -ENOMEM when a line was lost, else 0
 *
 * All zero is an empty report.
 */
struct dbb_ktap {
	char *text;
	size_t len;
	size_t size;
	unsigned int passed;
	unsigned int failed;
	unsigned int skipped;
	int err;
};

void __printf(2, 3) dbb_ktap_note(struct dbb_ktap *ktap, const char *fmt, ...);
void __printf(3, 4) dbb_ktap_result(struct dbb_ktap *ktap, bool ok, const char *fmt, ...);
void __printf(3, 4) dbb_ktap_skip(struct dbb_ktap *ktap, const char *reason,
				  const char *fmt, ...);
void dbb_ktap_show(struct seq_file *m, const struct dbb_ktap *ktap);
void dbb_ktap_free(struct dbb_ktap *ktap);

#endif /* DBB_BENCH_KTAP_H */
