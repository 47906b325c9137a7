/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Where a run took place: what a reader has to know to believe a figure.
 */
#ifndef DBB_BENCH_ENV_H
#define DBB_BENCH_ENV_H

#include <linux/types.h>

#define DBB_ENV_TEXT_MAX 40

/* Takes one fact about a run, in the words of the output format at hand. */
typedef void (*dbb_describe_fn)(void *data, const char *key, const char *value);

/**
 * struct dbb_env - what can change while the module is loaded
 * @clocksource: of the kernel's timekeeping
 * @governor: of cpufreq on CPU 0
 */
struct dbb_env {
	char clocksource[DBB_ENV_TEXT_MAX];
	char governor[DBB_ENV_TEXT_MAX];
};

void dbb_env_read(struct dbb_env *env);
void dbb_env_describe(const struct dbb_env *env, dbb_describe_fn say, void *data);
bool dbb_env_is_emulated(void);

#endif /* DBB_BENCH_ENV_H */
