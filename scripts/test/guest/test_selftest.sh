# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# The self-test of the mappings, and how a self-test is asked for and stopped.
# That it finds wrong strategies is shown by planted.sh; whether the measurement
# is right, by measure.sh.

: "${test_dir:?}"
# shellcheck source-path=SCRIPTDIR source=../case.sh
. "$test_dir/case.sh"

# choices FILE: what a knob can be set to here.
choices()
{
	sed -n '1s/[][]//gp' "$D/$1"
}

selftest()
{
	expect_equal "write '$1' to selftest" "$(put selftest "$1")" ok
	cat "$D/selftest" >"$scratch/ktap"
}

# Complains of whatever the report holds that is not fine.
expect_passed()
{
	grep -B 1 '^not ok ' "$scratch/ktap" && complain 'mappings are wrong'
	expect_equal 'lines that are no KTAP' "$(grep -c -v -E \
		'^(ok |not ok |# |1\.\.[1-9][0-9]*$|KTAP version 1$)' "$scratch/ktap")" 0
	results=$(grep -c -E '^(not )?ok ' "$scratch/ktap")
	expect_equal plan "$(sed -n 's/^1\.\.//p' "$scratch/ktap")" "$results"
	expect_match 'the last line' "$(tail -n 1 "$scratch/ktap")" \
		"# Totals: pass:* fail:0 skip:*"
}

# On HEAP, the pairs of page and sg can map all buffers that it had.
expect_pairs_of_all()
{
	sizes=$(sed -n "s/^# $1: \([0-9]*\) bytes in .*/\1/p" "$scratch/ktap" | tr '\n' ,)
	for mmap in page sg; do
		for vmap in page sg; do
			grep -q "heap=$1 mmap=$mmap vmap=$vmap size_bytes=${sizes%,}\$" \
				"$scratch/ktap" ||
				complain "heap $1, mmap $mmap, vmap $vmap: not ${sizes%,}"
		done
	done
}

# Each heap with each pair of strategies has a line.
test_all_pairs()
{
	selftest mappings
	expect_passed
	for heap in $(choices bench/heap); do
		case $heap in
		fd | anon) continue ;;
		esac
		for mmap in $(choices heap/mmap_strategy); do
			for vmap in $(choices heap/vmap_strategy); do
				grep -q -E "^ok [0-9]+ mappings: heap=$heap mmap=$mmap vmap=$vmap( |\$)" \
					"$scratch/ktap" ||
					complain "no line for heap $heap, mmap $mmap, vmap $vmap"
			done
		done
		expect_pairs_of_all "$heap"
	done
	note "$(tail -n 1 "$scratch/ktap")"
	expect_equal 'buffers of heap system' "$(grep -c '^# system: .* bytes in ' "$scratch/ktap")" 3
	grep 'DMA addresses' "$scratch/ktap" && complain 'DMA addresses were not read'
	expect_equal 'bench/status' "$(sed 's/ run=.* op/ op/; s/ done=.*//' "$D/bench/status")" \
		'done op=mappings'
	wait_until all_is_freed || complain 'buffers are still alive'
}

# The buffers have the chunks that the test is about, whatever the knobs say, and
# it changes no knob, no results and no error_log.
test_knobs()
{
	set_knob heap/orders 0
	# shellcheck disable=SC2046 # the last word
	set_knob heap/mmap_strategy "$(set -- $(choices heap/mmap_strategy); eval "echo \${$#}")"
	# shellcheck disable=SC2046 # the last word
	set_knob heap/vmap_strategy "$(set -- $(choices heap/vmap_strategy); eval "echo \${$#}")"
	read_refusals
	lines=$refusals
	# shellcheck disable=SC2086 # lists of words
	before=$(cd "$D" && cat $heap_knobs $bench_knobs bench/results.csv)
	selftest mappings
	expect_passed
	# shellcheck disable=SC2086 # lists of words
	[ "$(cd "$D" && cat $heap_knobs $bench_knobs bench/results.csv)" = "$before" ] ||
		complain 'something changed'
	read_refusals
	expect_equal 'lines in error_log' "$refusals" "$lines"
	expect_equal 'chunks of the buffers' \
		"$(sed -n 's/^# system: .* bytes in \([0-9]*\) chunks$/\1/p' "$scratch/ktap" | tr '\n' ' ')" \
		'1 7 5 '
}

# What max_bytes does not allow is left out, and the report says so.
test_no_room()
{
	set_knob heap/max_bytes $((128 * page))
	selftest mappings
	expect_passed
	expect_match 'what is said' "$(grep '^# system: no ' "$scratch/ktap")" '*max_bytes*'
	expect_match 'a result' "$(grep 'heap=system mmap=sg vmap=sg' "$scratch/ktap")" \
		'ok * size_bytes=[0-9]*,[0-9]*[0-9]'
}

# Other words are refused, and a self-test waits for no run.
test_refused()
{
	selftest mappings
	for word in mapings '' 2 'mappings measurement' MAPPINGS; do
		refuse EINVAL selftest "$word" mappings measurement
	done
	spawn "$test_dir/bin/put" "$D/bench/run" 'vmap size=1M iterations=1000000 warmup=2' >/dev/null
	wait_until is_running || fail 'the run did not start'
	read_refusals
	expect_refusal 'beside a run' EBUSY "$(put selftest mappings)" "$refusals" bench/stop
	echo 1 >"$D/bench/stop"
	wait "$pid"
	[ "$(cat "$D/selftest")" = "$(cat "$scratch/ktap")" ] ||
		complain 'the last report has changed'
}

# Interrupts a self-test when status has the words $1; 1 when it was too fast.
interrupt()
{
	spawn "$test_dir/bin/put" "$D/selftest" "$2" >"$scratch/put"
	tries=3000
	until grep -q "^running .*$1" "$D/bench/status"; do
		tries=$((tries - 1))
		[ "$tries" -gt 0 ] || break
		kill -0 "$pid" 2>/dev/null || break
	done
	kill -INT "$pid" 2>/dev/null
	wait "$pid"
	[ "$(cat "$scratch/put")" = ECANCELED ]
}

# A signal ends it in the middle: nothing stays mapped, the last report stays.
test_interrupted()
{
	selftest mappings
	for _ in 1 2 3 4 5 6 7 8; do
		! interrupt op=mappings mappings || break
	done
	expect_equal 'the write' "$(cat "$scratch/put")" ECANCELED
	expect_match 'bench/status' "$(cat "$D/bench/status")" \
		'stopped * op=mappings done=* reason="stopped after * pairs of strategies"'
	[ "$(cat "$D/selftest")" = "$(cat "$scratch/ktap")" ] ||
		complain 'the last report has changed'
	wait_until all_is_freed || complain 'buffers are still alive'
	expect_equal mmaps_undone "$(stat_of mmaps_undone)" "$(stat_of mmaps_made)"
	expect_equal vmaps_undone "$(stat_of vmaps_undone)" "$(stat_of vmaps_made)"
	expect_equal detaches "$(stat_of detaches)" "$(stat_of attaches)"
	selftest mappings
	expect_passed
}

# The word 1 goes on to the measurement.
test_both()
{
	interrupt op=vmap 1 || fail "the write: $(cat "$scratch/put")"
	expect_match 'bench/status' "$(cat "$D/bench/status")" 'stopped * op=vmap *'
}
