# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# Everybody at once: nothing may break, hang or leak, and each comes through. For
# DBB_STRESS_S seconds, in the environment of make test, and until all have.

: "${test_dir:?}"
# shellcheck source-path=SCRIPTDIR source=../case.sh
. "$test_dir/case.sh"

: "${DBB_STRESS_S:=15}"

load_importers()
{
	for name in same_pages slow_importer; do
		[ -d /sys/module/$name ] || insmod "$test_dir/$name.ko" ||
			fail "$name does not load"
	done
}

# All files, the nodes, and one buffer that many processes map and that several importers
# attach, map, synchronise and detach: contents are right all the time, counts are balanced,
# live buffers stay under the cap.
test_all_at_once()
{
	load_importers
	set_knob heap/max_bytes 64M
	scratch=$scratch "$test_dir/../../bench/user/heap_exec" --heap $node --size 2M --fd 3 -- \
		sh "$test_dir/crowd.sh" "$DBB_STRESS_S" || complain "crowd.sh: status $?"
	rmmod same_pages
	rmmod slow_importer
	crowd=$scratch/crowd
	note "$(while read -r who; do echo "$who $(cat "$crowd/did.$who")"; done <"$crowd/actors" |
		paste -s -d ,)"
	note "of the shared buffer: $(paste -s -d , "$crowd/stress")"
	while read -r who; do
		[ "$(cat "$crowd/did.$who")" -gt 0 ] || complain "$who never came through"
	done <"$crowd/actors"
	! grep -v '^[a-z_]* [1-9][0-9]*$' "$crowd/stress" || complain 'the shared buffer is wrong'
	[ ! -s "$crowd/said" ] || {
		complain 'this went wrong:'
		sort "$crowd/said" | uniq -c | sort -n -r | head -n 8
	}
	restore_knobs
	expect_nothing_left
	run 'vmap size=1M iterations=3'
}

# switch_cpu 0|1: of the second CPU; noted with what it was good for
switch_cpu()
{
	if { echo "$1" >"$cpu1"; } 2>/dev/null; then
		echo "$1" >>"$scratch/switched"
	fi
}

run_pinned()
{
	i=0
	while [ -e "$scratch/go" ]; do
		i=$((i + 1))
		put bench/run "vmap size=256k strategies=page,sg iterations=30 warmup=0 \
			cpu=$((i % 2)) threads=$((1 + i % 3))"
	done
}

# A CPU goes and comes back while runs are pinned to it and threads are spread over it: a
# run is refused, or complete with right pages.
test_cpu_goes()
{
	cpu1=/sys/devices/system/cpu/cpu1/online
	[ -w $cpu1 ] || skip 'a second CPU that can be switched off'
	: >"$scratch/go"
	: >"$scratch/switched"
	run_pinned >"$scratch/runs" &
	read_uptime
	begin=$uptime
	until [ $((uptime - begin)) -ge 8 ] && [ "$(grep -c ok "$scratch/runs")" -ge 10 ] &&
		grep -q ERANGE "$scratch/runs" && [ "$(grep -c 0 "$scratch/switched")" -ge 5 ]; do
		switch_cpu 0
		sleep 0.3
		switch_cpu 1
		sleep 0.3
		read_uptime
		[ $((uptime - begin)) -lt 120 ] || break
	done
	rm "$scratch/go"
	wait
	echo 1 >$cpu1
	note "runs: $(sort "$scratch/runs" | uniq -c | tr -s '\n ' ' ')"
	note "the CPU went $(grep -c 0 "$scratch/switched") times"
	expect_awk 'runs that came through' "$(grep -c ok "$scratch/runs") >= 10"
	expect_awk 'times that the CPU went' "$(grep -c 0 "$scratch/switched") >= 5"
	expect_awk 'runs that were refused' "$(grep -c ERANGE "$scratch/runs") > 0"
	expect_equal 'other answers' "$(grep -v -x -e ok -e ERANGE "$scratch/runs" | sort -u)" ''
	run 'vmap size=1M cpu=1 threads=2 iterations=3'
	expect_equal complete "$(column complete | sort -u)" 1
}
