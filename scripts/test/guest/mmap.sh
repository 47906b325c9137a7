# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# User mappings show the right pages, whatever the strategy, offset and length.
# The cases of the same names are in map_check.c.

: "${test_dir:?}"
# shellcheck source-path=SCRIPTDIR source=../lib.sh
. "$test_dir/lib.sh"

# map_check CASE STRATEGY ORDERS CHUNK...: also checks that the buffer got the
# chunks it is said to have.
map_check()
{
	name=$1 strategy=$2 orders=$3
	shift 3
	set_knob heap/mmap_strategy "$strategy"
	set_knob heap/orders "$orders"
	for chunk; do
		order=${chunk%:*}
		eval "before_$order=$(stat_of "chunks_order_$order")"
	done
	expect_true "$strategy" helper map_check $node "$name" "$@"
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
	for strategy in page sg; do
		map_check "$1" "$strategy" '8 4 0' 8:2 4:3 0:3
	done
}

# Windows at every offset around each border between chunks.
test_borders()
{
	each_strategy borders
}

# Every offset with every length of a buffer of mixed chunks.
test_every_window()
{
	for strategy in page sg; do
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

# A private mapping is refused and noted.
test_private_mapping()
{
	for strategy in page sg; do
		read_refusals
		failures=$(stat_of mmap_failures)
		made=$(stat_of mmaps_made)
		map_check private_mapping "$strategy" '8 4 0' 8:1 0:1
		expect_refusal "$strategy" '' '' "$refusals" \
			MAP_SHARED accepted private
		expect_equal mmap_failures "$(stat_of mmap_failures)" $((failures + 1))
		# the full mapping that each case of map_check makes
		expect_equal mmaps_made "$(stat_of mmaps_made)" $((made + 1))
	done
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

# mremap may move and shrink a mapping, not grow it.
test_remap()
{
	each_strategy remap
}

# A child sees the same pages, and the parent sees what it wrote.
test_fork_child()
{
	each_strategy fork_child
}

# mprotect takes writing away and gives it back.
test_change_protection()
{
	each_strategy change_protection
}

# MADV_DONTNEED is refused: nothing would bring the pages back.
test_advice()
{
	each_strategy advice
}

# The pages cannot be pinned.
test_pinned()
{
	each_strategy pinned
}

# The mapping process is not charged for the pages.
test_resident_size()
{
	for strategy in page sg; do
		map_check resident_size "$strategy" '8 4 0' 8:8
	done
}

# A mapping outlives its descriptor.
test_closed_descriptor()
{
	each_strategy closed_descriptor
}

# A buffer keeps the strategy it was made with: the trace says which one mapped.
test_strategy_is_copied()
{
	echo >"$tracefs/trace"
	echo 1 >"$tracefs/events/dmabuf_bench/dbb_mmap/enable"
	for strategy in page sg; do
		set_knob heap/mmap_strategy "$strategy"
		helper map_check $node read_only 8:1
	done
	echo 0 >"$tracefs/events/dmabuf_bench/dbb_mmap/enable"
	expect_equal 'strategies that mapped' \
		"$(sed -n 's/.*dbb_mmap:.* strategy=\([^ ]*\) .*/\1/p' "$tracefs/trace" | tr '\n' ' ')" \
		'page page sg sg '
}
