// SPDX-License-Identifier: GPL-2.0
/*
 * Parameters of a run: one table serves the knobs' files, the run line and
 * the environment header.
 */
#include <linux/build_bug.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/mutex.h>
#include <linux/seq_file.h>
#include <linux/string.h>

#include "param.h"

#define DBB_PARAM_MAX_ITERATIONS 1000000
#define DBB_PARAM_MAX_WARMUP 100000

static DEFINE_MUTEX(dbb_param_lock);
static struct dbb_params dbb_param_knobs = {
	.op		= &dbb_op_vmap,
	.size_bytes	= 64 << 20,
	.iterations	= 20,
	.warmup		= 2,
	.verify		= 1,
};

static int dbb_param_set_op(struct dbb_params *params, const char *value,
			    struct dbb_refusal *why)
{
	const struct dbb_op *op = dbb_op_find(value);

	if (!op)
		return dbb_text_refuse(why, -EINVAL,
				       "\"%.20s\" is no op; accepted: those that bench/op lists",
				       value);
	params->op = op;
	return 0;
}

static void dbb_param_show_op(struct seq_file *m, const struct dbb_params *params)
{
	seq_puts(m, params->op->name);
}

static void dbb_param_choices_op(struct seq_file *m, const struct dbb_params *params)
{
	unsigned int i;

	for (i = 0; i < DBB_OP_MAX; i++)
		seq_printf(m, dbb_ops[i] == params->op ? "%s[%s]" : "%s%s",
			   i ? " " : "", dbb_ops[i]->name);
}

static int dbb_param_set_heap(struct dbb_params *params, const char *value,
			      struct dbb_refusal *why)
{
	const struct dbb_backend *heap = dbb_backend_find(value);

	if (!heap)
		return dbb_text_refuse(why, -EINVAL,
				       "\"%.20s\" is no heap; accepted: those that bench/heap lists",
				       value);
	params->heap = heap;
	return 0;
}

static void dbb_param_show_heap(struct seq_file *m, const struct dbb_params *params)
{
	seq_puts(m, params->heap->name);
}

static void dbb_param_choices_heap(struct seq_file *m, const struct dbb_params *params)
{
	unsigned int i;

	for (i = 0; i < DBB_BACKEND_MAX; i++)
		seq_printf(m, dbb_backends[i] == params->heap ? "%s[%s]" : "%s%s",
			   i ? " " : "", dbb_backends[i]->name);
}

static int dbb_param_set_strategies(struct dbb_params *params, const char *value,
				    struct dbb_refusal *why)
{
	struct dbb_arm arms[DBB_ARMS_MAX] = { };
	char copy[DBB_ARMS_MAX * 16], *rest = copy, *word;
	unsigned int n = 0;

	if (strscpy(copy, value, sizeof(copy)) < 0)
		return dbb_text_refuse(why, -EINVAL,
				       "the list is too long; accepted: up to %u strategies",
				       DBB_ARMS_MAX);
	while ((word = strsep(&rest, " ,"))) {
		if (!*word)
			continue;
		if (n == DBB_ARMS_MAX)
			return dbb_text_refuse(why, -ERANGE,
					       "too many strategies; accepted: 1 to %u",
					       DBB_ARMS_MAX);
		if (dbb_op_make_arm(NULL, word, &arms[n++]))
			return dbb_text_refuse(why, -EINVAL,
					       "\"%.20s\" is no strategy; accepted: those in heap/*map_strategy",
					       word);
	}
	if (!n)
		return dbb_text_refuse(why, -EINVAL,
				       "the list is empty; accepted: 1 to %u strategies",
				       DBB_ARMS_MAX);
	memcpy(params->arms, arms, sizeof(arms));
	params->narms = n;
	return 0;
}

static void dbb_param_show_strategies(struct seq_file *m, const struct dbb_params *params)
{
	unsigned int i;

	for (i = 0; i < params->narms; i++)
		seq_printf(m, "%s%s", i ? "," : "", params->arms[i].name);
}

static int dbb_param_set_size(struct dbb_params *params, const char *value,
			      struct dbb_refusal *why)
{
	u64 max = min_t(u64, dbb_stats_max_bytes(), SIZE_MAX & PAGE_MASK);
	u64 bytes;
	int ret = dbb_text_parse_size(value, &bytes, why);

	if (ret)
		return ret;
	if (bytes < PAGE_SIZE || bytes > max)
		return dbb_text_refuse(why, -ERANGE,
				       "size %llu is outside the limits; accepted: %lu to %llu (heap/max_bytes)",
				       bytes, PAGE_SIZE, max);
	if (bytes & ~PAGE_MASK)
		return dbb_text_refuse(why, -EINVAL,
				       "size %llu is odd; accepted: multiples of the page size, %lu",
				       bytes, PAGE_SIZE);
	params->size_bytes = bytes;
	return 0;
}

static void dbb_param_show_size(struct seq_file *m, const struct dbb_params *params)
{
	seq_printf(m, "%llu", params->size_bytes);
}

static int dbb_param_set_iterations(struct dbb_params *params, const char *value,
				    struct dbb_refusal *why)
{
	return dbb_text_parse_u32(value, 1, DBB_PARAM_MAX_ITERATIONS, &params->iterations, why);
}

static void dbb_param_show_iterations(struct seq_file *m, const struct dbb_params *params)
{
	seq_printf(m, "%u", params->iterations);
}

static int dbb_param_set_warmup(struct dbb_params *params, const char *value,
				struct dbb_refusal *why)
{
	return dbb_text_parse_u32(value, 0, DBB_PARAM_MAX_WARMUP, &params->warmup, why);
}

static void dbb_param_show_warmup(struct seq_file *m, const struct dbb_params *params)
{
	seq_printf(m, "%u", params->warmup);
}

static int dbb_param_set_verify(struct dbb_params *params, const char *value,
				struct dbb_refusal *why)
{
	return dbb_text_parse_u32(value, 0, 1, &params->verify, why);
}

static void dbb_param_show_verify(struct seq_file *m, const struct dbb_params *params)
{
	seq_printf(m, "%u", params->verify);
}

static int dbb_param_set_seed(struct dbb_params *params, const char *value,
			      struct dbb_refusal *why)
{
	return dbb_text_parse_u32(value, 0, U32_MAX, &params->seed, why);
}

static void dbb_param_show_seed(struct seq_file *m, const struct dbb_params *params)
{
	seq_printf(m, "%u", params->seed);
}

const struct dbb_param dbb_param_table[DBB_PARAM_COUNT] = {
	{ "op", "what is timed", dbb_param_set_op, dbb_param_show_op,
	  dbb_param_choices_op },
	{ "heap", "where the buffer comes from", dbb_param_set_heap,
	  dbb_param_show_heap, dbb_param_choices_heap },
	{ "strategies", "what is compared, up to 8; the first is the baseline",
	  dbb_param_set_strategies, dbb_param_show_strategies },
	{ "size", "bytes; k, M, G", dbb_param_set_size, dbb_param_show_size },
	{ "iterations", "measured rounds", dbb_param_set_iterations,
	  dbb_param_show_iterations },
	{ "warmup", "rounds before them that are not kept", dbb_param_set_warmup,
	  dbb_param_show_warmup },
	{ "verify", "1: check every page of every mapping, untimed",
	  dbb_param_set_verify, dbb_param_show_verify },
	{ "seed", "of the order of the arms; 0 draws one for each run",
	  dbb_param_set_seed, dbb_param_show_seed },
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
		params->heap = dbb_backends[DBB_BACKEND_SYSTEM];
	if (!params->narms)
		dbb_param_set_strategies(params, "page,sg", &why);
}

static void dbb_param_get_knobs(struct dbb_params *params)
{
	mutex_lock(&dbb_param_lock);
	dbb_param_fill_defaults(&dbb_param_knobs);
	*params = dbb_param_knobs;
	mutex_unlock(&dbb_param_lock);
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
	struct dbb_params params;

	dbb_param_get_knobs(&params);
	(param->choices ?: param->show)(m, &params);
	seq_putc(m, '\n');
}

static int dbb_param_refuse_key(const char *key, struct dbb_refusal *why)
{
	char keys[96] = "";
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
			return dbb_param_set_op(params, word, why);
		return dbb_text_refuse(why, -EINVAL, "\"%.40s\" is no key=value", word);
	}
	*value++ = '\0';
	param = dbb_param_find(word);
	if (!param)
		return dbb_param_refuse_key(word, why);
	return param->set(params, value, why);
}

/* What no single key can decide: does the op have these strategies? */
static int dbb_param_finish(struct dbb_params *params, struct dbb_refusal *why)
{
	unsigned int i;

	for (i = 0; i < params->narms; i++)
		if (dbb_op_make_arm(params->op, params->arms[i].name, &params->arms[i]))
			return dbb_text_refuse(why, -EINVAL,
					       "op %s has no %s; accepted: those in heap/%s_strategy",
					       params->op->name, params->arms[i].name,
					       params->op->family == DBB_FAMILY_MMAP ? "mmap" : "vmap");
	return 0;
}

/**
 * dbb_param_parse_line() - the knobs as set, overridden by a run line
 * @params: filled; valid on success only
 * @line: "1", or "[op] key=value ..."; is cut into words
 * @why: filled on failure
 *
 * Return: 0, -EINVAL for an unknown word or a malformed value, -ERANGE
 * outside the limits. The knobs themselves do not change.
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
 * dbb_param_show_line() - print parameters as a line that repeats the run
 * @m: file being read
 * @params: the parameters
 */
void dbb_param_show_line(struct seq_file *m, const struct dbb_params *params)
{
	unsigned int i;

	for (i = 0; i < DBB_PARAM_COUNT; i++) {
		seq_printf(m, "%s%s=", i ? " " : "", dbb_param_table[i].name);
		dbb_param_table[i].show(m, params);
	}
	seq_putc(m, '\n');
}
