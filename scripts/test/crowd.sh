#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# All who use the module, at once, for guest/test_crowd.sh: each an actor that works until
# the file $crowd/go is gone, and leaves in $crowd/did.NAME how often it came through. What
# is wrong goes to $crowd/said. A buffer that actors share is open at descriptor 3.
# usage: crowd.sh SECONDS
set -u

: "${scratch:?}"
test_dir=$(cd "$(dirname "$0")" && pwd)
# shellcheck source-path=SCRIPTDIR source=case.sh
. "$test_dir/case.sh"

crowd=$scratch/crowd
tag=2053111808

# actor NAME: a function that prints what is wrong; status 1 if it did not come through,
# as others were in its way.
actor()
{
	came=0
	while [ -e "$crowd/go" ]; do
		if "$1" >>"$crowd/said" 2>&1; then
			came=$((came + 1))
			echo $came >"$crowd/did.$1"
		fi
	done
}

# start_actor NAME: also the name of its function
start_actor()
{
	echo 0 >"$crowd/did.$1"
	echo "$1" >>"$crowd/actors"
	actor "$1" &
}

all_came_through()
{
	while read -r who; do
		[ "$(cat "$crowd/did.$who")" != 0 ] || return
	done <"$crowd/actors"
}

# try FILE TEXT [ERRNO...]: a write that is taken, or refused with one of these.
try()
{
	tried="$1 '$2'"
	answer=$("$test_dir/bin/put" "$D/$1" "$2")
	[ "$answer" != ok ] || return 0
	shift 2
	for errno; do
		[ "$answer" != "$errno" ] || return 1
	done
	echo "write $tried: $answer"
	return 1
}

# --- actors ---

read_files()
{
	turn=$((${turn:-0} + 1))
	find "$D" -type f | grep -v -e /run -e /stop >"$crowd/files"
	# shellcheck disable=SC2046 # a list of words
	bytes=$("$test_dir/bin/read_pieces" "$turn" $(cat "$crowd/files")) || {
		echo "read_pieces: $bytes"
		return 1
	}
	[ "$bytes" -gt 3000 ] || echo "only $bytes bytes in all files"
}

# Live buffers together never exceed the cap, nor does anything count below zero.
read_stats()
{
	while IFS='=' read -r key value; do
		case $key in
		bytes_alive) [ "$value" -le "$cap" ] || echo "$value bytes are alive" ;;
		esac
		[ "$value" -ge 0 ] || echo "heap/stats: $key=$value"
	done <"$D/heap/stats"
}

turn_heap_knobs()
{
	for pair in mmap_strategy:page vmap_strategy:array orders:'4 0' mmap_strategy:fault \
		vmap_strategy:sg caching:wc orders:'8 4 0' mmap_strategy:sg shuffle:1 caching:cached \
		fragment_pct:50 mmap_strategy:insert shuffle:0 fragment_pct:0; do
		try "heap/${pair%%:*}" "${pair#*:}" EOPNOTSUPP
	done
	try heap/mmap_strategy nonsense EINVAL
	return 0
}

turn_bench_knobs()
{
	for pair in size:64k iterations:7 op:pages threads:2 strategies:page op:vmap \
		threads:1 strategies:sg,array buffers:2 warmup:1 verify:0 cpu:0 cpu:any batch:auto \
		clock:raw clock:monotonic purge:round purge:none buffers:1 heap:system; do
		try "bench/${pair%%:*}" "${pair#*:}" EBUSY
	done
	try bench/size nonsense EINVAL
	return 0
}

# Of each op in turn; all that is not said is a knob, which others turn.
run_ops()
{
	turn=$((${turn:-0} + 1))
	# shellcheck disable=SC2046 # a list of words
	set -- $(choices_of bench/op)
	shift $((turn % $#))
	strategies=page,sg
	[ "$1" != delay ] || strategies=1000,2000
	try bench/run "$1 heap=system size=256k strategies=$strategies iterations=5 warmup=0 \
		threads=$((1 + turn % 3)) buffers=1 preset=vb2 batch=auto" EBUSY EINTR EOPNOTSUPP ENOMEM
}

stop_runs()
{
	sleep 1.5
	echo 1 >"$D/bench/stop"
}

# To its end, or until it is stopped.
check_mappings()
{
	answer=$("$test_dir/bin/put" "$D/selftest" mappings)
	case $answer in
	ok | ECANCELED) ;;
	EBUSY | ENOMEM) return 1 ;;
	*) echo "write selftest 'mappings': $answer" ;;
	esac
}

# Each in turn, on and off.
switch_events()
{
	turn=$((${turn:-0} + 1))
	set -- dbb_alloc dbb_free dbb_vmap dbb_vunmap dbb_sample dbb_attach dbb_mmap dbb_fill
	shift $((turn % $#))
	for state in 1 0; do
		echo $state >"$tracefs/events/dmabuf_bench/$1/enable"
	done
}

use_heap()
{
	"$test_dir/bin/heap_client" "$node" && "$test_dir/bin/heap_abi" "$node" zeroed
}

churn()
{
	"$test_dir/bin/heap_abi" "$node" churn
}

# --- actors that have the shared buffer ---

import_by_engine()
{
	turn=$((${turn:-0} + 1))
	set -- attach sync vmap
	shift $((turn % 3))
	try bench/run "$1 heap=fd fd=3 strategies=exporter iterations=20 warmup=0 verify=0 \
		threads=1 buffers=1 batch=auto" EBUSY EINTR
}

# Attaches, maps it for a device and for the kernel, and looks at its pages by both.
import_same_pages()
{
	echo "3 $tag" >/sys/kernel/debug/same_pages || return
	[ "$(grep -c -w ok /sys/kernel/debug/same_pages)" = 2 ] ||
		cat /sys/kernel/debug/same_pages
}

import_slowly()
{
	"$test_dir/bin/put" /sys/kernel/debug/slow_importer '3 50' | grep -q -x ok
}

# --- the play ---

start_all()
{
	"$test_dir/bin/stress_buffer" 3 $tag "$crowd/go" "$crowd/tagged" >"$crowd/stress" 2>&1 ||
		echo "status $?" >>"$crowd/stress" &
	wait_until test -e "$crowd/tagged" || echo 'stress_buffer does not begin' >>"$crowd/said"
	for who in read_files read_stats turn_heap_knobs turn_bench_knobs run_ops stop_runs \
		check_mappings switch_events use_heap churn import_by_engine import_same_pages \
		import_slowly; do
		start_actor $who
	done
}

mkdir -p "$crowd"
: >"$crowd/said"
: >"$crowd/go"
cap=$(knob heap/max_bytes)
read_uptime
begin=$uptime
start_all
# as long as asked for, and until each has come through, but not for ever
until [ $((uptime - begin)) -ge "$1" ] && all_came_through; do
	sleep 1
	read_uptime
	[ $((uptime - begin)) -lt $(($1 + 240)) ] || break
done
rm "$crowd/go"
wait
