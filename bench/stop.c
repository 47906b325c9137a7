// SPDX-License-Identifier: GPL-2.0
/*
 * Stopping a run: asked for by a signal or through bench/stop.
 */
#include <linux/compiler.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>

#include "stop.h"

static bool dbb_stop_requested;

void dbb_stop_reset(void)
{
	WRITE_ONCE(dbb_stop_requested, false);
}

void dbb_stop_request(void)
{
	WRITE_ONCE(dbb_stop_requested, true);
}

/* Called by the run's task or one of its threads. */
bool dbb_stop_wanted(void)
{
	return READ_ONCE(dbb_stop_requested) || signal_pending(current);
}

bool dbb_stop_pause(void)
{
	cond_resched();
	return dbb_stop_wanted();
}
