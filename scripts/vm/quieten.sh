#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Run first in a guest that counts instructions, to have fewer interrupts in the
# counts. Kernels from 6.19 on preempt by a timer of their own (HRTICK) and sample
# memory accesses all the time (DAMON): five times the interrupts.
set -u

features=/sys/kernel/debug/sched/features
! grep -q -w HRTICK "$features" 2>/dev/null || echo NO_HRTICK >"$features"
damon=/sys/module/damon_stat/parameters/enabled
[ ! -e "$damon" ] || echo N >"$damon"
# Let deferred boot work finish. Idle time costs nothing under -icount.
sleep 5
