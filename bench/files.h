/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The debugfs files of bench/.
 */
#ifndef DBB_BENCH_FILES_H
#define DBB_BENCH_FILES_H

struct dentry;

void dbb_files_init(struct dentry *root);

#endif /* DBB_BENCH_FILES_H */
