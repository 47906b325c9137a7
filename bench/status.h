/* SPDX-License-Identifier: GPL-2.0 */
/*
 * How far the run is: the "status" file.
 */
#ifndef DBB_BENCH_STATUS_H
#define DBB_BENCH_STATUS_H

#include <linux/types.h>

struct seq_file;
struct dbb_refusal;

void dbb_status_begin(unsigned int run, const char *op, u32 total);
void dbb_status_start(void);
void dbb_status_step(u32 done);
void dbb_status_total(u32 total);
void dbb_status_end(int err, const struct dbb_refusal *why);
void dbb_status_show(struct seq_file *m);

#endif /* DBB_BENCH_STATUS_H */
