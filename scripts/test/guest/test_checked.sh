# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# guest: --mem 1G --append page_table_check=on
# config: PAGE_TABLE_CHECK
# User mappings in a kernel that checks each change of a page table and panics at a wrong
# one: strategies that store PTEs otherwise have to go through set_pte_at() here.

: "${test_dir:?}"
# shellcheck source-path=SCRIPTDIR source=../case.sh
. "$test_dir/case.sh"

# each_checked PROGRAM CASES ORDERS CHUNK...
each_checked()
{
	program=$1 names=$2
	set_knob heap/orders "$3"
	shift 3
	for strategy in $(choices_of heap/mmap_strategy); do
		set_knob heap/mmap_strategy "$strategy"
		expect_true "$strategy, $names" helper "$program" $node "$names" "$@"
	done
}

# The kernel checks from its boot on.
test_on()
{
	grep -q -w page_table_check=on /proc/cmdline || complain 'page_table_check is off'
	expect_equal 'selftest' "$(put selftest mappings)" ok
	expect_match 'the last line' "$(tail -n 1 "$D/selftest")" '# Totals: pass:* fail:0 skip:*'
}

# Windows, and what the memory management does to mappings.
test_mappings()
{
	each_checked map_check every_window,written_through,remap,partial_munmap '4 2 0' 4:2 2:2 0:3
	each_checked map_check fork_child,change_protection,populate '8 4 0' 8:2 4:3 0:3
}

# Faults of many threads, in page tables that are full in part, too.
test_faults()
{
	each_checked map_faults concurrent_faults,moved_partly "$pmd_order 8 4 0" \
		"$pmd_order:2" 8:1 4:1 0:1
}
