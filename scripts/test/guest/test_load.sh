# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# Loading, what is there then, what keeps the module, and unloading.

: "${test_dir:?}"
# shellcheck source-path=SCRIPTDIR source=../case.sh
. "$test_dir/case.sh"

# Every file of the contract is there, and no other: each with mode 0600, below
# folders that only root can enter.
test_files()
{
	want=$(for file in README error_log selftest $heap_knobs heap/stats $bench_knobs \
		bench/run bench/stop bench/status bench/results bench/results.bench \
		bench/results.csv bench/results.json bench/results.md bench/samples.csv; do
		echo "600 $file"
	done | sort -k 2)
	got=$(cd "$D" && find . -type f | while read -r file; do
		stat -c '%a %n' "$file"
	done | sed 's| \./| |' | sort -k 2)
	echo "$want" >"$scratch/want"
	echo "$got" >"$scratch/got"
	diff "$scratch/want" "$scratch/got" >"$scratch/diff" ||
		complain "modes and files, wanted (-) and there (+): $(sed -n 's/^[-+<>]//p' \
			"$scratch/diff" | tr '\n' ';')"
	expect_equal 'owners' "$(find "$D" | while read -r file; do
		stat -c '%u %g' "$file"
	done | sort -u)" '0 0'
	expect_match 'mode of debugfs' "$(stat -c %a "$(dirname "$D")")" '7[0-9]0'
}

# The device node is there, for root only.
test_node()
{
	expect_equal "$node" "$(stat -c '%F %a %u' "$node" 2>&1)" \
		'character special file 600 0'
}

# Every file can be read before the first run.
test_readable_when_new()
{
	for file in "$D"/* "$D"/*/*; do
		case $file in
		*/run | */stop) continue ;;
		esac
		[ -d "$file" ] || cat "$file" >/dev/null ||
			complain "cannot read $file"
	done
	expect_equal 'status' "$(cat "$D/bench/status")" idle
	expect_equal 'results' "$(cat "$D/bench/results")" ''
	expect_equal 'results.csv' "$(cat "$D/bench/results.csv")" ''
	expect_equal 'error_log' "$(cat "$D/error_log")" ''
}

# The README file names every file, op, heap and strategy of this kernel.
test_readme()
{
	for word in $(cd "$D" && find . -type f | sed 's|^\./||') $(choices_of bench/op) \
		$(choices_of bench/heap) $(choices_of bench/clock) $(choices_of bench/purge) \
		$(choices_of heap/mmap_strategy) $(choices_of heap/vmap_strategy); do
		case $word in
		README) continue ;;
		bench/run | bench/stop | bench/status | bench/results | bench/samples.csv) ;;
		bench/*) word=${word#bench/} ;;
		esac
		grep -q -w -F -e "$word" "$D/README" || complain "no word on $word"
	done
}

# expect_default FILE VALUE: the knob reads VALUE, and takes it.
expect_default()
{
	expect_equal "$1" "$(knob "$1")" "$2"
	set_knob "$1" "$2"
	expect_equal "$1 after its default was written" "$(knob "$1")" "$2"
}

# All knobs have their documented defaults.
test_defaults()
{
	expect_default bench/op vmap
	expect_default bench/heap system
	expect_default bench/fd none
	expect_default bench/strategies page,sg
	expect_default bench/size 67108864
	expect_default bench/iterations 20
	expect_default bench/buffers 1
	expect_default bench/warmup auto
	expect_default bench/batch auto
	expect_default bench/threads 1
	expect_default bench/cpu any
	expect_default bench/clock monotonic
	expect_default bench/purge none
	expect_default bench/verify 1
	expect_default bench/seed 0
	# writing it sets the size
	expect_equal bench/preset "$(knob bench/preset)" shadow
	expect_default heap/orders '8 4 0'
	expect_default heap/mmap_strategy sg
	expect_default heap/vmap_strategy sg
	expect_default heap/fragment_pct 0
	expect_default heap/shuffle 0
	expect_default heap/caching cached
	pages=$(sed -n 's/^MemTotal: *\([0-9]*\) kB/\1/p' /proc/meminfo)
	expect_default heap/max_bytes $((pages * 512))
	# and a line that says nothing runs with them
	run 'noop iterations=2'
	run 'size=64k iterations=6 seed=7'
	expect_equal params "$(environment params)" "op=vmap heap=system fd=none \
strategies=page,sg size=65536 iterations=6 buffers=1 warmup=auto batch=auto threads=1 cpu=any \
clock=monotonic purge=none verify=1 preset=shadow seed=7"
}

refuses_rmmod()
{
	got=$(rmmod $module 2>&1)
	expect_match "rmmod with $1" "$got" \
		"*Resource temporarily unavailable*"
	is_loaded || fail "the module is gone, with $1"
}

# rmmod is refused while a descriptor of a buffer is open, and works after.
test_fd_keeps_module()
{
	spawn "$test_dir/bin/heap_abi" $node hold_fd 1048576 "$scratch/ready-fd"
	wait_until test -e "$scratch/ready-fd" || fail 'no buffer'
	refuses_rmmod 'an open descriptor'
	end_jobs
	unload || complain 'rmmod does not work after the descriptor went'
}

# rmmod is refused while a mapping lives, though its descriptor is closed.
test_mapping_keeps_module()
{
	spawn "$test_dir/bin/heap_abi" $node hold_map 1048576 "$scratch/ready-map"
	wait_until test -e "$scratch/ready-map" || fail 'no buffer'
	refuses_rmmod 'a mapping'
	end_jobs
	unload || complain 'rmmod does not work after the mapping went'
}

# rmmod is refused while the node is open.
test_node_keeps_module()
{
	exec 5<$node
	refuses_rmmod 'the node open'
	exec 5<&-
	unload || complain 'rmmod does not work after close'
}

# rmmod is refused while any debugfs file is open.
test_debugfs_file_keeps_module()
{
	for file in "$D"/* "$D"/*/*; do
		[ -d "$file" ] && continue
		exec 5<>"$file"
		refuses_rmmod "${file#"$D"/} open"
		exec 5<&-
	done
	unload || complain 'rmmod does not work after close'
}

# rmmod is refused while a run is on, which goes on.
test_run_keeps_module()
{
	spawn "$test_dir/bin/put" "$D/bench/run" 'vmap size=1M iterations=1000000' >/dev/null
	wait_until is_running || fail 'no run'
	refuses_rmmod 'a run on'
	read_status
	expect_equal 'status' "$state" running
	echo 1 >"$D/bench/stop"
	wait "$pid"
	unload || complain 'rmmod does not work after the run'
}

# Loading again starts from nothing: no results, no counts, default knobs.
test_load_again()
{
	run 'noop iterations=3'
	echo '4 0' >"$D/heap/orders"
	put bench/op nonsense >/dev/null
	unload || fail "rmmod: $(rmmod $module 2>&1)"
	[ ! -e "$D" ] || complain "$D is still there"
	[ ! -e $node ] || complain "$node is still there"
	load || fail 'insmod failed'
	expect_equal orders "$(cat "$D/heap/orders")" '8 4 0'
	expect_equal status "$(cat "$D/bench/status")" idle
	expect_equal results "$(cat "$D/bench/results.csv")" ''
	expect_equal error_log "$(cat "$D/error_log")" ''
	expect_equal buffers_created "$(stat_of buffers_created)" 0
}

# A second insmod of the loaded module is refused and harms nothing.
test_load_twice()
{
	expect_match insmod "$(load 2>&1)" '*File exists*'
	run 'noop iterations=3'
}
