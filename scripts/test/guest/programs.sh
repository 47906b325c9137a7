# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# The programs and scripts that users run on a device.

: "${test_dir:?}"
# shellcheck source-path=SCRIPTDIR source=../lib.sh
. "$test_dir/lib.sh"

user=$test_dir/../../bench/user
scripts=$test_dir/..

# expect_status WANTED COMMAND...: output goes to $scratch/output.
expect_status()
{
	wanted=$1
	shift
	"$@" >"$scratch/output" 2>&1
	status=$?
	[ "$status" = "$wanted" ] || {
		complain "status $status, expected $wanted, from: $*"
		tail -n 5 "$scratch/output"
	}
}

expect_output()
{
	grep -q -e "$1" "$scratch/output" || {
		complain "no '$1' in the output:"
		tail -n 5 "$scratch/output"
	}
}

# heap_mmap compares strategies and puts the knob back.
test_heap_mmap()
{
	set_knob heap/mmap_strategy page
	expect_status 0 "$user/heap_mmap" --heap $node --size 4M --strategies page,sg \
		--repeat 7 --seed 3 --csv "$scratch/csv"
	expect_equal mmap_strategy "$(knob heap/mmap_strategy)" page
	for arm in page sg; do
		for phase in mmap touch munmap total; do
			expect_output "^$arm  *$phase  *7 "
		done
	done
	expect_equal 'rows of the csv' "$(sed 1d "$scratch/csv" | count_lines)" $((7 * 2 * 4))
}

# Odd sizes of chunks and an offset.
test_heap_mmap_offset()
{
	set_knob heap/orders '4 2 0'
	expect_status 0 "$user/heap_mmap" --size $((275 * page)) --offset $((17 * page)) \
		--strategies page,sg --repeat 2
	expect_output "offset_bytes=$((17 * page))"
	expect_status 0 "$user/heap_mmap" --size 1M --repeat 1
}

# heap_mmap's exit codes, and the knob after a failure.
test_heap_mmap_errors()
{
	expect_status 2 "$user/heap_mmap" --size nonsense
	expect_status 2 "$user/heap_mmap" --nonsense
	expect_status 2 "$user/heap_mmap" --repeat 0
	expect_status 1 "$user/heap_mmap" --heap /dev/null --size 1M
	expect_status 1 "$user/heap_mmap" --heap /dev/nonsense --size 1M
	expect_status 1 "$user/heap_mmap" --size 4M --strategies page,nonsense
	expect_equal mmap_strategy "$(knob heap/mmap_strategy)" sg
	set_knob heap/max_bytes 1M
	expect_status 1 "$user/heap_mmap" --size 4M --strategies page,sg
	expect_equal mmap_strategy "$(knob heap/mmap_strategy)" sg
}

# Ctrl-C prints what was measured and gives 130.
test_heap_mmap_ctrl_c()
{
	spawn "$test_dir/foreground" "$scratch/group" "$user/heap_mmap" --size 4M \
		--strategies page,sg --repeat 100000 >"$scratch/output" 2>&1
	wait_until test -s "$scratch/group"
	sleep 2
	kill -INT "-$(cat "$scratch/group")"
	wait "$pid"
	expect_equal status $? 130
	expect_output complete=0
	expect_equal mmap_strategy "$(knob heap/mmap_strategy)" sg
}

# heap_exec hands a dma-buf to a command, and it is gone afterwards.
test_heap_exec()
{
	# shellcheck disable=SC2016 # for the inner shell
	expect_status 7 "$user/heap_exec" --heap $node --size $((275 * page)) --fd 5 --name testbuf \
		-- sh -c 'readlink /proc/self/fd/5; echo "fd=$DMABUF_FD size=$DMABUF_SIZE"
			grep bytes_alive "$1"; rmmod dmabuf_bench; exit 7' sh "$D/heap/stats"
	expect_output 'dmabuf'
	expect_output "fd=5 size=$((275 * page))"
	expect_output "bytes_alive=$((275 * page))"
	expect_output 'Resource temporarily unavailable'
	wait_until all_is_freed || complain 'the buffer is still alive'
}

# heap_exec's exit codes.
test_heap_exec_errors()
{
	expect_status 2 "$user/heap_exec"
	expect_status 2 "$user/heap_exec" --size x -- true
	expect_status 2 "$user/heap_exec" --fd 1 -- true
	expect_status 127 "$user/heap_exec" -- /nonsense
	expect_status 126 "$user/heap_exec" -- /
	expect_status 1 "$user/heap_exec" --size 0 -- true
	expect_status 1 "$user/heap_exec" --heap /dev/nonsense -- true
	expect_status 0 "$user/heap_exec" -- true
}

# bench.sh runs lines, shows their results and keeps them.
test_bench_sh()
{
	expect_status 0 sh "$scripts/bench.sh" --out "$scratch/results" \
		'pages size=1M strategies=page,sg iterations=6' 'noop iterations=6'
	expect_output '^sg  *fill'
	for file in 01-pages.results.txt 01-pages.csv 01-pages.samples.csv \
		02-noop.results.txt 02-noop.csv 02-noop.samples.csv; do
		[ -s "$scratch/results/$file" ] || complain "no $file"
	done
	is_loaded || complain 'it unloaded a module that it had not loaded'
	expect_equal 'verdict in the csv' "$(select_rows verdict strategy=page \
		<"$scratch/results/01-pages.csv")" baseline
}

# bench.sh loads the module and unloads it again.
test_bench_sh_loads()
{
	unload || fail 'rmmod failed'
	expect_status 0 sh "$scripts/bench.sh" --out "$scratch/loads" 'noop iterations=6'
	! is_loaded || complain 'the module is still loaded'
	expect_status 0 sh "$scripts/bench.sh" --keep --out "$scratch/loads" 'noop iterations=6'
	is_loaded || complain 'the module is not loaded after --keep'
	[ -s "$scratch/loads/02-noop.csv" ] || complain 'the second run has not number 02'
}

# bench.sh says why a line was refused, and fails.
test_bench_sh_errors()
{
	expect_status 1 sh "$scripts/bench.sh" --out "$scratch/errors" 'nonsense size=1M'
	expect_output nonsense
	expect_output 'accepted'
	expect_status 1 sh "$scripts/bench.sh" --out "$scratch/errors" 'vmap size=4097'
	expect_output 4097
	expect_status 2 sh "$scripts/bench.sh" --nonsense
	expect_equal 'files of refused lines' \
		"$(find "$scratch/errors" -name '*.csv' | count_lines)" 0
}

# ctrl_c_script SCRIPT FOLDER: Ctrl-C in the middle of a run.
ctrl_c_script()
{
	spawn "$test_dir/foreground" "$scratch/group" sh "$scripts/$1" --out "$2" \
		'vmap size=1M strategies=page,sg iterations=1000000' >"$scratch/output" 2>&1
	wait_until is_running || fail "no run: $(cat "$scratch/output")"
	kill -INT "-$(cat "$scratch/group")"
	wait "$pid"
	expect_equal "status of $1" $? 130
	[ -s "$2/01-vmap.csv" ] || fail 'no result was saved'
	expect_equal complete "$(select_rows complete <"$2/01-vmap.csv" | sort -u)" 0
	[ "$(sed 1d "$2/01-vmap.samples.csv" | count_lines)" -gt 0 ] ||
		complain 'no samples were saved'
	read_status
	expect_equal status "$state" stopped
}

# Ctrl-C on bench.sh saves the partial result.
test_bench_sh_ctrl_c()
{
	ctrl_c_script bench.sh "$scratch/partial"
}

# trace.sh runs lines in a session of its own and sums it up.
test_trace_sh()
{
	expect_status 0 sh "$scripts/trace.sh" --out "$scratch/trace" \
		'vmap size=1M strategies=page,sg iterations=6 warmup=2'
	expect_output '72  *dbb_sample'
	expect_output '16  *dbb_vmap'
	expect_output '^vmap  *fill  *sg  *6 '
	for file in 01-vmap.csv 01-vmap.samples.csv; do
		[ -s "$scratch/trace/$file" ] || complain "no $file"
	done
	[ -s "$scratch/trace/trace.dat" ] || [ -s "$scratch/trace/trace.txt" ] ||
		complain 'no trace was saved'
	expect_equal traced "$(sed -n 's/^# traced=//p' "$scratch/trace/01-vmap.csv")" 1
	expect_equal 'tracing instances left' "$(ls "$tracefs/instances")" ''
}

# trace.sh's exit codes.
test_trace_sh_errors()
{
	expect_status 2 sh "$scripts/trace.sh"
	expect_status 1 sh "$scripts/trace.sh" --out "$scratch/trace-errors" 'nonsense'
	expect_status 1 sh "$scripts/trace.sh" --out "$scratch/trace-errors" \
		--events nonsense 'noop iterations=3'
	expect_equal 'tracing instances left' "$(ls "$tracefs/instances")" ''
}

# Ctrl-C on trace.sh saves the partial result and removes the session.
test_trace_sh_ctrl_c()
{
	ctrl_c_script trace.sh "$scratch/partial-trace"
	expect_equal 'tracing instances left' "$(ls "$tracefs/instances")" ''
}
