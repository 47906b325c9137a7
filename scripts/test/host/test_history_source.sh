# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# The bug of another exporter that shows only in the source; the others are in
# test_history.sh and test_history_faults.sh.

: "${test_dir:?}"
# shellcheck source-path=SCRIPTDIR source=../case.sh
. "$test_dir/case.sh"

# "dma-buf: heaps: Fix potential spectre v1 gadget" (5.17, CVE-2022-48730): the one number of
# a user that is an index, that of the ioctl, is bounded for speculation, too; names of
# strategies, heaps and ops are compared in a loop. No program sees that: this reads the source.
test_spectre_gadget()
{
	awk '
	/array_index_nospec\(nr, ARRAY_SIZE\(dbb_node_commands\)\);/ { bounded = 1 }
	/dbb_node_commands\[/ && !/\[\] = / {
		uses++
		bad += !bounded || !/dbb_node_commands\[nr\]/
	}
	END { exit !uses || bad }' "$test_dir/../../heap/node.c" ||
		complain 'an index of dbb_node_commands is not bounded'
}
