// SPDX-License-Identifier: GPL-2.0
/*
 * The result of a run: samples and figures, shared with the readers of its files.
 */
#include <linux/err.h>
#include <linux/kernel.h>
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

	kvfree(result->placements);
	kvfree(result->rows);
	kvfree(result->samples);
	kfree(result);
}

struct dbb_result *dbb_result_new(const struct dbb_params *params)
{
	struct dbb_result *result = kzalloc(sizeof(*result), GFP_KERNEL);
	struct dbb_sample *sample;
	size_t bytes;

	if (!result)
		return ERR_PTR(-ENOMEM);
	kref_init(&result->ref);
	mutex_init(&result->rows_lock);
	result->params = *params;
	result->sample_size = struct_size(sample, raw, params->op->nphases);
	bytes = array_size(array3_size(params->iterations, params->narms, params->threads),
			   result->sample_size);
	/*
	 * A million rounds take half a gigabyte, which must not drive others out of
	 * memory.
	 */
	if (bytes >> PAGE_SHIFT <= si_mem_available() / 2)
		result->samples = kvzalloc(bytes, DBB_GFP_TABLE);
	result->rows = kvcalloc(params->narms * params->op->nphases,
				sizeof(*result->rows), GFP_KERNEL);
	result->placements = kvcalloc(params->buffers, sizeof(*result->placements), DBB_GFP_TABLE);
	if (!result->samples || !result->rows || !result->placements) {
		dbb_result_put(result);
		return ERR_PTR(-ENOMEM);
	}
	return result;
}

struct dbb_row *dbb_result_row(const struct dbb_result *result, unsigned int arm,
			       unsigned int phase)
{
	return &result->rows[arm * result->params.op->nphases + phase];
}

/* Clock reads whose cost lies inside the figure. */
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
 * Return: raw - reads * overhead, of the whole batch, in the clock's unit; below
 * 0 when the overhead was overestimated.
 */
s64 dbb_result_net(const struct dbb_result *result, u32 round, unsigned int arm,
		   unsigned int thread, unsigned int phase)
{
	const struct dbb_sample *sample = dbb_result_sample(result, round, arm, thread);

	return sample->raw[phase] - dbb_result_reads(result, sample, phase) * result->cost.overhead;
}

/**
 * dbb_result_figure() - the one figure of a round, arm and phase
 * @result: result whose clock was calibrated
 * @round: measured round
 * @arm: index of the arm
 * @phase: index of the phase
 *
 * A disturbance hits all threads of a round, so they are not independent samples:
 * their median stands for the round.
 *
 * Return: the median of dbb_result_net() over the threads.
 */
s64 dbb_result_figure(const struct dbb_result *result, u32 round, unsigned int arm,
		      unsigned int phase)
{
	u32 threads = result->params.threads;
	s64 nets[DBB_THREADS_MAX];
	u32 thread;

	if (threads == 1)
		return dbb_result_net(result, round, arm, 0, phase);
	for (thread = 0; thread < threads; thread++)
		nets[thread] = dbb_result_net(result, round, arm, thread, phase);
	dbb_summary_sort(nets, threads, NULL);
	return dbb_summary_median(nets, threads);
}

/* Of each buffer that is not ours. */
static void dbb_result_describe_origins(const struct dbb_result *result, dbb_describe_fn say,
					void *data)
{
	const struct dbb_params *params = &result->params;
	char key[DBB_ARM_HEAP_LEN + 16];
	unsigned int arm;
	int len;

	for (arm = 0; arm < params->narms; arm++) {
		const struct dbb_heaps_origin *origin = &result->origins[arm];

		if (!*origin->exporter || dbb_param_heap(params, arm) != &dbb_heaps_fd ||
		    dbb_param_first_arm(params, arm) != arm)
			continue;
		len = scnprintf(key, sizeof(key), "exporter_");
		dbb_param_print_arm_heap(key + len, sizeof(key) - len, params, arm);
		say(data, key, origin->exporter);
		len = scnprintf(key, sizeof(key), "buffer_name_");
		dbb_param_print_arm_heap(key + len, sizeof(key) - len, params, arm);
		say(data, key, *origin->name ? origin->name : "none");
	}
}

/* Calls @say for each key of the environment header. */
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
	say(data, "caching", result->caching->name);
	dbb_result_describe_origins(result, say, data);
	dbb_param_print_line(text, sizeof(text), &result->params);
	say(data, "params", text);
}

void dbb_result_publish(struct dbb_result *result)
{
	struct dbb_result *old;

	mutex_lock(&dbb_result_lock);
	old = dbb_result_last;
	dbb_result_last = result;
	mutex_unlock(&dbb_result_lock);
	dbb_result_put(old);
}

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

/* @result may be NULL. */
void dbb_result_put(struct dbb_result *result)
{
	if (result)
		kref_put(&result->ref, dbb_result_free);
}
