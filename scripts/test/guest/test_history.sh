# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# guest: --mem 2G --append init_on_alloc=0
# guest amd64: --append cma=64M
# guest arm64: --reserved-memory camera:64M --reserved-memory npu:32M
# What other exporters of dma-bufs got wrong once: a case for each bug that one like ours
# could have, on all heaps, and with all mmap strategies where it is about user mappings.
# Those that need memory to run out in the middle of a call are in test_history_faults.sh,
# one that shows only in the source is in host/test_history_source.sh.
#
# Two are shown elsewhere: udmabuf's vmap forgot the offset in a folio (vmap.bytes_*,
# selftest.all_pairs), and vmwgfx took any dma-buf for one with pages (replay.of_all).

: "${test_dir:?}"
# shellcheck source-path=SCRIPTDIR source=../case.sh
. "$test_dir/case.sh"

nodes='/dev/dma_heap/bench_*'

# abi CASE: of heap_abi.c, on each heap
abi()
{
	for each in $nodes; do
		expect_true "$each, $1" helper heap_abi "$each" "$1"
	done
}

# can_map: whether $each has buffers for the mmap strategy of the knob. Pages of a CMA
# region, and of heaps without a count for each, do not go with insert.
can_map()
{
	[ "$strategy" != insert ] ||
		[ "$(helper heap_abi "$each" try $((50 * page)) 2 0 0)" != EOPNOTSUPP ]
}

# each_mapping PROGRAM CASE ORDER:COUNT...: with each mmap strategy on each heap. Only
# heap system has the chunks that are asked for.
each_mapping()
{
	program=$1 what_of=$2
	shift 2
	mapped=0
	for strategy in $(choices_of heap/mmap_strategy); do
		set_knob heap/mmap_strategy "$strategy"
		for each in $nodes; do
			can_map || continue
			expect_true "${each##*/}, $strategy, $what_of" \
				helper "$program" "$each" "$what_of" "$@"
			mapped=$((mapped + 1))
		done
	done
	note "$what_of: $mapped pairs of heap and strategy"
}

# frames_or_pages OF-FRAMES OF-PAGES: of map_memory.c. insert maps what is counted as
# pages, the others frames.
frames_or_pages()
{
	set_knob heap/orders '8 4 0'
	of_frames=$1 of_pages=$2
	for strategy in $(choices_of heap/mmap_strategy); do
		what_of=$of_frames
		[ "$strategy" != insert ] || what_of=$of_pages
		set_knob heap/mmap_strategy "$strategy"
		for each in $nodes; do
			can_map || continue
			expect_true "${each##*/}, $strategy, $what_of" \
				helper map_memory "$each" "$what_of" 8:4
		done
	done
}

load_mapper()
{
	insmod "$test_dir/stray_mapper.ko" || fail 'stray_mapper.ko cannot be loaded'
	wait_until test -e /dev/stray_mapper || fail 'stray_mapper has no node'
}

unload_mapper()
{
	wait_until rmmod stray_mapper || complain 'stray_mapper cannot be unloaded'
}

# "dma-buf: heaps: Fix off-by-one in CMA heap fault handler" (6.11, CVE-2024-46852): a fault
# on the page after the last one, and further on, gets SIGBUS, and no frame.
test_cma_fault_off_by_one()
{
	load_mapper
	set_knob heap/orders '4 0'
	each_mapping map_stray fault_past_end 4:2 0:3
	unload_mapper
}

# "udmabuf: add back sanity check" (5.19): the exporter itself looks whether a
# mapping lies in the buffer, where a driver asks it, and mremap() cannot make it longer.
test_udmabuf_beyond_pages()
{
	load_mapper
	set_knob heap/orders '8 4 0'
	each_mapping map_stray asked_past_end 8:2 4:3 0:3
	each_mapping map_check remap 8:2 4:3 0:3
	unload_mapper
}

# "dma-buf: dma-heap: don't publish fd before copy_to_user() succeeds" (7.2): an argument that
# cannot be written gives EFAULT, and neither a descriptor nor a buffer.
test_fd_published_before_copy()
{
	abi readonly_argument
	expect_nothing_left
}

# "vfio/pci: Fix double free in dma-buf feature" (7.0): without a free descriptor the call fails
# with EMFILE, again and again, and gives the buffer back once.
test_double_free_after_failed_fd()
{
	created=$(stat_of buffers_created)
	abi no_free_descriptor
	expect_nothing_left
	expect_awk 'buffers that got no descriptor' "$(stat_of buffers_created) > $created"
	# pages that are free twice would be in two of these
	abi zeroed
}

# "udmabuf: change folios array from kmalloc to kvmalloc" (CVE-2024-56544): the table that the
# fault strategies keep of a large buffer is larger than what kmalloc() has.
test_large_table_by_kmalloc()
{
	[ "$page" = 4096 ] || skip 'pages of 4 KiB: with larger ones memory does not suffice'
	set_knob heap/max_bytes 1200M
	set_knob heap/orders 0
	set_knob heap/mmap_strategy fault
	# 16 bytes for each chunk, and 4 MiB at most
	expect_equal '1028 MiB of single pages' \
		"$(helper heap_abi $node try $((1028 << 20)) 2 0 0)" ok
	expect_nothing_left
}

# "udmabuf: fix a buf size overflow issue during udmabuf creation" (CVE-2025-37803): a length near
# 2^64 does not become 0 when it is rounded up to whole pages.
test_size_overflow_to_zero()
{
	abi huge_length
	expect_nothing_left
}

# udmabuf's begin_cpu_access made its table when there was none, without a lock: of threads that
# begin CPU access to a new buffer together each succeeds, and a kernel with kmemleak says at the
# end of the guest whether one left a table.
test_sync_race_on_cached_table()
{
	set_knob heap/orders 0
	for each in $nodes; do
		expect_true "$each" helper sync_race "$each" first $((1 << 20)) 40
	done
	wait_until all_is_freed || complain "$(stat_of bytes_alive) bytes are alive"
	expect_nothing_left
}

# "dma-buf: cma_heap: Fix mutex locking section": the list of attachments changes by two importers
# at once, while other threads walk it for CPU access.
test_attach_beside_sync()
{
	insmod "$test_dir/same_pages.ko" || fail 'same_pages.ko cannot be loaded'
	for each in $nodes; do
		: >"$scratch/go"
		# shellcheck disable=SC2016 # for the inner shell
		"$test_dir/../../bench/user/heap_exec" --heap "$each" --size 64k -- sh -c '
			"$1/sync_race" fd3 until "$2/go" >"$2/race" &
			"$1/put" "$3/bench/run" "attach fd=3 strategies=fd:exporter \
				iterations=4000 warmup=0" >"$2/run"
			rm "$2/go"
			wait' sh "$test_dir/bin" "$scratch" "$D"
		expect_equal "${each##*/}: attach" "$(cat "$scratch/run")" ok
		read -r syncs attachments <"$scratch/race"
		note "${each##*/}: $syncs syncs and $attachments attachments beside 4000"
		expect_awk 'both meanwhile' "$syncs > 100 && $attachments > 100"
	done
	expect_nothing_left
	rmmod same_pages || complain 'same_pages cannot be unloaded'
}

# "drm/shmem-helper: Fix BUG_ON() on mmap(PROT_WRITE, MAP_PRIVATE)" (CVE-2024-39497) and
# "x86/mm/pat: fix VM_PAT handling in COW mappings" (6.9, CVE-2024-35877): a private mapping is
# refused, counted, and noted with what is accepted.
test_cow_mapping_refused()
{
	set_knob heap/orders '8 4 0'
	failures=$(stat_of mmap_failures)
	made=$(stat_of mmaps_made)
	each_mapping map_check private_mapping 8:1 0:1
	read_refusals
	expect_match 'the last refusal' "$refusal" '*private*accepted: MAP_SHARED*'
	expect_equal mmap_failures $(($(stat_of mmap_failures) - failures)) "$mapped"
	# the full mapping that each case of map_check makes
	expect_equal mmaps_made $(($(stat_of mmaps_made) - made)) "$mapped"
}

# "media: videobuf2: Set vma_flags in vb2_dma_sg_mmap" (CVE-2026-46312): no mapping grows, or goes
# into a core dump, that of pages as little as those of frames.
test_dontexpand_dontdump()
{
	frames_or_pages flags_of_frames flags_of_pages
}

# "drm/shmem-helper: Fix huge page mapping in fault handler" (2026) and "vfio/pci: Align huge faults
# to order" (6.15): a mapping that begins and ends anywhere in a PMD, with chunks of that size
# and others, read and then written, shows its pages and leaves its neighbours alone.
test_unaligned_huge_fault()
{
	set_knob heap/orders "$pmd_order 8 4 0"
	each_mapping map_check placed "$pmd_order:1" 8:1 4:1 0:1
}

# "dma-buf: heaps: Don't track CMA dma-buf pages under RssFile" (6.9): who maps a buffer is not
# charged for it, unless its pages count as any others.
test_rss_of_pfn_mappings()
{
	frames_or_pages resident_size resident_size_counted
}

# "dma-buf: system_heap: avoid reclaim for order 4" (2023): all but the last order are asked for
# without reclaim, and none with a warning.
test_no_reclaim_for_order()
{
	set_knob heap/orders '8 4 0'
	instance=$tracefs/instances/history
	mkdir "$instance"
	echo 'order == 8 || order == 4' >"$instance/events/kmem/mm_page_alloc/filter"
	echo 1 >"$instance/events/kmem/mm_page_alloc/enable"
	helper heap_abi $node try $((273 * page)) 2 0 0 >/dev/null
	echo 0 >"$instance/events/kmem/mm_page_alloc/enable"
	grep 'heap_abi.*__GFP_ZERO' "$instance/trace" >"$scratch/chunks"
	rmdir "$instance"
	for order in 8 4; do
		flags=$(sed -n "s/.* order=$order .*gfp_flags=//p" "$scratch/chunks")
		note "order $order: $flags"
		expect_match "order $order" "$flags" '*__GFP_NOWARN*'
		case $flags in
		*GFP_HIGHUSER* | *GFP_USER* | *GFP_KERNEL* | *RECLAIM*)
			complain "order $order is reclaimed for" ;;
		esac
	done
}
