# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# guest: --mem 384M
# A device with little memory: what does not fit is refused, and nobody else
# pays for it. The kernel log must not show the OOM killer or a failed
# allocation either, which the runner checks.

: "${test_dir:?}"
# shellcheck source-path=SCRIPTDIR source=../lib.sh
. "$test_dir/lib.sh"

memory_kb()
{
	sed -n "s/^$1: *\([0-9]*\) kB/\1/p" /proc/meminfo
}

# A buffer that memory does not hold is refused without the OOM killer.
test_buffer()
{
	set_knob heap/max_bytes $(($(memory_kb MemTotal) * 1024))
	for orders in '8 4 0' 0 8; do
		set_knob heap/orders "$orders"
		expect_equal "all of memory with orders $orders" "$(helper heap_abi $node \
			try $(($(memory_kb MemTotal) * 1024)) 2 0 0)" ENOMEM
		wait_until all_is_freed || complain 'the part that fitted is still alive'
	done
	expect_equal 'all of memory from vmalloc' "$(helper heap_abi /dev/dma_heap/bench_vmalloc \
		try $(($(memory_kb MemTotal) * 1024)) 2 0 0)" ENOMEM
	wait_until all_is_freed || complain 'the part that fitted is still alive'
}

# The same for the buffer of a run.
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

# Samples that take nearly all of memory: refused, or there is room for them. How
# many bytes a sample of eight arms and six phases has may change.
test_many_samples()
{
	for bytes in 448 512 576 640 704 768; do
		spawn "$test_dir/put" "$D/bench/run" "vmap size=$page warmup=0 \
			iterations=$(($(memory_kb MemTotal) * 1000 / bytes)) \
			strategies=page,sg,page,sg,page,sg,page,sg" >"$scratch/put"
		sleep 0.5
		wait_until ended_or_running
		put bench/stop 1 >/dev/null
		wait "$pid"
		expect_match "samples of $bytes bytes" "$(cat "$scratch/put")" 'E[NI][OT][MR]*'
	done
	run 'noop iterations=3'
}
