# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# User mappings show the right pages, whatever the strategy, offset and length.
# The cases of the same names are in map_check.c, map_memory.c and map_faults.c.

: "${test_dir:?}"
# shellcheck source-path=SCRIPTDIR source=../case.sh
. "$test_dir/case.sh"

# map_check CASE STRATEGY ORDERS CHUNK...
map_check()
{
	check_map map_check "$@"
}

map_memory()
{
	check_map map_memory "$@"
}

map_faults()
{
	check_map map_faults "$@"
}

# check_map PROGRAM CASE STRATEGY ORDERS CHUNK...: also checks that the buffer got the
# chunks it is said to have.
check_map()
{
	program=$1 name=$2 strategy=$3 orders=$4
	shift 4
	set_knob heap/mmap_strategy "$strategy"
	set_knob heap/orders "$orders"
	for chunk; do
		order=${chunk%:*}
		eval "before_$order=$(stat_of "chunks_order_$order")"
	done
	expect_true "$strategy" helper "$program" $node "$name" "$@"
	for chunk; do
		order=${chunk%:*}
		eval "was=\${before_$order}"
		expect_equal "chunks of order $order" \
			$(($(stat_of "chunks_order_$order") - ${was:-0})) "${chunk#*:}"
	done
}

# each_strategy CASE: on a buffer with chunks of order 8, 4 and 0.
each_strategy()
{
	for strategy in $(choices_of heap/mmap_strategy); do
		map_check "$1" "$strategy" '8 4 0' 8:2 4:3 0:3
	done
}

# What is promised of each strategy: "pages" are counted and pinned as any
# others, "frames" are not; and how far the pages that are mapped at once reach.
promises_of()
{
	case $1 in
	insert) kind=pages ;;
	*) kind=frames ;;
	esac
	case $1 in
	fault) reach=page ;;
	fault_sg) reach=chunk ;;
	fault_table) reach=table ;;
	huge) reach=pmd ;;
	*) reach=all ;;
	esac
}

# each_kind CASE-OF-FRAMES CASE-OF-PAGES
each_kind()
{
	of_frames=$1 of_pages=$2
	set -- '8 4 0' 8:2 4:3 0:3
	for strategy in $(choices_of heap/mmap_strategy); do
		promises_of "$strategy"
		case $kind in
		frames) map_memory "$of_frames" "$strategy" "$@" ;;
		pages) map_memory "$of_pages" "$strategy" "$@" ;;
		esac
	done
}

# Skips the case, with the reason that the kernel gives, unless it has STRATEGY.
need_strategy()
{
	reason=$(sed -n "s/^# $1: //p" "$D/heap/mmap_strategy")
	[ -z "$reason" ] || skip "mmap strategy $1: $reason"
	choices_of heap/mmap_strategy | grep -q -w "$1" || fail "no mmap strategy $1"
}

# debug.config has CONFIG_PAGE_TABLE_CHECK_ENFORCED: huge maps one PMD a fault there.
page_tables_are_checked()
{
	case $(uname -r) in
	*-debug) ;;
	*) return 1 ;;
	esac
}

need_neighbours()
{
	need_strategy huge
	! page_tables_are_checked || skip 'a kernel that does not check page tables'
}

# Each strategy of the contract is listed: as a choice, or with what it lacks.
test_listed()
{
	for strategy in page sg apply table insert fault fault_sg fault_table huge auto; do
		case " $(choices_of heap/mmap_strategy) " in
		*" $strategy "*) continue ;;
		esac
		reason=$(sed -n "s/^# $strategy: //p" "$D/heap/mmap_strategy")
		[ -n "$reason" ] || complain "$strategy is not listed"
		note "$strategy: $reason"
		refuse EOPNOTSUPP heap/mmap_strategy "$strategy" "$reason"
		read_refusals
		expect_refusal "run with $strategy" EOPNOTSUPP \
			"$(put bench/run "mmap strategies=$strategy size=1M")" \
			"$refusals" accepted "$reason"
	done
}

# Windows at every offset around each border between chunks. Right after a boot the
# chunks of a buffer may be adjacent in memory, so that one would pass for another:
# once in random order, too, where the kernel verifies the pages (verify=1).
test_borders()
{
	each_strategy borders
	for strategy in $(choices_of heap/mmap_strategy); do
		map_check borders "$strategy" "$pmd_order 8 4 0" "$pmd_order:1" 8:1 4:1 0:1
	done
	set_knob heap/shuffle 1
	for strategy in $(choices_of heap/mmap_strategy); do
		map_check borders "$strategy" 3 3:8
		# what is wrong alike in each mapping, only the buffer's own pages show
		run "touch size=$((64 * page)) strategies=$strategy iterations=1 warmup=0"
	done
}

# Every offset with every length of a buffer of mixed chunks.
test_every_window()
{
	for strategy in $(choices_of heap/mmap_strategy); do
		map_check every_window "$strategy" '4 2 0' 4:2 2:2 0:3
		map_check every_window "$strategy" 0 0:12
		map_check every_window "$strategy" 3 3:3
	done
}

# A page written through a mapping of its own is that page of the full mapping.
test_written_through()
{
	each_strategy written_through
}

# A window past the end is refused. The dma-buf core does it before the heap
# hears of it, so error_log has no line.
test_past_the_end()
{
	read_refusals
	lines=$refusals
	each_strategy past_the_end
	read_refusals
	expect_equal 'lines in error_log' "$refusals" "$lines"
}

# A read-only mapping reads, and cannot be written.
test_read_only()
{
	each_strategy read_only
}

# MAP_POPULATE and mlock are harmless.
test_populate()
{
	each_strategy populate
}

# A hole in a mapping, and a mapping cut at both ends, show the right pages.
test_partial_munmap()
{
	each_strategy partial_munmap
}

# A child sees the same pages, and the parent sees what it wrote.
test_fork_child()
{
	each_strategy fork_child
}

# Faults of eight threads at once, from eight places, show the right pages.
test_concurrent_faults()
{
	for strategy in $(choices_of heap/mmap_strategy); do
		map_faults concurrent_faults "$strategy" "$pmd_order 8 4 0" \
			"$pmd_order:2" 8:1 4:1 0:1
	done
}

# Page tables that are full in part are filled around what is there.
test_moved_partly()
{
	for strategy in $(choices_of heap/mmap_strategy); do
		map_faults moved_partly "$strategy" "$pmd_order 8 4 0" "$pmd_order:2" 8:1 4:1 0:1
	done
}

# A scatterlist of several pages, with what chains them.
test_many_chunks()
{
	for strategy in $(choices_of heap/mmap_strategy); do
		map_check read_only "$strategy" 0 0:300
	done
}

# The same holds when neither has touched the mapping before the fork.
test_fork_untouched()
{
	each_strategy fork_untouched
}

# mprotect takes writing away and gives it back.
test_change_protection()
{
	each_strategy change_protection
}

# MADV_DONTNEED is refused, or drops pages that nothing brings back.
test_advice()
{
	each_kind advice advice_drops
}

# The pages cannot be pinned, or outlive the buffer when they are.
test_pinned()
{
	each_kind pinned pinnable
}

# What is mapped before the first touch and after it, page by page.
test_reach()
{
	for strategy in $(choices_of heap/mmap_strategy); do
		promises_of "$strategy"
		[ "$strategy" != huge ] || ! page_tables_are_checked || {
			note 'huge is left out: this kernel checks page tables'
			continue
		}
		map_faults "reach_$reach" "$strategy" "$pmd_order 8 4 0" \
			"$pmd_order:2" 8:1 4:1 0:1
		map_faults "reach_$reach" "$strategy" '8 4 0' 8:3 4:2 0:3
	done
}

# One fault for a table of PMDs, and no page table, where the address is right; writing
# after reading needs none more.
test_huge_aligned()
{
	need_neighbours
	map_faults huge_aligned huge "$pmd_order" "$pmd_order:8"
}

# Huge faults work at an offset, too, when the address has the same offset within a PMD.
test_huge_in_step()
{
	need_neighbours
	map_faults huge_in_step huge "$pmd_order" "$pmd_order:4"
}

# munmap, mprotect and fork may take PMDs apart.
test_huge_split()
{
	need_strategy huge
	map_faults huge_split huge "$pmd_order 8 0" "$pmd_order:3" 8:1 0:1
}

# A mapping outlives its descriptor.
test_closed_descriptor()
{
	each_strategy closed_descriptor
}

# traced_strategies COMMAND...: sets traced to the strategies that mapped.
traced_strategies()
{
	echo >"$tracefs/trace"
	echo 1 >"$tracefs/events/dmabuf_bench/dbb_mmap/enable"
	"$@"
	echo 0 >"$tracefs/events/dmabuf_bench/dbb_mmap/enable"
	traced=$(sed -n 's/.*dbb_mmap:.* strategy=\([^ ]*\) .*/\1/p' "$tracefs/trace" |
		tr '\n' ' ')
}

map_with_each()
{
	for strategy in $(choices_of heap/mmap_strategy); do
		[ "$strategy" = auto ] || map_check read_only "$strategy" 8 8:1
	done
}

# A buffer keeps the strategy it was made with: the trace says which one mapped.
test_strategy_is_copied()
{
	traced_strategies map_with_each
	want=''
	for strategy in $(choices_of heap/mmap_strategy); do
		[ "$strategy" = auto ] || want="$want$strategy $strategy "
	done
	expect_equal 'strategies that mapped' "$traced" "$want"
}

# remaps_of BEFORE AFTER: how often remap_pfn_range() is called for two mappings of
# 256 pages that were allocated with BEFORE in the knob and are mapped with AFTER.
remaps_of()
{
	set_knob heap/mmap_strategy "$1"
	echo 'p:dbb_remap remap_pfn_range' >"$tracefs/kprobe_events"
	echo >"$tracefs/trace"
	echo 1 >"$tracefs/events/kprobes/dbb_remap/enable"
	# shellcheck disable=SC2016 # for the inner shell
	expect_equal "allocated with $1, mapped with $2" \
		"$("$test_dir/../../bench/user/heap_exec" --heap $node --size $((256 * page)) -- \
			sh -c 'echo "$1" >"$2/heap/mmap_strategy"
			"$3" "$2/bench/run" "mmap fd=3 strategies=fd:exporter iterations=2 warmup=0"
			' sh "$2" "$D" "$test_dir/bin/put")" ok
	echo 0 >"$tracefs/events/kprobes/dbb_remap/enable"
	remaps=$(grep -c 'dbb_remap:' "$tracefs/trace")
	echo >"$tracefs/kprobe_events"
}

# What maps a buffer is the strategy that it was made with, also when the knob has
# changed since.
test_live_buffer()
{
	set_knob heap/orders '8 0'
	remaps_of page sg
	expect_equal 'remap_pfn_range() of page' "$remaps" 512
	remaps_of sg page
	expect_equal 'remap_pfn_range() of sg' "$remaps" 2
}

# picked_for ORDERS CHUNK...: sets picked to what auto takes for such a buffer,
# by heap/stats, which has to be what the trace says.
picked_for()
{
	grep '^auto_mmap_' "$D/heap/stats" >"$scratch/before"
	traced_strategies map_check read_only auto "$@"
	picked=$(grep '^auto_mmap_' "$D/heap/stats" | diff "$scratch/before" - |
		sed -n 's/^[+>] *auto_mmap_\([a-z_]*\)=.*/\1/p')
	expect_equal "traced for $*" "$traced" "$picked $picked "
	note "auto, $*: $picked"
}

# auto picks table where the kernel has it, else sg, and that is written down in heap/stats.
test_auto()
{
	choices_of heap/mmap_strategy | grep -q -w table && best=table || best=sg
	for order in 8 4 3 2 0; do
		picked_for $order $order:8
		expect_equal "picked for order $order" "$picked" "$best"
	done
	picked_for '8 4 0' 8:2 4:3 0:3
}
