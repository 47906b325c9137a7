# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# Kernel mappings: each strategy shows the right pages on each heap that it can
# map, is refused on the others, and holds what it says it holds.
# shellcheck disable=SC2154 # read_status sets state, rounds_done

: "${test_dir:?}"
# shellcheck source-path=SCRIPTDIR source=../case.sh
. "$test_dir/case.sh"

# Around what the kernels treat apart: one page, the blocks of vm_map_ram() (64
# pages), and huge pages; with and without a rest.
sizes=$(for pages in 1 5 64 65 512 513 2304; do
	echo $((pages * page))
done)

# right_bytes HEAP STRATEGIES: the engine looks at every page.
right_bytes()
{
	for size in $sizes; do
		run "vmap heap=$1 size=$size strategies=$2 iterations=6 warmup=1 verify=1"
	done
}

# Every page of a mapping is that page of the buffer, on heap system.
test_bytes_system()
{
	for orders in '8 4 0' '4 0' 0; do
		set_knob heap/orders "$orders"
		right_bytes system page,sg,unrolled,array,ram,keep,born,auto
	done
}

# Every page of a mapping is that page of the buffer, on heap vmalloc, whose own mapping
# has huge entries where they exist.
test_bytes_vmalloc()
{
	right_bytes vmalloc page,sg,unrolled,array,ram,keep,born,auto
	note "9 MiB have $(column chunks | sort -u) chunks"
}

# Every page of a direct mapping is that page of the buffer, for buffers of one chunk.
test_bytes_direct()
{
	for order in 0 4 8 10; do
		set_knob heap/orders $order
		run "vmap size=$((page << order)) strategies=sg,direct,auto iterations=6 verify=1"
	done
	run "vmap heap=vmalloc size=$page strategies=born,direct iterations=6 verify=1"
}

# Threads that map at once, each with its own buffer, all succeed.
test_threads()
{
	run "vmap size=$((65 * page)) strategies=array,ram,keep,auto threads=4 iterations=50"
	run "vmap heap=vmalloc size=$((65 * page)) strategies=array,ram,keep,born threads=4 iterations=50"
}

# User mappings of a buffer of heap vmalloc show its pages.
test_mmap_of_vmalloc()
{
	strategies=$(head -n 1 "$D/heap/mmap_strategy" | tr -d '[]')
	for strategy in $strategies; do
		run "mmap heap=vmalloc size=9M strategies=$strategy iterations=6 verify=1"
		run "mmap heap=vmalloc size=$((5 * page)) strategies=$strategy iterations=6 verify=1"
	done
}

# refuse_run LINE WORD...: a run that its buffer refuses leaves no buffer and
# no result.
refuse_run()
{
	refused=$1
	shift
	results=$(cat "$D/bench/results.csv")
	read_refusals
	expect_refusal "run '$refused'" EOPNOTSUPP "$(put bench/run "$refused")" \
		"$refusals" "$@"
	[ "$(cat "$D/bench/results.csv")" = "$results" ] || complain "'$refused' left a result"
	wait_until all_is_freed || complain "'$refused' left a buffer"
}

# direct is refused on more chunks than one, born on a heap without mappings.
test_refusals()
{
	run 'noop iterations=3'
	set_knob heap/orders '8 4 0'
	refuse_run "vmap size=$((272 * page)) strategies=sg,direct" direct '2 scatterlist entries'
	refuse_run 'vmap heap=contig size=1M strategies=born' born 'heap contig' 'vmalloc and system'
	refuse_run 'pages size=1M strategies=array' array 'page array'
	refuse_run 'pages heap=vmalloc size=1M strategies=born' born 'page array'
}

# refuse_heap_alloc NODE LEN WORD...
refuse_heap_alloc()
{
	heap_node=/dev/dma_heap/$1 len=$2
	shift 2
	created=$(stat_of buffers_created) failures=$(stat_of alloc_failures)
	read_refusals
	expect_refusal "$len bytes of $heap_node" EOPNOTSUPP \
		"$(helper heap_abi "$heap_node" try "$len" 2 0 0)" "$refusals" \
		"${heap_node##*/}" accepted "$@"
	expect_equal buffers_created "$(stat_of buffers_created)" "$created"
	expect_equal alloc_failures "$(stat_of alloc_failures)" $((failures + 1))
	all_is_freed || complain "a refused allocation left $(stat_of bytes_alive) bytes"
}

# A buffer that the strategy of the knob cannot map is not allocated.
test_refused_allocation()
{
	set_knob heap/orders '8 4 0'
	set_knob heap/vmap_strategy direct
	refuse_heap_alloc bench_system $((272 * page)) direct '2 scatterlist entries'
	expect_equal 'one chunk' "$(helper heap_abi $node try $((256 * page)) 2 0 0)" ok
	set_knob heap/vmap_strategy born
	refuse_heap_alloc bench_contig $page born 'vmalloc and system'
	expect_equal 'born on vmalloc' \
		"$(helper heap_abi /dev/dma_heap/bench_vmalloc try $page 2 0 0)" ok
}

# Prints address and size of the kernel mappings that the module has made.
mappings()
{
	sed -n '/\[dmabuf_bench\].* vmap/s/^\([^ ]* *[0-9]*\) .*/\1/p' /proc/vmallocinfo
}

# keep maps once, has that mapping between two users, and lets go of it with
# the buffer.
test_keep()
{
	set_knob heap/orders 0
	run 'vmap size=4M strategies=keep iterations=9 warmup=0'
	expect_awk 'map of the first vmap' "$(sample ns phase=map round=0) > 0"
	expect_equal 'map of all others' "$(sample ns phase=map | sed 1d | sort -u)" 0
	[ -z "$(mappings)" ] || complain "still mapped: $(mappings)"

	spawn "$test_dir/bin/put" "$D/bench/run" \
		'vmap size=4M strategies=keep iterations=1000000 warmup=2 verify=0' >/dev/null
	wait_until is_running || fail "no run: $(cat "$D/bench/status")"
	first=$(mappings)
	expect_match 'a mapping of 4 MiB and a guard page' "$first" \
		"0x*-0x* $((4194304 + page))"
	for _ in 1 2 3 4 5 6 7 8 9 10; do
		expect_equal 'the mapping' "$(mappings)" "$first"
	done
	read_status
	expect_equal 'the run meanwhile' "$state" running
	put bench/stop 1 >/dev/null
	wait "$pid"
	wait_until all_is_freed || complain 'the buffer is still alive'
	[ -z "$(mappings)" ] || complain "still mapped: $(mappings)"
}

# A buffer of heap vmalloc is mapped from its birth to its release.
test_born_mapped()
{
	spawn "$test_dir/bin/heap_abi" /dev/dma_heap/bench_vmalloc hold_fd $((256 * page)) \
		"$scratch/ready-born"
	wait_until test -e "$scratch/ready-born" || fail 'no buffer'
	grep -q 'dbb_backend_vmalloc.*pages=256 vmalloc' /proc/vmallocinfo ||
		complain "no 256 pages: $(grep dmabuf_bench /proc/vmallocinfo)"
	end_jobs
	wait_until all_is_freed || complain 'the buffer is still alive'
	! grep -q 'dbb_backend_vmalloc.*pages=256 vmalloc' /proc/vmallocinfo ||
		complain "still there: $(grep dmabuf_bench /proc/vmallocinfo)"
}

# On heap system the mapping of born is made with the buffer, whether it is used or not,
# and undone with it. auto does not take it though an arm before it made one.
test_born_premade()
{
	set_knob heap/orders 0
	set_knob heap/vmap_strategy born
	spawn "$test_dir/bin/heap_abi" $node hold_fd $((256 * page)) "$scratch/ready-premade"
	wait_until test -e "$scratch/ready-premade" || fail 'no buffer'
	expect_match 'a mapping of 256 pages and a guard page' "$(mappings)" \
		"0x*-0x* $((257 * page))"
	end_jobs
	wait_until all_is_freed || complain 'the buffer is still alive'
	[ -z "$(mappings)" ] || complain "still mapped: $(mappings)"
	expect_picked sg put bench/run 'vmap size=4M strategies=born,auto iterations=3'
}

# expect_picked NAME COMMAND...: auto takes NAME for the buffer, and no other.
expect_picked()
{
	picked=$1
	shift
	before=$(sed -n "/^auto_vmap_$picked=/d; /^auto_vmap_/p" "$D/heap/stats")
	count=$(stat_of "auto_vmap_$picked")
	expect_equal "$*" "$("$@")" ok
	expect_awk "$*: auto_vmap_$picked" "$(stat_of "auto_vmap_$picked") > $count"
	expect_equal "$*: the others" \
		"$(sed -n "/^auto_vmap_$picked=/d; /^auto_vmap_/p" "$D/heap/stats")" "$before"
}

# auto takes born if the buffer has it, else direct if it can, else sg.
test_auto()
{
	set_knob heap/orders '8 0'
	expect_picked born put bench/run 'vmap heap=vmalloc size=4M strategies=auto iterations=3'
	expect_picked direct put bench/run "vmap size=$((256 * page)) strategies=auto iterations=3"
	expect_picked sg put bench/run "vmap size=$((257 * page)) strategies=auto iterations=3"
	set_knob heap/vmap_strategy auto
	expect_picked born helper heap_abi /dev/dma_heap/bench_vmalloc try $page 2 0 0
	expect_picked direct helper heap_abi $node try $page 2 0 0
	expect_picked sg helper heap_abi $node try $((2 * page)) 2 0 0
}

# expect_absent STRATEGY PHASE...: no such step, and nothing said of it.
expect_absent()
{
	arm=$1
	shift
	for phase; do
		expect_equal "flags of $arm $phase" \
			"$(column flags strategy="$arm" phase="$phase")" absent
		expect_equal "p50 of $arm $phase" \
			"$(column p50_ns strategy="$arm" phase="$phase")" 0
		expect_equal "speedup of $arm $phase" \
			"$(column speedup strategy="$arm" phase="$phase")" ''
		expect_equal "speedup of $arm $phase in the table" \
			"$(awk -v arm="$arm" -v phase="$phase" \
				'$1 == arm && $2 == phase { print $10 }' "$D/bench/results")" -
	done
}

# Steps that a strategy does not take are 0 and compared with nothing.
test_absent_steps()
{
	run 'vmap heap=vmalloc size=4M strategies=sg,array,keep,born iterations=8 warmup=2'
	expect_absent array array fill
	expect_absent keep array fill map
	expect_absent born array fill map
	[ "$(column flags strategy=array phase=map)" != absent ] || complain 'no map of array'
	expect_match 'speedup of keep' "$(column speedup strategy=keep phase=total)" '[0-9]*'
	run 'vmap heap=vmalloc size=4M strategies=born,sg iterations=8 warmup=2'
	expect_absent born array fill map
	expect_equal 'speedup over a step that is not there' \
		"$(column speedup strategy=sg phase=map)" ''
	expect_awk 'the step itself' "$(column p50_ns strategy=sg phase=map) > 0"
	expect_match 'speedup of the total' "$(column speedup strategy=sg phase=total)" '[0-9]*'
}

# The strategies that fill a page array do so in op pages, too.
test_pages()
{
	run 'pages size=1M strategies=page,sg,ram,keep iterations=6 verify=1'
}
