#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# What exact.sh runs in a guest: the runs of a file like cells, with the results
# of its Nth line in /out as N.csv, which begins with "# orders=". The
# guest writes nothing to the host while it measures, only at the end.
#
# A strategy that this kernel lacks is left out, and so is a line without any
# other than the first. Beside heap fd stands the kernel's own system heap; a
# line with it is left out where there is none.
# usage: scripts/exact/count.sh <CELLS
set -u

D=/sys/kernel/debug/dmabuf_bench
kept=/tmp/exact
stock=/dev/dma_heap/system
repetitions=5

# Free memory looks the same before each run, whatever ran before it.
settle()
{
	sync
	echo 3 >/proc/sys/vm/drop_caches
	echo 1 >/proc/sys/vm/compact_memory
	sleep 0.2
}

# Rounds are so alike that they can keep step with the timer's tick, which then
# hits one phase in each of them, in one boot and not in another. So every run
# is repeated, each time later by about a fifth of a tick and in another order.
stagger()
{
	left=$(($1 * 64))
	while [ "$left" -gt 0 ]; do
		left=$((left - 1))
	done
}

# Prints the strategies of the list $1 that this kernel has.
fit()
{
	fitted=
	for arm in $(echo "$1" | tr , ' '); do
		if grep -q "^# ${arm#*:}: " "$D/heap/mmap_strategy" "$D/heap/vmap_strategy"; then
			continue
		fi
		fitted=$fitted${fitted:+,}$arm
	done
	echo "$fitted"
}

# run LINE SIZE
run()
{
	case $1 in
	*fd:*)
		# shellcheck disable=SC2016 # for the inner shell
		bench/user/heap_exec --heap "$stock" --size "$2" -- \
			sh -c 'echo "$1 fd=$DMABUF_FD" >"$2"' sh "$1" "$D/bench/run"
		;;
	*) echo "$1" >"$D/bench/run" ;;
	esac
}

# count LINE ORDERS SIZE
count()
{
	echo "$2" | tr , ' ' >"$D/heap/orders" || return
	{
		echo "# orders=$2"
		echo "# module_compiler=$(strings -n 8 dmabuf_bench.ko | grep -m 1 'GCC: \|clang ')"
	} >"$kept/$number.csv"
	for repetition in $(seq "$repetitions"); do
		settle
		stagger "$repetition"
		if ! run "$1 seed=$repetition" "$3"; then
			echo "refused: $1, orders $2"
			tail -n 1 "$D/error_log"
			return 1
		fi
		cat "$D/bench/results.csv" >>"$kept/$number.csv"
		cat "$D/bench/samples.csv" >>"$kept/$number.samples.csv"
	done
}

mkdir "$kept" || exit
cat >"$kept/cells"
insmod dmabuf_bench.ko || exit
# The page tables of one mapping are freed by RCU, during the next one or the one
# after it: purge=sample has them freed between two samples.
fixed='heap=system warmup=1 batch=1 threads=1 cpu=any clock=monotonic purge=sample'
fixed="$fixed verify=1"
sh scripts/vm/quieten.sh
number=100
while read -r op strategies orders size rounds; do
	case $op in
	'' | '#'*) continue ;;
	esac
	number=$((number + 1))
	case $strategies in
	*fd:*) [ -e "$stock" ] || continue ;;
	esac
	fitted=$(fit "$strategies")
	[ "$fitted" = "$strategies" ] || [ "$fitted" != "${strategies%%,*}" ] || continue
	count "$op strategies=$fitted size=$size iterations=$rounds $fixed" \
		"$orders" "$size" || exit
done <"$kept/cells"
cp "$kept"/*.csv /out
