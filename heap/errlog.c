// SPDX-License-Identifier: GPL-2.0
/*
 * error_log: the last refusals in words. An errno cannot say what would have
 * been accepted.
 */
#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/mutex.h>
#include <linux/sched.h>
#include <linux/seq_file.h>
#include <linux/string.h>

#include "buffer.h"

#define DBB_ERRLOG_LINES 16
#define DBB_ERRLOG_WRITTEN_MAX 120

static DEFINE_MUTEX(dbb_errlog_lock);
static char dbb_errlog_ring[DBB_ERRLOG_LINES][480];
static unsigned int dbb_errlog_total;

/* Logs that @file refused the untrusted text @written. Returns @err. */
int dbb_errlog_add(const char *file, const char *written, int err,
		   const struct dbb_refusal *why)
{
	char quoted[DBB_ERRLOG_WRITTEN_MAX];
	char comm[TASK_COMM_LEN];

	get_task_comm(comm, current);
	dbb_text_clean(comm);
	strscpy(quoted, written, sizeof(quoted));
	dbb_text_clean(quoted);
	mutex_lock(&dbb_errlog_lock);
	scnprintf(dbb_errlog_ring[dbb_errlog_total % DBB_ERRLOG_LINES],
		  sizeof(dbb_errlog_ring[0]),
		  "%u %s[%d] %s: \"%s\": %s (errno %d, %pe)",
		  dbb_errlog_total + 1, comm, task_pid_nr(current), file,
		  quoted, why->text, -err, ERR_PTR(err));
	dbb_errlog_total++;
	mutex_unlock(&dbb_errlog_lock);
	return err;
}

static int dbb_errlog_show(struct seq_file *m, void *v)
{
	unsigned int i;

	mutex_lock(&dbb_errlog_lock);
	i = dbb_errlog_total > DBB_ERRLOG_LINES ? dbb_errlog_total - DBB_ERRLOG_LINES : 0;
	for (; i < dbb_errlog_total; i++)
		seq_printf(m, "%s\n", dbb_errlog_ring[i % DBB_ERRLOG_LINES]);
	mutex_unlock(&dbb_errlog_lock);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(dbb_errlog);

void dbb_errlog_init(struct dentry *root)
{
	dbb_file_create("error_log", 0600, root, NULL, &dbb_errlog_fops);
}
