# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# The programs and scripts that users run on a device.

: "${test_dir:?}"
# shellcheck source-path=SCRIPTDIR source=../case.sh
. "$test_dir/case.sh"

user=$test_dir/../../bench/user
scripts=$test_dir/..

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
	echo mine >"$scratch/group"
	expect_status 3 "$user/heap_mmap" --size nonsense
	expect_status 3 "$user/heap_mmap" --nonsense
	expect_status 3 "$user/heap_mmap" --repeat 0
	expect_status 3 "$user/heap_mmap" --heap /dev/null --size 1M
	expect_status 3 "$user/heap_mmap" --heap /dev/nonsense --size 1M
	expect_status 3 "$user/heap_mmap" --size 4M --strategies page,nonsense
	expect_equal mmap_strategy "$(knob heap/mmap_strategy)" sg
	expect_status 3 "$user/heap_mmap" --size 1M --repeat 1 --csv "$scratch/group"
	expect_output EEXIST
	set_knob heap/max_bytes 1M
	expect_status 3 "$user/heap_mmap" --size 4M --strategies page,sg
	expect_equal mmap_strategy "$(knob heap/mmap_strategy)" sg
}

# Ctrl-C prints what was measured and gives 130.
test_heap_mmap_ctrl_c()
{
	spawn "$test_dir/bin/foreground" "$scratch/group" "$user/heap_mmap" --size 4M \
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

# Several buffers, each of its heap and size, at its descriptor.
test_heap_exec_several()
{
	# shellcheck disable=SC2016 # for the inner shell
	expect_status 0 "$user/heap_exec" --size 128k --fd 4 --heap $node \
		--heap "${node%_*}_contig:256k" --heap "${node%_*}_vmalloc::3" --heap $node:64k:9 -- \
		sh -c 'echo "fd=$DMABUF_FD size=$DMABUF_SIZE"
			sed -n "s/^size:[[:space:]]*/size /p" /proc/self/fdinfo/[0-9]*
			ls /proc/self/fd | tr "\n" " "'
	expect_output 'fd=4 size=131072'
	expect_equal sizes "$(grep -c '^size ' "$scratch/output")" 4
	expect_equal 'sizes in order' "$(grep '^size ' "$scratch/output" | tr '\n' ' ')" \
		'size 131072 size 131072 size 262144 size 65536 '
	expect_output '3 4 5 [0-9 ]*9'
	wait_until all_is_freed || complain 'a buffer is still alive'
}

# heap_exec's exit codes.
test_heap_exec_errors()
{
	expect_status 3 "$user/heap_exec"
	expect_status 3 "$user/heap_exec" --size x -- true
	expect_status 3 "$user/heap_exec" --fd 1 -- true
	expect_status 127 "$user/heap_exec" -- /nonsense
	expect_status 126 "$user/heap_exec" -- /
	expect_status 3 "$user/heap_exec" --size 0 -- true
	expect_status 3 "$user/heap_exec" --heap /dev/nonsense -- true
	expect_status 3 "$user/heap_exec" --heap $node:4q -- true
	expect_output '4q: not NODE:SIZE'
	expect_status 3 "$user/heap_exec" --heap $node::2 -- true
	expect_output '::2: not NODE:SIZE:FD'
	expect_status 3 "$user/heap_exec" --heap $node::3 --heap $node::3 -- true
	expect_output '::3: not at a descriptor of its own'
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

# Each repetition is of a load of its own, and the results say of which.
test_bench_sh_repeat()
{
	expect_status 3 sh "$scripts/bench.sh" --repeat 2 'noop iterations=6'
	expect_output 'rmmod dmabuf_bench'
	for count in 0 100 x 1x ''; do
		expect_status 3 sh "$scripts/bench.sh" --repeat "$count" 'noop iterations=6'
		expect_output "'$count' is refused; accepted: 1 to 99"
	done
	unload || fail 'rmmod failed'
	expect_status 0 sh "$scripts/bench.sh" --out "$scratch/repeat" --repeat 3 \
		'noop iterations=6' 'pages size=1M iterations=6'
	! is_loaded || complain 'the module is still loaded'
	expect_output 'load 3 of 3'
	sed -n 's/^# module_loaded_ms=//p' "$scratch/repeat"/*.csv >"$scratch/loaded"
	expect_equal 'results' "$(count_lines <"$scratch/loaded")" 6
	expect_equal 'different loads' "$(sort -u "$scratch/loaded" | count_lines)" 3
	expect_equal 'boots' "$(sed -n 's/^# boot_id=//p' "$scratch/repeat"/*.csv | sort -u)" \
		"$(cat /proc/sys/kernel/random/boot_id)"
}

# bench.sh says why a line was refused, and fails.
test_bench_sh_errors()
{
	expect_status 3 sh "$scripts/bench.sh" --out "$scratch/errors" 'nonsense size=1M'
	expect_output nonsense
	expect_output 'accepted'
	expect_status 3 sh "$scripts/bench.sh" --out "$scratch/errors" 'vmap size=4097'
	expect_output 4097
	expect_status 3 sh "$scripts/bench.sh" --nonsense
	expect_status 3 sh "$scripts/bench.sh" 'noop iterations=3' --nonsense
	expect_status 3 sh "$scripts/bench.sh" 'noop iterations=3' --out
	expect_equal 'files of refused lines' \
		"$(find "$scratch/errors" -name '*.csv' | count_lines)" 0
}

# ctrl_c_script SCRIPT FOLDER: Ctrl-C in the middle of a run.
ctrl_c_script()
{
	spawn "$test_dir/bin/foreground" "$scratch/group" sh "$scripts/$1" --out "$2" \
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

# Without --out each start has a folder of its own, and a line in the index.
test_bench_sh_folders()
{
	mkdir "$scratch/here"
	cd "$scratch/here" || fail 'cd'
	# somebody has the names that it would give in the next minute
	now=$(date +%s)
	for second in $(seq 0 59); do
		mkdir -p "results/$(date -d "@$((now + second))" +%Y%m%d-%H%M%S)-bench"
	done
	expect_status 0 sh "$test_dir/../bench.sh" 'noop iterations=6' --quiet
	expect_equal 'results in a folder of somebody' \
		"$(find results -path '*-bench/01-noop.csv' | count_lines)" 0
	rmdir results/*-bench 2>/dev/null
	expect_status 0 sh "$test_dir/../bench.sh" --quiet 'noop iterations=7'
	expect_equal folders "$(find results -name '[0-9]*-bench*' | count_lines)" 2
	expect_equal results "$(find results -name 01-noop.csv | count_lines)" 2
	expect_equal 'lines of the index' "$(count_lines <results/index.csv)" 3
	expect_equal header "$(head -n 1 results/index.csv)" \
		date,folder,machine,kernel,revision,command
	expect_match 'line of the index' "$(tail -n 1 results/index.csv)" \
		"20*-bench*,$(uname -r) *bench.sh --quiet noop iterations=7"
	for key in date command machine kernel cmdline revision load; do
		grep -q "^$key=." results/*-bench*/environment.txt || complain "no $key="
	done
}

# Numbers go on after 99, and what is in the folder stays as it is.
test_bench_sh_numbers()
{
	mkdir "$scratch/many" "$scratch/many/20261124-120000-bench"
	for name in 07-noop.csv 99-noop.csv 100-noop.csv 0101-noop.csv; do
		echo mine >"$scratch/many/$name"
	done
	expect_status 0 sh "$scripts/bench.sh" --quiet --out "$scratch/many" \
		'noop iterations=3' 'noop iterations=3'
	[ -s "$scratch/many/102-noop.csv" ] || complain 'no number 102'
	[ -s "$scratch/many/103-noop.csv" ] || complain 'no number 103'
	expect_equal 'files left alone' "$(cat "$scratch/many"/*-noop.csv | grep -c '^mine$')" 4
}

# Options after a line are options.
test_bench_sh_options()
{
	expect_status 0 sh "$scripts/bench.sh" 'noop iterations=6' --quiet \
		--out "$scratch/options" 'noop iterations=7'
	! grep -q -e '===' -e 'saved as' "$scratch/output" || complain '--quiet did nothing'
	expect_equal results "$(find "$scratch/options" -name '*-noop.csv' | count_lines)" 2
	expect_equal 'iterations of the second' \
		"$(select_rows iterations <"$scratch/options/02-noop.csv" | sort -u)" 7
}

# A full TMPDIR is said, and loses no result.
test_bench_sh_full()
{
	mkdir "$scratch/full"
	mount -t tmpfs -o size=128k tmpfs "$scratch/full"
	spawn env TMPDIR="$scratch/full" sh "$scripts/bench.sh" --out "$scratch/fills" \
		'vmap size=1M strategies=page,sg iterations=2000 warmup=1' >"$scratch/output" 2>&1
	wait_until is_running || fail "no run: $(cat "$scratch/output")"
	dd if=/dev/zero of="$scratch/full/file" bs=4k 2>/dev/null
	wait "$pid"
	status=$?
	expect_status 0 env TMPDIR="$scratch/full" sh "$scripts/bench.sh" --out "$scratch/fills" \
		'noop iterations=3'
	umount "$scratch/full"
	expect_output "no space in $scratch/full"
	expect_equal 'status when it fills up' "$status" 0
	expect_equal complete "$(select_rows complete phase=total \
		<"$scratch/fills/01-vmap.csv" | sort -u)" 1
	[ -s "$scratch/fills/02-noop.csv" ] || complain 'no second result'
}

# made_conditions: directories that look like /sys and /proc of a good machine,
# with 64 MiB.
made_conditions()
{
	export DBB_SYS="$scratch/sys" DBB_PROC="$scratch/proc"
	mkdir -p "$DBB_SYS/devices/system/cpu/cpu0/cpufreq" \
		"$DBB_SYS/class/thermal/cooling_device0" "$DBB_PROC"
	governor=$DBB_SYS/devices/system/cpu/cpu0/cpufreq/scaling_governor
	cooling=$DBB_SYS/class/thermal/cooling_device0
	echo performance >"$governor"
	echo thermal-cpufreq-0 >"$cooling/type"
	echo 0 >"$cooling/cur_state"
	echo '0.12 0.50 0.70 1/80 999' >"$DBB_PROC/loadavg"
	echo 'quiet made=up' >"$DBB_PROC/cmdline"
	printf '%s\n' 'MemTotal: 65536 kB' 'MemFree: 60000 kB' 'MemAvailable: 62000 kB' \
		>"$DBB_PROC/meminfo"
	echo 'Node 0, zone Normal 9 9 9 9 9 9 9 9 9 9 9' >"$DBB_PROC/buddyinfo"
}

# What makes figures worse is said before they are measured; else nothing is.
test_bench_sh_conditions()
{
	made_conditions
	expect_status 0 sh "$scripts/bench.sh" --out "$scratch/calm" 'noop iterations=3'
	! grep 'warning: ' "$scratch/output" | grep -v 'debug options' ||
		complain 'a warning about a good machine'
	grep -q '^cmdline=quiet made=up$' "$scratch/calm/environment.txt" ||
		complain 'no command line of the kernel'
	echo schedutil >"$governor"
	echo 3 >"$cooling/cur_state"
	echo '2.31 0.50 0.70 1/80 999' >"$DBB_PROC/loadavg"
	echo 'Node 0, zone Normal 9999 9 9 9 9 9 9 9 1 0 0' >"$DBB_PROC/buddyinfo"
	expect_status 0 sh "$scripts/bench.sh" --out "$scratch/busy" 'noop iterations=3'
	for text in 'governor is not performance on cpu0 (schedutil)' \
		'thermal-cpufreq-0 is at state 3' 'load average is 2.31' \
		'memory is fragmented: [0-9] %'; do
		expect_output "warning: .*$text"
		grep -q "^warning=.*$text" "$scratch/busy/environment.txt" ||
			complain "environment.txt does not say: $text"
	done
}

# The patches are compared without heap_mmap, too, and fit into what is available.
test_bench_sh_patches()
{
	made_conditions
	echo 'MemAvailable: 16384 kB' >>"$DBB_PROC/meminfo"
	mkdir "$scratch/tree"
	cp -r "$scripts" "$scratch/tree/scripts"
	expect_status 0 sh "$scratch/tree/scripts/bench.sh" --out "$scratch/patches"
	expect_output 'skipped: heap_mmap is neither'
	expect_output 'the mmap patch'
	! grep -q '^===.*seed' "$scratch/output" || complain 'a patch is called seed'
	for name in 01-pages 02-vmap 03-mmap; do
		expect_equal "size of $name" "$(select_rows size_bytes \
			<"$scratch/patches/$name.csv" | sort -u)" 8388608
		grep -q '^# params=.*warmup=3' "$scratch/patches/$name.csv" ||
			complain "the warm-up of $name has no limit"
	done
	mkdir -p "$scratch/tree/bench"
	cp -r "$user" "$scratch/tree/bench/user"
	expect_status 0 sh "$scratch/tree/scripts/bench.sh" --quiet --out "$scratch/patches" patches
	[ -s "$scratch/patches/07-user-mmap.samples.csv" ] || complain 'heap_mmap did not run'
}

# A module that is loaded is not taken for the one asked for.
test_bench_sh_other_module()
{
	ko=$scripts/../dmabuf_bench.ko
	expect_status 0 sh "$scripts/bench.sh" --quiet --module "$ko" \
		--out "$scratch/module" 'noop iterations=3'
	printf 'a=b\000srcversion=0123456789ABCDEF\000' >"$scratch/other.ko"
	expect_status 3 sh "$scripts/bench.sh" --module "$scratch/other.ko" \
		--out "$scratch/module" 'noop iterations=3'
	expect_output 'another dmabuf_bench is loaded (srcversion .*0123456789ABCDEF'
	expect_status 3 sh "$scripts/bench.sh" --module "$scratch/none.ko" 'noop iterations=3'
	expect_output 'none.ko does not exist'
}

# Why insmod failed is said: the kernel's lines, and lockdown.
test_bench_sh_insmod()
{
	unload || fail 'rmmod failed'
	echo nonsense >"$scratch/broken.ko"
	echo 'none [integrity] confidentiality' >"$scratch/lockdown"
	expect_status 3 env DBB_LOCKDOWN="$scratch/lockdown" sh "$scripts/bench.sh" \
		--module "$scratch/broken.ko" --out "$scratch/insmod" 'noop iterations=3'
	expect_output 'insmod .*broken.ko failed'
	expect_output 'kernel lockdown is on (integrity)'
	expect_status 3 sh "$scripts/bench.sh" --module "$scratch/broken.ko" 'noop iterations=3'
	! grep -q lockdown "$scratch/output" || complain 'lockdown is blamed for nothing'
	[ ! -e "$scratch/insmod" ] || complain 'a folder without results'
}

# A kernel in lockdown lets a signed module load, and its files not be opened.
test_bench_sh_lockdown()
{
	mkdir -p "$scratch/locked/bench"
	: >"$scratch/locked/bench/run"
	echo 'none integrity [confidentiality]' >"$scratch/lockdown"
	expect_status 3 env DBB_LOCKDOWN="$scratch/lockdown" DBB_DEBUGFS="$scratch/locked" \
		sh "$scripts/bench.sh" 'noop iterations=3'
	expect_output 'kernel lockdown is on (confidentiality)'
	expect_output 'bench/status cannot be read'
}

# Root is recognised where id fails.
test_bench_sh_no_id()
{
	mkdir "$scratch/bin"
	printf '#!/bin/sh\necho "id: bad uid 0" >&2\nexit 1\n' >"$scratch/bin/id"
	chmod 755 "$scratch/bin/id"
	expect_status 0 env PATH="$scratch/bin:$PATH" sh "$scripts/bench.sh" --quiet \
		--out "$scratch/no_id" 'noop iterations=3'
}

# On a terminal: how long it takes, the warm-up apart from what is measured, and
# Ctrl-C as it is pressed there.
test_bench_sh_terminal()
{
	expect_status 130 "$test_dir/bin/pty_run" --interrupt 'measured 1' \
		sh "$scripts/bench.sh" --out "$scratch/terminal" \
		'vmap size=1M strategies=page,sg iterations=1000000 warmup=3000'
	expect_output 'vmap: this run takes about [0-9.]* s'
	expect_output 'vmap: warm-up [0-9]* of at most 3000, [0-9.]* s left'
	expect_output 'vmap: measured [0-9]* of 1000000, [0-9.]* s left'
	expect_equal complete "$(select_rows complete \
		<"$scratch/terminal/01-vmap.csv" | sort -u)" 0
	expect_status 130 "$test_dir/bin/pty_run" --interrupt 'warm-up' \
		sh "$scripts/bench.sh" --out "$scratch/terminal" \
		'vmap size=1M strategies=page,sg iterations=10 warmup=100000'
	expect_output 'stopped before the first measured round'
}

# trace.sh runs lines in a session of its own and sums it up.
test_trace_sh()
{
	expect_status 0 sh "$scripts/trace.sh" --out "$scratch/trace" \
		'vmap size=1M strategies=page,sg iterations=6 warmup=2'
	expect_output '72  *dbb_sample'
	expect_output '16  *dbb_vmap'
	expect_output "^vmap  *fill  *sg  *6  *6  *$(select_rows p50_ns strategy=sg phase=fill \
		<"$scratch/trace/01-vmap.csv")\$"
	for file in 01-vmap.csv 01-vmap.samples.csv; do
		[ -s "$scratch/trace/$file" ] || complain "no $file"
	done
	[ -s "$scratch/trace/02-trace.dat" ] || [ -s "$scratch/trace/02-trace.txt" ] ||
		complain 'no trace was saved'
	md5sum "$scratch/trace"/0* >"$scratch/sums" || complain 'no sums of the first trace'
	expect_status 0 sh "$scripts/trace.sh" 'noop iterations=3' --out "$scratch/trace" --quiet
	md5sum -c "$scratch/sums" >/dev/null ||
		complain 'the second trace changed files of the first'
	[ -s "$scratch/trace/04-trace.dat" ] || [ -s "$scratch/trace/04-trace.txt" ] ||
		complain 'no second trace was saved'
	expect_equal traced "$(sed -n 's/^# traced=//p' "$scratch/trace/01-vmap.csv")" 1
	expect_equal 'tracing instances left' "$(ls "$tracefs/instances")" ''
}

# A session that is on goes on, and its events stay.
test_trace_sh_other_session()
{
	open_session
	expect_status 0 sh "$scripts/trace.sh" --out "$scratch/beside" --no-kernel-events \
		'noop iterations=3'
	expect_session
}

# A task that takes the CPU from samples of several slices is named, and they are as
# many as the samples with a flag. Kernels that preempt at might_sleep() only do so in
# each allocation, but hardly ever inside vmap().
test_trace_sh_disturber()
{
	# shellcheck disable=SC2016 # for the inner shell
	spawn taskset 1 sh -c 'printf troublemaker >/proc/$$/comm; while :; do :; done'
	expect_status 0 sh "$scripts/trace.sh" --out "$scratch/disturbed" \
		'alloc size=64M strategies=system,vmalloc iterations=10 warmup=2 cpu=0'
	expect_output '^task  *troublemaker  *[1-9]'
	who=$(echo "$scratch/disturbed"/*.disturbers.csv)
	select_rows name kind=task <"$who" | grep -q -x troublemaker ||
		complain 'no row of troublemaker'
	sed 1d "$scratch/disturbed/01-alloc.samples.csv" | grep -v ',,[0-9]*,0$' |
		cut -d , -f 1,2,9 | sort -u >"$scratch/flagged"
	expect_output "^$(count_lines <"$scratch/flagged") samples were disturbed;"
	sed 1d "$who" | cut -d , -f 2,3,4 | sort -u >"$scratch/named"
	cmp -s "$scratch/named" "$scratch/flagged" ||
		complain "$(diff "$scratch/named" "$scratch/flagged" | head -n 5)"
	trace=$(echo "$scratch/disturbed"/*-trace.???)
	mv "$who" "$scratch/first"
	expect_status 0 sh "$scripts/trace.sh" --disturbers "$trace"
	note "$(cat "$scratch/output")"
	[ "${trace##*.}" != txt ] || cmp -s "$who" "$scratch/first" ||
		complain 'another answer from the saved trace'
}

# trace.sh's exit codes.
test_trace_sh_errors()
{
	expect_status 3 sh "$scripts/trace.sh"
	expect_status 3 sh "$scripts/trace.sh" --out "$scratch/trace-errors" 'nonsense'
	expect_status 3 sh "$scripts/trace.sh" --out "$scratch/trace-errors" \
		--events nonsense 'noop iterations=3'
	expect_equal 'tracing instances left' "$(ls "$tracefs/instances")" ''
}

# Events that were lost are counted, said, and in the status.
test_trace_sh_lost()
{
	expect_status 2 sh "$scripts/trace.sh" --out "$scratch/lost_events" --no-kernel-events \
		--buffer-kb 8 'vmap size=1M strategies=page,sg iterations=500 warmup=1'
	expect_output '[0-9]* events were lost'
}

# Ctrl-C on trace.sh saves the partial result and removes the session.
test_trace_sh_ctrl_c()
{
	ctrl_c_script trace.sh "$scratch/partial-trace"
	expect_equal 'tracing instances left' "$(ls "$tracefs/instances")" ''
}
