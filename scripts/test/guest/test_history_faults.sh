# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# guest: --mem 2G --append init_on_alloc=0
# guest amd64: --append cma=64M
# guest arm64: --reserved-memory camera:64M --reserved-memory npu:32M
# config: FAILSLAB
# What other exporters of dma-bufs got wrong once when memory ran out in the middle of a
# call; the others are in test_history.sh.

: "${test_dir:?}"
# shellcheck source-path=SCRIPTDIR source=../case.sh
. "$test_dir/case.sh"

# Also where the kernel would wait for memory, and single pages; it does not say so in its
# log each time.
fail_any_allocation()
{
	[ -e /proc/thread-self/fail-nth ] || skip 'a kernel that can make allocations fail'
	for faults in /sys/kernel/debug/failslab /sys/kernel/debug/fail_page_alloc; do
		[ -d $faults ] || continue
		echo 0 >$faults/verbose
		echo N >$faults/ignore-gfp-wait
		[ ! -e $faults/min-order ] || echo 0 >$faults/min-order
		[ ! -e $faults/ignore-gfp-highmem ] || echo N >$faults/ignore-gfp-highmem
	done
}

free_kb()
{
	echo 3 >/proc/sys/vm/drop_caches
	sleep 0.3
	sed -n 's/^MemFree: *\([0-9]*\) kB/\1/p' /proc/meminfo
}

# each_strategy CASE ORDER:COUNT...: of map_fails.c, with each mmap strategy
each_strategy()
{
	fail_any_allocation
	for strategy in $(choices_of heap/mmap_strategy); do
		set_knob heap/mmap_strategy "$strategy"
		expect_true "$strategy, $*" helper map_fails $node "$@"
	done
	expect_nothing_left
}

# "udmabuf: fix memory leak on last export_udmabuf() error path" (CVE-2024-56712): a buffer that
# could not be made or exported is given back whole, whatever was missing.
test_leak_on_export_error()
{
	fail_any_allocation
	set_knob heap/orders '8 4 0'
	for each in /dev/dma_heap/bench_*; do
		# the first turn fills caches
		for turn in first before after; do
			expect_true "$each" helper map_fails "$each" export 8:4
			wait_until all_is_freed || complain "$(stat_of bytes_alive) bytes are alive"
			eval "$turn=$(free_kb)"
		done
		# shellcheck disable=SC2154 # set by eval
		note "${each##*/}: $((before - after)) kB less are free"
		# two buffers, of those that the allocations of an export leave
		expect_awk "$each: kB that are gone" "$before - $after < 8192"
	done
	expect_nothing_left
}

# "mm: avoid leaving partial pfn mappings around in error case" (6.11, CVE-2024-47674): a mapping
# that failed in the middle leaves no page of the buffer behind, one that did not is whole.
test_partial_pfn_mapping_after_failure()
{
	set_knob heap/orders "$pmd_order 8 4 0"
	each_strategy map "$pmd_order:2" 8:1 4:1 0:1
}

# "x86/mm/pat: Fix VM_PAT handling when fork() fails in copy_page_range()" (CVE-2025-22090): parent
# and count of mappings are what they were, also of a mapping made by one remap_pfn_range().
test_fork_that_fails()
{
	# what the kernel says of it: of stacks, and of faults that are taken again
	printf '%s\n' forks_fail faults_fail >>/ctl/provoked
	set_knob heap/orders '8 4 0'
	each_strategy fork 8:1 0:1
	set_knob heap/mmap_strategy sg
	expect_true 'sg, one chunk' helper map_fails $node fork 8:1
	expect_nothing_left
}
