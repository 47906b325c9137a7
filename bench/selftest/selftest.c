// SPDX-License-Identifier: GPL-2.0
/*
 * The "selftest" file: what can be written to it, and the report of the last run.
 */
#include <linux/kernel.h>
#include <linux/mutex.h>
#include <linux/seq_file.h>
#include <linux/string.h>

#include "../../heap/heap.h"
#include "../run.h"
#include "ktap.h"
#include "selftest.h"

/* A part that can be asked for */
struct dbb_selftest_half {
	const char *name;
	int (*run)(struct dbb_ktap *ktap, struct dbb_refusal *why);
};

static const struct dbb_selftest_half dbb_selftest_halves[] = {
	{ "mappings", dbb_mappings_run },
	{ "measurement", dbb_measurement_run },
};

static DEFINE_MUTEX(dbb_selftest_lock);
static struct dbb_ktap dbb_selftest_last;

static int dbb_selftest_make(const char *what, struct dbb_ktap *ktap,
			     struct dbb_refusal *why)
{
	unsigned int i;
	int ret;

	for (i = 0; i < ARRAY_SIZE(dbb_selftest_halves); i++) {
		if (strcmp(what, dbb_selftest_halves[i].name) && strcmp(what, "1"))
			continue;
		ret = dbb_selftest_halves[i].run(ktap, why);
		if (ret)
			return ret;
	}
	if (ktap->err)
		return dbb_text_refuse(why, ktap->err, "no memory for the report");
	return 0;
}

static bool dbb_selftest_knows(const char *what)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(dbb_selftest_halves); i++)
		if (!strcmp(what, dbb_selftest_halves[i].name))
			return true;
	return !strcmp(what, "1");
}

/**
 * dbb_selftest_run() - run self-tests
 * @what: "mappings", "measurement", or "1" for both
 * @why: filled on failure
 *
 * Context: the writer's task, in whose address space the mappings are made.
 *
 * Return: 0 when the tests ran, whatever they found; -EINVAL for another word,
 * -EBUSY when a run is in progress, -EINTR when stopped, or as dbb_run_measure(). Unless
 * it is 0, the last report stays.
 */
int dbb_selftest_run(const char *what, struct dbb_refusal *why)
{
	struct dbb_ktap ktap = { };
	int ret;

	if (!dbb_selftest_knows(what))
		return dbb_text_refuse(why, -EINVAL,
				       "\"%.20s\" is not a valid test; accepted: mappings measurement 1",
				       what);
	ret = dbb_run_claim(why);
	if (ret)
		return ret;
	ret = dbb_selftest_make(what, &ktap, why);
	if (!ret) {
		mutex_lock(&dbb_selftest_lock);
		swap(dbb_selftest_last, ktap);
		mutex_unlock(&dbb_selftest_lock);
	}
	dbb_run_release();
	dbb_ktap_free(&ktap);
	return ret;
}

void dbb_selftest_show(const struct dbb_knob *knob, struct seq_file *m)
{
	seq_puts(m, "KTAP version 1\n");
	mutex_lock(&dbb_selftest_lock);
	if (dbb_selftest_last.text)
		dbb_ktap_show(m, &dbb_selftest_last);
	else
		seq_puts(m, "1..0 # SKIP no test was run yet; write mappings, measurement or 1\n");
	mutex_unlock(&dbb_selftest_lock);
}

void dbb_selftest_exit(void)
{
	dbb_ktap_free(&dbb_selftest_last);
}
