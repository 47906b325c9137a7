# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# guest: --mem 384M
# What scripts/bench.sh does when it is given nothing, on a device with little
# memory.

: "${test_dir:?}"
# shellcheck source-path=SCRIPTDIR source=../case.sh
. "$test_dir/case.sh"

# Its sizes are made to fit, and each comparison is there, complete.
test_small_device()
{
	read_refusals
	before=$refusals
	expect_true bench.sh sh "$test_dir/../bench.sh" --quiet --out "$scratch/profile"
	for op in pages vmap mmap; do
		grep -r -h "^[0-9]*,$op,.*,sg,system," "$scratch/profile" >"$scratch/rows" ||
			complain "no results of $op"
		expect_equal "rows of $op that are not complete" "$(awk -F , \
			'$9 != 1' "$scratch/rows" | count_lines)" 0
		expect_equal "rows of $op of more than half of memory" "$(awk -F , \
			'$6 > 192 * 1048576' "$scratch/rows" | count_lines)" 0
	done
	read_refusals
	expect_equal 'lines in error_log' "$refusals" "$before"
}
