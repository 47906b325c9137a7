// SPDX-License-Identifier: GPL-2.0
/*
 * The knobs in heap/, which apply to buffers allocated from now on.
 */
#include <linux/compiler.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/seq_file.h>

#include "buffer.h"
#include "fragment.h"

static const struct dbb_mmap_strategy *dbb_knobs_mmap_now = &dbb_mmap_sg;
static const struct dbb_vmap_strategy *dbb_knobs_vmap_now = &dbb_vmap_sg;
static const struct dbb_caching *dbb_knobs_caching_now;

const struct dbb_mmap_strategy *dbb_knobs_mmap(void)
{
	return READ_ONCE(dbb_knobs_mmap_now);
}

const struct dbb_vmap_strategy *dbb_knobs_vmap(void)
{
	return READ_ONCE(dbb_knobs_vmap_now);
}

const struct dbb_caching *dbb_knobs_caching(void)
{
	return READ_ONCE(dbb_knobs_caching_now);
}

static int dbb_knobs_set_mmap(const struct dbb_knob *knob, const char *text,
			      struct dbb_refusal *why)
{
	const struct dbb_mmap_strategy *how = dbb_strategy_find_mmap(text);

	if (!how)
		return dbb_text_refuse(why, -EINVAL,
				       "no such mmap strategy; accepted: those the file lists");
	if (how->missing)
		return dbb_text_refuse(why, -EOPNOTSUPP, "%s: %s; accepted: those the file lists",
				       how->name, how->missing);
	WRITE_ONCE(dbb_knobs_mmap_now, how);
	return 0;
}

static int dbb_knobs_set_vmap(const struct dbb_knob *knob, const char *text,
			      struct dbb_refusal *why)
{
	const struct dbb_vmap_strategy *how = dbb_strategy_find_vmap(text);

	if (!how)
		return dbb_text_refuse(why, -EINVAL,
				       "no such vmap strategy; accepted: those the file lists");
	if (how->missing)
		return dbb_text_refuse(why, -EOPNOTSUPP, "%s: %s; accepted: those the file lists",
				       how->name, how->missing);
	WRITE_ONCE(dbb_knobs_vmap_now, how);
	return 0;
}

static int dbb_knobs_set_caching(const struct dbb_knob *knob, const char *text,
				 struct dbb_refusal *why)
{
	const struct dbb_caching *how = dbb_caching_find(text);
	const char *missing = how ? dbb_caching_missing(how) : NULL;

	if (!how)
		return dbb_text_refuse(why, -EINVAL,
				       "no such caching; accepted: those the file lists");
	if (missing)
		return dbb_text_refuse(why, -EOPNOTSUPP, "%s: %s; accepted: those the file lists",
				       how->name, missing);
	WRITE_ONCE(dbb_knobs_caching_now, how);
	return 0;
}

/* The first line lists what can be written, the others what this kernel lacks. */
static void dbb_knobs_show_choice(struct seq_file *m, const char *name, const char *missing,
				  bool now)
{
	if (!missing)
		seq_printf(m, now ? "%s[%s]" : "%s%s", m->count ? " " : "", name);
}

static void dbb_knobs_show_missing(struct seq_file *m, const char *name, const char *missing)
{
	if (missing)
		seq_printf(m, "# %s: %s\n", name, missing);
}

static void dbb_knobs_show_mmap(const struct dbb_knob *knob, struct seq_file *m)
{
	const struct dbb_mmap_strategy *now = dbb_knobs_mmap(), *const *how = dbb_mmap_strategies;
	unsigned int i;

	for (i = 0; i < DBB_MMAP_MAX; i++)
		dbb_knobs_show_choice(m, how[i]->name, how[i]->missing, how[i] == now);
	seq_putc(m, '\n');
	for (i = 0; i < DBB_MMAP_MAX; i++)
		dbb_knobs_show_missing(m, how[i]->name, how[i]->missing);
}

static void dbb_knobs_show_vmap(const struct dbb_knob *knob, struct seq_file *m)
{
	const struct dbb_vmap_strategy *now = dbb_knobs_vmap(), *const *how = dbb_vmap_strategies;
	unsigned int i;

	for (i = 0; i < DBB_VMAP_MAX; i++)
		dbb_knobs_show_choice(m, how[i]->name, how[i]->missing, how[i] == now);
	seq_putc(m, '\n');
	for (i = 0; i < DBB_VMAP_MAX; i++)
		dbb_knobs_show_missing(m, how[i]->name, how[i]->missing);
}

static void dbb_knobs_show_caching(const struct dbb_knob *knob, struct seq_file *m)
{
	const struct dbb_caching *now = dbb_knobs_caching(), *const *how = dbb_cachings;
	unsigned int i;

	for (i = 0; i < DBB_CACHING_MAX; i++)
		dbb_knobs_show_choice(m, how[i]->name, dbb_caching_missing(how[i]), how[i] == now);
	seq_putc(m, '\n');
	for (i = 0; i < DBB_CACHING_MAX; i++)
		dbb_knobs_show_missing(m, how[i]->name, dbb_caching_missing(how[i]));
}

static void dbb_knobs_show_max_bytes(const struct dbb_knob *knob, struct seq_file *m)
{
	seq_printf(m, "%llu\n", dbb_stats_max_bytes());
}

static const struct dbb_knob dbb_knobs[] = {
	{ "heap", "mmap_strategy", dbb_knobs_set_mmap, dbb_knobs_show_mmap },
	{ "heap", "vmap_strategy", dbb_knobs_set_vmap, dbb_knobs_show_vmap },
	{ "heap", "caching", dbb_knobs_set_caching, dbb_knobs_show_caching },
	{ "heap", "orders", dbb_backend_system_set_orders, dbb_backend_system_show_orders },
	{ "heap", "fragment_pct", dbb_fragment_set, dbb_fragment_show, &dbb_fragment_pct_knob },
	{ "heap", "shuffle", dbb_fragment_set, dbb_fragment_show, &dbb_fragment_shuffle_knob },
	{ "heap", "max_bytes", dbb_stats_set_max_bytes, dbb_knobs_show_max_bytes },
};

void dbb_knobs_init(struct dentry *dir)
{
	unsigned int i;

	dbb_knobs_caching_now = dbb_cachings[DBB_CACHING_CACHED];
	for (i = 0; i < ARRAY_SIZE(dbb_knobs); i++)
		dbb_knob_create(&dbb_knobs[i], dir);
}
