#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# What "make bench" runs: the two comparisons that started this tool, in a guest
# that counts instructions. Prints its verdict and where the tables are on
# standard output, everything else on standard error.
set -eu

vm=$(cd "$(dirname "$0")" && pwd)
# shellcheck source-path=SCRIPTDIR source=common.sh
. "$vm/common.sh"
# shellcheck source-path=SCRIPTDIR source=../device/results.sh
. "$vm/../device/results.sh"

usage()
{
	cat <<-END
	usage: scripts/vm/make_bench.sh [KERNEL [ARCH]]
	KERNEL and ARCH are a line of scripts/vm/kernels (default 6.1 amd64). Each run
	gets a new folder in results/ and a line in results/index.csv.
	Exit status: 0 done; 3 used wrongly or could not run.
	END
}

rounds=6
# A figure is the same in each boot but for interrupts; one round of warm-up
# makes the page tables that stay, and no sample frees what others left behind.
fixed="heap=system strategies=page,sg iterations=$rounds warmup=1 seed=1 purge=sample"
array_line="pages size=1G $fixed"
vmap_line="vmap size=2G $fixed"
# apply makes no PAT look-ups: it shows what they hide
mmap_line="mmap size=512M $fixed strategies=page,sg,apply"

# could_not WHAT LOG: the end of the log, and where all of it is
could_not()
{
	{
		printf '%s: %s; the end of %s:\n' "${0##*/}" "$1" "$2"
		tail -n 20 "$2" | tr -d '\r' | sed 's/^/    /'
		printf '%s: all logs of this run: %s\n' "${0##*/}" "$results_dir"
	} >&2
	exit 3
}

announce()
{
	if [ -e "$cache/kernel/$kernel-$arch/release" ]; then
		say "Disk: $(du -s -h "$cache" | cut -f 1) in $cache, for all kernels"
	else
		say 'The first run downloads a kernel, its headers and what the build needs.'
	fi
	say "Builds a module for Linux $kernel $arch and runs it in QEMU: some minutes."
	say "Results: $results_dir"
}

# The compiler's lines are of no use to who wants the verdict.
build_quietly()
{
	say "[1/3] building"
	DBB_QUIET=1 "$vm/build.sh" "$kernel" "$arch" \
		>"$results_dir/build.log" 2>&1 ||
		could_not 'the module does not build' "$results_dir/build.log"
}

measure()
{
	say "[2/3] booting, then three runs"
	DBB_QUIET=1 "$vm/guest.sh" --kernel "$kernel" --arch "$arch" --icount \
		--mem 5G --timeout 900 --append norandmaps --out "$results_dir" -- \
		sh scripts/vm/bench_lines.sh \
		"$array_line" "$vmap_line" "$mmap_line" \
		2>"$results_dir/guest.log" >"$pipe" &
	guest=$!
	while read -r text; do
		say "      $(($(seconds) - begin)) s: $text"
	done <"$pipe"
	status=0
	wait "$guest" || status=$?
	guest=
	[ "$status" = 0 ] || {
		cat "$results_dir/output.log" >>"$results_dir/guest.log" 2>/dev/null || :
		could_not "the guest ended with status $status" "$results_dir/guest.log"
	}
}

judge()
{
	say "[3/3] done after $(($(seconds) - begin)) s"
	awk -f "$vm/bench_verdict.awk" "$results_dir/01-pages.csv" \
		"$results_dir/02-vmap.csv" "$results_dir/03-mmap.csv" \
		>"$results_dir/verdict.txt" 2>"$results_dir/verdict.err" ||
		could_not 'no verdict' "$results_dir/verdict.err"
	rm -f "$results_dir/verdict.err"
	cat "$results_dir/verdict.txt"
	echo "Tables, csv and samples: $results_dir"
}

# shellcheck disable=SC2034 # read by results.sh
index()
{
	results_machine="QEMU -icount, $arch"
	results_kernel=$(sed -n 's/^# kernel=//p' "$results_dir/01-pages.csv")
	here=$repo/scripts
	index_results "$repo/results" "make bench KERNEL=$kernel ARCH=$arch" ||
		die "cannot write $repo/results/index.csv"
}

# shellcheck disable=SC2317 # called by the traps
finish()
{
	code=$?
	trap - EXIT
	[ -z "$guest" ] || kill "$guest" 2>/dev/null || :
	[ -z "$scratch" ] || rm -rf "$scratch"
	exit "$code"
}

case ${1:-} in
--help | -h) usage && exit ;;
-*)
	usage >&2
	exit 3
	;;
esac
kernel=${1:-${KERNEL:-6.1}} arch=${2:-${ARCH:-amd64}} guest='' scratch=''
trap finish EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM
read_kernel "$kernel" "$arch"
begin=$(seconds)
new_results "$repo/results" "bench-$kernel-$arch" || exit 3
announce
scratch=$(mktemp -d)
pipe=$scratch/pipe
mkfifo "$pipe"
"$vm/deps.sh" "$kernel" "$arch" || exit 3
"$vm/fetch.sh" "$kernel" "$arch" || exit 3
build_quietly
measure
judge
index
