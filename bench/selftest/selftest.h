/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The self-test: are mappings and measurements right on this machine?
 */
#ifndef DBB_BENCH_SELFTEST_H
#define DBB_BENCH_SELFTEST_H

struct dbb_knob;
struct dbb_ktap;
struct dbb_refusal;
struct seq_file;

/* selftest.c */
int dbb_selftest_run(const char *what, struct dbb_refusal *why);
void dbb_selftest_show(const struct dbb_knob *knob, struct seq_file *m);
void dbb_selftest_exit(void);

/* mappings.c */
int dbb_mappings_run(struct dbb_ktap *ktap, struct dbb_refusal *why);

/* measurement.c */
int dbb_measurement_run(struct dbb_ktap *ktap, struct dbb_refusal *why);

#endif /* DBB_BENCH_SELFTEST_H */
