// SPDX-License-Identifier: GPL-2.0
/*
 * How far the run is: the "status" file.
 */
#include <linux/ktime.h>
#include <linux/math64.h>
#include <linux/seq_file.h>
#include <linux/spinlock.h>

#include "../heap/heap.h"
#include "status.h"

enum dbb_status_state {
	DBB_STATUS_IDLE,
	DBB_STATUS_RUNNING,
	DBB_STATUS_ENDED,
};

/**
 * struct dbb_status - the state of the current or the last run
 * @state: where it stands
 * @run: its number
 * @op: its operation
 * @done: rounds done, warm-up included
 * @total: rounds wanted, warm-up included
 * @start_ns: when the first round began
 * @err: how it ended
 * @why: the reason, unless @err is 0
 */
struct dbb_status {
	enum dbb_status_state state;
	unsigned int run;
	const char *op;
	u32 done;
	u32 total;
	u64 start_ns;
	int err;
	struct dbb_refusal why;
};

static DEFINE_SPINLOCK(dbb_status_lock);
static struct dbb_status dbb_status;

/**
 * dbb_status_begin() - a run begins
 * @run: its number
 * @op: its operation
 * @total: rounds it will take, warm-up included
 */
void dbb_status_begin(unsigned int run, const char *op, u32 total)
{
	spin_lock(&dbb_status_lock);
	dbb_status.state = DBB_STATUS_RUNNING;
	dbb_status.run = run;
	dbb_status.op = op;
	dbb_status.done = 0;
	dbb_status.total = total;
	spin_unlock(&dbb_status_lock);
}

/**
 * dbb_status_start() - the first round begins: from now on an ETA makes sense
 */
void dbb_status_start(void)
{
	spin_lock(&dbb_status_lock);
	dbb_status.start_ns = ktime_get_ns();
	spin_unlock(&dbb_status_lock);
}

/**
 * dbb_status_step() - a round was done
 * @done: how many so far
 *
 * One store: it is called once for each round, however short.
 */
void dbb_status_step(u32 done)
{
	WRITE_ONCE(dbb_status.done, done);
}

/**
 * dbb_status_total() - the run will be shorter than was thought
 * @total: rounds it will take, warm-up included
 */
void dbb_status_total(u32 total)
{
	spin_lock(&dbb_status_lock);
	dbb_status.total = total;
	spin_unlock(&dbb_status_lock);
}

/**
 * dbb_status_end() - the run ended
 * @err: 0, -EINTR when it was stopped, or why it failed
 * @why: the reason in words; read only when it failed
 */
void dbb_status_end(int err, const struct dbb_refusal *why)
{
	spin_lock(&dbb_status_lock);
	dbb_status.state = DBB_STATUS_ENDED;
	dbb_status.err = err;
	if (err)
		dbb_status.why = *why;
	spin_unlock(&dbb_status_lock);
}

/* From the rounds done so far; -1 while there are none. */
static s64 dbb_status_eta_ms(const struct dbb_status *now)
{
	if (!now->done)
		return -1;
	return div_u64(div_u64(ktime_get_ns() - now->start_ns, now->done) *
		       (now->total - now->done), NSEC_PER_MSEC);
}

/**
 * dbb_status_show() - print the status line
 * @m: file being read
 */
void dbb_status_show(struct seq_file *m)
{
	struct dbb_status now;

	spin_lock(&dbb_status_lock);
	now = dbb_status;
	spin_unlock(&dbb_status_lock);

	if (now.state == DBB_STATUS_IDLE) {
		seq_puts(m, "idle\n");
		return;
	}
	if (now.state == DBB_STATUS_RUNNING)
		seq_puts(m, "running");
	else if (now.err == -EINTR)
		seq_puts(m, "stopped");
	else if (now.err)
		seq_printf(m, "failed errno=%d", -now.err);
	else
		seq_puts(m, "done");
	seq_printf(m, " run=%u op=%s done=%u total=%u", now.run, now.op, now.done, now.total);
	if (now.state == DBB_STATUS_RUNNING)
		seq_printf(m, " eta_ms=%lld", dbb_status_eta_ms(&now));
	else if (now.err)
		seq_printf(m, " reason=\"%s\"", now.why.text);
	seq_putc(m, '\n');
}
