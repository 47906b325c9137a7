// SPDX-License-Identifier: GPL-2.0
/*
 * The parameters of a run, one by one: how each is read and printed. One
 * table serves the knobs' files, the run line and the environment header.
 */
#include <linux/cpumask.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/seq_file.h>
#include <linux/string.h>

#include "param.h"
#include "source.h"

#define DBB_PARAM_MAX_WARMUP 100000
#define DBB_PARAM_MAX_BATCH 1000000

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

static int dbb_param_print_op(char *text, size_t size, const struct dbb_params *params)
{
	return scnprintf(text, size, "%s", params->op->name);
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
	const struct dbb_backend *heap = dbb_source_find(value);

	if (!heap)
		return dbb_text_refuse(why, -EINVAL,
				       "\"%.20s\" is no heap; accepted: those that bench/heap lists",
				       value);
	if (heap->missing)
		return dbb_text_refuse(why, -EOPNOTSUPP,
				       "heap %s: %s; accepted: those that bench/heap lists",
				       heap->name, heap->missing);
	params->heap = heap;
	return 0;
}

static int dbb_param_print_heap(char *text, size_t size, const struct dbb_params *params)
{
	return scnprintf(text, size, "%s", params->heap->name);
}

static void dbb_param_choices_heap(struct seq_file *m, const struct dbb_params *params)
{
	unsigned int i;

	for (i = 0; i < dbb_source_count(); i++) {
		const struct dbb_backend *heap = dbb_source_at(i);

		if (!heap->missing)
			seq_printf(m, heap == params->heap ? "%s[%s]" : "%s%s",
				   i ? " " : "", heap->name);
	}
}

static int dbb_param_set_fd(struct dbb_params *params, const char *value,
			    struct dbb_refusal *why)
{
	struct dma_buf *dmabuf;
	u32 fd;
	int ret;

	if (!strcmp(value, "none")) {
		params->fd = DBB_FD_NONE;
		return 0;
	}
	ret = dbb_text_parse_u32(value, 0, INT_MAX, &fd, why);
	if (ret)
		return ret;
	dmabuf = dbb_source_get_fd(fd, why);
	if (IS_ERR(dmabuf))
		return PTR_ERR(dmabuf);
	dma_buf_put(dmabuf);
	params->fd = fd;
	return 0;
}

static int dbb_param_print_fd(char *text, size_t size, const struct dbb_params *params)
{
	if (params->fd == DBB_FD_NONE)
		return scnprintf(text, size, "none");
	return scnprintf(text, size, "%d", params->fd);
}

static int dbb_param_set_strategies(struct dbb_params *params, const char *value,
				    struct dbb_refusal *why)
{
	struct dbb_arm arms[DBB_ARMS_MAX] = { };
	char copy[DBB_PARAM_TEXT_MAX], *rest = copy, *word;
	unsigned int n = 0;
	int ret;

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
		ret = dbb_arm_parse(word, &arms[n++], why);
		if (ret)
			return ret;
	}
	if (!n)
		return dbb_text_refuse(why, -EINVAL,
				       "the list is empty; accepted: 1 to %u strategies",
				       DBB_ARMS_MAX);
	memcpy(params->arms, arms, sizeof(arms));
	params->narms = n;
	return 0;
}

static int dbb_param_print_strategies(char *text, size_t size, const struct dbb_params *params)
{
	unsigned int i;
	int len = 0;

	for (i = 0; i < params->narms; i++) {
		len += scnprintf(text + len, size - len, "%s", i ? "," : "");
		len += dbb_arm_print(text + len, size - len, &params->arms[i]);
	}
	return len;
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
	params->size_given = true;
	return 0;
}

static int dbb_param_print_size(char *text, size_t size, const struct dbb_params *params)
{
	return scnprintf(text, size, "%llu", params->size_bytes);
}

static int dbb_param_set_iterations(struct dbb_params *params, const char *value,
				    struct dbb_refusal *why)
{
	return dbb_text_parse_u32(value, 1, DBB_PARAM_MAX_ITERATIONS, &params->iterations, why);
}

static int dbb_param_print_iterations(char *text, size_t size, const struct dbb_params *params)
{
	return scnprintf(text, size, "%u", params->iterations);
}

static int dbb_param_set_warmup(struct dbb_params *params, const char *value,
				struct dbb_refusal *why)
{
	if (strcmp(value, "auto"))
		return dbb_text_parse_u32(value, 0, DBB_PARAM_MAX_WARMUP, &params->warmup, why);
	params->warmup = DBB_WARMUP_AUTO;
	return 0;
}

static int dbb_param_print_warmup(char *text, size_t size, const struct dbb_params *params)
{
	if (params->warmup == DBB_WARMUP_AUTO)
		return scnprintf(text, size, "auto");
	return scnprintf(text, size, "%u", params->warmup);
}

static int dbb_param_set_batch(struct dbb_params *params, const char *value,
			       struct dbb_refusal *why)
{
	if (strcmp(value, "auto"))
		return dbb_text_parse_u32(value, 1, DBB_PARAM_MAX_BATCH, &params->batch, why);
	params->batch = DBB_BATCH_AUTO;
	return 0;
}

static int dbb_param_print_batch(char *text, size_t size, const struct dbb_params *params)
{
	if (params->batch == DBB_BATCH_AUTO)
		return scnprintf(text, size, "auto");
	return scnprintf(text, size, "%u", params->batch);
}

static int dbb_param_set_threads(struct dbb_params *params, const char *value,
				 struct dbb_refusal *why)
{
	return dbb_text_parse_u32(value, 1, DBB_THREADS_MAX, &params->threads, why);
}

static int dbb_param_print_threads(char *text, size_t size, const struct dbb_params *params)
{
	return scnprintf(text, size, "%u", params->threads);
}

static int dbb_param_set_cpu(struct dbb_params *params, const char *value,
			     struct dbb_refusal *why)
{
	u32 cpu;
	int ret;

	if (!strcmp(value, "any")) {
		params->cpu = DBB_CPU_ANY;
		return 0;
	}
	ret = dbb_text_parse_u32(value, 0, nr_cpu_ids - 1, &cpu, why);
	if (ret)
		return ret;
	if (!cpu_online(cpu))
		return dbb_text_refuse(why, -ERANGE, "cpu %u is offline; accepted: any, %*pbl",
				       cpu, cpumask_pr_args(cpu_online_mask));
	params->cpu = cpu;
	return 0;
}

static int dbb_param_print_cpu(char *text, size_t size, const struct dbb_params *params)
{
	if (params->cpu == DBB_CPU_ANY)
		return scnprintf(text, size, "any");
	return scnprintf(text, size, "%d", params->cpu);
}

static int dbb_param_set_clock(struct dbb_params *params, const char *value,
			       struct dbb_refusal *why)
{
	const struct dbb_clock *clock = dbb_clock_find(value);

	if (!clock)
		return dbb_text_refuse(why, -EINVAL,
				       "\"%.20s\" is no clock; accepted: those that bench/clock lists",
				       value);
	params->clock = clock;
	return 0;
}

static int dbb_param_print_clock(char *text, size_t size, const struct dbb_params *params)
{
	return scnprintf(text, size, "%s", params->clock->name);
}

static void dbb_param_choices_clock(struct seq_file *m, const struct dbb_params *params)
{
	unsigned int i;

	for (i = 0; i < DBB_CLOCK_MAX; i++)
		seq_printf(m, &dbb_clocks[i] == params->clock ? "%s[%s]" : "%s%s",
			   i ? " " : "", dbb_clocks[i].name);
}

static const char *const dbb_param_purges[DBB_PURGE_MAX] = {
	[DBB_PURGE_NONE]	= "none",
	[DBB_PURGE_ROUND]	= "round",
	[DBB_PURGE_BLOCK]	= "block",
	[DBB_PURGE_SAMPLE]	= "sample",
};

static int dbb_param_set_purge(struct dbb_params *params, const char *value,
			       struct dbb_refusal *why)
{
	int purge = sysfs_match_string(dbb_param_purges, value);

	if (purge < 0)
		return dbb_text_refuse(why, -EINVAL,
				       "\"%.20s\" is no purge; accepted: none, round, block, sample",
				       value);
	params->purge = purge;
	return 0;
}

static int dbb_param_print_purge(char *text, size_t size, const struct dbb_params *params)
{
	return scnprintf(text, size, "%s", dbb_param_purges[params->purge]);
}

static void dbb_param_choices_purge(struct seq_file *m, const struct dbb_params *params)
{
	unsigned int i;

	for (i = 0; i < DBB_PURGE_MAX; i++)
		seq_printf(m, i == params->purge ? "%s[%s]" : "%s%s",
			   i ? " " : "", dbb_param_purges[i]);
}

static int dbb_param_set_verify(struct dbb_params *params, const char *value,
				struct dbb_refusal *why)
{
	return dbb_text_parse_u32(value, 0, 1, &params->verify, why);
}

static int dbb_param_print_verify(char *text, size_t size, const struct dbb_params *params)
{
	return scnprintf(text, size, "%u", params->verify);
}

static int dbb_param_set_seed(struct dbb_params *params, const char *value,
			      struct dbb_refusal *why)
{
	return dbb_text_parse_u32(value, 0, U32_MAX, &params->seed, why);
}

static int dbb_param_print_seed(char *text, size_t size, const struct dbb_params *params)
{
	return scnprintf(text, size, "%u", params->seed);
}

const struct dbb_param dbb_param_table[DBB_PARAM_COUNT] = {
	{ "op", "what is timed", dbb_param_set_op, dbb_param_print_op,
	  dbb_param_choices_op },
	{ "heap", "where the buffer of an arm that names no heap comes from", dbb_param_set_heap,
	  dbb_param_print_heap, dbb_param_choices_heap },
	{ "fd", "a dma-buf that the writer has open, for heap fd; none",
	  dbb_param_set_fd, dbb_param_print_fd },
	{ "strategies", "what is compared: up to 12 of [heap:]strategy; the first is the baseline",
	  dbb_param_set_strategies, dbb_param_print_strategies },
	{ "size", "bytes; k, M, G", dbb_param_set_size, dbb_param_print_size },
	{ "iterations", "measured rounds", dbb_param_set_iterations,
	  dbb_param_print_iterations },
	{ "warmup", "rounds before them that are not kept; auto: until medians settle",
	  dbb_param_set_warmup, dbb_param_print_warmup },
	{ "batch", "calls in one sample, of ops that need no set-up; auto: as the clock asks",
	  dbb_param_set_batch, dbb_param_print_batch },
	{ "threads", "how many do the same at once, each with its own buffer",
	  dbb_param_set_threads, dbb_param_print_threads },
	{ "cpu", "where the run is pinned, threads on the CPUs after it; any: nowhere",
	  dbb_param_set_cpu, dbb_param_print_cpu },
	{ "clock", "what counts; the columns are named after its unit", dbb_param_set_clock,
	  dbb_param_print_clock, dbb_param_choices_clock },
	{ "purge", "free what is freed lazily, untimed: none, each round, 16 (block) or sample",
	  dbb_param_set_purge, dbb_param_print_purge, dbb_param_choices_purge },
	{ "verify", "1: check every page of every mapping, untimed",
	  dbb_param_set_verify, dbb_param_print_verify },
	{ "seed", "of the order of the arms; 0 draws one for each run",
	  dbb_param_set_seed, dbb_param_print_seed },
};
