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
	  --runs N             short runs of each kind (default 200)
	  --rounds "N..."      lengths to try until enough hold (default: $lengths)
	  --truth N            rounds of the run that tells the speedup (default $truth)
	  --size SIZE          of the buffers (default $size)
	  --buffers N          how many each run makes (default $buffers); the run that
	                       tells the speedup makes ten times as many
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
		--ops | --runs | --rounds | --truth | --size | --buffers)
			[ $# -ge 2 ] || usage_error "$1 needs a value" ;;
		esac
		case $1 in
		--ops) ops=$2 && shift ;;
		--runs) runs=$2 && shift ;;
		--rounds) lengths=$2 && shift ;;
		--truth) truth=$2 && shift ;;
		--size) size=$2 && shift ;;
		--buffers) buffers=$2 && shift ;;
		--idle) idle=1 ;;
		--help | -h) usage && exit ;;
		-*) usage_error "unknown option '$1'" ;;
		*) break ;;
		esac
		shift
	done
	[ $# -le 2 ] || usage_error 'too many arguments'
	kernel=${1:-$kernel} arch=${2:-$arch}
	case $runs in
	'' | *[!0-9]* | 0*) usage_error "--runs '$runs' is not a number" ;;
	esac
}

# in_guest NAME COMMAND...
in_guest()
{
	name=$1
	shift
	"$vm/guest.sh" --kernel "$kernel" --arch "$arch" --mem 1G --timeout 40000 \
		--out "$results_dir/$name" -- "$@"
}

start_busy_guests()
{
	for busy in busy1 busy2; do
		in_guest $busy sh -c 'while :; do :; done & while :; do :; done' \
			>"$results_dir/$busy.log" 2>&1 &
		guests="$guests $!"
	done
	for busy in busy1 busy2; do
		until grep -q 'guest up' "$results_dir/$busy.log"; do
			sleep 1
		done
	done
}

# shellcheck disable=SC2317 # called by the trap
stop_guests()
{
	# shellcheck disable=SC2086 # words
	[ -z "$guests" ] || kill $guests 2>/dev/null || :
	guests=
}

# measure NAME ARGUMENT...: rows of holds.sh to NAME.csv, what it says to the user
measure()
{
	name=$1
	shift
	# shellcheck disable=SC2016 # for the shell of the guest
	{
		in_guest "$name" sh -c 'insmod dmabuf_bench.ko &&
			sh scripts/coverage/holds.sh "$@"' guest "$@" ||
			: >"$results_dir/failed"
	} | while IFS= read -r line; do
		case $line in
		holds,* | equal,* | delay,* | width,*) printf '%s\n' "$line" ;;
		*) say "$line" ;;
		esac
	done >"$results_dir/$name.csv"
	[ ! -e "$results_dir/failed" ]
}

# Prints the rows in words; fails when one is not as it should be.
judge()
{
	awk -F , '
	$1 == "holds" {
		good = $7 >= $9
		what = sprintf("%d of %d intervals hold, %d runs have none; wanted %d", $7, $6, $8, $9)
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
		printf "%-4s %s %s, %d rounds, %d threads: %s\n", good ? "ok" : "NOT", $2, $3, $5, $4, what
	}
	END { exit bad || !NR }' "$@"
}

ops='vmap mmap pages' runs=200 lengths='301 1001 3001' truth=20000 size=1M buffers=11
idle=''
guests=''
parse "$@"
"$vm/deps.sh" "$kernel" "$arch"
new_results "$repo/results" coverage || exit 3
index_results "$repo/results" "${0##*/} $*"
trap stop_guests EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
[ -n "$idle" ] || start_busy_guests
# shellcheck disable=SC2086 # words
measure busy "$size" "$buffers" "$runs" "$truth" "$lengths" $ops || exit 3
stop_guests
for op in $ops; do
	rounds=$(awk -F , -v op="$op" '$1 == "holds" && $2 == op { print $5 }' \
		"$results_dir/busy.csv")
	measure "width-$op" --width "$size" "$buffers" "$rounds" 20 "$op" || exit 3
done
say "csv and logs: $results_dir"
judge "$results_dir/busy.csv" "$results_dir"/width-*.csv
