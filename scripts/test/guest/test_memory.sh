# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# guest: --mem 384M
# A device with little memory: what does not fit is refused, and nobody else
# pays for it. The kernel log must not show the OOM killer or a failed
# allocation either, which the runner checks.

: "${test_dir:?}"
# shellcheck source-path=SCRIPTDIR source=../case.sh
. "$test_dir/case.sh"

memory_kb()
{
	sed -n "s/^$1: *\([0-9]*\) kB/\1/p" /proc/meminfo
}

# A buffer that memory does not hold is refused without the OOM killer.
test_buffer()
{
	set_knob heap/max_bytes $(($(memory_kb MemTotal) * 1024))
	for heap in system vmalloc contig; do
		read_refusals
		expect_refusal "all of memory from $heap" ENOMEM "$(helper heap_abi \
			"/dev/dma_heap/bench_$heap" try $(($(memory_kb MemTotal) * 1024)) 2 0 0)" \
			"$refusals" 'do not fit in memory; accepted: '
	done
}

is_asleep()
{
	[ "$(cat "/proc/$victim/comm")" = sleep ] && grep -q '^State:.S' "/proc/$victim/status"
}

# A buffer that leaves others less than a 64th of RAM is refused, though its pages fit:
# there would be none for its table, and none for the others.
test_scarce()
{
	total=$(memory_kb MemTotal)
	set_knob heap/max_bytes $((total * 1024))
	spawn sleep 600
	victim=$pid
	wait_until is_asleep || fail 'the victim did not start'
	for orders in 0 '8 4 0'; do
		set_knob heap/orders "$orders"
		read_refusals
		before=$refusals
		helper heap_abi $node scarce $((total / 32)) $((total / 80)) 3072 1024 \
			>"$scratch/scarce"
		expect_equal 'allocations' "$(tr '\n' ' ' <"$scratch/scarce")" \
			"$((total / 32)) ok $((total / 80)) ENOMEM 3072 ENOMEM 1024 ENOMEM "
		read_refusals
		expect_equal "refusals with orders $orders" $((refusals - before)) 3
		expect_match 'the last of them' "$refusal" '*do not fit in memory; accepted: *'
	done
	kill -0 "$victim" || complain 'a process that had nothing to do with it was killed'
}

# A run whose buffer does not fit in memory is refused without the OOM killer.
test_run()
{
	set_knob heap/max_bytes $(($(memory_kb MemTotal) * 1024))
	read_refusals
	expect_refusal 'a run with all of memory' ENOMEM \
		"$(put bench/run "pages size=$(($(memory_kb MemTotal) / 1024))M iterations=3")" \
		"$refusals" "size="
	run 'noop iterations=3'
}

# expect_no_room ITERATIONS: the samples of that many rounds do not fit.
expect_no_room()
{
	read_refusals
	expect_refusal "a run of $1 rounds" ENOMEM "$(put bench/run "vmap size=$page \
		iterations=$1 warmup=0 strategies=page,sg,page,sg,page,sg,page,sg")" \
		"$refusals" "$1"
	run 'noop iterations=3'
}

# Samples that take more than all of memory are refused.
test_too_many_samples()
{
	expect_no_room 1000000
}

ended_or_running()
{
	is_running || [ "$state" != running ]
}

# many_rounds ROUNDS: prints what becomes of a run of so many rounds that is stopped
# once it is on, and leaves in $scratch/available what is available meanwhile.
many_rounds()
{
	spawn "$test_dir/bin/put" "$D/bench/run" "vmap size=$page warmup=0 verify=0 \
		iterations=$1 strategies=page,sg,page,sg,page,sg,page,sg" >"$scratch/put"
	sleep 0.5
	wait_until ended_or_running
	memory_kb MemAvailable >"$scratch/available"
	put bench/stop 1 >/dev/null
	wait "$pid"
	cat "$scratch/put"
}

# Samples may take half of the available memory, and no more. How much one round takes
# is measured through MemAvailable.
test_many_samples()
{
	run 'noop iterations=1'
	before=$(memory_kb MemAvailable)
	expect_equal '50000 rounds' "$(many_rounds 50000)" EINTR
	round=$(((before - $(cat "$scratch/available")) * 1024 / 50000))
	note "$round bytes a round"
	expect_awk 'bytes a round' "$round > 100 && $round < 4000"
	run 'noop iterations=1'
	sleep 0.5
	before=$(memory_kb MemAvailable)
	expect_equal 'samples of 0.4 of what is available' \
		"$(many_rounds $((before * 410 / round)))" EINTR
	read_status
	expect_equal 'state after that' "$state" stopped
	run 'noop iterations=1'
	sleep 0.5
	before=$(memory_kb MemAvailable)
	read_refusals
	expect_refusal 'samples of 0.6 of what is available' ENOMEM \
		"$(many_rounds $((before * 614 / round)))" "$refusals" 'no memory for the samples'
	run 'noop iterations=3'
}

# free_kb: what is free once all that need not be kept is given back.
free_kb()
{
	echo 3 >/proc/sys/vm/drop_caches
	sleep 0.3
	memory_kb MemFree
}

# expect_no_leak TIMES LINE: so many runs take no memory for good. The first time
# fills caches of the kernel. A description of 64 bytes that is forgotten in each
# of 60000 rounds is 3750 kB.
expect_no_leak()
{
	for turn in before after; do
		i=0
		while [ $i -lt "$1" ]; do
			run "$2"
			i=$((i + 1))
		done
		wait_until all_is_freed || complain "$(stat_of bytes_alive) bytes are alive"
		eval "$turn=$(free_kb)"
	done
	# shellcheck disable=SC2154 # set by eval
	note "$1 x '$2': $((before - after)) kB less are free"
	expect_awk "kB that are gone after '$2'" "$before - $after < 2500"
}

# Buffers are freed whole: pages, scatterlist and description.
test_leaks_alloc()
{
	expect_no_leak 1 "alloc size=$page strategies=sg iterations=20000 warmup=0 verify=0"
	expect_no_leak 1 'alloc heap=contig size=64k strategies=contig iterations=1000 warmup=0'
	set_knob heap/orders 0
	expect_no_leak 1 "alloc size=$((256 * page)) strategies=sg iterations=600 warmup=0"
}

# Attachments and their tables are freed.
test_leaks_attach()
{
	expect_no_leak 1 "attach size=$page strategies=sg iterations=60000 warmup=0 verify=0"
	set_knob heap/orders 0
	expect_no_leak 1 "attach size=$((256 * page)) strategies=sg iterations=600 warmup=0"
}

# Mappings, and the tables that strategies keep with a buffer, are freed.
test_leaks_maps()
{
	expect_no_leak 1 "vmap size=$((1024 * page)) strategies=sg,ram iterations=400 warmup=0"
	expect_no_leak 25 "vmap size=$((16384 * page)) strategies=array iterations=1 warmup=0 verify=0"
	set_knob heap/orders 0
	expect_no_leak 25 "mmap size=$((8192 * page)) strategies=fault_sg iterations=1 warmup=0"
}

# Results that a later run replaced are freed with their samples.
test_leaks_results()
{
	expect_no_leak 10 'noop strategies=sg iterations=20000 warmup=0 batch=1'
}
