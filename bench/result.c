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

/*
 * A million rounds are half a gigabyte: nobody else is to pay for them, by
 * being killed or by finding no memory left.
 */
static void *dbb_result_alloc(size_t bytes)
{
	if (bytes >> PAGE_SHIFT > si_mem_available() / 2)
		return NULL;
	return kvzalloc(bytes, GFP_KERNEL | __GFP_RETRY_MAYFAIL | __GFP_NOWARN);
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
	result->sample_size = struct_size(sample, raw, params->op->nphases);
	result->samples = dbb_result_alloc(array_size(array3_size(params->iterations,
								  params->narms,
								  params->threads),
						      result->sample_size));
	result->rows = kvcalloc(params->narms * params->op->nphases,
				sizeof(*result->rows), GFP_KERNEL);
	if (!result->samples || !result->rows) {
		dbb_result_put(result);
		return ERR_PTR(-ENOMEM);
	}
	return result;
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

/**
 * dbb_result_reads() - clock reads inside a figure
 * @result: result
 * @sample: one of its samples
 * @phase: index of the phase
 *
 * Return: how often the clock was read, 0 for a step that was not taken.
 */
u64 dbb_result_reads(const struct dbb_result *result, const struct dbb_sample *sample,
		     unsigned int phase)
{
	return result->params.op->phases[phase].reads + sample->inner_reads[phase];
}

/**
 * dbb_result_net() - a sample net of the clock's overhead
 * @result: result whose clock was calibrated
 * @round: measured round
 * @arm: index of the arm
 * @thread: index of the thread
 * @phase: index of the phase
 *
 * Return: the figure of the whole batch in the clock's unit; below 0 when
 * the overhead was overestimated.
 */
s64 dbb_result_net(const struct dbb_result *result, u32 round, unsigned int arm,
		   unsigned int thread, unsigned int phase)
{
	const struct dbb_sample *sample = dbb_result_sample(result, round, arm, thread);

	return sample->raw[phase] - dbb_result_reads(result, sample, phase) * result->cost.overhead;
}

/**
 * dbb_result_describe() - say where and how a result was measured
 * @result: the result
 * @say: called for each key and value
 * @data: handed to @say
 */
void dbb_result_describe(const struct dbb_result *result, dbb_describe_fn say, void *data)
{
	char text[DBB_PARAM_LINE_MAX];

	dbb_env_describe(&result->env, say, data);
	say(data, "clock", result->params.clock->name);
	say(data, "traced", result->traced ? "1" : "0");
	scnprintf(text, sizeof(text), "%u", result->warmup);
	say(data, "warmup_rounds", text);
	say(data, "warmup_end", result->params.warmup != DBB_WARMUP_AUTO ? "fixed" :
				result->settled ? "settled" : "cap");
	scnprintf(text, sizeof(text), "%u", result->lost);
	say(data, "samples_lost", text);
	say(data, "orders", result->mix.orders);
	scnprintf(text, sizeof(text), "%u", result->mix.fragment_pct);
	say(data, "fragment_pct", text);
	say(data, "shuffle", result->mix.shuffled ? "1" : "0");
	dbb_param_print_line(text, sizeof(text), &result->params);
	say(data, "params", text);
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
