# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# The guest's half of host/test_staged.sh: what a module whose sources were changed
# there has to say. A topic of run_topics.sh in that guest only.

: "${test_dir:?}"
# shellcheck source-path=SCRIPTDIR source=case.sh
. "$test_dir/case.sh"

# A stop in the last sample of a run of seven rounds.
test_stop_in_last_sample()
{
	run 'noop strategies=page,sg iterations=7 warmup=1 batch=1'
	expect_equal complete "$(column complete | sort -u)" 1
	expect_equal rounds "$(column iterations | sort -u)" 7
	expect_equal 'samples lost' "$(environment samples_lost)" 0
	expect_match status "$(cat "$D/bench/status")" 'done *'
}

# A stop in the first sample of the last of nine rounds.
test_stop_in_last_round()
{
	expect_equal run "$(put bench/run \
		'noop strategies=page,sg iterations=9 warmup=1 batch=1')" EINTR
	expect_equal complete "$(column complete | sort -u)" 0
	expect_equal rounds "$(column iterations | sort -u)" 8
	expect_equal 'samples lost' "$(environment samples_lost)" 1
	expect_match status "$(cat "$D/bench/status")" 'stopped *'
}

# The rest of a vmap is said to be -4 of 1000 ns.
test_negative_share()
{
	run 'vmap size=1M strategies=sg iterations=3'
	expect_equal share_pct "$(table_cell 9 sg rest)" -0.4
}

# An event is switched on in the first sample of the last of eight rounds.
test_events_in_last_round()
{
	run 'vmap size=1M strategies=page,sg iterations=8 warmup=1'
	echo 0 >"$tracefs/events/dmabuf_bench/dbb_vmap/enable"
	expect_equal traced "$(environment traced)" 1
	run 'vmap size=1M strategies=page,sg iterations=6 warmup=1'
	expect_equal 'traced, of the next run' "$(environment traced)" 0
}

is_on()
{
	read_status
	[ "$state" = running ]
}

is_stopped_by_signal()
{
	[ "$(sed -n 's/^State:[[:space:]]*\(.\).*/\1/p' "/proc/$pid/status")" = T ]
}

# A signal that the writer does not handle ends the wait for a fence: the run is
# stopped, and does not begin again when the writer goes on.
test_wait_for_fence()
{
	run 'noop iterations=1'
	before=$(column run | head -n 1)
	spawn "$test_dir/bin/put" "$D/bench/run" 'sync size=1M strategies=sg iterations=3 warmup=0' \
		>"$scratch/put"
	wait_until is_on || fail 'no run'
	kill -STOP "$pid"
	wait_until is_stopped_by_signal || complain 'the writer is not stopped'
	kill -CONT "$pid"
	wait_until test -s "$scratch/put" || complain 'the writer does not come back'
	expect_equal write "$(cat "$scratch/put")" EINTR
	expect_match status "$(cat "$D/bench/status")" \
		"stopped run=$((before + 1)) op=sync *reason=\"stopped after 0 of 3 rounds\""
}

# Clock raw goes on by 7 with each read on CPU 0, and by 1000 on the others.
test_clock_of_thread()
{
	[ "$(nproc)" -gt 1 ] || skip 'a second CPU'
	for pair in 0:7 1:1000; do
		for op in 'noop threads=2 batch=1' 'noop batch=1' 'alloc size=64k'; do
			run "$op clock=raw cpu=${pair%:*} iterations=3 warmup=0"
			expect_equal "overhead_ns of $op, CPU ${pair%:*}" \
				"$(column overhead_ns | sort -u)" "${pair#*:}"
		done
	done
}

# Clock cycles stands still: a spin on it would have no end, and a sample no length.
test_standing_clock()
{
	for op in noop 'noop threads=2' 'alloc size=64k'; do
		read_refusals
		expect_refusal "$op" EOPNOTSUPP \
			"$(put bench/run "$op clock=cycles iterations=3 warmup=0")" "$refusals" \
			'clock cycles does not advance' 'accepted: monotonic, raw'
	done
}

# attach_fd FD4_SIZE: a run with a buffer of 1 MiB at descriptor 3, which has become
# the one at descriptor 4 when the run takes it.
attach_fd()
{
	heap_exec=$test_dir/../../bench/user/heap_exec
	"$heap_exec" --heap $node --size 1M --fd 3 -- "$heap_exec" --heap $node --size "$1" --fd 4 \
		-- "$test_dir/bin/put" "$D/bench/run" 'attach heap=fd fd=3 strategies=fd iterations=3'
}

# A descriptor that has become another buffer since its size was read.
test_replaced_fd()
{
	read_refusals
	expect_refusal 'another size' ERANGE "$(attach_fd 2M)" "$refusals" \
		'fd 3 had 1048576 bytes and now has 2097152' accepted
	expect_equal 'the same size' "$(attach_fd 1M)" ok
	expect_equal size_bytes "$(column size_bytes | sort -u)" 1048576
}

# register_heaps=1 on a kernel that cannot do it, which takes three seconds to be said:
# there is nothing meanwhile that somebody could open.
test_refused_load()
{
	unload || fail 'rmmod does not work'
	spawn insmod "$test_dir/../../$module.ko" register_heaps=1 2>"$scratch/refused"
	for _ in $(seq 100); do
		[ ! -s "$scratch/refused" ] || break
		for path in "$node" "$D"/*; do
			[ ! -e "$path" ] || fail "$path is there before the refusal"
		done
		sleep 0.1
	done
	expect_match insmod "$(cat "$scratch/refused")" '*not supported*'
	dmesg | grep -q 'register_heaps=1: this kernel exports no dma_heap_add()' ||
		complain 'the kernel log does not say why'
	! is_loaded || complain 'the module is loaded'
}

# In a guest of encrypted memory the linear map is no mapping of a buffer, caching is the
# host's, no page is taken from a device, and the refusals say so.
test_encrypted_memory()
{
	read_refusals
	answer=$(helper heap_abi /dev/dma_heap/bench_contig try 25165824 2 0 0)
	if [ "$answer" != ok ]; then
		expect_refusal '24M of contig' ENOMEM "$answer" "$refusals" \
			'no 25165824 bytes in one piece' accepted
	fi
	reason=$refusal
	! dmesg | grep 'staged: pages of a device' || complain 'a device was asked for pages'
	run 'vmap heap=contig size=1M strategies=page,auto iterations=3'
	expect_equal auto_vmap_direct "$(stat_of auto_vmap_direct)" 0
	read_refusals
	expect_refusal 'strategy direct' EOPNOTSUPP \
		"$(put bench/run 'vmap heap=contig size=1M strategies=page,direct')" "$refusals" \
		'memory encryption is active' accepted
	refuse EOPNOTSUPP heap/caching wc "wc: this guest's memory is encrypted"
	grep -q '^CmaTotal: *[1-9]' /proc/meminfo || return 0
	[ ! -e /dev/dma_heap/bench_cma_default ] || skip 'a kernel that keeps CMA to itself'
	expect_match 'the reason' "$reason" '*memory is encrypted*'
	refuse EOPNOTSUPP bench/heap cma 'memory is encrypted'
}
