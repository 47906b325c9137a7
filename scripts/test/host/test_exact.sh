# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# scripts/exact.sh, the gate on instruction counts: it has to repeat, and to
# find a slowdown of one percent. The baselines are made here, of these sources,
# not taken from the repository.
# shellcheck disable=SC2154 # test_dir, scratch, kernel and arch come from run_tests.sh

exact=$test_dir/../exact.sh

# count STATUS ARGUMENT...: scripts/exact.sh has to end with STATUS.
count()
{
	wanted=$1
	shift
	status=0
	DBB_QUIET=1 "$exact" --out "$scratch/exact" "$@" "$kernel" "$arch" \
		>"$scratch/exact.out" 2>"$scratch/exact.err" || status=$?
	expect_equal "exit status of exact.sh $*" "$status" "$wanted"
	[ "$status" = "$wanted" ] || cat "$scratch/exact.out" "$scratch/exact.err"
}

expect_line()
{
	grep -q -E -e "$1" "$scratch/exact.out" "$scratch/exact.err" || {
		complain "no line has '$1'"
		cat "$scratch/exact.out" "$scratch/exact.err"
	}
}

# Two boots count the same, to 0.1 %, in the cells whose chunks are smallest.
test_repeats()
{
	grep -E '^(noop|pages.* 0 |vmap.* 0 |mmap.* 0 )' "$test_dir/../exact/cells" >"$scratch/cells"
	set -- --cells "$scratch/cells" --baseline "$scratch/exact.csv"
	count 0 --update "$@"
	count 0 --limit 0.1 "$@"
	note "$(awk '$NF ~ /^[-+]/ { d = $NF < 0 ? -$NF : $NF; if (d > most) most = d }
		END { printf "most that a cell moved: %.3f %%", most }' "$scratch/exact.out")"
}

# One percent more in a single strategy is found and named, and nothing else
# is. Taking it out again is an improvement, which the baseline has to learn.
test_planted()
{
	printf '%s\n' 'mmap page,sg 8,4,0 64M 5' 'pages page,sg 8,4,0 64M 5' \
		>"$scratch/cells"
	set -- --cells "$scratch/cells" --baseline "$scratch/planted.csv"
	count 0 --update "$@"
	plain=$(awk -F , '$1 == "mmap" && $2 == "mmap" && $3 == "sg" { print $6 }' \
		"$scratch/planted.csv")
	# at each of 64 scatterlist entries: two instructions a turn or three
	plant heap/mmap_sg.c "/unsigned long len = sg->length;/a\\
{ int turn; for (turn = 0; turn < $((plain / 100 / 64 / 2)); turn++) barrier(); }"
	(
		DBB_SRC=$planted
		export DBB_SRC
		count 1 "$@"
		expect_line '^REGRESSED: mmap mmap sg, orders 8 4 0, 67108864 bytes: .* \+(0\.9|1\.)'
		expect_equal 'cells that moved' "$(grep -c -E '^(REGRESSED|improved)' \
			"$scratch/exact.out")" 1
		count 0 --update "$@"
	)
	count 1 "$@"
	expect_line '^improved: mmap mmap sg'
	expect_line "make exact-update KERNEL=$kernel ARCH=$arch"
}

# Without a baseline there is nothing to hold to, and the remedy is named.
test_no_baseline()
{
	echo 'noop page 8,4,0 4k 9' >"$scratch/cells"
	count 2 --cells "$scratch/cells" --baseline "$scratch/none.csv"
	expect_line "make exact-update KERNEL=$kernel ARCH=$arch"
}

# A cell that the baseline does not have, and one that only it has.
test_cells()
{
	echo 'noop page 8,4,0 4k 9' >"$scratch/cells"
	count 0 --update --cells "$scratch/cells" --baseline "$scratch/cells.csv"
	expect_equal 'lines of the baseline' \
		"$(sed '/^#/d; s/[0-9][0-9]*$/N/; s/,[0-9][0-9]*,N$/,N,N/' "$scratch/cells.csv")" \
		'op,phase,strategy,orders,size_bytes,instructions,median_instructions
noop,op,page,8+4+0,0,N,N'
	echo 'noop sg 8,4,0 4k 9' >"$scratch/cells"
	count 1 --cells "$scratch/cells" --baseline "$scratch/cells.csv"
	expect_line '^new: noop op sg'
	expect_line '^gone: noop op page'
	echo 'noop none 8,4,0 4k 9' >"$scratch/cells"
	count 3 --cells "$scratch/cells" --baseline "$scratch/cells.csv"
	expect_line 'refused: noop strategies=none'
}
