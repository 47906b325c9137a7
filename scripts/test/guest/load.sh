# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# Loading, what is there then, what keeps the module, and unloading.

: "${test_dir:?}"
# shellcheck source-path=SCRIPTDIR source=../lib.sh
. "$test_dir/lib.sh"

# Every file of the contract is there, with mode 0600.
test_files()
{
	for file in README error_log $heap_knobs heap/stats $bench_knobs \
		bench/run bench/stop bench/status bench/results \
		bench/results.csv bench/samples.csv; do
		expect_equal "mode of $file" "$(stat -c %a "$D/$file" 2>&1)" 600
	done
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

# The README file names every knob, op, strategy and file.
test_readme()
{
	for word in op heap strategies size iterations warmup verify seed \
		pages vmap mmap noop page sg apply insert fault fault_sg huge auto \
		system bench/run bench/stop \
		bench/status bench/results bench/results.csv \
		bench/samples.csv error_log heap/mmap_strategy \
		heap/vmap_strategy heap/orders heap/max_bytes heap/stats; do
		grep -q -w -F "$word" "$D/README" || complain "no word on $word"
	done
}

# The defaults of the contract.
test_defaults()
{
	expect_equal orders "$(cat "$D/heap/orders")" '8 4 0'
	expect_equal mmap_strategy "$(knob heap/mmap_strategy)" sg
	expect_equal vmap_strategy "$(knob heap/vmap_strategy)" sg
	pages=$(sed -n 's/^MemTotal: *\([0-9]*\) kB/\1/p' /proc/meminfo)
	expect_awk 'max_bytes is half of RAM' \
		"$(cat "$D/heap/max_bytes") == $pages * 512"
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
	spawn "$test_dir/heap_abi" $node hold_fd 1048576 "$scratch/ready-fd"
	wait_until test -e "$scratch/ready-fd" || fail 'no buffer'
	refuses_rmmod 'an open descriptor'
	end_jobs
	unload || complain 'rmmod does not work after the descriptor went'
}

# rmmod is refused while a mapping lives, though its descriptor is closed.
test_mapping_keeps_module()
{
	spawn "$test_dir/heap_abi" $node hold_map 1048576 "$scratch/ready-map"
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
	spawn "$test_dir/put" "$D/bench/run" 'vmap size=1M iterations=1000000' >/dev/null
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
