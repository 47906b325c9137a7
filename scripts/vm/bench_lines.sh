#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# What make_bench.sh runs in a guest that counts instructions: each LINE as one
# run, its files as NN-OP.* in /out. Nothing crosses the border of the guest
# while it measures: the files are written at the end. Says on standard output
# which run begins.
# usage: scripts/vm/bench_lines.sh LINE...
set -u

D=/sys/kernel/debug/dmabuf_bench
kept=/tmp/bench

# save NAME: the results of the run that has just ended
save()
{
	cat "$D/bench/results" >"$kept/$1.results.txt" &&
		cat "$D/bench/results.csv" >"$kept/$1.csv" &&
		cat "$D/bench/results.json" >"$kept/$1.json" &&
		cat "$D/bench/samples.csv" >"$kept/$1.samples.csv"
}

mkdir "$kept" || exit
insmod dmabuf_bench.ko || exit
sh scripts/vm/quieten.sh
number=0
for line; do
	number=$((number + 1))
	echo "run $number of $#: $line"
	# free memory looks the same before each run
	echo 3 >/proc/sys/vm/drop_caches
	echo 1 >/proc/sys/vm/compact_memory
	echo "$line" >"$D/bench/run" || {
		echo "refused or failed: $line"
		cat "$D/bench/status"
		tail -n 1 "$D/error_log"
		exit 1
	}
	save "0$number-${line%% *}" || exit
done
cp "$kept"/* /out
