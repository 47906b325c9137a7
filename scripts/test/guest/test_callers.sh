# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# callers.sh: every call is there once, with its caller and its size, and nothing is
# left behind. Here the caller is the module itself, whose counters know the truth.

: "${test_dir:?}"
# shellcheck source-path=SCRIPTDIR source=../case.sh
. "$test_dir/case.sh"

callers=$test_dir/../callers.sh
folder=$scratch/callers

# trace_state: what a recording must not change.
trace_state()
{
	ls "$tracefs/instances"
	cat "$tracefs/kprobe_events"
	cat "$tracefs/tracing_on" "$tracefs/trace_clock"
	cat "$tracefs/set_event"
}

# record STATUS ARGUMENT...: callers.sh into $folder, which is new each time. What the
# kernel's tracing looked like before has to be there after.
record()
{
	rm -rf "$folder"
	trace_state >"$scratch/before"
	wanted=$1
	shift
	expect_status "$wanted" sh "$callers" --out "$folder" "$@"
	expect_unchanged
}

expect_unchanged()
{
	trace_state >"$scratch/after"
	cmp -s "$scratch/before" "$scratch/after" ||
		complain "tracing is not as before: $(diff "$scratch/before" "$scratch/after")"
}

# row COLUMN KEY=VALUE...: of callers.csv
row()
{
	select_rows "$@" <"$folder/callers.csv"
}

# trace.dat has the events that the text has.
expect_dat()
{
	for event in vmap_ret vunmap_ret; do
		expect_equal "$event in trace.dat" \
			"$(trace-cmd report -i "$folder/trace.dat" 2>/dev/null | grep -c " $event: ")" \
			"$(grep -c " $event: " "$folder/trace.txt")"
	done
}

# Each call is counted once, with its caller, its process, its exporter and its size.
test_counts()
{
	made=$(stat_of vmaps_made)
	record 0 -- sh -c "echo 'vmap size=1M strategies=page,sg iterations=20' >$D/bench/run"
	made=$(($(stat_of vmaps_made) - made))
	for function in dma_buf_vmap dma_buf_vunmap; do
		expect_equal "calls of $function" "$(row calls function=$function)" "$made"
		expect_equal "real calls of $function" \
			"$(row real_calls function=$function)" "$made"
		expect_equal "failed calls of $function" \
			"$(row failed_calls function=$function)" 0
		expect_equal "size in $function" "$(row size_bytes function=$function)" 1048576
		expect_equal "bytes of $function" "$(row bytes function=$function)" \
			$((made * 1048576))
		expect_equal "module that calls $function" \
			"$(row caller_module function=$function)" $module
		expect_match "who calls $function" "$(row caller function=$function)" 'dbb_*'
		expect_equal "process in $function" "$(row process function=$function)" sh
		expect_match "exporter in $function" "$(row exporter function=$function)" \
			'dmabuf_bench'
	done
	expect_output "^dbb_kernel_mapping_map \[$module\] pays most: dma_buf_vmap took"
	expect_output "in $made calls"
	[ -z "$(command -v trace-cmd)" ] || expect_dat
	grep -q "^sh;.*dbb_rounds_take \[$module\].*;dma_buf_vmap [0-9]*\$" \
		"$folder/stacks.folded" || complain 'no whole stack of dma_buf_vmap'
}

# The calls of one row's function are those of its folded stacks, in ns; with nothing
# but busybox, too.
test_sums()
{
	mkdir "$scratch/applets"
	busybox --install -s "$scratch/applets"
	rm -rf "$folder"
	trace_state >"$scratch/before"
	made=$(stat_of vmaps_made)
	expect_status 0 env PATH="$scratch/applets" sh "$callers" --out "$folder" -- \
		sh -c "echo 'vmap size=1M strategies=sg iterations=9' >$D/bench/run"
	expect_unchanged
	expect_equal 'calls of dma_buf_vmap' "$(row calls function=dma_buf_vmap)" \
		"$(($(stat_of vmaps_made) - made))"
	[ ! -e "$folder/trace.dat" ] || complain 'there is a trace.dat without trace-cmd'
	for function in dma_buf_vmap dma_buf_vunmap; do
		expect_equal "ns of the stacks of $function" \
			"$(sed -n "s/.*;$function //p" "$folder/stacks.folded" |
				awk '{ sum += $1 } END { printf "%.0f", sum }')" \
			"$(row total_ns function=$function |
				awk '{ sum += $1 } END { printf "%.0f", sum }')"
	done
}

# What maps an attachment is named by its device, and what mmap()s by its process.
test_functions()
{
	record 0 -- sh -c "echo 'attach size=64k strategies=sg iterations=7 warmup=0 batch=1' >$D/bench/run &&
		echo 'sync size=64k strategies=sg iterations=8 warmup=0 batch=1' >$D/bench/run &&
		echo 'mmap size=64k strategies=sg iterations=9 warmup=0 batch=1' >$D/bench/run"
	# sync attaches once
	expect_equal 'attachments mapped' "$(row calls function=dma_buf_map_attachment)" 8
	expect_equal 'attachments unmapped' \
		"$(row calls function=dma_buf_unmap_attachment | awk '{ n += $1 } END { print n }')" 8
	expect_equal 'CPU accesses begun' "$(row calls function=dma_buf_begin_cpu_access)" 8
	expect_equal 'CPU accesses ended' "$(row calls function=dma_buf_end_cpu_access)" 8
	expect_equal 'mmap() of the descriptor' "$(row calls function=dma_buf_mmap_internal)" 9
	expect_equal 'size of a mapping' "$(row size_bytes function=dma_buf_mmap_internal)" 65536
	expect_equal 'calls of dma_buf_vmap, where nothing maps for the kernel' \
		"$(row calls function=dma_buf_vmap)" ''
	expect_match 'device of an attachment' \
		"$(row driver function=dma_buf_map_attachment)" 'dmabuf_bench_importer*'
}

# A buffer that lives before and after is in the list of live buffers.
test_live_buffers()
{
	[ -r /sys/kernel/debug/dma_buf/bufinfo ] ||
		skip 'this kernel has no debugfs file dma_buf/bufinfo'
	spawn "$test_dir/bin/heap_abi" $node hold_fd 3145728 "$scratch/ready-live"
	wait_until test -e "$scratch/ready-live" || fail 'no buffer'
	record 0 -- true
	expect_output '^ *3145728 *1 *1  *dmabuf_bench$'
	expect_output '^Nobody called'
}

# run_when_recording: three calls, as soon as callers.sh says that it records.
run_when_recording()
{
	wait_until grep -q '^recording' "$scratch/output" || complain 'no recording'
	echo 'vmap size=64k strategies=sg iterations=3 warmup=0 batch=1' >$D/bench/run
}

# --seconds ends by itself, and Ctrl-C ends it early; both report.
test_seconds()
{
	: >"$scratch/output"
	spawn run_when_recording
	record 0 --seconds 4
	expect_equal 'calls within the time' "$(row calls function=dma_buf_vmap)" 3
	rm -rf "$folder"
	spawn "$test_dir/bin/foreground" "$scratch/group" sh "$callers" --out "$folder" \
		--seconds 600 >"$scratch/output" 2>&1
	run_when_recording
	kill -INT "-$(cat "$scratch/group")"
	wait "$pid"
	expect_equal 'status after Ctrl-C' $? 0
	expect_equal 'calls until Ctrl-C' "$(row calls function=dma_buf_vmap)" 3
	expect_unchanged
}

# A command that is killed, that fails or that does not exist: the report is there,
# and tracing is as before.
test_command_fails()
{
	# shellcheck disable=SC2016 # for the inner shell
	record 0 -- sh -c 'kill -KILL $$'
	expect_output 'ended with status 137'
	record 0 -- false
	expect_output 'ended with status 1'
	record 3 -- "$scratch/no-such-command"
	expect_output 'could not be run'
}

# A recording that is ended by SIGTERM leaves nothing.
test_sigterm()
{
	trace_state >"$scratch/before"
	rm -rf "$folder"
	spawn sh "$callers" --out "$folder" --seconds 2 >"$scratch/output" 2>&1
	wait_until grep -q '^recording' "$scratch/output" || fail 'no recording'
	kill -TERM "$pid"
	wait "$pid"
	expect_equal 'status after SIGTERM' $? 143
	expect_unchanged
}

# Probes that somebody else defined stay, and so does a session that is on.
test_others()
{
	echo 'p:others/mine vfs_read' >>"$tracefs/kprobe_events"
	open_session
	record 0 -- true
	expect_session
	grep -q '^p:others/mine ' "$tracefs/kprobe_events" || complain "somebody's probe is gone"
	echo '-:others/mine' >>"$tracefs/kprobe_events"
}

# What is refused says why, and leaves nothing.
test_refused()
{
	trace_state >"$scratch/before"
	expect_status 3 sh "$callers" --seconds 0
	expect_output "'0' is not a whole number"
	expect_status 3 sh "$callers" --buffer-kb many
	expect_status 3 sh "$callers" nonsense
	expect_output "unknown option 'nonsense'"
	expect_status 3 sh "$callers" --
	mkdir "$scratch/full"
	echo mine >"$scratch/full/file"
	expect_status 3 sh "$callers" --out "$scratch/full" -- true
	expect_output 'is not empty'
	expect_equal 'what was there' "$(ls "$scratch/full")" file
	expect_status 3 sh "$callers" --report "$scratch/full"
	mkdir -p "$scratch/tracefs/events" "$scratch/tracefs/instances"
	expect_status 3 env DBB_TRACEFS="$scratch/tracefs" sh "$callers" --out "$scratch/new" -- true
	expect_output 'CONFIG_KPROBE_EVENTS'
	expect_unchanged
}

# Events that found no room are counted, said, and in the status.
test_lost()
{
	record 2 --buffer-kb 8 -- sh -c \
		"echo 'vmap size=64k strategies=sg iterations=500 warmup=0' >$D/bench/run"
	expect_output '[0-9]* events were lost'
}

# The report can be made on another machine, and is the same.
test_report_elsewhere()
{
	record 0 -- sh -c "echo 'vmap size=64k strategies=sg iterations=5' >$D/bench/run"
	cat "$folder/callers.csv" >"$scratch/first.csv"
	expect_status 0 sh "$callers" --report "$folder"
	cmp -s "$folder/callers.csv" "$scratch/first.csv" || complain 'another answer'
	cmp -s "$folder/report.txt" "$scratch/output" ||
		complain "report.txt is not what is printed: $(diff "$folder/report.txt" "$scratch/output")"
}

# What tracing costs is said, and calls that are too short for it.
test_cost()
{
	record 0 -- sh -c "echo 'vmap size=4k strategies=sg iterations=50' >$D/bench/run"
	expect_output '^Tracing added [0-9]* ns to each call. The times are net of [0-9]* ns'
	rough=$(awk -F , -v probes="$(sed -n 's/.*are net of \([0-9]*\) ns.*/\1/p' "$scratch/output")" '
		/^function,/ { rows = 0; next }
		$11 != "" && $11 < 2 * probes { rows++ }
		END { print rows + 0 }' "$folder/callers.csv")
	note "$rough rows are rough"
	expect_equal 'rows that are called rough' \
		"$(sed -n 's/^In \([0-9]*\) rows p50_ns is rough.*/\1/p' "$scratch/output")" \
		"$([ "$rough" = 0 ] || echo "$rough")"
}
