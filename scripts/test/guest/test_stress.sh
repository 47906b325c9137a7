# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# Nonsense, and a module that goes while it is used: nothing may break, hang or leak. What
# the kernel thinks of it is in its log, which the runner checks.

: "${test_dir:?}"
# shellcheck source-path=SCRIPTDIR source=../case.sh
. "$test_dir/case.sh"

# 20,000 inputs of a model: texts for each file, calls on nodes, buffers and mappings, of
# which many are valid ones with a change. Each is taken or refused as the model says, and
# leaves the knobs that it says. The same two numbers repeat them in a freshly loaded module.
test_fuzz()
{
	for seed in 1 2; do
		restore_knobs
		set_knob heap/max_bytes 64M
		helper fuzz "$seed" 10000 "$D" "${node%system}" ||
			complain "fuzz $seed 10000: status $?"
	done
	wait_until all_is_freed || complain "$(stat_of bytes_alive) bytes are alive"
	restore_knobs
	run 'vmap size=1M iterations=3'
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

# Loading and unloading again and again, with a run and a client before each.
test_load_loop()
{
	for turn in 1 2 3 4 5 6 7 8 9 10; do
		unload || fail 'rmmod failed'
		load || fail 'insmod failed'
		run 'vmap size=256k iterations=2'
		expect_equal "run of turn $turn" "$(column run | sort -u)" 1
		expect_equal "complete in turn $turn" "$(column complete | sort -u)" 1
		expect_equal "client of turn $turn" "$(helper heap_client $node; echo $?)" 0
	done
}

# race COMMAND...: again and again while $scratch/go is there; counts in $scratch
# how often it came before the module went, and how often after.
race()
{
	while [ -e "$scratch/go" ]; do
		if "$@" >/dev/null 2>&1; then
			echo won
		else
			echo lost
		fi
	done >"$scratch/race.$1"
}

read_status_file()
{
	cat "$D/bench/status"
}

run_noop()
{
	[ "$(put bench/run 'noop iterations=2')" = ok ]
}

use_node()
{
	helper heap_client $node
}

# Files, runs and the node are used while the module goes: each is served or gets
# an error, and each of both happens.
test_unload_race()
{
	: >"$scratch/go"
	for who in read_status_file run_noop use_node; do
		race $who &
	done
	gone=0 refused=0
	until [ $gone -ge 15 ] || [ $((gone + refused)) -ge 3000 ]; do
		if rmmod $module 2>/dev/null; then
			gone=$((gone + 1))
			sleep 0.1
			load || fail 'insmod failed'
			sleep 0.1
		else
			refused=$((refused + 1))
		fi
	done
	rm -f "$scratch/go"
	wait
	note "unloaded $gone times, refused $refused times"
	expect_awk 'times unloaded and refused' "$gone > 0 && $refused > 0"
	for who in read_status_file run_noop use_node; do
		won=$(grep -c won "$scratch/race.$who")
		lost=$(grep -c lost "$scratch/race.$who")
		note "$who: served $won times, refused $lost times"
		expect_awk "$who served and refused" "$won > 0 && $lost > 0"
	done
	is_loaded || load
	run 'noop iterations=2'
}
