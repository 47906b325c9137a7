// SPDX-License-Identifier: GPL-2.0
/*
 * What a run leaves behind: samples, the figures made of them, and who still
 * reads them.
 */
#include <linux/err.h>
#include <linux/mm.h>
#include <linux/mutex.h>
#include <linux/overflow.h>
#include <linux/slab.h>

#include "result.h"

static DEFINE_MUTEX(dbb_result_lock);
static struct dbb_result *dbb_result_last;

static void dbb_result_free(struct kref *ref)
{
	struct dbb_result *result = container_of(ref, struct dbb_result, ref);

	kvfree(result->rows);
	kvfree(result->samples);
	kfree(result);
}

/**
 * dbb_result_new() - make room for a run's samples
 * @params: the run's parameters
 *
 * Return: the result with one reference, or an ERR_PTR(-ENOMEM).
 */
struct dbb_result *dbb_result_new(const struct dbb_params *params)
{
	struct dbb_result *result = kzalloc(sizeof(*result), GFP_KERNEL);
	struct dbb_sample *sample;

	if (!result)
		return ERR_PTR(-ENOMEM);
	kref_init(&result->ref);
	result->params = *params;
	result->sample_size = struct_size(sample, ns, params->op->nphases);
	result->samples = kvcalloc(array_size(params->iterations, params->narms),
				   result->sample_size, GFP_KERNEL);
	result->rows = kvcalloc(params->narms * params->op->nphases,
				sizeof(*result->rows), GFP_KERNEL);
	if (!result->samples || !result->rows) {
		dbb_result_put(result);
		return ERR_PTR(-ENOMEM);
	}
	return result;
}

/**
 * dbb_result_sample() - one sample
 * @result: result
 * @round: measured round
 * @arm: index of the arm
 *
 * Return: the sample.
 */
struct dbb_sample *dbb_result_sample(const struct dbb_result *result, u32 round,
				     unsigned int arm)
{
	size_t index = (size_t)round * result->params.narms + arm;

	return result->samples + index * result->sample_size;
}

/**
 * dbb_result_row() - the figures of one arm and phase
 * @result: result
 * @arm: index of the arm
 * @phase: index of the phase
 *
 * Return: the row.
 */
struct dbb_row *dbb_result_row(const struct dbb_result *result, unsigned int arm,
			       unsigned int phase)
{
	return &result->rows[arm * result->params.op->nphases + phase];
}

static s64 dbb_result_net(const struct dbb_result *result, u32 round, unsigned int arm,
			  unsigned int phase)
{
	u64 overhead = (u64)result->params.op->phases[phase].reads * result->clock.overhead_ns;

	return dbb_result_sample(result, round, arm)->ns[phase] - overhead;
}

static void dbb_result_finish_row(struct dbb_result *result, unsigned int arm,
				  unsigned int phase, s64 *scratch)
{
	struct dbb_row *row = dbb_result_row(result, arm, phase);
	u32 round;

	for (round = 0; round < result->rounds; round++)
		scratch[round] = dbb_result_net(result, round, arm, phase);
	dbb_summary_compute(&row->net, scratch, result->rounds);

	for (round = 0; round < result->rounds; round++)
		scratch[round] = dbb_summary_ratio(dbb_result_net(result, round, 0, phase),
						   dbb_result_net(result, round, arm, phase));
	dbb_summary_compute(&row->ratio, scratch, result->rounds);
	row->verdict = arm ? dbb_summary_judge(&row->ratio) : DBB_VERDICT_BASELINE;
}

static void dbb_result_count_disturbed(struct dbb_result *result, unsigned int arm)
{
	u32 round;

	for (round = 0; round < result->rounds; round++)
		if (dbb_result_sample(result, round, arm)->flags)
			result->disturbed[arm]++;
}

/**
 * dbb_result_finish() - make the figures of the samples
 * @result: result whose samples, rounds and clock are filled
 *
 * Return: 0 or -ENOMEM.
 */
int dbb_result_finish(struct dbb_result *result)
{
	const struct dbb_params *params = &result->params;
	unsigned int arm, phase;
	s64 *scratch;

	scratch = kvmalloc_array(max(result->rounds, 1U), sizeof(*scratch), GFP_KERNEL);
	if (!scratch)
		return -ENOMEM;
	for (arm = 0; arm < params->narms; arm++) {
		dbb_result_count_disturbed(result, arm);
		for (phase = 0; phase < params->op->nphases; phase++)
			dbb_result_finish_row(result, arm, phase, scratch);
	}
	kvfree(scratch);
	result->complete = result->rounds == params->iterations;
	return 0;
}

/**
 * dbb_result_publish() - make a result the one that the files show
 * @result: the result, whose reference passes on; NULL shows none
 */
void dbb_result_publish(struct dbb_result *result)
{
	struct dbb_result *old;

	mutex_lock(&dbb_result_lock);
	old = dbb_result_last;
	dbb_result_last = result;
	mutex_unlock(&dbb_result_lock);
	dbb_result_put(old);
}

/**
 * dbb_result_get() - take a reference to the result that the files show
 *
 * Return: the result, or NULL before the first run.
 */
struct dbb_result *dbb_result_get(void)
{
	struct dbb_result *result;

	mutex_lock(&dbb_result_lock);
	result = dbb_result_last;
	if (result)
		kref_get(&result->ref);
	mutex_unlock(&dbb_result_lock);
	return result;
}

/**
 * dbb_result_put() - drop a reference
 * @result: the result, may be NULL
 */
void dbb_result_put(struct dbb_result *result)
{
	if (result)
		kref_put(&result->ref, dbb_result_free);
}
