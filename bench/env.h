/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The environment of a run.
 */
#ifndef DBB_BENCH_ENV_H
#define DBB_BENCH_ENV_H

#include <linux/types.h>

#define DBB_ENV_TEXT_MAX 40

/* Prints one key of the environment in some output format. */
typedef void (*dbb_describe_fn)(void *data, const char *key, const char *value);

/* What can change while the module is loaded */
struct dbb_env {
	char clocksource[DBB_ENV_TEXT_MAX];
	char governor[DBB_ENV_TEXT_MAX];	/* of the CPU that measures */
	char boot_id[DBB_ENV_TEXT_MAX];
	const char *preempt;
	unsigned int cpus;	/* online */
	bool icount;	/* a guest of QEMU -icount, as far as is known */
};

void dbb_env_init(void);
void dbb_env_read(struct dbb_env *env, unsigned int cpu);
void dbb_env_describe(const struct dbb_env *env, dbb_describe_fn say, void *data);
const char *dbb_env_warning(const struct dbb_env *env);

#endif /* DBB_BENCH_ENV_H */
