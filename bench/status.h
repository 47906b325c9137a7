/* SPDX-License-Identifier: GPL-2.0 */
/*
 * How far the run is: the "status" file.
 */
#ifndef DBB_BENCH_STATUS_H
#define DBB_BENCH_STATUS_H

#include <linux/types.h>

struct seq_file;
struct dbb_refusal;

bool dbb_status_claim(void);
void dbb_status_release(void);
void dbb_status_begin(unsigned int run, const char *op, u32 warmup, u32 rounds);
void dbb_status_start(void);
void dbb_status_step(u32 done);
void dbb_status_warm(u32 rounds);
void dbb_status_end(int err, const struct dbb_refusal *why);
int dbb_status_show(struct seq_file *m, void *v);

#endif /* DBB_BENCH_STATUS_H */
