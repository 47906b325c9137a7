// SPDX-License-Identifier: GPL-2.0
/*
 * How far the run is: the "status" file.
 */
#include <linux/errno.h>
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

/* The state of the current or the last run */
struct dbb_status {
	bool claimed;	/* the engine is in use */
	enum dbb_status_state state;
	unsigned int run;
	const char *op;
	u32 done;	/* rounds, warm-up included */
	u32 total;
	u32 warmup;	/* at most, until the last warm-up round is done */
	u64 start_ns;	/* of the first round */
	int err;
	struct dbb_refusal why;	/* unless err is 0 */
};

static DEFINE_SPINLOCK(dbb_status_lock);
static struct dbb_status dbb_status;

bool dbb_status_claim(void)
{
	bool free;

	spin_lock(&dbb_status_lock);
	free = !dbb_status.claimed;
	dbb_status.claimed = true;
	spin_unlock(&dbb_status_lock);
	return free;
}

void dbb_status_release(void)
{
	spin_lock(&dbb_status_lock);
	dbb_status.claimed = false;
	if (dbb_status.state == DBB_STATUS_RUNNING)
		dbb_status.state = DBB_STATUS_ENDED;
	spin_unlock(&dbb_status_lock);
}

/* @warmup is how many rounds of warm-up the run takes at most. */
void dbb_status_begin(unsigned int run, const char *op, u32 warmup, u32 rounds)
{
	spin_lock(&dbb_status_lock);
	dbb_status.state = DBB_STATUS_RUNNING;
	dbb_status.run = run;
	dbb_status.op = op;
	dbb_status.done = 0;
	dbb_status.warmup = warmup;
	dbb_status.total = warmup + rounds;
	spin_unlock(&dbb_status_lock);
}

/* The first round begins: from now on an ETA makes sense. */
void dbb_status_start(void)
{
	spin_lock(&dbb_status_lock);
	dbb_status.start_ns = ktime_get_ns();
	spin_unlock(&dbb_status_lock);
}

/* A plain store: rounds may be very short. */
void dbb_status_step(u32 done)
{
	WRITE_ONCE(dbb_status.done, done);
}

/* The warm-up took @rounds, which may be fewer than announced. */
void dbb_status_warm(u32 rounds)
{
	spin_lock(&dbb_status_lock);
	dbb_status.total -= dbb_status.warmup - rounds;
	dbb_status.warmup = rounds;
	spin_unlock(&dbb_status_lock);
}

/* Shown from dbb_status_release() on. */
void dbb_status_end(int err, const struct dbb_refusal *why)
{
	spin_lock(&dbb_status_lock);
	dbb_status.err = err;
	if (err)
		dbb_status.why = *why;
	spin_unlock(&dbb_status_lock);
}

int dbb_status_show(struct seq_file *m, void *v)
{
	struct dbb_status now;
	s64 eta_ms = -1;

	spin_lock(&dbb_status_lock);
	now = dbb_status;
	spin_unlock(&dbb_status_lock);

	if (now.state == DBB_STATUS_IDLE) {
		seq_puts(m, "idle\n");
		return 0;
	}
	if (now.state == DBB_STATUS_RUNNING)
		seq_puts(m, "running");
	else if (now.err == -EINTR)
		seq_puts(m, "stopped");
	else if (now.err)
		seq_printf(m, "failed errno=%d", -now.err);
	else
		seq_puts(m, "done");
	if (now.done)
		eta_ms = div_u64(div_u64(ktime_get_ns() - now.start_ns, now.done) *
				 (now.total - now.done), NSEC_PER_MSEC);
	seq_printf(m, " run=%u op=%s done=%u total=%u", now.run, now.op, now.done, now.total);
	if (now.state == DBB_STATUS_RUNNING)
		seq_printf(m, " eta_ms=%lld warmup=%u", eta_ms, now.warmup);
	else if (now.err)
		seq_printf(m, " reason=\"%s\"", now.why.text);
	seq_putc(m, '\n');
	return 0;
}
