// SPDX-License-Identifier: GPL-2.0
/*
 * The debugfs files of bench/, README and selftest.
 */
#include <linux/debugfs.h>
#include <linux/errno.h>
#include <linux/fs.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "../heap/heap.h"
#include "files.h"
#include "help.h"
#include "param.h"
#include "report/report.h"
#include "run.h"
#include "selftest/selftest.h"
#include "status.h"
#include "stop.h"

static int dbb_files_run(const struct dbb_knob *knob, const char *line, struct dbb_refusal *why)
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

static int dbb_files_stop(const struct dbb_knob *knob, const char *text, struct dbb_refusal *why)
{
	if (strcmp(text, "1"))
		return dbb_text_refuse(why, -EINVAL, "\"%.20s\" is not valid; accepted: 1", text);
	dbb_stop_request();
	return 0;
}

/* -ECANCELED: the shell would repeat a write that returned -EINTR. */
static int dbb_files_selftest(const struct dbb_knob *knob, const char *text,
			      struct dbb_refusal *why)
{
	int ret = dbb_selftest_run(text, why);

	return ret == -EINTR ? -ECANCELED : ret;
}

static const struct dbb_knob dbb_files_knob_selftest = {
	.dir = "", .name = "selftest",
	.set = dbb_files_selftest, .show = dbb_selftest_show,
};

static const struct dbb_knob dbb_files_knob_run = {
	.dir = "bench", .name = "run", .set = dbb_files_run,
};

static const struct dbb_knob dbb_files_knob_stop = {
	.dir = "bench", .name = "stop", .set = dbb_files_stop,
};

/* Filled from dbb_param_table when the files are made. */
static struct dbb_knob dbb_files_params[DBB_PARAM_COUNT];

DEFINE_SHOW_ATTRIBUTE(dbb_status);
DEFINE_SHOW_ATTRIBUTE(dbb_help);

/* A file that shows the last result in one format */
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

static bool dbb_files_reader_dies(void)
{
	cond_resched();
	return fatal_signal_pending(current);
}

/* The first reader of a result makes its figures. */
static int dbb_files_result_open(struct inode *inode, struct file *file)
{
	struct dbb_result *result = dbb_result_get();
	int ret = result ? dbb_result_rows_make(result, dbb_files_reader_dies) : 0;

	if (!ret)
		ret = single_open(file, dbb_files_result_show, result);
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
	int ret = seq_open(file, &dbb_sample_csv_ops);

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

void dbb_files_init(struct dentry *root)
{
	struct dentry *dir = debugfs_create_dir("bench", root);
	unsigned int i;

	dbb_file_create("README", 0600, root, NULL, &dbb_help_fops);
	dbb_knob_create(&dbb_files_knob_selftest, root);
	for (i = 0; i < DBB_PARAM_COUNT; i++) {
		dbb_files_params[i] = (struct dbb_knob){
			.dir = "bench",
			.name = dbb_param_table[i].name,
			.set = dbb_param_set_knob,
			.show = dbb_param_show_knob,
			.data = &dbb_param_table[i],
		};
		dbb_knob_create(&dbb_files_params[i], dir);
	}
	dbb_knob_create(&dbb_files_knob_run, dir);
	dbb_knob_create(&dbb_files_knob_stop, dir);
	dbb_file_create("status", 0600, dir, NULL, &dbb_status_fops);
	for (i = 0; i < ARRAY_SIZE(dbb_files_formats); i++)
		dbb_file_create(dbb_files_formats[i].name, 0600, dir,
				(void *)&dbb_files_formats[i], &dbb_files_result_fops);
	dbb_file_create("samples.csv", 0600, dir, NULL, &dbb_files_samples_fops);
}
