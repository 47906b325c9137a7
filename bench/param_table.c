// SPDX-License-Identifier: GPL-2.0
/*
 * The table of parameters: how each is read and printed. It serves the knobs'
 * files, the run line and the environment header.
 */
#include <linux/cpumask.h>
#include <linux/dma-buf.h>
#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/seq_file.h>
#include <linux/stddef.h>
#include <linux/string.h>

#include "heaps.h"
#include "param.h"

#define DBB_PARAM_MAX_WARMUP 100000
#define DBB_PARAM_MAX_BATCH 1000000

/* Words to choose from: NULL after the last one, "" for one that is not available. */
static const char *dbb_param_word_op(unsigned int i)
{
	return i < DBB_OP_MAX ? dbb_ops[i]->name : NULL;
}

static const char *dbb_param_word_heap(unsigned int i)
{
	if (i >= dbb_heaps_count())
		return NULL;
	return dbb_heaps_at(i)->missing ? "" : dbb_heaps_at(i)->name;
}

static const char *dbb_param_word_clock(unsigned int i)
{
	return i < DBB_CLOCK_MAX ? dbb_clocks[i].name : NULL;
}

static const char *const dbb_param_purges[DBB_PURGE_MAX] = {
	[DBB_PURGE_NONE]	= "none",
	[DBB_PURGE_ROUND]	= "round",
	[DBB_PURGE_BLOCK]	= "block",
	[DBB_PURGE_SAMPLE]	= "sample",
};

static const char *dbb_param_word_purge(unsigned int i)
{
	return i < DBB_PURGE_MAX ? dbb_param_purges[i] : NULL;
}

/* Lists all words, or as many as fit. */
static int dbb_param_refuse_word(const char *what, const char *value,
				 const char *(*word_at)(unsigned int i), struct dbb_refusal *why)
{
	char words[160] = "";
	const char *word;
	unsigned int i;
	int len = 0;

	for (i = 0; (word = word_at(i)); i++)
		if (*word)
			len += scnprintf(words + len, sizeof(words) - len, " %s", word);
	return dbb_text_refuse(why, -EINVAL, "\"%.20s\" is not a valid %s; accepted:%s",
			       value, what, words);
}

static int dbb_param_set_op(struct dbb_params *params, const char *value,
			    struct dbb_refusal *why)
{
	const struct dbb_op *op = dbb_op_find(value);

	if (!op)
		return dbb_param_refuse_word("op", value, dbb_param_word_op, why);
	params->op = op;
	return 0;
}

static int dbb_param_print_op(char *text, size_t size, const struct dbb_params *params)
{
	return scnprintf(text, size, "%s", params->op->name);
}

static int dbb_param_set_heap(struct dbb_params *params, const char *value,
			      struct dbb_refusal *why)
{
	const struct dbb_backend *heap = dbb_heaps_find(value);

	if (!heap)
		return dbb_param_refuse_word("heap", value, dbb_param_word_heap, why);
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

static int dbb_param_set_clock(struct dbb_params *params, const char *value,
			       struct dbb_refusal *why)
{
	const struct dbb_clock *clock = dbb_clock_find(value);

	if (!clock)
		return dbb_param_refuse_word("clock", value, dbb_param_word_clock, why);
	params->clock = clock;
	return 0;
}

static int dbb_param_print_clock(char *text, size_t size, const struct dbb_params *params)
{
	return scnprintf(text, size, "%s", params->clock->name);
}

static int dbb_param_set_purge(struct dbb_params *params, const char *value,
			       struct dbb_refusal *why)
{
	int purge = sysfs_match_string(dbb_param_purges, value);

	if (purge < 0)
		return dbb_param_refuse_word("purge", value, dbb_param_word_purge, why);
	params->purge = purge;
	return 0;
}

static int dbb_param_print_purge(char *text, size_t size, const struct dbb_params *params)
{
	return scnprintf(text, size, "%s", dbb_param_purges[params->purge]);
}

static int dbb_param_set_fd(struct dbb_params *params, const char *value,
			    struct dbb_refusal *why)
{
	struct dma_buf *dmabuf;
	u32 fd;
	int ret;

	ret = dbb_text_parse_u32(value, 0, INT_MAX, &fd, why);
	if (ret)
		return ret;
	dmabuf = dbb_heaps_get_fd(fd, why);
	if (IS_ERR(dmabuf))
		return PTR_ERR(dmabuf);
	dma_buf_put(dmabuf);
	params->fd = fd;
	return 0;
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
				       "size %llu is not a multiple of the page size; accepted: multiples of %lu",
				       bytes, PAGE_SIZE);
	params->size_bytes = bytes;
	params->size_given = true;
	return 0;
}

static int dbb_param_print_size(char *text, size_t size, const struct dbb_params *params)
{
	return scnprintf(text, size, "%llu", params->size_bytes);
}

static int dbb_param_set_cpu(struct dbb_params *params, const char *value,
			     struct dbb_refusal *why)
{
	u32 cpu;
	int ret;

	ret = dbb_text_parse_u32(value, 0, nr_cpu_ids - 1, &cpu, why);
	if (ret)
		return ret;
	if (!cpu_online(cpu))
		return dbb_text_refuse(why, -ERANGE, "cpu %u is offline; accepted: any, %*pbl",
				       cpu, cpumask_pr_args(cpu_online_mask));
	params->cpu = cpu;
	return 0;
}

static const char *dbb_param_word_preset(unsigned int i)
{
	const struct dbb_replay_preset *preset = dbb_replay_preset_at(i);

	return preset ? preset->name : NULL;
}

/* A preset comes with the size of its buffer, unless the line says another one. */
static int dbb_param_set_preset(struct dbb_params *params, const char *value,
				struct dbb_refusal *why)
{
	int ret = dbb_replay_parse(value, &params->replay, why);

	if (!ret && params->replay.size_bytes && !params->size_given)
		params->size_bytes = params->replay.size_bytes;
	return ret;
}

static int dbb_param_print_preset(char *text, size_t size, const struct dbb_params *params)
{
	return scnprintf(text, size, "%s", params->replay.text);
}

#define DBB_PARAM_NUMBER(_field, _min, _max) \
	.offset = offsetof(struct dbb_params, _field), .min = _min, .max = _max

#define DBB_PARAM_SPECIAL(_word, _value) \
	.special = _word, .special_value = _value

const struct dbb_param dbb_param_table[DBB_PARAM_COUNT] = {
	{ .name = "op",
	  .help = "operation to time",
	  .set = dbb_param_set_op, .print = dbb_param_print_op, .word_at = dbb_param_word_op },
	{ .name = "heap",
	  .help = "heap of arms that do not name one",
	  .set = dbb_param_set_heap, .print = dbb_param_print_heap,
	  .word_at = dbb_param_word_heap },
	{ .name = "fd",
	  .help = "file descriptor of a dma-buf in the writing process, for heap fd; or none",
	  .set = dbb_param_set_fd, .offset = offsetof(struct dbb_params, fd),
	  DBB_PARAM_SPECIAL("none", DBB_FD_NONE) },
	{ .name = "strategies",
	  .help = "arms to compare: up to 12 of [heap:]strategy; the first is the baseline",
	  .set = dbb_param_set_strategies, .print = dbb_param_print_strategies },
	{ .name = "size",
	  .help = "buffer size in bytes; suffixes k, M, G",
	  .set = dbb_param_set_size, .print = dbb_param_print_size },
	{ .name = "iterations",
	  .help = "measured rounds",
	  DBB_PARAM_NUMBER(iterations, 1, DBB_PARAM_MAX_ITERATIONS) },
	{ .name = "buffers",
	  .help = "times that buffers are made anew in a run; above 1, intervals are over buffers",
	  DBB_PARAM_NUMBER(buffers, 1, DBB_BUFFERS_MAX) },
	{ .name = "warmup",
	  .help = "warm-up rounds, not kept; auto: until the medians of all arms settle",
	  DBB_PARAM_NUMBER(warmup, 0, DBB_PARAM_MAX_WARMUP),
	  DBB_PARAM_SPECIAL("auto", DBB_WARMUP_AUTO) },
	{ .name = "batch",
	  .help = "calls per sample (ops pages and noop); auto: enough for the clock's tick",
	  DBB_PARAM_NUMBER(batch, 1, DBB_PARAM_MAX_BATCH),
	  DBB_PARAM_SPECIAL("auto", DBB_BATCH_AUTO) },
	{ .name = "threads",
	  .help = "threads that run the op at the same time, each on its own buffer",
	  DBB_PARAM_NUMBER(threads, 1, DBB_THREADS_MAX) },
	{ .name = "cpu",
	  .help = "CPU of the first thread, the others on the CPUs after it; any: not pinned",
	  .set = dbb_param_set_cpu, .offset = offsetof(struct dbb_params, cpu),
	  DBB_PARAM_SPECIAL("any", DBB_CPU_ANY) },
	{ .name = "clock",
	  .help = "clock; its unit is in the names of the columns",
	  .set = dbb_param_set_clock, .print = dbb_param_print_clock,
	  .word_at = dbb_param_word_clock },
	{ .name = "purge",
	  .help = "do lazy frees (vmalloc, RCU) untimed: none, each round, 16 (block) or sample",
	  .set = dbb_param_set_purge, .print = dbb_param_print_purge,
	  .word_at = dbb_param_word_purge },
	{ .name = "verify",
	  .help = "1: check every page of every mapping, outside the timed steps",
	  DBB_PARAM_NUMBER(verify, 0, 1) },
	{ .name = "preset",
	  .help = "what op replay does in a frame: a preset, which sets size too, or steps",
	  .set = dbb_param_set_preset, .print = dbb_param_print_preset,
	  .word_at = dbb_param_word_preset },
	{ .name = "seed",
	  .help = "seed of the random order of the arms; 0: a new one for each run",
	  DBB_PARAM_NUMBER(seed, 0, U32_MAX) },
};

/* A negative number is only ever the special value, which is a word. */
int dbb_param_table_print(char *text, size_t size, const struct dbb_params *params,
			  const struct dbb_param *param)
{
	const u32 *number = (const void *)params + param->offset;

	if (param->print)
		return param->print(text, size, params);
	if (param->special && *number == param->special_value)
		return scnprintf(text, size, "%s", param->special);
	return scnprintf(text, size, "%u", *number);
}

int dbb_param_table_set(struct dbb_params *params, const struct dbb_param *param,
			const char *value, struct dbb_refusal *why)
{
	u32 *number = (void *)params + param->offset;

	if (param->special && !strcmp(value, param->special)) {
		*number = param->special_value;
		return 0;
	}
	if (param->set)
		return param->set(params, value, why);
	return dbb_text_parse_u32(value, param->min, param->max, number, why);
}

/* A choice shows all its words, the active one in brackets, also if it is none of them. */
void dbb_param_table_show(struct seq_file *m, const struct dbb_params *params,
			  const struct dbb_param *param)
{
	const char *word, *blank = "";
	char text[DBB_PARAM_TEXT_MAX];
	bool is_listed = false;
	unsigned int i;

	dbb_param_table_print(text, sizeof(text), params, param);
	if (!param->word_at)
		seq_puts(m, text);
	for (i = 0; param->word_at && (word = param->word_at(i)); i++) {
		if (!*word)
			continue;
		seq_printf(m, strcmp(word, text) ? "%s%s" : "%s[%s]", blank, word);
		is_listed |= !strcmp(word, text);
		blank = " ";
	}
	if (param->word_at && !is_listed)
		seq_printf(m, "%s[%s]", blank, text);
	seq_putc(m, '\n');
}
