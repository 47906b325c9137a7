// SPDX-License-Identifier: GPL-2.0
/*
 * The measuring half of the self-test: experiments with a known answer.
 * Equal arms must not differ more often than the level allows, and a delay of
 * known length must be found and measured.
 *
 * A case is one long run that is cut into experiments: the last reference of a
 * buffer is dropped only when the write returns, so buffers of many runs would pile up.
 */
#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/math64.h>
#include <linux/mm.h>
#include <linux/slab.h>

#include "../param.h"
#include "../result.h"
#include "../run.h"
#include "../status.h"
#include "../stop.h"
#include "ktap.h"
#include "selftest.h"

/*
 * Both arms spin, so that the fixed cost of a spin cancels out; this is the shorter
 * spin, in the clock's unit. It must loop: a spin of one clock read mispredicts its
 * end, which costs as much as 20 ns that no clock read shows.
 */
#define DBB_MEASUREMENT_SPIN 1000

/**
 * struct dbb_measurement_case - experiments of one kind
 * @permille: how much longer the second arm is made
 * @experiments: how many
 * @rounds: of each
 * @threads: of each run
 * @min_found: experiments that must see a difference
 * @max_found: experiments that may see one
 * @min_inside: experiments whose interval must hold the true difference
 */
struct dbb_measurement_case {
	unsigned int permille;
	u32 experiments;
	u32 rounds;
	u32 threads;
	u32 min_found;
	u32 max_found;
	u32 min_inside;
};

static const struct dbb_measurement_case dbb_measurement_cases[] = {
	{ .permille = 0, .experiments = 200, .rounds = 100, .threads = 1, .max_found = 16 },
	{ .permille = 20, .experiments = 100, .rounds = 1000, .threads = 1,
	  .min_found = 95, .max_found = 100, .min_inside = 90 },
	{ .permille = 50, .experiments = 100, .rounds = 1000, .threads = 1,
	  .min_found = 95, .max_found = 100, .min_inside = 90 },
	{ .permille = 0, .experiments = 40, .rounds = 100, .threads = 4, .max_found = 6 },
};

/* The outcome of a case */
struct dbb_measurement_count {
	u32 delay;	/* in the clock's unit */
	u32 found;	/* the interval of the ratio does not hold 1 */
	u32 inside;	/* the interval of the difference holds the true one */
};

/* How much longer the second arm really spun. */
static s64 dbb_measurement_truth(const struct dbb_result *result, u32 from, u32 rounds,
				 s64 *scratch)
{
	u32 i;

	for (i = 0; i < rounds; i++)
		scratch[i] = (s64)dbb_result_sample(result, from + i, 1, 0)->spun -
			     dbb_result_sample(result, from + i, 0, 0)->spun;
	dbb_summary_sort(scratch, rounds, NULL);
	return dbb_summary_median(scratch, rounds);
}

/* Phase 0 is the step that the delay was added to. */
static void dbb_measurement_judge(const struct dbb_result *result, u32 from, u32 rounds,
				  s64 *scratch, struct dbb_measurement_count *count)
{
	struct dbb_summary ratio, diff;
	s64 truth;
	u32 i;

	for (i = 0; i < rounds; i++)
		scratch[i] = dbb_paired_ratio(dbb_result_figure(result, from + i, 0, 0),
					      dbb_result_figure(result, from + i, 1, 0));
	dbb_summary_sort(scratch, rounds, NULL);
	dbb_summary_compute(&ratio, scratch, rounds, dbb_summary_rank(rounds), NULL);
	if (ratio.p50_lo > DBB_SUMMARY_ONE || ratio.p50_hi < DBB_SUMMARY_ONE)
		count->found++;

	for (i = 0; i < rounds; i++)
		scratch[i] = dbb_result_figure(result, from + i, 1, 0) -
			     dbb_result_figure(result, from + i, 0, 0);
	dbb_summary_sort(scratch, rounds, NULL);
	dbb_summary_compute(&diff, scratch, rounds, dbb_summary_rank(rounds), NULL);
	truth = dbb_measurement_truth(result, from, rounds, scratch);
	if (diff.p50_lo <= truth && truth <= diff.p50_hi)
		count->inside++;
}

static int dbb_measurement_judge_all(const struct dbb_measurement_case *test,
				     struct dbb_result *result, s64 *scratch,
				     struct dbb_measurement_count *count, struct dbb_refusal *why)
{
	int ret = dbb_result_rows_make(result, dbb_stop_pause);
	u32 i;

	for (i = 0; !ret && i < test->experiments; i++) {
		dbb_measurement_judge(result, i * test->rounds, test->rounds, scratch, count);
		if (dbb_stop_pause())
			ret = -EINTR;
	}
	if (ret) {
		dbb_text_refuse(why, ret, ret == -EINTR ? "stopped during the statistics" :
				"no memory to summarise the samples");
		dbb_status_end(ret, why);
	}
	return ret;
}

static int dbb_measurement_experiment(const struct dbb_measurement_case *test, u32 delay,
				      struct dbb_measurement_count *count, s64 *p50,
				      struct dbb_refusal *why)
{
	struct dbb_result *result;
	struct dbb_params params;
	s64 *scratch;
	char line[240];
	int ret;

	scnprintf(line, sizeof(line),
		  "vmap heap=system fd=none size=1M strategies=sg+%u,sg+%u iterations=%u buffers=1 warmup=auto batch=1 threads=%u cpu=any clock=monotonic purge=none seed=0 verify=0",
		  DBB_MEASUREMENT_SPIN, DBB_MEASUREMENT_SPIN + delay,
		  test->experiments * test->rounds, test->threads);
	ret = dbb_param_parse_line(&params, line, why);
	if (ret)
		return ret;
	scratch = kvmalloc_array(test->rounds, sizeof(*scratch), GFP_KERNEL);
	if (!scratch)
		return dbb_text_refuse(why, -ENOMEM, "no memory for an experiment");
	result = dbb_run_measure(&params, &ret, why);
	if (!ret) {
		*count = (struct dbb_measurement_count){ .delay = delay };
		ret = dbb_measurement_judge_all(test, result, scratch, count, why);
	}
	if (!ret)
		*p50 = dbb_result_row(result, 0, 0)->net.p50;
	dbb_result_put(result);
	kvfree(scratch);
	return ret;
}

static void dbb_measurement_report(struct dbb_ktap *ktap, const struct dbb_measurement_case *test,
				   const struct dbb_measurement_count *count)
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
	dbb_ktap_result(ktap, ok, "measurement: %u.%u %% longer, threads=%u",
			test->permille / 10, test->permille % 10, test->threads);
}

int dbb_measurement_run(struct dbb_ktap *ktap, struct dbb_refusal *why)
{
	struct dbb_measurement_count count;
	s64 p50 = 0;
	unsigned int i;
	int ret;

	for (i = 0; i < ARRAY_SIZE(dbb_measurement_cases); i++) {
		const struct dbb_measurement_case *test = &dbb_measurement_cases[i];
		u32 delay = div_s64(p50 * test->permille, 1000);

		ret = dbb_measurement_experiment(test, delay, &count, &p50, why);
		if (ret)
			return ret;
		dbb_measurement_report(ktap, test, &count);
	}
	return 0;
}
