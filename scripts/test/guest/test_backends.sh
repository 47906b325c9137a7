# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# guest: --mem 2G --append init_on_alloc=0
# guest amd64: --append cma=64M
# guest arm64: --reserved-memory camera:64M --reserved-memory npu:32M
# The heaps beside bench_system, and the wear of that. Which pages a buffer has
# shows in the arguments of remap_pfn_range(), which the strategy sg calls once
# for each chunk. The guest's kernel does not clear memory by itself.

: "${test_dir:?}"
# shellcheck source-path=SCRIPTDIR source=../case.sh
. "$test_dir/case.sh"

MIB=1048576

# try_alloc HEAP LEN: prints ok or the errno's name.
try_alloc()
{
	helper heap_abi "/dev/dma_heap/bench_$1" try "$2" 2 0 0
}

# memory_bytes FIELD: of /proc/meminfo
memory_bytes()
{
	awk -v field="$1:" '$1 == field { printf "%.0f\n", $2 * 1024 }' /proc/meminfo
}

# The heaps of this module, as far as they are here, without "bench_".
heaps()
{
	for path in /dev/dma_heap/bench_*; do
		case $path in
		*/bench_core_*) ;;
		*) echo "${path#/dev/dma_heap/bench_}" ;;
		esac
	done
}

# The regions of this guest as heaps, without "cma_".
regions()
{
	for path in /dev/dma_heap/bench_cma_*; do
		[ ! -e "$path" ] || echo "${path#/dev/dma_heap/bench_cma_}"
	done
}

# chunks_of HEAP LEN: prints "PFN BYTES" of each chunk of a buffer, in order.
chunks_of()
{
	instance=$tracefs/instances/chunks
	ready=$scratch/ready-$1-$2
	rm -f "$ready"
	# shellcheck disable=SC2016 # $arg3 is the tracer's
	echo 'p:dbb_chunk remap_pfn_range pfn=$arg3:u64 bytes=$arg4:u64' \
		>"$tracefs/kprobe_events"
	mkdir "$instance"
	echo 1 >"$instance/events/kprobes/dbb_chunk/enable"
	spawn "$test_dir/bin/heap_abi" "/dev/dma_heap/bench_$1" hold_map "$2" "$ready"
	wait_until test -e "$ready" || echo 'no mapping'
	kill -KILL "$pid"
	wait "$pid" 2>/dev/null
	sed -n 's/.* pfn=\([0-9]*\) bytes=\([0-9]*\)$/\1 \2/p' "$instance/trace"
	echo 0 >"$instance/events/kprobes/dbb_chunk/enable"
	rmdir "$instance"
	echo >"$tracefs/kprobe_events"
}

# What a module cannot do to a user mapping, on each heap with each strategy. That
# chunks are known to be so large matters to no case of these.
test_user_mappings()
{
	cases=partial_munmap,fork_child,fork_untouched,change_protection
	cases=$cases,written_through
	for heap in $(heaps); do
		for strategy in $(choices_of heap/mmap_strategy); do
			set_knob heap/mmap_strategy "$strategy"
			# others would hold pages that a CMA region must have back
			if [ "$strategy" = insert ] &&
				[ "$(try_alloc "$heap" $((50 * page)))" = EOPNOTSUPP ]; then
				note "$heap: $(tail -n 1 "$D/error_log")"
				continue
			fi
			expect_true "$heap, $strategy" helper map_check "/dev/dma_heap/bench_$heap" \
				"$cases" 4:3 0:2
		done
	done
	note "$(heaps | tr '\n' ' ')"
}

# expect_one_chunk HEAP SIZE...: the engine maps and verifies buffers of one chunk.
expect_one_chunk()
{
	heap=$1
	shift
	for size; do
		for op in vmap mmap pages; do
			run "$op heap=$heap size=$size strategies=page,sg iterations=6"
			expect_equal "chunks of $size of $heap" "$(column chunks | sort -u)" 1
			expect_equal "heap of $op" "$(column heap | sort -u)" "$heap"
		done
	done
}

# A buffer of contig is one chunk, and right through every kind of mapping.
test_contig()
{
	expect_one_chunk contig 64k 192k 1M 4M
	chunks=$(chunks_of contig $MIB)
	expect_equal 'chunks of 1M' "$(echo "$chunks" | cut -d ' ' -f 2)" $MIB
}

# Blocks that are too large for the buddy allocator come from CMA or from pages that can
# be migrated.
test_contig_large()
{
	case $(try_alloc contig $((24 * MIB))) in
	ENOMEM)
		read_refusals
		expect_match 'the reason' "$refusal" \
			'*no 25165824 bytes in one piece: this kernel has no CMA; accepted: *'
		expect_equal 'nodes of regions' "$(regions)" ''
		skip 'this kernel has no CMA'
		;;
	esac
	expect_one_chunk contig 24M
}

# What cannot be had in one piece is refused with a reason, and nothing is left.
test_contig_too_large()
{
	set_knob heap/max_bytes "$(memory_bytes MemTotal)"
	bytes=$(($(memory_bytes MemAvailable) * 15 / 16))
	bytes=$((bytes - bytes % 65536))
	read_refusals
	expect_refusal 'most of memory' ENOMEM "$(try_alloc contig "$bytes")" \
		"$refusals" "no $bytes bytes in one piece" accepted
	wait_until all_is_freed || complain 'something is still alive'
	expect_equal '1M after that' "$(try_alloc contig $MIB)" ok
}

# Every page is zero, also when it was used before; threads are no harm.
test_zeroed()
{
	for heap in contig $(regions | sed 's/^/cma_/'); do
		for name in sizes zeroed churn cpu_access; do
			[ "$heap" = contig ] && [ "$name" = zeroed ] && continue
			expect_true "$heap $name" helper heap_abi "/dev/dma_heap/bench_$heap" \
				$name
		done
	done
	# 8 MiB are more than the buddy allocator has
	[ "$(try_alloc contig $((9 * MIB)))" = ENOMEM ] ||
		expect_true 'contig zeroed' helper heap_abi /dev/dma_heap/bench_contig zeroed
}

# A task that is killed as it allocates leaves nothing.
test_killed()
{
	for heap in contig $(regions | sed 's/^/cma_/'); do
		for _ in 1 2 3 4 5; do
			rm -f "$scratch/ready-kill"
			spawn "$test_dir/bin/heap_abi" "/dev/dma_heap/bench_$heap" churn
			sleep 0.1
			kill -KILL "$pid"
			wait "$pid" 2>/dev/null
		done
	done
	wait_until all_is_freed || complain 'something is still alive'
}

# So does one that is killed in the middle of a large buffer: it is given up, not made
# and freed.
test_killed_in_large()
{
	set_knob heap/orders 0
	set_knob heap/max_bytes 1G
	failures=$(stat_of alloc_failures)
	created=$(stat_of buffers_created)
	read_available
	before=$available_kb
	spawn "$test_dir/bin/heap_abi" $node hold_fd $((900 * MIB)) "$scratch/ready-large"
	wait_until has_taken 65536 || fail 'no memory is taken'
	kill -KILL "$pid"
	wait "$pid" 2>/dev/null
	[ ! -e "$scratch/ready-large" ] || fail 'it was made before it could be killed'
	expect_equal 'allocations that failed' $(($(stat_of alloc_failures) - failures)) 1
	expect_equal 'buffers made' $(($(stat_of buffers_created) - created)) 0
	wait_until all_is_freed || complain 'something is still alive'
}

read_available()
{
	available_kb=$(sed -n 's/^MemFree: *\([0-9]*\) kB/\1/p' /proc/meminfo)
}

# has_taken KB: of free memory, since $before
has_taken()
{
	read_available
	[ $((before - available_kb)) -ge "$1" ]
}

# There is a node for each region that was asked for at boot.
test_regions()
{
	case $(uname -m) in
	aarch64) want='camera default npu' ;;
	*) want=$(sed -n 's/^CmaTotal: *[1-9].*/default/p' /proc/meminfo) ;;
	esac
	expect_equal regions "$(regions | tr '\n' ' ' | sed 's/ $//')" "$want"
	for region in $want; do
		expect_one_chunk "cma_$region" 64k 1M 24M
	done
	[ -n "$want" ] || skip 'this kernel has no CMA'
}

# bounds_of REGION: its first page frame and the one after its last.
bounds_of()
{
	dmesg | awk -v region="$1" -v page="$page" '
	function number(hex, i, n) {
		n = 0
		for (i = 3; i <= length(hex); i++)
			n = n * 16 + index("0123456789abcdef", substr(hex, i, 1)) - 1
		return n
	}
	/created CMA memory pool at/ {
		match($0, /0x[0-9a-f]*/)
		base = number(substr($0, RSTART, RLENGTH))
		match($0, /size [0-9]*/)
		mib = substr($0, RSTART + 5, RLENGTH - 5)
	}
	/initialized node/ && $0 ~ "node " region "," { found = 1 }
	region == "default" && /cma: Reserved .* MiB at/ {
		match($0, /0x[0-9a-f]*/)
		base = number(substr($0, RSTART, RLENGTH))
		match($0, /Reserved [0-9]*/)
		mib = substr($0, RSTART + 9, RLENGTH - 9)
		found = 1
	}
	found {
		printf "%.0f %.0f\n", base / page, (base + mib * 1048576) / page
		exit
	}'
}

# The pages of a buffer lie in the region that the kernel's log gives.
test_pages_of_region()
{
	[ -n "$(regions)" ] || skip 'this kernel has no CMA'
	for region in $(regions); do
		bounds=$(bounds_of "$region")
		expect_match "bounds of $region" "$bounds" '[1-9]* [1-9]*'
		for size in 65536 $MIB $((24 * MIB)); do
			chunk=$(chunks_of "cma_$region" "$size")
			note "$region: $size bytes: $chunk in $bounds"
			expect_equal "bytes of the one chunk of $region" "${chunk#* }" "$size"
			expect_awk "$region: pages in it" "${chunk% *} >= ${bounds% *} && \
				${chunk% *} + $size / $page <= ${bounds#* }"
		done
	done
}

# hold_pieces HEAP COUNT: tries to hold COUNT buffers of 4M; prints how many.
hold_pieces()
{
	held=0
	for i in $(seq "$2"); do
		ready=$scratch/ready-piece-$i
		rm -f "$ready"
		spawn "$test_dir/bin/heap_abi" "/dev/dma_heap/bench_$1" hold_fd $((4 * MIB)) \
			"$ready" >>"$scratch/pieces" 2>&1
		wait_until test -e "$ready" -o ! -d "/proc/$pid"
		[ ! -e "$ready" ] || held=$((held + 1))
	done
}

# Allocations never fall back to pages outside the region: a full one is refused.
test_full_region()
{
	[ -n "$(regions)" ] || skip 'this kernel has no CMA'
	for region in $(regions); do
		case $region in
		npu) pieces=8 ;;
		*) pieces=16 ;;
		esac
		hold_pieces "cma_$region" $((pieces + 1))
		note "$region: $held of $pieces pieces of 4M"
		expect_awk "pieces of $region" "$held >= $pieces / 2 && $held <= $pieces"
		read_refusals
		expect_refusal "16M more of $region" ENOMEM \
			"$(try_alloc "cma_$region" $((16 * MIB)))" "$refusals" \
			"cma_$region" 16777216
		end_jobs
		: >"$scratch/pids"
		wait_until all_is_freed || complain "$region: something is still alive"
		expect_equal "16M of $region again" \
			"$(try_alloc "cma_$region" $((16 * MIB)))" ok
	done
}

# mix_of LEN: chunks of each order in a buffer of bench_system
mix_of()
{
	before=$(sed -n 's/^chunks_order_//p' "$D/heap/stats")
	try_alloc system "$1" >/dev/null
	echo "$before" | while IFS='=' read -r order count; do
		now=$(stat_of "chunks_order_$order")
		[ "$now" = "$count" ] || printf '%s:%s ' "$order" $((now - count))
	done
}

# The largest orders that the page allocator has.
test_large_orders()
{
	[ "$page" = 4096 ] || skip 'pages of 4 KiB'
	set_knob heap/orders '10 9 0'
	expect_equal '6M and a page' "$(mix_of $((6 * MIB + 4096)))" '0:1 9:1 10:1 '
	set_knob heap/orders 10
	expect_equal 8M "$(mix_of $((8 * MIB)))" '10:2 '
}

# fragment_pct: none, all, and some chunks are smaller than they could be.
test_fragment_pct()
{
	[ "$page" = 4096 ] || skip 'pages of 4 KiB'
	expect_equal 'the default' "$(mix_of $((32 * MIB)))" '8:32 '
	set_knob heap/fragment_pct 100
	all=$(mix_of $((32 * MIB)))
	note "100: $all"
	expect_match 'with 100' "$all" '0:*'
	expect_equal 'chunks of order 8 with 100' "${all##* 8:}" "$all"
	set_knob heap/fragment_pct 30
	some=$(mix_of $((32 * MIB)))
	note "30: $some"
	expect_match 'with 30' "$some" '0:* 4:* 8:* '
	expect_equal 'another buffer of that size' "$(mix_of $((32 * MIB)))" "$some"
	set_knob heap/fragment_pct 0
	expect_equal 'with 0' "$(mix_of $((32 * MIB)))" '8:32 '
	run 'vmap size=32M strategies=page,sg iterations=6'
}

# sizes_of_chunks: of a buffer of 16M of bench_system, in order
sizes_of_chunks()
{
	chunks_of system $((16 * MIB)) | cut -d ' ' -f 2
}

# shuffle: the same chunks in another order, the same for each buffer.
test_shuffle()
{
	set_knob heap/fragment_pct 30
	sizes_of_chunks >"$scratch/plain"
	set_knob heap/shuffle 1
	sizes_of_chunks >"$scratch/once"
	sizes_of_chunks >"$scratch/twice"
	expect_equal bytes "$(awk '{ n += $1 } END { print n }' "$scratch/once")" $((16 * MIB))
	expect_true 'two buffers alike' cmp -s "$scratch/once" "$scratch/twice"
	expect_equal 'the chunks, sorted' "$(sort -n "$scratch/once" | md5sum)" \
		"$(sort -n "$scratch/plain" | md5sum)"
	! cmp -s "$scratch/once" "$scratch/plain" || complain 'nothing was shuffled'
	run 'vmap size=16M strategies=page,sg iterations=6'
	run 'mmap size=16M strategies=page,sg iterations=6'
}

# neighbours: how many chunks of a buffer of 4M follow the one before in memory
neighbours()
{
	chunks_of system $((4 * MIB)) | awk -v page="$page" '
		$1 == next_pfn { n++ }
		{ next_pfn = $1 + $2 / page }
		END { print n + 0, NR }'
}

# With shuffle, hardly a page lies next to the one before it.
test_shuffled_neighbours()
{
	set_knob heap/orders 0
	note "in order: $(neighbours)"
	set_knob heap/shuffle 1
	got=$(neighbours)
	note "shuffled: $got"
	expect_equal chunks "${got#* }" $((4 * MIB / page))
	expect_awk 'neighbours' "${got% *} <= 0.02 * ${got#* }"
}

# What the knobs take and refuse.
test_wear_knobs()
{
	refuse ERANGE heap/fragment_pct 101 101
	refuse EINVAL heap/fragment_pct some some
	refuse EINVAL heap/fragment_pct ''
	refuse ERANGE heap/shuffle 2 2
	refuse EINVAL heap/shuffle yes yes
	set_knob heap/fragment_pct 100
	expect_equal fragment_pct "$(cat "$D/heap/fragment_pct")" 100
}
