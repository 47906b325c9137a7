/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The self-test: is it right on this machine? One file for each half of it,
 * and their common front.
 */
#ifndef DBB_BENCH_SELFTEST_H
#define DBB_BENCH_SELFTEST_H

struct dbb_ktap;
struct dbb_refusal;
struct seq_file;

/* selftest.c */
int dbb_selftest_run(const char *what, struct dbb_refusal *why);
void dbb_selftest_show(struct seq_file *m);
void dbb_selftest_exit(void);

/* mappings.c */
int dbb_mappings_run(struct dbb_ktap *ktap, struct dbb_refusal *why);

/* ruler.c */
int dbb_ruler_run(struct dbb_ktap *ktap, struct dbb_refusal *why);

#endif /* DBB_BENCH_SELFTEST_H */
