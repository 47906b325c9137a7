/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Stopping a run: asked for by a signal or through bench/stop.
 */
#ifndef DBB_BENCH_STOP_H
#define DBB_BENCH_STOP_H

#include <linux/types.h>

/* Pages that a loop handles between two calls of dbb_stop_pause(). */
#define DBB_STOP_STRIDE 1024

void dbb_stop_reset(void);
void dbb_stop_request(void);
bool dbb_stop_wanted(void);
bool dbb_stop_pause(void);

/* For loops over pages: has the run been asked to stop? Looks every so many pages. */
static inline bool dbb_stop_after(unsigned long done)
{
	return !(done % DBB_STOP_STRIDE) && dbb_stop_pause();
}

#endif /* DBB_BENCH_STOP_H */
