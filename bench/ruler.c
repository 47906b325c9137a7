// SPDX-License-Identifier: GPL-2.0
/*
 * The measuring half of the self-test: experiments whose answer is known.
 * Equal arms must not differ more often than the level allows, and a delay of
 * known length must be found and measured.
 *
 * A case is one long run, cut into experiments: putting a buffer for each
 * would pile them up until the write returns.
 */
#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/math64.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "ktap.h"
#include "param.h"
#include "result.h"
#include "run.h"
#include "selftest.h"

/*
 * Both arms spin, one of them longer, so that what a spin costs besides its
 * length is in both. This is what the shorter one spins, in the clock's unit:
 * a spin that reads the clock only once ends as much as 20 ns later than one
 * that has the way out warm, and nothing would say so.
 */
#define DBB_RULER_SPIN 1000

/**
 * struct dbb_ruler_case - experiments of one kind
 * @permille: how much longer the second arm is made
 * @experiments: how many
 * @rounds: of each
 * @min_found: experiments that must see a difference
 * @max_found: experiments that may see one
 * @min_inside: experiments whose interval must hold the true difference
 */
struct dbb_ruler_case {
	unsigned int permille;
	u32 experiments;
	u32 rounds;
	u32 min_found;
	u32 max_found;
	u32 min_inside;
};

static const struct dbb_ruler_case dbb_ruler_cases[] = {
	{ .permille = 0, .experiments = 200, .rounds = 100, .max_found = 16 },
	{ .permille = 20, .experiments = 100, .rounds = 1000,
	  .min_found = 95, .max_found = 100, .min_inside = 90 },
	{ .permille = 50, .experiments = 100, .rounds = 1000,
	  .min_found = 95, .max_found = 100, .min_inside = 90 },
};

/**
 * struct dbb_ruler_count - what the experiments of a case came to
 * @delay: the delay that was asked for, in the clock's unit
 * @found: the interval of the ratio does not hold 1
 * @inside: the interval of the difference holds the true one
 */
struct dbb_ruler_count {
	u32 delay;
	u32 found;
	u32 inside;
};

/* By how much the second arm really spun longer than the first. */
static s64 dbb_ruler_truth(const struct dbb_result *result, u32 from, u32 rounds,
			   s64 *scratch)
{
	u32 i;

	for (i = 0; i < rounds; i++)
		scratch[i] = (s64)dbb_result_sample(result, from + i, 1, 0)->spun -
			     dbb_result_sample(result, from + i, 0, 0)->spun;
	dbb_summary_sort(scratch, rounds);
	return dbb_summary_median(scratch, rounds);
}

/* Phase 0 is the step that the delay was added to. */
static void dbb_ruler_judge(const struct dbb_result *result, u32 from, u32 rounds,
			    s64 *scratch, struct dbb_ruler_count *count)
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
	truth = dbb_ruler_truth(result, from, rounds, scratch);
	if (diff.p50_lo <= truth && truth <= diff.p50_hi)
		count->inside++;
}

static int dbb_ruler_experiment(const struct dbb_ruler_case *test, u32 delay,
				struct dbb_ruler_count *count, s64 *p50,
				struct dbb_refusal *why)
{
	struct dbb_result *result;
	struct dbb_params params;
	s64 *scratch;
	char line[96];
	int ret;
	u32 i;

	scnprintf(line, sizeof(line),
		  "vmap size=1M strategies=sg+%u,sg+%u iterations=%u verify=0 threads=1",
		  DBB_RULER_SPIN, DBB_RULER_SPIN + delay,
		  test->experiments * test->rounds);
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
			dbb_ruler_judge(result, i * test->rounds, test->rounds,
					scratch, count);
		*p50 = dbb_result_row(result, 0, 0)->net.p50;
	}
	dbb_result_put(result);
	kvfree(scratch);
	return ret;
}

static void dbb_ruler_report(struct dbb_ktap *ktap, const struct dbb_ruler_case *test,
			     const struct dbb_ruler_count *count)
{
	bool ok = count->found >= test->min_found && count->found <= test->max_found &&
		  count->inside >= test->min_inside;

	if (test->permille)
		dbb_ktap_note(ktap,
			      "a delay of %u ns: found in %u of %u experiments of %u rounds (at least %u), inside the interval in %u (at least %u)",
			      count->delay, count->found, test->experiments, test->rounds,
			      test->min_found, count->inside, test->min_inside);
	else
		dbb_ktap_note(ktap,
			      "equal arms: %u of %u experiments of %u rounds saw a difference (at most %u)",
			      count->found, test->experiments, test->rounds, test->max_found);
	dbb_ktap_result(ktap, ok, "measurement: %u.%u %% longer",
			test->permille / 10, test->permille % 10);
}

/**
 * dbb_ruler_run() - does the measurement work on this machine?
 * @ktap: gets a result for each kind of experiment
 * @why: filled on failure
 *
 * Context: process context; the engine was claimed. Takes some seconds.
 *
 * Return: 0 when the experiments were made, whatever they found, or as
 * dbb_run_measure().
 */
int dbb_ruler_run(struct dbb_ktap *ktap, struct dbb_refusal *why)
{
	struct dbb_ruler_count count;
	s64 p50 = 0;
	unsigned int i;
	int ret;

	for (i = 0; i < ARRAY_SIZE(dbb_ruler_cases); i++) {
		const struct dbb_ruler_case *test = &dbb_ruler_cases[i];
		u32 delay = div_s64(p50 * test->permille, 1000);

		ret = dbb_ruler_experiment(test, delay, &count, &p50, why);
		if (ret)
			return ret;
		dbb_ruler_report(ktap, test, &count);
	}
	return 0;
}
