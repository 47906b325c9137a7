# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# guest: --icount --mem 5G
# What the engine itself costs and how fast it stops, in a guest whose clock
# counts instructions: one ns is one of them.

: "${test_dir:?}"
# shellcheck source-path=SCRIPTDIR source=../case.sh
. "$test_dir/case.sh"

# Prints the fewest instructions of four runs of noop with so many arms and rounds.
noop_run()
{
	for _ in 1 2 3 4; do
		noop_once "$@"
	done | sort -n | head -n 1
}

noop_once()
{
	instance=/sys/kernel/tracing/instances/dbb_engine
	mkdir "$instance"
	echo 1 >"$instance/events/dmabuf_bench/dbb_run_end/enable"
	put bench/run "noop batch=1 warmup=0 seed=1 verify=0 iterations=$2 strategies=$1" >/dev/null
	sed -n 's/.*dbb_run_end: .* ns=\([0-9]*\) .*/\1/p' "$instance/trace"
	rmdir "$instance"
}

# A noop sample costs two clock reads and under 300 instructions: what seven
# more arms add to a round, by the difference of 1000 and 11000 rounds.
test_floor()
{
	eight=sg,sg,sg,sg,sg,sg,sg,sg
	noop_run sg 100 >/dev/null
	one=$(($(noop_run sg 11000) - $(noop_run sg 1000)))
	all=$(($(noop_run $eight 11000) - $(noop_run $eight 1000)))
	sample=$(((all - one) / 70000))
	reads=$((2 * $(column overhead_ns | head -n 1)))
	note "a sample: $sample instructions, of which two clock reads are $reads"
	expect_awk 'the floor' "$sample - $reads < 300"
}

# run_thrice LINE: prints the fewest instructions of three runs, all that each took:
# interrupts and other tasks only add to them.
run_thrice()
{
	for _ in 1 2 3; do
		run_once "$1"
	done | sort -n | head -n 1
}

run_once()
{
	instance=/sys/kernel/tracing/instances/dbb_engine
	mkdir "$instance"
	echo 1 >"$instance/events/dmabuf_bench/dbb_run_end/enable"
	expect_equal "run '$1'" "$(put bench/run "$1")" ok
	sed -n 's/.*dbb_run_end: .* ns=\([0-9]*\) .*/\1/p' "$instance/trace"
	rmdir "$instance"
}

# verify=1 looks at each page: each costs two instructions or more, which are not in
# the samples. Op touch is left out: its writes cost more than its verification.
test_verify()
{
	for op in pages vmap mmap vtouch alloc attach; do
		line="$op size=$((2048 * page)) strategies=sg iterations=10 warmup=0 seed=1 batch=1"
		run_once "$line verify=1" >/dev/null
		without=$(run_thrice "$line verify=0")
		net=$(column p50_ns | head -n 1)
		with=$(run_thrice "$line verify=1")
		each=$(((with - without) / 20480))
		note "$op: $each instructions to verify a page"
		expect_awk "$op: instructions to verify a page" "$each >= 2"
		expect_awk "$op: the first phase with and without" \
			"$(column p50_ns | head -n 1) < $net * 1.2 + 2000"
	done
}

# Tracepoints that are off cost a sample less than the interval of noop.
test_tracepoints_off()
{
	run 'noop strategies=sg,sg iterations=1001'
	expect_equal 'traced' "$(environment traced)" 0
	expect_equal 'verdict' "$(column verdict | tail -n 1)" same
}

# stop_one NUMBER: starts a run, ends it in one of three ways, notes how long
# that took in hundredths of a second.
stop_one()
{
	spawn "$scratch/put" "$D/bench/run" \
		'vmap size=16M strategies=page,sg iterations=200 warmup=0' >/dev/null
	while read_status && [ "$state" != running ]; do :; done
	read -r before _ </proc/uptime
	case $(($1 % 3)) in
	0) kill -INT "$pid" ;;
	1) kill -KILL "$pid" ;;
	# no program, for the same reason as in test_stops
	2) echo 1 >"$D/bench/stop" ;;
	esac
	wait "$pid" 2>/dev/null
	read -r after _ </proc/uptime
	echo "$before $after" >>"$scratch/stops"
	read_status
	expect_equal "state after stop $1" "$state" stopped
	expect_equal "complete after stop $1" "$(column complete | sort -u)" 0
}

# A run is stopped by a signal, by SIGKILL and by bench/stop, 100 times in a row: within
# 1 s, and within 100 ms but for a few in which the machine had something else to do.
test_stops()
{
	: >"$scratch/stops"
	# all of it in memory: the guest's clock runs on while its file server works
	cp "$test_dir/bin/put" "$scratch/put"
	i=0
	while [ $i -lt 100 ]; do
		stop_one $i
		i=$((i + 1))
	done
	awk '{ printf "%.2f\n", $2 - $1 }' "$scratch/stops" | sort -n >"$scratch/took"
	longest=$(tail -n 1 "$scratch/took") most=$(sed -n 95p "$scratch/took")
	note "the longest took $longest s, 95 of 100 up to $most s"
	expect_awk 'longest stop' "$longest <= 1"
	expect_awk '95 of 100' "$most <= 0.10"
	wait_until all_is_freed || complain 'a stopped run left something behind'
}

# stop_within_sample HOW LINE: ends a run whose first sample takes minutes.
stop_within_sample()
{
	spawn "$scratch/put" "$D/bench/run" "$2" >/dev/null
	while read_status && [ "$state" != running ]; do :; done
	sleep 1
	read -r before _ </proc/uptime
	case $1 in
	kill) kill -KILL "$pid" ;;
	stop) echo 1 >"$D/bench/stop" ;;
	esac
	wait "$pid" 2>/dev/null
	read -r after _ </proc/uptime
	read_status
	expect_equal "state after $1 of $2" "$state" stopped
	expect_awk "$1 of $2: $before to $after s" "$after - $before < 1"
}

# A run is stopped in the middle of a sample, too: in a batch, and in a spin.
test_stops_within_sample()
{
	cp "$test_dir/bin/put" "$scratch/put"
	for how in kill stop; do
		stop_within_sample $how 'pages size=64M batch=1000000 iterations=6 warmup=0'
		stop_within_sample $how 'delay strategies=4000000000 iterations=60 warmup=0'
	done
	wait_until all_is_freed || complain 'a stopped run left something behind'
}

has_rounds()
{
	read_status
	[ "${rounds_done:-0}" -ge 50000 ]
}

# A run of many rounds is stopped at once, too, however long its figures take, and so is
# who reads them: the next reader makes them.
test_stops_in_figures()
{
	six=sg,sg,sg,sg,sg,sg
	spawn "$test_dir/bin/put" "$D/bench/run" \
		"noop strategies=$six iterations=1000000 warmup=0 batch=1" >/dev/null
	wait_until has_rounds || fail "no run: $status_line"
	kill -KILL "$pid"
	expect_gone 'the writer'
	read_status
	expect_equal 'state of the run' "$state" stopped
	spawn cat "$D/bench/results" >"$scratch/table"
	sleep 0.05
	kill -KILL "$pid"
	expect_gone 'the reader'
	expect_equal 'what it has read' "$(cat "$scratch/table")" ''
	expect_awk 'rounds' "$(column iterations | sort -u) >= 50000"
}

# expect_gone WHO: $pid ends within 0.2 s of the guest's time.
expect_gone()
{
	read -r before _ </proc/uptime
	wait "$pid" 2>/dev/null
	read -r after _ </proc/uptime
	note "$1: killed at $before s, gone at $after s"
	expect_awk "$1" "$after - $before < 0.2"
}

# untimed_of ROUNDS: prints the fewest instructions of three runs that are in no sample.
untimed_of()
{
	for _ in 1 2 3; do
		all=$(run_once "mmap size=$((8192 * page)) strategies=insert iterations=$1 \
			warmup=0 seed=1 verify=0")
		sample ns phase=total | awk -v all="$all" '{ all -= $1 } END { printf "%.0f\n", all }'
	done | sort -n | head -n 1
}

# Whether strategy insert can map a buffer is asked of its pages once: asked before each
# sample, its arm alone would find the struct pages in the cache.
test_insert_asks_once()
{
	set_knob heap/orders 0
	untimed_of 2 >/dev/null
	few=$(untimed_of 2) many=$(untimed_of 22)
	note "$(((many - few) / 20)) instructions a round outside of the sample of 8192 pages"
	expect_awk 'instructions of 20 rounds' "$many - $few < 20 * 8192"
}

# count_spikes ARM: vunmaps of an arm that took over three times the median.
count_spikes()
{
	limit=$((3 * $(column p50_ns phase=vunmap | head -n 1)))
	sample ns phase=vunmap arm="$1" | awk -v limit="$limit" '$1 > limit { n++ } END { print n + 0 }'
}

# Lazy purges hit both arms equally often, within 3 sigma; purge=round removes them.
test_purge()
{
	line='vmap size=1M strategies=sg,sg iterations=1500 warmup=10 verify=0'
	run "$line purge=none"
	first=$(count_spikes 0) second=$(count_spikes 1)
	note "purge=none: $first and $second of 1500 vunmaps were spikes"
	expect_awk 'spikes on either arm' \
		"($first - $second) * ($first - $second) <= 9 * ($first + $second) || $first + $second < 9"
	run "$line purge=round"
	note "purge=round: $(count_spikes 0) and $(count_spikes 1)"
	expect_awk 'spikes with purge=round' "$(count_spikes 0) + $(count_spikes 1) < 9"
	[ $((first + second)) -ge 9 ] ||
		skip 'a kernel that purges inside vunmap: this one leaves it to a worker'
}
