// SPDX-License-Identifier: GPL-2.0
/*
 * Counters of the heap (heap/stats) and the cap on live bytes (heap/max_bytes).
 */
#include <linux/atomic.h>
#include <linux/errno.h>
#include <linux/mm.h>
#include <linux/seq_file.h>

#include "buffer.h"
#include "compat.h"

static const char *const dbb_stats_names[DBB_STAT_MAX] = {
	[DBB_STAT_BUFFERS_CREATED]	= "buffers_created",
	[DBB_STAT_BUFFERS_FREED]	= "buffers_freed",
	[DBB_STAT_ATTACHES]		= "attaches",
	[DBB_STAT_DETACHES]		= "detaches",
	[DBB_STAT_MMAPS_MADE]		= "mmaps_made",
	[DBB_STAT_MMAPS_UNDONE]		= "mmaps_undone",
	[DBB_STAT_VMAPS_MADE]		= "vmaps_made",
	[DBB_STAT_VMAPS_UNDONE]		= "vmaps_undone",
	[DBB_STAT_ALLOC_FAILURES]	= "alloc_failures",
	[DBB_STAT_ATTACH_FAILURES]	= "attach_failures",
	[DBB_STAT_MMAP_FAILURES]	= "mmap_failures",
	[DBB_STAT_VMAP_FAILURES]	= "vmap_failures",
};

static atomic64_t dbb_stats_counts[DBB_STAT_MAX];
static atomic64_t dbb_stats_chunks[DBB_MAX_ORDER + 1];
static atomic64_t dbb_stats_auto_mmap[DBB_MMAP_MAX];
static atomic64_t dbb_stats_auto_vmap[DBB_VMAP_MAX];
static atomic64_t dbb_stats_bytes_alive;
static atomic64_t dbb_stats_cap;

void dbb_stats_count(enum dbb_stat stat)
{
	atomic64_inc(&dbb_stats_counts[stat]);
}

void dbb_stats_count_chunk(unsigned int order)
{
	atomic64_inc(&dbb_stats_chunks[order]);
}

void dbb_stats_count_auto_mmap(const struct dbb_mmap_strategy *picked)
{
	unsigned int i;

	for (i = 0; i < DBB_MMAP_MAX; i++)
		if (dbb_mmap_strategies[i] == picked)
			atomic64_inc(&dbb_stats_auto_mmap[i]);
}

void dbb_stats_count_auto_vmap(const struct dbb_vmap_strategy *picked)
{
	unsigned int i;

	for (i = 0; i < DBB_VMAP_MAX; i++)
		if (dbb_vmap_strategies[i] == picked)
			atomic64_inc(&dbb_stats_auto_vmap[i]);
}

bool dbb_stats_reserve(size_t bytes)
{
	u64 cap = dbb_stats_max_bytes();
	s64 alive = atomic64_read(&dbb_stats_bytes_alive);

	do {
		if (alive > cap || bytes > cap - alive)
			return false;
	} while (!atomic64_try_cmpxchg(&dbb_stats_bytes_alive, &alive, alive + bytes));
	return true;
}

void dbb_stats_unreserve(size_t bytes)
{
	atomic64_sub(bytes, &dbb_stats_bytes_alive);
}

u64 dbb_stats_max_bytes(void)
{
	return atomic64_read(&dbb_stats_cap);
}

/* Buffers that are alive stay, even above a lowered cap. */
int dbb_stats_set_max_bytes(const struct dbb_knob *knob, const char *text,
			    struct dbb_refusal *why)
{
	u64 ram = (u64)totalram_pages() << PAGE_SHIFT;
	u64 bytes;
	int ret = dbb_text_parse_size(text, &bytes, why);

	if (ret)
		return ret;
	if (bytes < PAGE_SIZE || bytes > ram)
		return dbb_text_refuse(why, -ERANGE,
				       "%llu bytes is outside the limits; accepted: %lu to %llu (all of RAM)",
				       bytes, PAGE_SIZE, ram);
	atomic64_set(&dbb_stats_cap, bytes);
	return 0;
}

/* Only strategies that can be picked. */
static void dbb_stats_show_auto(struct seq_file *m)
{
	unsigned int i;

	for (i = 0; i < DBB_MMAP_MAX; i++)
		if (!dbb_mmap_strategies[i]->missing && !dbb_mmap_strategies[i]->pick)
			seq_printf(m, "auto_mmap_%s=%lld\n", dbb_mmap_strategies[i]->name,
				   (s64)atomic64_read(&dbb_stats_auto_mmap[i]));
	for (i = 0; i < DBB_VMAP_MAX; i++)
		if (!dbb_vmap_strategies[i]->missing && !dbb_vmap_strategies[i]->pick)
			seq_printf(m, "auto_vmap_%s=%lld\n", dbb_vmap_strategies[i]->name,
				   (s64)atomic64_read(&dbb_stats_auto_vmap[i]));
}

static int dbb_stats_show(struct seq_file *m, void *v)
{
	s64 created = atomic64_read(&dbb_stats_counts[DBB_STAT_BUFFERS_CREATED]);
	s64 freed = atomic64_read(&dbb_stats_counts[DBB_STAT_BUFFERS_FREED]);
	unsigned int i;

	seq_printf(m, "buffers_alive=%lld\n", created - freed);
	seq_printf(m, "bytes_alive=%lld\n", (s64)atomic64_read(&dbb_stats_bytes_alive));
	seq_printf(m, "max_bytes=%llu\n", dbb_stats_max_bytes());
	for (i = 0; i < DBB_STAT_MAX; i++)
		seq_printf(m, "%s=%lld\n", dbb_stats_names[i],
			   (s64)atomic64_read(&dbb_stats_counts[i]));
	for (i = 0; i <= DBB_MAX_ORDER; i++)
		seq_printf(m, "chunks_order_%u=%lld\n", i,
			   (s64)atomic64_read(&dbb_stats_chunks[i]));
	dbb_stats_show_auto(m);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(dbb_stats);

void dbb_stats_init(struct dentry *dir)
{
	atomic64_set(&dbb_stats_cap, (u64)totalram_pages() * PAGE_SIZE / 2);
	dbb_file_create("stats", 0600, dir, NULL, &dbb_stats_fops);
}
