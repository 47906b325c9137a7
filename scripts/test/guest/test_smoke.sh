# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# What every kernel and compiler of the matrix is tried with: the module loads,
# each operation gives results, nothing is refused, and the module goes again.

: "${test_dir:?}"
# shellcheck source-path=SCRIPTDIR source=../case.sh
. "$test_dir/case.sh"

# Both arms of each op have figures.
test_ops()
{
	note "$(uname -a)"
	read_refusals
	before=$refusals
	run 'noop'
	for op in pages vmap mmap; do
		run "$op size=64M strategies=page,sg iterations=6"
		phase=total
		[ $op != pages ] || phase=fill
		for arm in page sg; do
			expect_match "$op, $arm" "$(column p50_ns strategy=$arm phase=$phase)" '[1-9]*'
		done
		expect_equal "complete $op" "$(column complete | sort -u)" 1
	done
	read_refusals
	expect_equal 'lines in error_log' "$refusals" "$before"
	expect_nothing_left
}
