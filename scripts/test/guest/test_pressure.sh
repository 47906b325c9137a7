# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# guest: --mem 384M
# Memory that is short or in pieces, and groups of processes that may have less of it than
# there is: nobody is stopped or killed for what the module allocates.

: "${test_dir:?}"
# shellcheck source-path=SCRIPTDIR source=../case.sh
. "$test_dir/case.sh"

groups=/sys/fs/cgroup
group=$groups/dbb

memory_kb()
{
	sed -n "s/^$1: *\([0-9]*\) kB/\1/p" /proc/meminfo
}

# make_group LIMIT: an empty control group whose processes may have so much memory
make_group()
{
	[ -e $groups/cgroup.controllers ] || mount -t cgroup2 cgroup2 $groups 2>/dev/null ||
		skip 'a kernel with cgroup2'
	grep -q -w memory $groups/cgroup.controllers || skip 'a kernel with memory cgroups'
	echo +memory >$groups/cgroup.subtree_control
	# what the last case left in it may take a moment to end
	[ ! -d $group ] || wait_until rmdir $group 2>/dev/null || fail "$group is in use"
	mkdir $group || fail 'no control group'
	echo "$1" >$group/memory.max
}

# in_group COMMAND...: takes the place of this shell
in_group()
{
	# shellcheck disable=SC2016 # for the inner shell
	exec sh -c 'echo $$ >"$1/cgroup.procs" && shift && exec "$@"' sh $group "$@"
}

event()
{
	sed -n "s/^$1 //p" $group/memory.events
}

expect_no_kill()
{
	for what in oom oom_kill; do
		expect_equal "$what in the control group" "$(event $what)" 0
	done
}

# hold_in_group NODE MIB: a process of the group has a buffer, mapped; sets charged to the
# kB that the group is charged with
hold_in_group()
{
	rm -f "$scratch/ready"
	spawn in_group "$test_dir/bin/heap_abi" "$1" hold_map $(($2 * 1048576)) "$scratch/ready"
	wait_until test -e "$scratch/ready" || fail "no buffer of $1"
	charged=$(($(cat $group/memory.current) / 1024))
	kill -KILL "$pid"
	wait "$pid" 2>/dev/null
	note "$1: $charged kB are charged to the group of who holds $2 MiB"
}

# Pages of a buffer are charged to nobody, as those of the kernel's system heap are not:
# only the page tables of its mappings are. A group may hold more than its limit.
test_buffers_are_not_charged()
{
	make_group 32M
	for node in /dev/dma_heap/bench_system /dev/dma_heap/bench_vmalloc; do
		hold_in_group $node 64
		expect_awk "$node: kB charged" "$charged < 4096"
	done
	expect_no_kill
	[ -e /dev/dma_heap/system ] || return 0
	[ "$(cat /sys/module/dma_heap/parameters/mem_accounting 2>/dev/null)" != Y ] || return 0
	hold_in_group /dev/dma_heap/system 64
	expect_awk "the kernel's heap: kB charged" "$charged < 4096"
}

# A process of the group that has a third of its limit.
start_victim()
{
	# shellcheck disable=SC2016 # for the inner shell
	spawn in_group sh -c 'big=$(head -c 4000000 /dev/zero | tr "\000" x) && : >"$1" &&
		while :; do sleep 1 && : "$big"; done' sh "$scratch/victim"
	victim=$pid
	wait_until test -e "$scratch/victim" || fail 'the victim did not start'
}

# In a group with little memory, too, what does not fit is refused, and whoever shares the
# group lives. Runs there need no more of it than there is.
test_group()
{
	make_group 24M
	start_victim
	set_knob heap/max_bytes $(($(memory_kb MemTotal) * 1024))
	for node in /dev/dma_heap/bench_system /dev/dma_heap/bench_vmalloc; do
		expect_equal "all of memory from $node" "$( (in_group "$test_dir/bin/heap_abi" $node \
			try $(($(memory_kb MemTotal) * 1024)) 2 0 0))" ENOMEM
		expect_equal "64 MiB from $node" "$( (in_group "$test_dir/bin/heap_abi" $node \
			try 67108864 2 0 0))" ok
	done
	for line in 'alloc size=64M iterations=3' 'mmap size=64M strategies=page,sg iterations=3' \
		'vmap size=64M strategies=page,array iterations=3' 'attach size=64M iterations=3' \
		'touch heap=anon strategies=anon size=4M iterations=3' 'noop iterations=20000'; do
		expect_equal "run '$line' in the group" "$( (in_group "$test_dir/bin/put" \
			"$D/bench/run" "$line warmup=0"))" ok
	done
	expect_no_kill
	kill -0 "$victim" || complain 'the victim was killed'
}

# Heap anon is memory of the writer, whose group is charged with it.
test_anon_is_charged()
{
	make_group 64M
	spawn in_group "$test_dir/bin/put" "$D/bench/run" \
		'touch heap=anon strategies=anon size=16M iterations=100000 warmup=0' >/dev/null
	wait_until is_charged || complain "$(cat $group/memory.current) bytes are charged"
	put bench/stop 1 >/dev/null
	wait "$pid"
	expect_no_kill
}

is_charged()
{
	[ "$(cat $group/memory.current)" -gt 16777216 ]
}

# allocate_fragmented MIB: five buffers in memory that is in pieces; sets stalls to the
# fewest times that somebody reclaimed or compacted during one of them.
allocate_fragmented()
{
	helper fragmented $node 24576 $(($1 * 1048576)) >"$scratch/lines"
	note "answer, stalls, free pages in large blocks: $(paste -s -d , "$scratch/lines")"
	stalls=$(cut -d ' ' -f 2 "$scratch/lines" | sort -n | head -n 1)
}

# Large orders are taken where they are free, without reclaim and compaction; the rest of
# the buffer is of single pages.
test_fragmented()
{
	single=$(stat_of chunks_order_0) created=$(stat_of buffers_created)
	allocate_fragmented 96
	expect_equal 'buffers' "$(grep -c '^ok ' "$scratch/lines")" 5
	expect_equal 'buffers created' $(($(stat_of buffers_created) - created)) 5
	single=$((($(stat_of chunks_order_0) - single) / 5))
	note "$single of $((100663296 / page)) pages of a buffer are single ones"
	expect_awk 'single pages' "$single > $((100663296 / page)) / 2"
	expect_equal 'times that somebody reclaimed or compacted' "$stalls" 0
}

# The last of the orders is tried hard, however large it is, and then refused.
test_fragmented_last_order()
{
	set_knob heap/orders 8
	allocate_fragmented 96
	expect_equal 'other answers' "$(grep -v -e '^ok ' -e '^ENOMEM ' "$scratch/lines")" ''
	expect_awk 'times that somebody reclaimed or compacted' \
		"$(cut -d ' ' -f 2 "$scratch/lines" | sort -n | tail -n 1) > 0"
}
