// SPDX-License-Identifier: GPL-2.0
/*
 * The debugfs files of the heap: which strategies, orders and how many bytes
 * buffers to come will get.
 */
#include <linux/compiler.h>
#include <linux/debugfs.h>
#include <linux/fs.h>
#include <linux/module.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "buffer.h"
#include "wear.h"

static const struct dbb_mmap_strategy *dbb_knobs_mmap_now = &dbb_mmap_sg;
static const struct dbb_vmap_strategy *dbb_knobs_vmap_now = &dbb_vmap_sg;

/**
 * struct dbb_knob - one file
 * @name: of the file
 * @path: as error_log names it
 * @set: take a written text whole or refuse it
 * @show: print the value
 */
struct dbb_knob {
	const char *name;
	const char *path;
	int (*set)(const char *text, struct dbb_refusal *why);
	void (*show)(struct seq_file *m);
};

/**
 * dbb_knobs_mmap() - the mmap strategy for a new buffer
 *
 * Return: the strategy.
 */
const struct dbb_mmap_strategy *dbb_knobs_mmap(void)
{
	return READ_ONCE(dbb_knobs_mmap_now);
}

/**
 * dbb_knobs_vmap() - the vmap strategy for a new buffer
 *
 * Return: the strategy.
 */
const struct dbb_vmap_strategy *dbb_knobs_vmap(void)
{
	return READ_ONCE(dbb_knobs_vmap_now);
}

static int dbb_knobs_set_mmap(const char *text, struct dbb_refusal *why)
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

static int dbb_knobs_set_vmap(const char *text, struct dbb_refusal *why)
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

/* The first line is what can be written; the lines after it say why the rest cannot. */
static void dbb_knobs_show_choice(struct seq_file *m, const char *name,
				  const char *missing, bool now)
{
	if (!missing)
		seq_printf(m, now ? "%s[%s]" : "%s%s", m->count ? " " : "", name);
}

static void dbb_knobs_show_missing(struct seq_file *m, const char *name, const char *missing)
{
	if (missing)
		seq_printf(m, "# %s: %s\n", name, missing);
}

static void dbb_knobs_show_mmap(struct seq_file *m)
{
	const struct dbb_mmap_strategy *now = dbb_knobs_mmap();
	unsigned int i;

	for (i = 0; i < DBB_MMAP_MAX; i++)
		dbb_knobs_show_choice(m, dbb_mmap_strategies[i]->name,
				      dbb_mmap_strategies[i]->missing,
				      dbb_mmap_strategies[i] == now);
	seq_putc(m, '\n');
	for (i = 0; i < DBB_MMAP_MAX; i++)
		dbb_knobs_show_missing(m, dbb_mmap_strategies[i]->name,
				       dbb_mmap_strategies[i]->missing);
}

static void dbb_knobs_show_vmap(struct seq_file *m)
{
	const struct dbb_vmap_strategy *now = dbb_knobs_vmap();
	unsigned int i;

	for (i = 0; i < DBB_VMAP_MAX; i++)
		dbb_knobs_show_choice(m, dbb_vmap_strategies[i]->name,
				      dbb_vmap_strategies[i]->missing,
				      dbb_vmap_strategies[i] == now);
	seq_putc(m, '\n');
	for (i = 0; i < DBB_VMAP_MAX; i++)
		dbb_knobs_show_missing(m, dbb_vmap_strategies[i]->name,
				       dbb_vmap_strategies[i]->missing);
}

static void dbb_knobs_show_max_bytes(struct seq_file *m)
{
	seq_printf(m, "%llu\n", dbb_stats_max_bytes());
}

static const struct dbb_knob dbb_knobs[] = {
	{ "mmap_strategy", "heap/mmap_strategy", dbb_knobs_set_mmap, dbb_knobs_show_mmap },
	{ "vmap_strategy", "heap/vmap_strategy", dbb_knobs_set_vmap, dbb_knobs_show_vmap },
	{ "orders", "heap/orders", dbb_system_set_orders, dbb_system_show_orders },
	{ "fragment_pct", "heap/fragment_pct", dbb_wear_set_fragment, dbb_wear_show_fragment },
	{ "shuffle", "heap/shuffle", dbb_wear_set_shuffle, dbb_wear_show_shuffle },
	{ "max_bytes", "heap/max_bytes", dbb_stats_set_max_bytes, dbb_knobs_show_max_bytes },
};

static int dbb_knobs_show(struct seq_file *m, void *v)
{
	const struct dbb_knob *knob = m->private;

	knob->show(m);
	return 0;
}

static int dbb_knobs_open(struct inode *inode, struct file *file)
{
	return single_open(file, dbb_knobs_show, inode->i_private);
}

static ssize_t dbb_knobs_write(struct file *file, const char __user *ubuf,
			       size_t count, loff_t *pos)
{
	struct seq_file *m = file->private_data;
	const struct dbb_knob *knob = m->private;
	struct dbb_refusal why;
	char *text;
	int ret;

	text = dbb_text_from_user(ubuf, count, knob->path);
	if (IS_ERR(text))
		return PTR_ERR(text);
	ret = knob->set(text, &why);
	if (ret)
		dbb_errlog_add(knob->path, text, ret, &why);
	kfree(text);
	return ret ?: count;
}

static const struct file_operations dbb_knobs_fops = {
	.owner		= THIS_MODULE,
	.open		= dbb_knobs_open,
	.read		= seq_read,
	.write		= dbb_knobs_write,
	.llseek		= seq_lseek,
	.release	= single_release,
};

/**
 * dbb_knobs_init() - make the files
 * @dir: the heap's debugfs folder
 */
void dbb_knobs_init(struct dentry *dir)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(dbb_knobs); i++)
		debugfs_create_file(dbb_knobs[i].name, 0600, dir,
				    (void *)&dbb_knobs[i], &dbb_knobs_fops);
}
