#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# What kernel_way.sh runs in a guest that counts instructions: each run measures the
# kernel's own system heap, where there is one, and our strategies beside it. Files go to
# /out when all is done: NN-ROLE-ORDERS-OP.*
# usage: scripts/patch/measure_kernel.sh ROLE ORDERS LINE [ROLE ORDERS LINE]...
#   ORDERS  of the chunks of our heap: "0", "8 4 0"; own: as they are
set -u

# shellcheck source-path=SCRIPTDIR source=runs.sh
. "$(dirname "$0")/runs.sh"

kept=/tmp/measured
heap=/dev/dma_heap/system
fixed='heap=system warmup=1 purge=sample verify=0 seed=1 iterations=6'

# Sets arms: in pages no code of the kernel runs, and what is for a slope needs no others.
choose_arms()
{
	arms=page,sg
	case $role-$orders-$op in
	slope-own-*) [ ! -e "$heap" ] || arms=fd3 ;;
	slope-*) arms=sg ;;
	*-pages) ;;
	*) [ ! -e "$heap" ] || arms=fd3,$arms ;;
	esac
}

# run_line LINE: with the kernel's own buffer at descriptor 3 where an arm wants it
run_line()
{
	case $arms in
	*fd3*)
		bench/user/heap_exec --heap "$heap" --size "$(word_of "$line" size)" --fd 3 -- \
			sh -c "echo '$1' >$D/bench/run" ;;
	*) echo "$1" >"$D/bench/run" ;;
	esac
}

# save NAME: the results of the run that has just ended
save()
{
	cat "$D/bench/results" >"$kept/$1.results.txt" &&
		cat "$D/bench/results.csv" >"$kept/$1.csv" &&
		cat "$D/bench/samples.csv" >"$kept/$1.samples.csv"
}

measure()
{
	op=${line%% *}
	choose_arms
	case $line in
	*strategies=*) text="${line%% *} $fixed ${line#* }" ;;
	*) text="${line%% *} $fixed strategies=$arms ${line#* }" ;;
	esac
	[ "$orders" = own ] || echo "$orders" >"$D/heap/orders" || return
	settle
	run_line "$text" || {
		echo "refused or failed: $text"
		cat "$D/bench/status"
		tail -n 1 "$D/error_log"
		return 1
	}
	[ "$orders" = own ] || echo "$default" >"$D/heap/orders" || return
	label=$orders
	case $role-$orders in
	slope-own | *-'8 4 0') label=mixed ;;
	esac
	save "$number-$role-$label-$op"
}

mkdir "$kept" || exit
insmod dmabuf_bench.ko || exit
sh scripts/vm/quieten.sh
read -r default <"$D/heap/orders"
count=0 all=$(($# / 3))
while [ $# -ge 3 ]; do
	role=$1 orders=$2 line=$3
	shift 3
	count=$((count + 1))
	number=$(printf %02d "$count")
	echo "run $count of $all: $role, orders $orders: $line"
	measure || exit
done
cp "$kept"/* /out
