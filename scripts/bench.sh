#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Runs measurements on the device and keeps their results.

here=$(cd "$(dirname "$0")" && pwd) || exit 1
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$here/lib.sh"

usage()
{
	cat <<'END'
usage: bench.sh [--module FILE] [--out DIR] [--quiet] [--keep] [seeds | LINE...]

Run each LINE as if it were written to bench/run, show its progress and its
result, and save both. Without a LINE: seeds.

  seeds          the comparisons that started this tool, page against sg: the
                 page array, vmap, mmap, and mmap seen from user space
  LINE           for example "vmap size=2G strategies=page,sg iterations=50";
                 README in the debugfs directory has them all

  --module FILE  what to load when dmabuf_bench is not loaded
                 (default: dmabuf_bench.ko beside the scripts folder)
  --out DIR      where NN-op.results.txt, NN-op.csv, NN-op.samples.csv and
                 kernel.log go (default ./results); nothing is overwritten
  --quiet        results and errors only
  --keep         leave the module loaded

Ctrl-C stops the run and keeps the partial result, marked complete=0.
Exit status: 0 done; 1 refused or failed; 2 usage; 130 stopped.
Environment: DBB_DEBUGFS names another debugfs directory, for tests.
END
}

# Iterations of the seeds. Six give an interval, more narrow it; a phone takes
# about 7 s for each mmap of 512 MiB, page by page.
pages_iterations=51
vmap_iterations=31
mmap_iterations=21
user_rounds=21

# Sets half_mib to half of the device's memory, the default of heap/max_bytes.
read_memory()
{
	half_mib=0
	while read -r key value _; do
		[ "$key" != MemTotal: ] || half_mib=$((value / 2048))
	done </proc/meminfo
}

# fit MIB BUFFERS: sets fitted to MIB, halved until BUFFERS of it fit.
fit()
{
	fitted=$1
	while [ $((fitted * $2)) -gt "$half_mib" ] && [ "$fitted" -gt 1 ]; do
		fitted=$((fitted / 2))
	done
	[ "$fitted" = "$1" ] ||
		say "(${fitted}M instead of ${1}M: this device lets buffers have $half_mib MiB, half of its memory)"
}

# The second measure of a mapping: a program instead of the engine.
run_user()
{
	find_program heap_mmap
	if [ -z "$found" ]; then
		warn "heap_mmap is not in bench/user or PATH: make -C bench/user"
		return 1
	fi
	next_number "$out"
	saved=$out/$number-user-mmap
	run_child "$found" --size "${fitted}M" --strategies page,sg --repeat "$user_rounds" \
		--knob "$DBB_DEBUGFS/heap/mmap_strategy" \
		--csv "$saved.samples.csv" >"$saved.results.txt"
	status=$?
	show_file "$saved.results.txt"
	return "$status"
}

run_seeds()
{
	read_memory

	title "page array from the scatterlist (seed: 2 GiB, 1.44 ms -> 0.232 ms, 6.2x)"
	fit 2048 1
	run_and_save "$out" "pages size=${fitted}M strategies=page,sg iterations=$pages_iterations" || return

	title "vmap, with that page array inside it"
	run_and_save "$out" "vmap size=${fitted}M strategies=page,sg iterations=$vmap_iterations" || return

	title "mmap (seed: 512 MiB, 6.98 s -> 0.198 s, 35x)"
	fit 512 1
	run_and_save "$out" "mmap size=${fitted}M strategies=page,sg iterations=$mmap_iterations" || return

	title "mmap from user space, one buffer for each strategy"
	fit 512 2
	run_user || return
}

run_lines()
{
	for line; do
		if [ "$line" = seeds ]; then
			run_seeds || return
		else
			title "$line"
			run_and_save "$out" "$line" || return
		fi
	done
}

# shellcheck disable=SC2317 # called by the trap
cleanup()
{
	status=$?
	trap '' INT TERM HUP
	[ -z "$scratch" ] || save_kernel_log "$out/kernel.log"
	end_session
	exit "$status"
}

while [ $# -gt 0 ]; do
	common_option "$@"
	[ "$taken" = 0 ] || {
		shift "$taken"
		continue
	}
	case $1 in
	--)
		shift
		break
		;;
	-*) usage_error "unknown option $1" ;;
	*) break ;;
	esac
done
[ $# -gt 0 ] || set -- seeds

start_session "$out"
run_lines "$@"
