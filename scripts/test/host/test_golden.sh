# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# The statistics of the kernel against R, on a thousand pairs of arrays: sizes 1
# to 3000 and a million, heavy tails, ties, all equal, near 2^40, negative. They
# are compiled as they are, with the headers of golden/linux, and stopped by the
# first undefined or wild access.
# shellcheck disable=SC2154 # test_dir and scratch come from run_tests.sh

golden=$test_dir/golden

# Builds the program and lets it answer, once for all cases.
answer()
{
	# shellcheck source-path=SCRIPTDIR source=../../host/packages.sh
	. "$test_dir/../host/packages.sh"
	need_r 2>"$scratch/golden.err" || skip "$(tail -n 1 "$scratch/golden.err")"
	[ ! -e "$scratch/golden.answers" ] || return 0
	bench=$test_dir/../../bench
	gcc -std=gnu11 -O1 -g -Wall -Wextra -Wno-sign-compare -Wno-unused-parameter \
		-Werror -fsanitize=undefined,address -fno-sanitize-recover=all \
		-I"$golden" -I"$bench/stat" -o "$scratch/golden" "$golden/golden.c" \
		"$bench/stat/summary.c" "$bench/stat/paired.c" "$bench/stat/mannwhitney.c" \
		"$bench/stat/modes.c" "$bench/stat/block.c" \
		"$bench/stat/group.c" || fail 'the statistics do not compile in user space'
	Rscript --vanilla "$golden/golden.R" make "$scratch/golden.arrays" ||
		fail 'R cannot make the arrays'
	"$scratch/golden" <"$scratch/golden.arrays" >"$scratch/answers.new" ||
		fail 'the statistics were stopped'
	mv "$scratch/answers.new" "$scratch/golden.answers"
	rm -f "$scratch/golden.arrays"
}

check()
{
	answer
	expect_true "$1 against R" \
		Rscript --vanilla "$golden/golden.R" check "$1" "$scratch/golden.answers"
}

# Median, its interval, percentiles, mean, MAD and autocorrelation equal R's.
test_summary()
{
	check summary
}

# The interval of the median of correlated rounds is what R makes of the same blocks.
test_blocks()
{
	check block
}

# Medians of groups of rounds, their interval and what varies equal R's.
test_groups()
{
	check group
}

# The paired speedup, its interval and its verdict equal R's.
test_paired()
{
	check paired
}

# The U of Mann and Whitney and what it decides at 5 % equal R's.
test_mann_whitney()
{
	check mannwhitney
}

# Two groups are seen where there are two, and only there.
test_modes()
{
	check modes
}

# A sort asks whether it is cancelled as often as it should, and ends when it is.
test_cancelled()
{
	check cancelled
}
