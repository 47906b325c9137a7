#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# kselftest: runs lines of the engine with scripts/bench.sh: the one whose words are the
# arguments (KSELFTEST_MEASUREMENTS_SH_ARGS of run_kselftest.sh), or those below. Prints KTAP, a
# test for each line, and all figures as diagnostics. They stay in a new folder of
# results/ beside it, or of the one that DBB_RESULTS names.

cd "$(dirname "$0")" && [ -r ./kselftest_case.sh ] || exit 1
# shellcheck source-path=SCRIPTDIR source=kselftest_case.sh
. ./kselftest_case.sh

# The loops of the two patches, in seconds on a slow board.
set_lines()
{
	for op in pages vmap mmap; do
		set -- "$@" "$op size=32M strategies=page,sg iterations=31 warmup=3"
	done
	measure "$@"
}

# Sets folder to where this run's results go.
open_case_results()
{
	new_results "${DBB_RESULTS:-results}" kselftest || skip_case 'there is no place for results'
	folder=$results_dir
	echo "# results in $folder"
}

# result STATUS NAME
result()
{
	count=$((count + 1))
	if [ "$1" = 0 ]; then
		echo "ok $count $2"
	else
		echo "not ok $count $2"
		failed=1
	fi
}

# measure LINE...
measure()
{
	count=0 failed=0
	echo 'KTAP version 1'
	echo "1..$#"
	for line; do
		sh scripts/bench.sh --quiet --out "$folder" "$line" >"$scratch/said" 2>&1
		measured=$?
		sed 's/^/# /' "$scratch/said"
		result "$measured" "${line%% *}"
	done
	print_figures
	[ "$failed" = 0 ]
}

print_figures()
{
	sh scripts/lab/cells.sh "$folder" 2>&1 | while read -r run name state value unit; do
		echo "# $run $name $state${value:+ $value $unit}"
	done
}

start_case
open_case_results
if [ $# = 0 ]; then
	set_lines
else
	measure "$*"
fi
