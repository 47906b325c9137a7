// SPDX-License-Identifier: GPL-2.0
/*
 * Parameters of a run: the knobs as set, and the line that overrides them.
 */
#include <linux/dma-buf.h>
#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/math64.h>
#include <linux/mm.h>
#include <linux/mutex.h>
#include <linux/seq_file.h>
#include <linux/string.h>

#include "heaps.h"
#include "param.h"

static DEFINE_MUTEX(dbb_param_lock);
static struct dbb_params dbb_param_knobs = {
	.op		= &dbb_op_vmap,
	.fd		= DBB_FD_NONE,
	.size_bytes	= 64 << 20,
	.iterations	= 20,
	.buffers	= 1,
	.warmup		= DBB_WARMUP_AUTO,
	.threads	= 1,
	.cpu		= DBB_CPU_ANY,
	.clock		= &dbb_clocks[DBB_CLOCK_MONOTONIC],
	.verify		= 1,
};

static const struct dbb_param *dbb_param_find(const char *name)
{
	unsigned int i;

	for (i = 0; i < DBB_PARAM_COUNT; i++)
		if (!strcmp(name, dbb_param_table[i].name))
			return &dbb_param_table[i];
	return NULL;
}

static void dbb_param_get_knobs(struct dbb_params *params)
{
	struct dbb_params *knobs = &dbb_param_knobs;
	struct dbb_refusal why;

	mutex_lock(&dbb_param_lock);
	/* Defaults that are not constants: they have to be looked up. */
	if (!knobs->heap)
		knobs->heap = dbb_backend_at(0);
	if (!knobs->narms)
		dbb_param_table_set(knobs, dbb_param_find("strategies"), "page,sg", &why);
	if (!*knobs->replay.text)
		dbb_replay_parse("shadow", &knobs->replay, &why);
	*params = *knobs;
	mutex_unlock(&dbb_param_lock);
	params->size_given = false;
}

const struct dbb_backend *dbb_param_heap(const struct dbb_params *params, unsigned int arm)
{
	return params->arms[arm].heap ?: params->heap;
}

/* Of an arm of heap fd. */
s32 dbb_param_fd(const struct dbb_params *params, unsigned int arm)
{
	s32 fd = params->arms[arm].fd;

	return fd == DBB_FD_NONE ? params->fd : fd;
}

int dbb_param_print_arm_heap(char *text, size_t size, const struct dbb_params *params,
			     unsigned int arm)
{
	if (params->arms[arm].heap)
		return dbb_arm_print_heap(text, size, &params->arms[arm]);
	return scnprintf(text, size, "%s", params->heap->name);
}

static bool dbb_param_is_fd(const struct dbb_params *params, unsigned int arm)
{
	return dbb_param_heap(params, arm) == &dbb_heaps_fd;
}

/* The first arm of the same heap: its buffer is the one that this arm measures. */
unsigned int dbb_param_first_arm(const struct dbb_params *params, unsigned int arm)
{
	unsigned int i = 0;

	while (dbb_param_heap(params, i) != dbb_param_heap(params, arm) ||
	       (dbb_param_is_fd(params, i) &&
		dbb_param_fd(params, i) != dbb_param_fd(params, arm)))
		i++;
	return i;
}

int dbb_param_set_knob(const struct dbb_knob *knob, const char *value,
		       struct dbb_refusal *why)
{
	int ret;

	mutex_lock(&dbb_param_lock);
	/* the last write of preset and size counts; in a line, the size does */
	dbb_param_knobs.size_given = false;
	ret = dbb_param_table_set(&dbb_param_knobs, knob->data, value, why);
	mutex_unlock(&dbb_param_lock);
	return ret;
}

void dbb_param_show_knob(const struct dbb_knob *knob, struct seq_file *m)
{
	struct dbb_params params;

	dbb_param_get_knobs(&params);
	dbb_param_table_show(m, &params, knob->data);
}

static int dbb_param_refuse_key(const char *key, struct dbb_refusal *why)
{
	char keys[120] = "";
	unsigned int i;
	int len = 0;

	for (i = 0; i < DBB_PARAM_COUNT; i++)
		len += scnprintf(keys + len, sizeof(keys) - len, " %s",
				 dbb_param_table[i].name);
	return dbb_text_refuse(why, -EINVAL, "\"%.20s\" is not a valid key; accepted:%s",
			       key, keys);
}

static int dbb_param_parse_word(struct dbb_params *params, char *word, bool first,
				struct dbb_refusal *why)
{
	const struct dbb_param *param;
	char *value = strchr(word, '=');

	if (!value) {
		if (first)
			return dbb_param_table_set(params, dbb_param_find("op"), word, why);
		return dbb_text_refuse(why, -EINVAL,
				       "\"%.40s\" is not key=value; accepted: [op] key=value ...",
				       word);
	}
	*value++ = '\0';
	param = dbb_param_find(word);
	if (!param)
		return dbb_param_refuse_key(word, why);
	return dbb_param_table_set(params, param, value, why);
}

/*
 * Drops the strategies of other ops from the arm. An op that maps nothing takes
 * the name of any strategy: equal arms show what the engine calls a difference.
 */
static int dbb_param_fit_arm(struct dbb_arm *arm, const struct dbb_op *op,
			     struct dbb_refusal *why)
{
	bool is_mmap = op->family == DBB_FAMILY_MMAP;

	if (arm->is_delay != op->delays)
		return dbb_text_refuse(why, -EINVAL, "\"%s\" is not valid for op %s; accepted: %s",
				       arm->name, op->name, op->delays ?
				       "delays, e.g. strategies=10000,10200" : "strategies");
	if (!is_mmap && op->family != DBB_FAMILY_VMAP)
		return 0;
	if (!arm->exporter && (is_mmap ? !arm->mmap : !arm->vmap))
		return dbb_text_refuse(why, -EINVAL,
				       "strategy %s is not valid for op %s; accepted: those that heap/%s_strategy lists",
				       arm->name, op->name, is_mmap ? "mmap" : "vmap");
	if (is_mmap)
		arm->vmap = NULL;
	else
		arm->mmap = NULL;
	return 0;
}

/* Memory that is not ours has one strategy, which the name of its heap alone means. */
static void dbb_param_name_exporter(struct dbb_arm *arm)
{
	if (!dbb_arm_is_heap(arm, arm->name))
		return;
	arm->exporter = true;
	if (arm->heap == &dbb_heaps_fd)
		strscpy(arm->name, DBB_ARM_EXPORTER, sizeof(arm->name));
}

/* Does the op work on buffers of this heap? */
static int dbb_param_check_heap(const struct dbb_op *op, const struct dbb_backend *heap,
				struct dbb_refusal *why)
{
	if (heap == &dbb_heaps_fd && op->needs_heap)
		return dbb_text_refuse(why, -EOPNOTSUPP,
				       "op %s cannot use heap fd; accepted: the other heaps that bench/heap lists",
				       op->name);
	if (heap == &dbb_heaps_anon && (op->needs_heap || op->family != DBB_FAMILY_MMAP))
		return dbb_text_refuse(why, -EOPNOTSUPP,
				       "op %s needs a dma-buf, which heap anon is not; accepted: ops mmap and touch, or another heap",
				       op->name);
	return 0;
}

static int dbb_param_check_arm(struct dbb_params *params, unsigned int i,
			       struct dbb_refusal *why)
{
	const struct dbb_backend *heap = dbb_param_heap(params, i);
	const struct dbb_op *op = params->op;
	struct dbb_arm *arm = &params->arms[i];
	bool is_ours = heap != &dbb_heaps_fd && heap != &dbb_heaps_anon;
	bool is_mapped = op->family == DBB_FAMILY_MMAP || op->family == DBB_FAMILY_VMAP;
	int ret;

	if (is_mapped && !is_ours)
		dbb_param_name_exporter(arm);
	ret = dbb_param_fit_arm(arm, op, why);
	if (ret || op->family == DBB_FAMILY_NONE)
		return ret;
	ret = dbb_param_check_heap(op, heap, why);
	if (ret || !is_mapped || arm->exporter != is_ours)
		return ret;
	return dbb_text_refuse(why, -EINVAL, "heap %s has no strategy %s; accepted: %s",
			       heap->name, arm->name, is_ours ?
			       "those that heap/mmap_strategy and heap/vmap_strategy list" :
			       DBB_ARM_EXPORTER);
}

/* All buffers of a run with heap fd have the size of its dma-bufs. */
static int dbb_param_take_size(struct dbb_params *params, s32 fd, bool is_first,
			       struct dbb_refusal *why)
{
	struct dma_buf *dmabuf = dbb_heaps_get_fd(fd, why);
	size_t bytes;

	if (IS_ERR(dmabuf))
		return PTR_ERR(dmabuf);
	bytes = dmabuf->size;
	dma_buf_put(dmabuf);
	if (is_first && !params->size_given)
		params->size_bytes = bytes;
	if (params->size_bytes == bytes)
		return 0;
	if (params->size_given)
		return dbb_text_refuse(why, -ERANGE,
				       "size %llu is not the size of fd %d; accepted: size=%zu, or no size",
				       params->size_bytes, fd, bytes);
	return dbb_text_refuse(why, -ERANGE,
			       "fd %d has %zu bytes, another one has %llu; accepted: dma-bufs of one size",
			       fd, bytes, params->size_bytes);
}

static int dbb_param_check_fds(struct dbb_params *params, struct dbb_refusal *why)
{
	bool has_fd = false;
	unsigned int i;
	int ret;

	for (i = 0; i < params->narms; i++) {
		if (!dbb_param_is_fd(params, i) || dbb_param_first_arm(params, i) != i)
			continue;
		ret = dbb_param_take_size(params, dbb_param_fd(params, i), !has_fd, why);
		if (ret)
			return ret;
		has_fd = true;
	}
	if (has_fd && params->threads > 1)
		return dbb_text_refuse(why, -EOPNOTSUPP,
				       "heap fd has one buffer, which %u threads cannot share; accepted: threads=1",
				       params->threads);
	return 0;
}

static int dbb_param_check_heaps(struct dbb_params *params, struct dbb_refusal *why)
{
	u64 max = min_t(u64, dbb_stats_max_bytes(), SIZE_MAX & PAGE_MASK);
	unsigned int i, heaps = 0;
	int ret = dbb_param_check_fds(params, why);

	if (ret)
		return ret;
	for (i = 0; i < params->narms; i++)
		heaps += !dbb_param_is_fd(params, i) && dbb_param_first_arm(params, i) == i;
	/* Op alloc has one buffer at a time. */
	if (params->op->family == DBB_FAMILY_HEAP)
		heaps = 1;
	if (heaps && params->size_bytes > div_u64(max, params->threads * heaps))
		return dbb_text_refuse(why, -ERANGE,
				       "%u buffers for each of %u threads, %llu bytes each, exceed heap/max_bytes; accepted: %llu bytes in total",
				       heaps, params->threads, params->size_bytes, max);
	return 0;
}

static int dbb_param_check_buffers(const struct dbb_params *params, struct dbb_refusal *why)
{
	const struct dbb_op *op = params->op;
	unsigned int i;

	if (params->buffers == 1)
		return 0;
	if (op->family == DBB_FAMILY_NONE)
		return dbb_text_refuse(why, -EOPNOTSUPP,
				       "op %s needs no buffer; accepted: buffers=1", op->name);
	if (op->family == DBB_FAMILY_HEAP)
		return dbb_text_refuse(why, -EOPNOTSUPP,
				       "op %s has no buffer that outlives a sample; accepted: buffers=1",
				       op->name);
	for (i = 0; i < params->narms; i++)
		if (dbb_param_is_fd(params, i))
			return dbb_text_refuse(why, -EOPNOTSUPP,
					       "heap fd has one buffer, which cannot be made anew; accepted: buffers=1");
	if (params->buffers > params->iterations)
		return dbb_text_refuse(why, -ERANGE,
				       "%u buffers are too many for iterations=%u; accepted: up to one for each round",
				       params->buffers, params->iterations);
	return 0;
}

/* Checks that take more than one key. */
static int dbb_param_finish(struct dbb_params *params, struct dbb_refusal *why)
{
	const struct dbb_op *op = params->op;
	unsigned int i;
	int ret;

	for (i = 0; i < params->narms; i++) {
		ret = dbb_param_check_arm(params, i, why);
		if (ret)
			return ret;
	}
	if (params->batch > 1 && !op->batches)
		return dbb_text_refuse(why, -EOPNOTSUPP,
				       "op %s needs set-up between calls; accepted: batch=1 or auto",
				       op->name);
	ret = dbb_param_check_buffers(params, why);
	if (ret)
		return ret;
	if (params->clock->close && dbb_param_in_kthreads(params))
		return dbb_text_refuse(why, -EOPNOTSUPP,
				       "clock %s counts the writing task only; accepted: threads=1 and ops without a kernel thread",
				       params->clock->name);
	if ((u64)params->iterations * params->threads > DBB_PARAM_MAX_ITERATIONS)
		return dbb_text_refuse(why, -ERANGE,
				       "%u iterations in %u threads are too many; accepted: up to %u samples per arm",
				       params->iterations, params->threads,
				       DBB_PARAM_MAX_ITERATIONS);
	return op->family == DBB_FAMILY_NONE ? 0 : dbb_param_check_heaps(params, why);
}

/**
 * dbb_param_parse_line() - the knobs as set, overridden by a run line
 * @params: valid on success only
 * @line: "1", or "[op] key=value ..."; is cut into words
 * @why: filled on failure
 *
 * Return: 0; -EINVAL for an unknown word or a malformed value, -ERANGE outside
 * the limits, -EOPNOTSUPP for values that do not go together, -EBADF when heap
 * fd has no dma-buf. The knobs do not change.
 */
int dbb_param_parse_line(struct dbb_params *params, char *line, struct dbb_refusal *why)
{
	bool first = true;
	char *word;
	int ret;

	dbb_param_get_knobs(params);
	if (!*line)
		return dbb_text_refuse(why, -EINVAL,
				       "the line is empty; accepted: 1, or [op] key=value ...");
	if (!strcmp(line, "1"))
		return dbb_param_finish(params, why);
	while ((word = strsep(&line, " \t"))) {
		if (!*word)
			continue;
		ret = dbb_param_parse_word(params, word, first, why);
		if (ret)
			return ret;
		first = false;
	}
	return dbb_param_finish(params, why);
}

/* Written to "run", the line repeats the run. */
void dbb_param_print_line(char *text, size_t size, const struct dbb_params *params)
{
	unsigned int i;
	int len = 0;

	for (i = 0; i < DBB_PARAM_COUNT; i++) {
		len += scnprintf(text + len, size - len, "%s%s=", i ? " " : "",
				 dbb_param_table[i].name);
		len += dbb_param_table_print(text + len, size - len, params,
					     &dbb_param_table[i]);
	}
}
