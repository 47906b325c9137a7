#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# What "make coverage" runs: how often the intervals of a guest hold while two other
# guests keep the cores busy.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
vm=$here/../vm
# shellcheck source-path=SCRIPTDIR source=../vm/common.sh
. "$vm/common.sh"
# shellcheck source-path=SCRIPTDIR source=../device/results.sh
. "$here/../device/results.sh"

usage()
{
	cat <<-END
	usage: scripts/coverage/coverage.sh [OPTION...] [KERNEL [ARCH]]
	  --ops "OP..."        of vmap mmap pages (default: all)
	  --parts "PART..."    of holds equal delay width (default: all)
	  --runs N             intervals of each kind, a multiple of 20 (default $runs)
	  --size SIZE          of the buffers (default 256K; 64K for mmap, which takes longest)
	  --idle               without the busy guests
	The csv and the guests' logs go to a new folder in results/. Exit status: 0 all
	as it should be; 1 something is not; 3 used wrongly, or a guest failed.
	END
}

parse()
{
	kernel=6.1 arch=amd64
	while [ $# -gt 0 ]; do
		case $1 in
		--ops | --parts | --runs | --size)
			[ $# -ge 2 ] || usage_error "$1 needs a value" ;;
		esac
		case $1 in
		--ops) ops=$2 && shift ;;
		--parts) parts=$2 && shift ;;
		--runs) runs=$2 && shift ;;
		--size) size=$2 && shift ;;
		--idle) idle=1 ;;
		--help | -h) usage && exit ;;
		-*) usage_error "unknown option '$1'" ;;
		*) break ;;
		esac
		shift
	done
	[ $# -le 2 ] || usage_error 'too many arguments'
	kernel=${1:-$kernel} arch=${2:-$arch}
	for part in $parts; do
		case $part in
		holds | equal | delay) busy="$busy $part" ;;
		width) width=1 ;;
		*) usage_error "--parts '$part' is none of holds equal delay width" ;;
		esac
	done
	case $runs in
	'' | *[!0-9]* | 0*) usage_error "--runs '$runs' is not a number" ;;
	esac
	[ $((runs % 20)) -eq 0 ] || usage_error "--runs $runs is not a multiple of 20"
}

# in_guest NAME COMMAND...: for the background, whose process becomes guest.sh, which
# stops its guest when it is killed
in_guest()
{
	name=$1
	shift
	exec "$vm/guest.sh" --kernel "$kernel" --arch "$arch" --mem 1G --timeout 40000 \
		--out "$results_dir/$name" -- "$@"
}

# Once the guest that measures is up: a kernel that boots beside them takes its clock to
# be as much as 40 times slower than it is.
start_busy_guests()
{
	for name in busy1 busy2; do
		in_guest $name sh -c 'echo busy; while :; do :; done & while :; do :; done' \
			>"$results_dir/$name.log" 2>&1 &
		guests="$guests $!"
	done
	for name in busy1 busy2; do
		until grep -q '^busy' "$results_dir/$name.log"; do
			sleep 1
		done
	done
}

# shellcheck disable=SC2317 # called by the trap
stop_guests()
{
	# shellcheck disable=SC2086 # words
	[ -z "$guests$measuring" ] || kill $guests $measuring 2>/dev/null || :
	guests='' measuring=''
	rm -f "$results_dir"/*.pipe
}

# measure NAME ARGUMENT...: rows of holds.sh to NAME.csv, what it says to the user
measure()
{
	name=$1 pipe=$results_dir/$1.pipe
	shift
	mkfifo "$pipe"
	# shellcheck disable=SC2016 # for the shell of the guest
	in_guest "$name" sh -c 'insmod dmabuf_bench.ko && sh scripts/coverage/holds.sh "$@"' \
		guest "$@" >"$pipe" &
	measuring=$!
	while IFS= read -r line; do
		case $line in
		holds,* | equal,* | delay,* | width,*) printf '%s\n' "$line" >&3 ;;
		*'waiting for other work')
			[ -n "$idle" ] || start_busy_guests
			: >"$results_dir/busy/go" ;;
		*) say "$line" ;;
		esac
	done <"$pipe" 3>"$results_dir/$name.csv"
	wait $measuring || return
	measuring=''
}

# Prints the rows in words; fails when one is not as it should be.
judge()
{
	awk -F , '
	$1 == "holds" {
		good = $7 >= $9
		what = sprintf("%d of %d intervals hold; wanted %d", $7, $6, $9)
	}
	$1 == "equal" {
		good = $7 <= $9
		what = sprintf("equal arms called different in %d of %d; at most %d", $7, $6, $9)
	}
	$1 == "delay" {
		good = $7 >= $9
		what = sprintf("a delay of 2 %% found in %d of %d; wanted %d", $7, $6, $9)
	}
	$1 == "width" {
		good = $7 <= $9
		what = sprintf("intervals are %.2f %% wide on an idle machine; at most %.2f %%",
			$7 / 100, $9 / 100)
	}
	{
		bad += !good
		length_of_it = sprintf("%d rounds for each of %d buffers", $10, $5)
		if ($8 > 1)
			length_of_it = $8 " runs of " length_of_it
		printf "%-4s %s %s, %s, %d threads: %s\n", good ? "ok" : "NOT", $2, $3,
			length_of_it, $4, what
	}
	END { exit bad || !NR }' "$@"
}

ops='vmap mmap pages' parts='holds equal delay width' runs=200 size=''
idle='' busy='' width=''
guests='' measuring=''
parse "$@"
"$vm/deps.sh" "$kernel" "$arch"
new_results "$repo/results" coverage || exit 3
index_results "$repo/results" "${0##*/} $*"
trap stop_guests EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
# shellcheck disable=SC2086 # words
[ -z "$busy" ] || measure busy "$size" "$runs" "$busy" $ops || exit 3
stop_guests
# shellcheck disable=SC2086 # words
[ -z "$width" ] || measure width "$size" 20 width $ops || exit 3
say "csv and logs: $results_dir"
judge "$results_dir"/*.csv
