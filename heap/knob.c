// SPDX-License-Identifier: GPL-2.0
/*
 * Debugfs files that take one line of text. Refusals go to error_log.
 */
#include <linux/err.h>
#include <linux/fs.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "heap.h"

#define DBB_KNOB_LINE_MAX 1024

static int dbb_knob_refuse(const struct dbb_knob *knob, const char *text, int err,
			   const struct dbb_refusal *why)
{
	char path[48];

	scnprintf(path, sizeof(path), "%s%s%s", knob->dir, *knob->dir ? "/" : "", knob->name);
	return dbb_errlog_add(path, text, err, why);
}

/* Returns the line without surrounding white space; the caller frees it. */
static char *dbb_knob_read_line(const struct dbb_knob *knob, const char __user *ubuf,
				size_t count)
{
	struct dbb_refusal why;
	char *text, *start;
	bool has_nul;

	if (count > DBB_KNOB_LINE_MAX) {
		dbb_text_refuse(&why, -EINVAL,
				"%zu bytes is too long for one line; accepted: up to %u",
				count, DBB_KNOB_LINE_MAX);
		return ERR_PTR(dbb_knob_refuse(knob, "...", -EINVAL, &why));
	}
	text = memdup_user_nul(ubuf, count);
	if (IS_ERR(text))
		return text;
	has_nul = memchr(text, '\0', count);
	start = strim(text);
	if (has_nul || strchr(start, '\n')) {
		kfree(text);
		dbb_text_refuse(&why, -EINVAL, "%s are not valid; accepted: one line",
				has_nul ? "NUL bytes" : "line breaks");
		return ERR_PTR(dbb_knob_refuse(knob, "...", -EINVAL, &why));
	}
	memmove(text, start, strlen(start) + 1);
	return text;
}

static ssize_t dbb_knob_take(const struct dbb_knob *knob, const char __user *ubuf, size_t count)
{
	struct dbb_refusal why = { .text = "" };
	char *text;
	int ret;

	text = dbb_knob_read_line(knob, ubuf, count);
	if (IS_ERR(text))
		return PTR_ERR(text);
	ret = knob->set(knob, text, &why);
	if (ret && ret != -EINTR)
		dbb_knob_refuse(knob, text, ret, &why);
	kfree(text);
	return ret ?: count;
}

static int dbb_knob_show(struct seq_file *m, void *v)
{
	const struct dbb_knob *knob = m->private;

	knob->show(knob, m);
	return 0;
}

static int dbb_knob_open(struct inode *inode, struct file *file)
{
	return single_open(file, dbb_knob_show, inode->i_private);
}

static ssize_t dbb_knob_write(struct file *file, const char __user *ubuf, size_t count,
			      loff_t *pos)
{
	struct seq_file *m = file->private_data;

	return dbb_knob_take(m->private, ubuf, count);
}

static const struct file_operations dbb_knob_fops = {
	.owner		= THIS_MODULE,
	.open		= dbb_knob_open,
	.read		= seq_read,
	.write		= dbb_knob_write,
	.llseek		= seq_lseek,
	.release	= single_release,
};

static int dbb_knob_open_action(struct inode *inode, struct file *file)
{
	file->private_data = inode->i_private;
	return nonseekable_open(inode, file);
}

/*
 * Most shells retry a write that failed with EINTR, which would start again what
 * was just stopped. The first retry fails with an errno that is not retried.
 */
static ssize_t dbb_knob_write_action(struct file *file, const char __user *ubuf, size_t count,
				     loff_t *pos)
{
	const struct dbb_knob *knob = file->private_data;
	ssize_t ret;

	if (!knob) {
		file->private_data = file_inode(file)->i_private;
		return -ECANCELED;
	}
	ret = dbb_knob_take(knob, ubuf, count);
	if (ret == -EINTR)
		file->private_data = NULL;
	return ret;
}

static const struct file_operations dbb_knob_action_fops = {
	.owner	= THIS_MODULE,
	.open	= dbb_knob_open_action,
	.write	= dbb_knob_write_action,
};

/* @knob lives as long as the file. */
void dbb_knob_create(const struct dbb_knob *knob, struct dentry *dir)
{
	dbb_file_create(knob->name, 0600, dir, (void *)knob,
			knob->show ? &dbb_knob_fops : &dbb_knob_action_fops);
}
