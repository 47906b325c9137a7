#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# What a guest that counts instructions runs first, so that other tasks come in
# between less often. Kernels from 6.19 on interrupt a task when its slice is over,
# apart from the tick, and look at memory all the time: five times the interrupts.
set -u

features=/sys/kernel/debug/sched/features
! grep -q -w HRTICK "$features" 2>/dev/null || echo NO_HRTICK >"$features"
damon=/sys/module/damon_stat/parameters/enabled
[ ! -e "$damon" ] || echo N >"$damon"
# what the boot has left to do is done meanwhile; it takes no time here
sleep 5
