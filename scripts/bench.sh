#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Runs measurements on the device and keeps their results.

here=$(cd "$(dirname "$0")" && pwd) || exit 3
# A shell that cannot source exits with 2, which would say "cannot tell".
[ -r "$here/device/session.sh" ] || exit 3
# shellcheck source-path=SCRIPTDIR source=device/session.sh
. "$here/device/session.sh"

usage()
{
	cat <<'END'
usage: bench.sh [OPTION...] [patches | LINE...]

Run each LINE as if it were written to bench/run, show its progress and its
result, and save both. Without a LINE: patches.

  patches        page against sg, the loops that two patches change: the mmap
                 patch (remap_pfn_range() per scatterlist entry, merged for
                 6.19) and the vmap patch (page array by a nested loop over the
                 entries, not merged); mmap also from user space
  LINE           for example "vmap size=2G strategies=page,sg iterations=50";
                 README in the debugfs directory has them all

Options, before or after the LINEs:
  --module FILE  module to load when dmabuf_bench is not loaded (default:
                 dmabuf_bench.ko beside the scripts folder); when another build
                 of it is loaded already, nothing is run
  --out DIR      where NN-op.results.txt, NN-op.csv, NN-op.samples.csv,
                 environment.txt and kernel.log go (default: a new folder
                 results/DATE-TIME-bench, listed in results/index.csv)
  --repeat N     all of that N times (at most 99), and the module loaded anew each
                 time: code and data get another place, of which a figure can
                 depend. compare.sh needs 6 loads for an interval over loads
  --quiet        print results and errors only
  --keep         leave the module loaded

No file is overwritten. Ctrl-C stops the run and keeps the partial result,
marked complete=0.
Exit status: 0 done; 1 a mapping showed wrong pages; 3 used wrongly, refused or
failed; 130 stopped.
Environment: DBB_DEBUGFS names another debugfs directory, for tests.
END
}

# Rounds of the profile: six give an interval, more narrow it. The warm-up has
# few rounds, not as many as it takes to settle: a phone takes about 7 s to map
# 512 MiB page by page.
warmup_rounds=3
pages_iterations=51
vmap_iterations=31
mmap_iterations=21
user_rounds=21

# Sets limit_mib to what buffers may take: half of the device's memory, the default
# of heap/max_bytes, and three quarters of what is available now.
read_memory()
{
	limit_mib=0
	while read -r key value _; do
		case $key in
		MemTotal:) limit_mib=$((value / 2048)) ;;
		MemAvailable:)
			available_mib=$((value * 3 / 4096))
			[ "$available_mib" -ge "$limit_mib" ] || limit_mib=$available_mib
			;;
		esac
	done <"$DBB_PROC/meminfo"
}

# fit MIB BUFFERS: sets fitted to MIB, halved until BUFFERS of it fit.
fit()
{
	fitted=$1
	while [ $((fitted * $2)) -gt "$limit_mib" ] && [ "$fitted" -gt 1 ]; do
		fitted=$((fitted / 2))
	done
	[ "$fitted" = "$1" ] ||
		say "(${fitted}M instead of ${1}M: buffers may take $limit_mib MiB here," \
			"from half of the memory and what is available)"
}

# A second measurement of mmap, by a program instead of the engine.
run_user()
{
	find_program heap_mmap
	if [ -z "$found" ]; then
		say "skipped: heap_mmap is neither in bench/user nor in PATH (make -C bench/user)"
		return 0
	fi
	reserve_number "$out" user-mmap .results.txt || die "cannot save results in $out"
	run_child "$found" --size "${fitted}M" --strategies page,sg --repeat "$user_rounds" \
		--knob "$DBB_DEBUGFS/heap/mmap_strategy" \
		--csv "$saved.samples.csv" >>"$saved.results.txt"
	status=$?
	show_file "$saved.results.txt"
	return "$status"
}

# run_patch OP ITERATIONS
run_patch()
{
	run_and_save "$out" \
		"$1 size=${fitted}M strategies=page,sg iterations=$2 warmup=$warmup_rounds"
}

run_patches()
{
	read_memory

	title "the vmap patch: page array from the scatterlist (its author: 2 GiB, 1.44 ms -> 0.232 ms)"
	fit 2048 1
	run_patch pages "$pages_iterations" || return

	title "the vmap patch: vmap, with that page array inside it"
	run_patch vmap "$vmap_iterations" || return

	title "the mmap patch (its author: 512 MiB, 6.98 s -> 0.198 s)"
	fit 512 1
	run_patch mmap "$mmap_iterations" || return

	title "the mmap patch from user space, one buffer for each strategy"
	fit 512 2
	run_user
}

run_lines()
{
	for line; do
		if [ "$line" = patches ]; then
			run_patches || return
		else
			title "$line"
			run_and_save "$out" "$line" || return
		fi
	done
}

# Runs the LINEs once for each load of the module.
run_repeated()
{
	load=1
	while :; do
		[ "$repeat" = 1 ] || title "load $load of $repeat"
		run_lines "$@" || return
		load=$((load + 1))
		[ "$load" -le "$repeat" ] || return 0
		reload_module
	done
}

# The value of --repeat. A module that was there may have knobs and users.
check_repeat()
{
	case $repeat in
	[1-9] | [1-9][0-9]) ;;
	*) usage_error "--repeat '$repeat' is refused; accepted: 1 to 99" ;;
	esac
	[ "$repeat" = 1 ] || [ ! -d /sys/module/dmabuf_bench ] ||
		die "--repeat $repeat loads the module anew, but it is loaded already:" \
			"run rmmod dmabuf_bench first"
}

# shellcheck disable=SC2317 # called by the trap
cleanup()
{
	status=$?
	trap '' INT TERM HUP
	end_session
	exit "$status"
}

command="${0##*/} $*"
repeat=1
# options are taken out, and the lines rotated past them
arguments_left=$#
while [ "$arguments_left" -gt 0 ]; do
	common_option "$@"
	[ "$taken" = 0 ] || {
		shift "$taken"
		arguments_left=$((arguments_left - taken))
		continue
	}
	case $1 in
	--repeat)
		[ "$arguments_left" -gt 1 ] || usage_error "$1 takes a value"
		repeat=$2
		shift 2
		arguments_left=$((arguments_left - 2))
		continue
		;;
	-*) usage_error "unknown option $1" ;;
	esac
	set -- "$@" "$1"
	shift
	arguments_left=$((arguments_left - 1))
done
[ $# -gt 0 ] || set -- patches
check_repeat

start_session "${out:-results}"
open_results bench "$command"
run_repeated "$@"
