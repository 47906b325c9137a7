# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# Many at once, and nonsense: nothing may break, hang or leak. What the kernel
# thinks of it is in its log, which the runner checks.

: "${test_dir:?}"
# shellcheck source-path=SCRIPTDIR source=../lib.sh
. "$test_dir/lib.sh"

# Random words and bytes in every file that can be written.
test_fuzz()
{
	set_knob bench/size 64k
	set_knob bench/iterations 3
	set_knob heap/max_bytes 8M
	for seed in 1 2 3; do
		spawn "$test_dir/fuzz" 8000 $seed "$D/bench/op" "$D/bench/heap" "$D/bench/fd" \
			"$D/bench/strategies" "$D/bench/size" "$D/bench/iterations" \
			"$D/bench/warmup" "$D/bench/verify" "$D/bench/seed" \
			"$D/bench/run" "$D/bench/run" "$D/bench/stop" \
			"$D/heap/mmap_strategy" "$D/heap/vmap_strategy" \
			"$D/heap/orders" "$D/heap/max_bytes"
	done
	wait
	restore_knobs
	run 'vmap size=1M iterations=3'
}

# until_stopped COMMAND...: again and again while $scratch/go is there.
until_stopped()
{
	while [ -e "$scratch/go" ]; do
		"$@"
	done
}

read_everything()
{
	cat "$D"/README "$D"/error_log "$D"/heap/* "$D"/bench/[!rs]* \
		"$D"/bench/results "$D"/bench/results.csv "$D"/bench/samples.csv \
		"$D"/bench/status "$D"/bench/size "$D"/bench/strategies >/dev/null ||
		complain 'a file cannot be read'
}

turn_knobs()
{
	for word in $(choices_of heap/mmap_strategy); do
		echo "$word" >"$D/heap/mmap_strategy"
		echo "$word" >"$D/heap/vmap_strategy"
		echo "$word" >"$D/bench/strategies"
		echo nonsense >"$D/bench/op"
		echo '4 0' >"$D/heap/orders"
		echo '8 4 0' >"$D/heap/orders"
	done 2>/dev/null
}

run_ops()
{
	for op in pages vmap mmap noop; do
		put bench/run "$op size=1M strategies=page,sg iterations=10 warmup=0"
	done
}

# Runs, readers, knobs and clients of the heap at the same time.
test_all_at_once()
{
	: >"$scratch/go"
	until_stopped run_ops >"$scratch/runs.1" &
	until_stopped run_ops >"$scratch/runs.2" &
	until_stopped read_everything &
	until_stopped turn_knobs &
	until_stopped "$test_dir/heap_client" $node >"$scratch/client" &
	until_stopped "$test_dir/heap_abi" $node churn >"$scratch/churn" &
	sleep 12
	rm "$scratch/go"
	wait
	note "$(sort "$scratch"/runs.* | uniq -c | tr -s '\n ' ' ')"
	grep -q ok "$scratch/runs.1" || complain 'no run came through'
	expect_equal 'other results' "$(cat "$scratch"/runs.* | grep -v -e ok -e EBUSY | sort -u)" ''
	expect_equal heap_client "$(cat "$scratch/client")" ''
	expect_equal churn "$(cat "$scratch/churn")" ''
}

# A reader keeps the result that it opened while runs replace it.
test_reader_keeps_result()
{
	run 'noop strategies=page,sg iterations=20000'
	exec 5<"$D/bench/samples.csv" 6<"$D/bench/results.csv"
	read -r line <&5
	run 'vmap size=1M strategies=page iterations=3'
	run 'pages size=1M strategies=page iterations=3'
	expect_equal 'rows of the old samples' "$(count_lines <&5)" 40000
	expect_equal 'op of the old results' "$(select_rows op strategy=sg <&6)" noop
	exec 5<&- 6<&-
	expect_equal 'rows of the new samples' "$(sample ns | count_lines)" 3
}

# Loading and unloading again and again, with something running before each.
test_load_loop()
{
	for _ in 1 2 3 4 5 6 7 8 9 10; do
		unload || fail 'rmmod failed'
		load || fail 'insmod failed'
		put bench/run 'vmap size=256k iterations=2' >/dev/null
		"$test_dir/heap_client" $node
	done
}

# Opening files while the module goes: an error or the file, nothing worse.
test_unload_race()
{
	: >"$scratch/go"
	until_stopped read_everything 2>/dev/null >/dev/null &
	until_stopped put bench/run 'noop iterations=2' >/dev/null 2>&1 &
	until_stopped "$test_dir/heap_client" $node >/dev/null 2>&1 &
	for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15; do
		rmmod $module 2>/dev/null && load
	done
	rm -f "$scratch/go"
	wait
	rm -f "$scratch/complained"
	is_loaded || load
}
