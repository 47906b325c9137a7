/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Does the measurement work on this machine?
 */
#ifndef DBB_BENCH_SELFTEST_H
#define DBB_BENCH_SELFTEST_H

struct dbb_refusal;
struct seq_file;

int dbb_selftest_run(const char *what, struct dbb_refusal *why);
void dbb_selftest_show(struct seq_file *m);

#endif /* DBB_BENCH_SELFTEST_H */
