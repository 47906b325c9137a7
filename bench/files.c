// SPDX-License-Identifier: GPL-2.0
/*
 * The debugfs files of bench/, and the README beside it.
 */
#include <linux/debugfs.h>
#include <linux/err.h>
#include <linux/fs.h>
#include <linux/module.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "files.h"
#include "help.h"
#include "param.h"
#include "report.h"
#include "run.h"
#include "selftest.h"
#include "status.h"

static int dbb_files_knob_show(struct seq_file *m, void *v)
{
	dbb_param_show_knob(m, m->private);
	return 0;
}

static int dbb_files_knob_open(struct inode *inode, struct file *file)
{
	return single_open(file, dbb_files_knob_show, inode->i_private);
}

static ssize_t dbb_files_knob_write(struct file *file, const char __user *ubuf,
				    size_t count, loff_t *pos)
{
	struct seq_file *m = file->private_data;
	const struct dbb_param *param = m->private;
	struct dbb_refusal why;
	char path[32];
	char *text;
	int ret;

	scnprintf(path, sizeof(path), "bench/%s", param->name);
	text = dbb_text_from_user(ubuf, count, path);
	if (IS_ERR(text))
		return PTR_ERR(text);
	ret = dbb_param_set_knob(param, text, &why);
	if (ret)
		dbb_errlog_add(path, text, ret, &why);
	kfree(text);
	return ret ?: count;
}

static const struct file_operations dbb_files_knob_fops = {
	.owner		= THIS_MODULE,
	.open		= dbb_files_knob_open,
	.read		= seq_read,
	.write		= dbb_files_knob_write,
	.llseek		= seq_lseek,
	.release	= single_release,
};

static int dbb_files_run(const char *line, struct dbb_refusal *why)
{
	struct dbb_params params;
	char *words;
	int ret;

	words = kstrdup(line, GFP_KERNEL);
	if (!words)
		return dbb_text_refuse(why, -ENOMEM, "no memory to read the line");
	ret = dbb_param_parse_line(&params, words, why);
	kfree(words);
	if (ret)
		return ret;
	return dbb_run_execute(&params, why);
}

static ssize_t dbb_files_run_write(struct file *file, const char __user *ubuf,
				   size_t count, loff_t *pos)
{
	struct dbb_refusal why;
	char *line;
	int ret;

	/*
	 * The echo of most shells repeats a write that returned -EINTR, and
	 * would start again what was just stopped. One repetition is answered
	 * by an error that no shell repeats.
	 */
	if (file->private_data) {
		file->private_data = NULL;
		return -ECANCELED;
	}

	line = dbb_text_from_user(ubuf, count, "bench/run");
	if (IS_ERR(line))
		return PTR_ERR(line);
	ret = dbb_files_run(line, &why);
	/* Somebody asked for a stop: not a refusal. */
	if (ret == -EINTR)
		file->private_data = file;
	else if (ret)
		dbb_errlog_add("bench/run", line, ret, &why);
	kfree(line);
	return ret ?: count;
}

static const struct file_operations dbb_files_run_fops = {
	.owner	= THIS_MODULE,
	.open	= nonseekable_open,
	.write	= dbb_files_run_write,
};

static ssize_t dbb_files_stop_write(struct file *file, const char __user *ubuf,
				    size_t count, loff_t *pos)
{
	struct dbb_refusal why;
	ssize_t ret = count;
	char *text;

	text = dbb_text_from_user(ubuf, count, "bench/stop");
	if (IS_ERR(text))
		return PTR_ERR(text);
	if (!strcmp(text, "1"))
		dbb_run_stop();
	else
		ret = dbb_errlog_add("bench/stop", text,
				     dbb_text_refuse(&why, -EINVAL, "no such word; accepted: 1"),
				     &why);
	kfree(text);
	return ret;
}

static const struct file_operations dbb_files_stop_fops = {
	.owner	= THIS_MODULE,
	.open	= nonseekable_open,
	.write	= dbb_files_stop_write,
};

static int dbb_files_selftest_show(struct seq_file *m, void *v)
{
	dbb_selftest_show(m);
	return 0;
}

static int dbb_files_selftest_open(struct inode *inode, struct file *file)
{
	return single_open(file, dbb_files_selftest_show, NULL);
}

static ssize_t dbb_files_selftest_write(struct file *file, const char __user *ubuf,
					size_t count, loff_t *pos)
{
	struct dbb_refusal why;
	char *text;
	int ret;

	text = dbb_text_from_user(ubuf, count, "selftest");
	if (IS_ERR(text))
		return PTR_ERR(text);
	ret = dbb_selftest_run(text, &why);
	if (ret)
		dbb_errlog_add("selftest", text, ret, &why);
	kfree(text);
	/* See dbb_files_run_write(): nobody repeats this one. */
	return ret == -EINTR ? -ECANCELED : ret ?: count;
}

static const struct file_operations dbb_files_selftest_fops = {
	.owner		= THIS_MODULE,
	.open		= dbb_files_selftest_open,
	.read		= seq_read,
	.write		= dbb_files_selftest_write,
	.llseek		= seq_lseek,
	.release	= single_release,
};

static int dbb_files_status_show(struct seq_file *m, void *v)
{
	dbb_status_show(m);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(dbb_files_status);

static int dbb_files_readme_show(struct seq_file *m, void *v)
{
	dbb_help_show(m);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(dbb_files_readme);

/**
 * struct dbb_files_format - a file that shows the last result
 * @name: of the file
 * @show: its format
 */
struct dbb_files_format {
	const char *name;
	void (*show)(struct seq_file *m, const struct dbb_result *result);
};

static const struct dbb_files_format dbb_files_formats[] = {
	{ "results", dbb_table_show },
	{ "results.bench", dbb_gobench_show },
	{ "results.csv", dbb_csv_show },
	{ "results.json", dbb_json_show },
	{ "results.md", dbb_markdown_show },
};

/* A reader sees one result from open to close, whatever runs meanwhile. */
static int dbb_files_result_show(struct seq_file *m, void *v)
{
	const struct dbb_files_format *format = file_inode(m->file)->i_private;

	if (m->private)
		format->show(m, m->private);
	return 0;
}

static int dbb_files_result_open(struct inode *inode, struct file *file)
{
	struct dbb_result *result = dbb_result_get();
	int ret = single_open(file, dbb_files_result_show, result);

	if (ret)
		dbb_result_put(result);
	return ret;
}

static int dbb_files_result_release(struct inode *inode, struct file *file)
{
	struct seq_file *m = file->private_data;

	dbb_result_put(m->private);
	return single_release(inode, file);
}

static const struct file_operations dbb_files_result_fops = {
	.owner		= THIS_MODULE,
	.open		= dbb_files_result_open,
	.read		= seq_read,
	.llseek		= seq_lseek,
	.release	= dbb_files_result_release,
};

static int dbb_files_samples_open(struct inode *inode, struct file *file)
{
	int ret = seq_open(file, &dbb_stream_ops);

	if (!ret)
		((struct seq_file *)file->private_data)->private = dbb_result_get();
	return ret;
}

static int dbb_files_samples_release(struct inode *inode, struct file *file)
{
	struct seq_file *m = file->private_data;

	dbb_result_put(m->private);
	return seq_release(inode, file);
}

static const struct file_operations dbb_files_samples_fops = {
	.owner		= THIS_MODULE,
	.open		= dbb_files_samples_open,
	.read		= seq_read,
	.llseek		= seq_lseek,
	.release	= dbb_files_samples_release,
};

/**
 * dbb_files_init() - make the files
 * @root: the module's debugfs folder
 */
void dbb_files_init(struct dentry *root)
{
	struct dentry *dir = debugfs_create_dir("bench", root);
	unsigned int i;

	debugfs_create_file("README", 0600, root, NULL, &dbb_files_readme_fops);
	debugfs_create_file("selftest", 0600, root, NULL, &dbb_files_selftest_fops);
	for (i = 0; i < DBB_PARAM_COUNT; i++)
		debugfs_create_file(dbb_param_table[i].name, 0600, dir,
				    (void *)&dbb_param_table[i], &dbb_files_knob_fops);
	debugfs_create_file("run", 0600, dir, NULL, &dbb_files_run_fops);
	debugfs_create_file("stop", 0600, dir, NULL, &dbb_files_stop_fops);
	debugfs_create_file("status", 0600, dir, NULL, &dbb_files_status_fops);
	for (i = 0; i < ARRAY_SIZE(dbb_files_formats); i++)
		debugfs_create_file(dbb_files_formats[i].name, 0600, dir,
				    (void *)&dbb_files_formats[i], &dbb_files_result_fops);
	debugfs_create_file("samples.csv", 0600, dir, NULL, &dbb_files_samples_fops);
}
