/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The README file in debugfs.
 */
#ifndef DBB_BENCH_HELP_H
#define DBB_BENCH_HELP_H

struct seq_file;

int dbb_help_show(struct seq_file *m, void *v);

#endif /* DBB_BENCH_HELP_H */
