#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# What patch.sh runs in a guest that counts instructions, after check_heaps.sh: the heap
# before and after the patches and the kernel's own, as arms of one run. Nothing crosses
# the border of the guest meanwhile; the files are written to /out/runs at the end, with a
# row of runs.csv for each.
# usage: measure_heaps.sh HEAP STEM MODULES "ORDERS" "OP..." <LINES
# ORDERS of which there are modules; OPs that the patches touch; a LINE is "OP KEY=VALUE..."
set -u

# shellcheck source-path=SCRIPTDIR source=runs.sh
. "$(dirname "$0")/runs.sh"

heap=$1 stem=$2 modules=$3 chunk_orders=$4 touched=$5
kept=/tmp/runs
number=100

# What a line does not say. In a line the last of two words with one key counts.
fixed='warmup=1 batch=1 threads=1 cpu=any clock=monotonic purge=sample verify=0 iterations=7'

# Buffers are made anew for each of so many runs of a line, and their rounds taken together.
repeats=3

# run ROLE WORDS SIZE ORDERS ARM=NODE...: the first arm is the baseline.
run()
{
	run_role=$1 words=$2 size=$3 orders=$4
	shift 4
	heaps='' arms='' strategies='' fd=3
	for arm; do
		heaps="$heaps --heap ${arm#*=}:$size:$fd"
		arms="$arms ${arm%%=*}"
		strategies=$strategies${strategies:+,}fd$fd
		fd=$((fd + 1))
	done
	op=${words%% *}
	text="$op $fixed${words#"$op"} strategies=$strategies size=$size seed=$number"
	settle
	number=$((number + 1))
	# shellcheck disable=SC2016,SC2086 # for the inner shell; a list of options
	bench/user/heap_exec $heaps -- sh -c 'echo "$1" >"$2"' sh "$text" "$D/bench/run" || {
		echo "refused: $text: $(tail -n 1 "$D/error_log")"
		exit 1
	}
	cat "$D/bench/results.csv" >"$kept/$number.csv"
	cat "$D/bench/samples.csv" >"$kept/$number.samples.csv"
	echo "$number,$run_role,$op,$orders,$size,${arms# }" >>"$kept/runs.csv"
}

# is_touched OP: touch maps as mmap does, and vtouch as vmap.
is_touched()
{
	case " $touched " in
	*" $1 "*) return 0 ;;
	esac
	case $1 in
	touch) is_touched mmap ;;
	vtouch) is_touched vmap ;;
	*) return 1 ;;
	esac
}

# measure_line LINE
measure_line()
{
	line=$1 role=control
	! is_touched "${line%% *}" || role=target
	echo "$line"
	set -- "before=${stem}_old" "after=${stem}_new"
	# a kernel may be configured without it
	[ ! -e "$heap" ] || set -- "$@" "builtin=$heap"
	for _ in $(seq $repeats); do
		run $role "$(echo "$line" | sed 's/ size=[^ ]*//')" "$(word_of "$line" size)" own \
			"$@"
	done
}

# One page, in one chunk: what a patch for large buffers may make dearer.
measure_worst()
{
	echo "worst case: one page"
	for op in $ops; do
		for _ in $(seq $repeats); do
			run worst "$op iterations=41" 4k 0 \
				"before=${stem}_old" "after=${stem}_new"
		done
	done
}

# What a page costs, and what a chunk: sizes times orders.
measure_slopes()
{
	[ -n "$chunk_orders" ] || return 0
	for order in $chunk_orders; do
		insmod "$modules/heap_old_$order.ko" && insmod "$modules/heap_new_$order.ko" || exit
	done
	for op in $ops; do
		is_touched "$op" || continue
		echo "slopes of $op"
		for mib in 32 64 96 128; do
			for order in $chunk_orders; do
				run slope "$op iterations=7" ${mib}M "$order" \
					"before=${stem}_old_$order" "after=${stem}_new_$order"
			done
			# 15 chunks of order 4 and 15 pages, after those of order 8
			run slope "$op iterations=7" $((mib * 1024 + 15 * 64 + 15 * 4))k mixed \
				"before=${stem}_old" "after=${stem}_new"
		done
	done
}

mkdir "$kept" || exit
echo run,role,op,orders,size,arms >"$kept/runs.csv"
cat >"$kept/lines"
sh scripts/vm/quieten.sh
ops=$(sed 's/ .*//' "$kept/lines" | sort -u | tr '\n' ' ')
while read -r line; do
	measure_line "$line" </dev/null
done <"$kept/lines"
measure_worst
measure_slopes
mkdir -p /out/runs
cp "$kept"/*.csv /out/runs
