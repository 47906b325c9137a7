#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Runs in a guest of matrix.sh: the module loads, each operation gives results,
# nothing was refused, nothing is left behind and the module goes away again.
set -eu

debugfs=/sys/kernel/debug/dmabuf_bench

run_line()
{
	echo "$1" >"$debugfs/bench/run"
	cat "$debugfs/bench/results"
}

uname -a
insmod dmabuf_bench.ko
run_line noop
for op in pages vmap mmap; do
	run_line "$op size=64M iterations=6"
done
cat "$debugfs/heap/stats" "$debugfs/error_log"
grep -q -x buffers_alive=0 "$debugfs/heap/stats"
[ ! -s "$debugfs/error_log" ] || [ -z "$(cat "$debugfs/error_log")" ]
rmmod dmabuf_bench
