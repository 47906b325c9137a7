// SPDX-License-Identifier: GPL-2.0
/*
 * Parameters of a run: the knobs as set, and the line that overrides them.
 */
#include <linux/kernel.h>
#include <linux/math64.h>
#include <linux/mm.h>
#include <linux/mutex.h>
#include <linux/seq_file.h>
#include <linux/string.h>

#include "param.h"
#include "source.h"

static DEFINE_MUTEX(dbb_param_lock);
static struct dbb_params dbb_param_knobs = {
	.op		= &dbb_op_vmap,
	.fd		= DBB_FD_NONE,
	.size_bytes	= 64 << 20,
	.iterations	= 20,
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

/* The defaults that are not constants: names have to be looked up. */
static void dbb_param_fill_defaults(struct dbb_params *params)
{
	struct dbb_refusal why;

	if (!params->heap)
		params->heap = dbb_backend_at(0);
	if (!params->narms)
		dbb_param_find("strategies")->set(params, "page,sg", &why);
}

static void dbb_param_get_knobs(struct dbb_params *params)
{
	mutex_lock(&dbb_param_lock);
	dbb_param_fill_defaults(&dbb_param_knobs);
	*params = dbb_param_knobs;
	mutex_unlock(&dbb_param_lock);
	params->size_given = false;
}

/**
 * dbb_param_heap() - where an arm's buffer comes from
 * @params: parameters
 * @arm: index of the arm
 *
 * Return: the heap that the arm names, or the run's.
 */
const struct dbb_backend *dbb_param_heap(const struct dbb_params *params, unsigned int arm)
{
	return params->arms[arm].heap ?: params->heap;
}

/**
 * dbb_param_first_arm() - whose buffer does an arm measure?
 * @params: parameters
 * @arm: index of the arm
 *
 * Return: index of the first arm of the same heap.
 */
unsigned int dbb_param_first_arm(const struct dbb_params *params, unsigned int arm)
{
	unsigned int i = 0;

	while (dbb_param_heap(params, i) != dbb_param_heap(params, arm))
		i++;
	return i;
}

/**
 * dbb_param_set_knob() - set one knob
 * @param: which
 * @value: the text
 * @why: filled on failure
 *
 * Return: 0, -EINVAL for an unknown word or a malformed value, -ERANGE
 * outside the limits.
 */
int dbb_param_set_knob(const struct dbb_param *param, const char *value,
		       struct dbb_refusal *why)
{
	int ret;

	mutex_lock(&dbb_param_lock);
	ret = param->set(&dbb_param_knobs, value, why);
	mutex_unlock(&dbb_param_lock);
	return ret;
}

/**
 * dbb_param_show_knob() - print one knob
 * @m: file being read
 * @param: which
 */
void dbb_param_show_knob(struct seq_file *m, const struct dbb_param *param)
{
	char text[DBB_PARAM_TEXT_MAX];
	struct dbb_params params;

	dbb_param_get_knobs(&params);
	if (param->choices) {
		param->choices(m, &params);
	} else {
		param->print(text, sizeof(text), &params);
		seq_puts(m, text);
	}
	seq_putc(m, '\n');
}

static int dbb_param_refuse_key(const char *key, struct dbb_refusal *why)
{
	char keys[120] = "";
	unsigned int i;
	int len = 0;

	for (i = 0; i < DBB_PARAM_COUNT; i++)
		len += scnprintf(keys + len, sizeof(keys) - len, " %s",
				 dbb_param_table[i].name);
	return dbb_text_refuse(why, -EINVAL, "\"%.20s\" is no key; accepted:%s",
			       key, keys);
}

static int dbb_param_parse_word(struct dbb_params *params, char *word, bool first,
				struct dbb_refusal *why)
{
	const struct dbb_param *param;
	char *value = strchr(word, '=');

	if (!value) {
		if (first)
			return dbb_param_find("op")->set(params, word, why);
		return dbb_text_refuse(why, -EINVAL,
				       "\"%.40s\" is no pair; accepted: key=value", word);
	}
	*value++ = '\0';
	param = dbb_param_find(word);
	if (!param)
		return dbb_param_refuse_key(word, why);
	return param->set(params, value, why);
}

static int dbb_param_check_arm(struct dbb_params *params, unsigned int i,
			       struct dbb_refusal *why)
{
	const struct dbb_backend *heap = dbb_param_heap(params, i);
	const struct dbb_op *op = params->op;
	struct dbb_arm *arm = &params->arms[i];
	bool is_fd = heap == &dbb_source_fd;
	int ret = dbb_arm_fit(arm, op, why);

	if (ret || op->family == DBB_FAMILY_NONE)
		return ret;
	if (is_fd && op->needs_heap)
		return dbb_text_refuse(why, -EOPNOTSUPP,
				       "op %s takes no buffer of another exporter; accepted: any heap but fd",
				       op->name);
	if (op->family == DBB_FAMILY_HEAP || op->family == DBB_FAMILY_BUFFER ||
	    arm->exporter == is_fd)
		return 0;
	return dbb_text_refuse(why, -EINVAL, arm->exporter ?
			       "heap %s has no strategy %s; accepted: those in heap/*map_strategy" :
			       "heap %s has no strategy %s; accepted: exporter",
			       heap->name, arm->name);
}

/* The size of heap fd is that of its dma-buf, and then of all buffers. */
static int dbb_param_take_size(struct dbb_params *params, struct dbb_refusal *why)
{
	struct dma_buf *dmabuf = dbb_source_get_fd(params->fd, why);
	size_t bytes;

	if (IS_ERR(dmabuf))
		return PTR_ERR(dmabuf);
	bytes = dmabuf->size;
	dma_buf_put(dmabuf);
	if (params->size_given && params->size_bytes != bytes)
		return dbb_text_refuse(why, -ERANGE,
				       "size %llu is not that of fd %d; accepted: %zu, or no size",
				       params->size_bytes, params->fd, bytes);
	params->size_bytes = bytes;
	if (params->threads > 1)
		return dbb_text_refuse(why, -EOPNOTSUPP,
				       "%u threads cannot share the one buffer of heap fd; accepted: threads=1",
				       params->threads);
	return 0;
}

static int dbb_param_check_heaps(struct dbb_params *params, struct dbb_refusal *why)
{
	u64 max = min_t(u64, dbb_stats_max_bytes(), SIZE_MAX & PAGE_MASK);
	unsigned int i, heaps = 0;
	bool has_fd = false;
	int ret;

	for (i = 0; i < params->narms; i++) {
		if (dbb_param_heap(params, i) == &dbb_source_fd)
			has_fd = true;
		else if (dbb_param_first_arm(params, i) == i)
			heaps++;
	}
	if (has_fd) {
		ret = dbb_param_take_size(params, why);
		if (ret)
			return ret;
	}
	/* One buffer at a time. */
	if (params->op->family == DBB_FAMILY_HEAP)
		heaps = 1;
	if (heaps && params->size_bytes > div_u64(max, params->threads * heaps))
		return dbb_text_refuse(why, -ERANGE,
				       "%u buffers in each of %u threads with %llu bytes each; accepted: %llu bytes together",
				       heaps, params->threads, params->size_bytes, max);
	return 0;
}

/* What no single key can decide. */
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
	if (params->clock->close && (params->threads > 1 || op->in_kthread))
		return dbb_text_refuse(why, -EOPNOTSUPP,
				       "clock %s counts the writer's thread alone; accepted: threads=1 and an op that it runs itself",
				       params->clock->name);
	if ((u64)params->iterations * params->threads > DBB_PARAM_MAX_ITERATIONS)
		return dbb_text_refuse(why, -ERANGE,
				       "%u iterations in %u threads; accepted: %u samples an arm",
				       params->iterations, params->threads,
				       DBB_PARAM_MAX_ITERATIONS);
	return op->family == DBB_FAMILY_NONE ? 0 : dbb_param_check_heaps(params, why);
}

/**
 * dbb_param_parse_line() - the knobs as set, overridden by a run line
 * @params: filled; valid on success only
 * @line: "1", or "[op] key=value ..."; is cut into words
 * @why: filled on failure
 *
 * Return: 0, -EINVAL for an unknown word or a malformed value, -ERANGE
 * outside the limits, -EOPNOTSUPP for values that do not go together, -EBADF
 * when heap fd is wanted and there is no dma-buf at the descriptor. The knobs
 * themselves do not change.
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
	while ((word = strsep(&line, " \t\n"))) {
		if (!*word)
			continue;
		ret = dbb_param_parse_word(params, word, first, why);
		if (ret)
			return ret;
		first = false;
	}
	return dbb_param_finish(params, why);
}

/**
 * dbb_param_print_line() - print parameters as a line that repeats the run
 * @text: room for it
 * @size: of @text
 * @params: the parameters
 */
void dbb_param_print_line(char *text, size_t size, const struct dbb_params *params)
{
	unsigned int i;
	int len = 0;

	for (i = 0; i < DBB_PARAM_COUNT; i++) {
		len += scnprintf(text + len, size - len, "%s%s=", i ? " " : "",
				 dbb_param_table[i].name);
		len += dbb_param_table[i].print(text + len, size - len, params);
	}
}
