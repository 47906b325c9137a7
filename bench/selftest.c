// SPDX-License-Identifier: GPL-2.0
/*
 * Does the measurement work on this machine? Experiments whose answer is
 * known: equal arms must not differ more often than the level allows, and a
 * delay of known length must be found and measured.
 *
 * Both arms spin, one of them longer, so that what a spin costs besides its
 * length is in both. A case is one long run, cut into experiments: putting a buffer for each
 * would pile them up until the write returns.
 */
#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/math64.h>
#include <linux/mm.h>
#include <linux/mutex.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "param.h"
#include "result.h"
#include "run.h"
#include "selftest.h"

/**
 * struct dbb_selftest_case - experiments of one kind
 * @permille: how much longer the second arm is made
 * @experiments: how many
 * @rounds: of each
 * @min_found: experiments that must see a difference
 * @max_found: experiments that may see one
 * @min_inside: experiments whose interval must hold the true difference
 */
struct dbb_selftest_case {
	unsigned int permille;
	u32 experiments;
	u32 rounds;
	u32 min_found;
	u32 max_found;
	u32 min_inside;
};

static const struct dbb_selftest_case dbb_selftest_cases[] = {
	{ .permille = 0, .experiments = 200, .rounds = 100, .max_found = 16 },
	{ .permille = 20, .experiments = 100, .rounds = 1000,
	  .min_found = 95, .max_found = 100, .min_inside = 90 },
	{ .permille = 50, .experiments = 100, .rounds = 1000,
	  .min_found = 95, .max_found = 100, .min_inside = 90 },
};

/**
 * struct dbb_selftest_count - what the experiments of a case came to
 * @delay: the delay that was asked for, in the clock's unit
 * @found: the interval of the ratio does not hold 1
 * @inside: the interval of the difference holds the true one
 */
struct dbb_selftest_count {
	u32 delay;
	u32 found;
	u32 inside;
};

static DEFINE_MUTEX(dbb_selftest_lock);
static struct dbb_selftest_count dbb_selftest_last[ARRAY_SIZE(dbb_selftest_cases)];
static bool dbb_selftest_done;

static s64 dbb_selftest_spun(const struct dbb_result *result, u32 from, u32 rounds,
			     unsigned int arm, s64 *scratch)
{
	u32 i;

	for (i = 0; i < rounds; i++)
		scratch[i] = dbb_result_sample(result, from + i, arm, 0)->spun;
	dbb_summary_sort(scratch, rounds);
	return dbb_summary_median(scratch, rounds);
}

/* Phase 0 is the step that the delay was added to. */
static void dbb_selftest_judge(const struct dbb_result *result, u32 from, u32 rounds,
			       s64 *scratch, struct dbb_selftest_count *count)
{
	struct dbb_summary ratio, diff;
	s64 truth;
	u32 i;

	for (i = 0; i < rounds; i++)
		scratch[i] = dbb_paired_ratio(dbb_result_net(result, from + i, 0, 0, 0),
					      dbb_result_net(result, from + i, 1, 0, 0));
	dbb_summary_sort(scratch, rounds);
	dbb_summary_compute(&ratio, scratch, rounds);
	if (ratio.p50_lo > DBB_SUMMARY_ONE || ratio.p50_hi < DBB_SUMMARY_ONE)
		count->found++;

	for (i = 0; i < rounds; i++)
		scratch[i] = dbb_result_net(result, from + i, 1, 0, 0) -
			     dbb_result_net(result, from + i, 0, 0, 0);
	dbb_summary_sort(scratch, rounds);
	dbb_summary_compute(&diff, scratch, rounds);
	truth = dbb_selftest_spun(result, from, rounds, 1, scratch) -
		dbb_selftest_spun(result, from, rounds, 0, scratch);
	if (diff.p50_lo <= truth && truth <= diff.p50_hi)
		count->inside++;
}

static int dbb_selftest_experiment(const struct dbb_selftest_case *test, u32 delay,
				   struct dbb_selftest_count *count, s64 *p50,
				   struct dbb_refusal *why)
{
	struct dbb_result *result;
	struct dbb_params params;
	s64 *scratch;
	char line[96];
	int ret;
	u32 i;

	scnprintf(line, sizeof(line),
		  "vmap size=1M strategies=sg+1,sg+%u iterations=%u verify=0 threads=1",
		  delay + 1, test->experiments * test->rounds);
	ret = dbb_param_parse_line(&params, line, why);
	if (ret)
		return ret;
	scratch = kvmalloc_array(test->rounds, sizeof(*scratch), GFP_KERNEL);
	if (!scratch)
		return dbb_text_refuse(why, -ENOMEM, "no memory for an experiment");
	result = dbb_run_measure(&params, &ret, why);
	if (!ret) {
		memset(count, 0, sizeof(*count));
		count->delay = delay;
		for (i = 0; i < test->experiments; i++)
			dbb_selftest_judge(result, i * test->rounds, test->rounds,
					   scratch, count);
		*p50 = dbb_result_row(result, 0, 0)->net.p50;
	}
	dbb_result_put(result);
	kvfree(scratch);
	return ret;
}

static int dbb_selftest_measure(struct dbb_refusal *why)
{
	struct dbb_selftest_count counts[ARRAY_SIZE(dbb_selftest_cases)];
	s64 p50 = 0;
	unsigned int i;
	int ret = 0;

	for (i = 0; !ret && i < ARRAY_SIZE(dbb_selftest_cases); i++) {
		const struct dbb_selftest_case *test = &dbb_selftest_cases[i];
		u32 delay = div_s64(p50 * test->permille, 1000);

		ret = dbb_selftest_experiment(test, delay, &counts[i], &p50, why);
	}
	if (ret)
		return ret;
	mutex_lock(&dbb_selftest_lock);
	memcpy(dbb_selftest_last, counts, sizeof(counts));
	dbb_selftest_done = true;
	mutex_unlock(&dbb_selftest_lock);
	return 0;
}

/**
 * dbb_selftest_run() - run self-tests
 * @what: "measurement", or "1" for all there are
 * @why: filled on failure
 *
 * Context: process context; takes the engine, and some seconds.
 *
 * Return: 0 when the tests ran, whatever they found; -EINVAL for another
 * word, -EBUSY when a run is on, or as dbb_run_measure().
 */
int dbb_selftest_run(const char *what, struct dbb_refusal *why)
{
	int ret;

	if (strcmp(what, "measurement") && strcmp(what, "1"))
		return dbb_text_refuse(why, -EINVAL, "no such test; accepted: measurement, 1");
	ret = dbb_run_claim(why);
	if (ret)
		return ret;
	ret = dbb_selftest_measure(why);
	dbb_run_release();
	return ret;
}

static void dbb_selftest_show_case(struct seq_file *m, unsigned int i)
{
	const struct dbb_selftest_case *test = &dbb_selftest_cases[i];
	const struct dbb_selftest_count *count = &dbb_selftest_last[i];
	bool ok = count->found >= test->min_found && count->found <= test->max_found &&
		  count->inside >= test->min_inside;

	if (test->permille)
		seq_printf(m, "# a delay of %u ns: found in %u of %u experiments of %u rounds (at least %u), inside the interval in %u (at least %u)\n",
			   count->delay, count->found, test->experiments, test->rounds,
			   test->min_found, count->inside, test->min_inside);
	else
		seq_printf(m, "# equal arms: %u of %u experiments of %u rounds saw a difference (at most %u)\n",
			   count->found, test->experiments, test->rounds, test->max_found);
	seq_printf(m, "%sok %u measurement: %u.%u %% longer\n", ok ? "" : "not ", i + 1,
		   test->permille / 10, test->permille % 10);
}

/**
 * dbb_selftest_show() - print what the last self-tests found, as KTAP
 * @m: file being read
 */
void dbb_selftest_show(struct seq_file *m)
{
	unsigned int i;

	seq_puts(m, "KTAP version 1\n");
	mutex_lock(&dbb_selftest_lock);
	if (!dbb_selftest_done)
		seq_puts(m, "1..0 # SKIP nothing was run; write measurement or 1\n");
	else
		seq_printf(m, "1..%zu\n", ARRAY_SIZE(dbb_selftest_cases));
	for (i = 0; dbb_selftest_done && i < ARRAY_SIZE(dbb_selftest_cases); i++)
		dbb_selftest_show_case(m, i);
	mutex_unlock(&dbb_selftest_lock);
}
