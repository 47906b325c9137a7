/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A result as text.
 */
#ifndef DBB_BENCH_REPORT_H
#define DBB_BENCH_REPORT_H

struct dbb_result;
struct seq_file;

void dbb_report_table(struct seq_file *m, const struct dbb_result *result);
void dbb_report_csv(struct seq_file *m, const struct dbb_result *result);

extern const struct seq_operations dbb_report_samples_ops;

#endif /* DBB_BENCH_REPORT_H */
