#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Is memory flat after valid work for minutes? Runs soak in a guest, samples memory, and
# says which kind of it grows.
set -eu

test_dir=$(cd "$(dirname "$0")/.." && pwd)
vm=$test_dir/../vm
# shellcheck source-path=SCRIPTDIR source=../../vm/common.sh
. "$vm/common.sh"
# shellcheck source-path=SCRIPTDIR source=../../device/results.sh
. "$test_dir/../device/results.sh"

usage()
{
	cat <<-END
	usage: scripts/test/soak/soak.sh [--kernel K] [--arch A] [--minutes N]
	  --kernel K       a kernel of scripts/vm/kernels (default 6.1)
	  --arch A         amd64 or arm64 (default amd64)
	  --minutes N      of work (default 5); a leak of 64 bytes a run takes some
	The samples (soak.csv), the slabs of each and the guest's logs go to a new folder
	in results/. Exit status: 0 flat; 1 not flat, or the kernel reported something;
	2 too short to tell, or no guest; 3 used wrongly.
	END
}

parse()
{
	kernel=6.1 arch=amd64 minutes=5
	while [ $# -gt 0 ]; do
		case $1 in
		--kernel | --arch | --minutes) [ $# -ge 2 ] || usage_error "$1 needs a value" ;;
		esac
		case $1 in
		--kernel) kernel=$2 && shift ;;
		--arch) arch=$2 && shift ;;
		--minutes) minutes=$2 && shift ;;
		--help | -h) usage && exit ;;
		*) usage_error "unknown option '$1'" ;;
		esac
		shift
	done
	case $minutes in
	'' | *[!0-9]* | 0*) usage_error "--minutes '$minutes' is not a number" ;;
	esac
}

# Caches of the slab allocator that grew most since the warm-up.
show_slabs()
{
	first=$results_dir/slabs-$((samples / 5 + 1)) last=$results_dir/slabs-$samples
	[ -s "$first" ] && [ -s "$last" ] || return 0
	echo 'slabs that grew most, in objects and bytes:'
	awk 'FNR <= 2 { next }
		FILENAME == ARGV[1] { was[$1] = $2; next }
		$2 > was[$1] { printf "%d %s %d %d\n", ($2 - was[$1]) * $4, $1, $2 - was[$1], $4 }' \
		"$first" "$last" | sort -n -r | head -n 5 |
		awk '{ printf "  %-24s %8d of %6d: %9d\n", $2, $3, $4, $1 }'
}

parse "$@"
# a sample takes some seconds of its own
seconds=$((minutes * 60 / 24))
[ $seconds -ge 6 ] || seconds=6
[ $seconds -le 56 ] || seconds=56
samples=$((minutes * 60 / (seconds + 4)))
# shellcheck disable=SC2034 # for index_results
results_machine="guest, $arch" results_kernel=$kernel
new_results "$repo/results" soak
index_results "$repo/results" "soak.sh --kernel $kernel --arch $arch --minutes $minutes"
echo "$samples samples of $seconds s; $results_dir"
# a guest that dies before the module is loaded says nothing of it
for attempt in 1 2 3; do
	status=0
	"$vm/guest.sh" --quiet --kernel "$kernel" --arch "$arch" --mem 1G \
		--timeout $((minutes * 120 + 900)) --out "$results_dir" -- \
		sh scripts/test/soak/soak_guest.sh /out $samples $seconds || status=$?
	if [ "$status" != 125 ] || [ -e "$results_dir/soak.csv" ]; then
		break
	fi
	echo "the guest died before it began (attempt $attempt of 3)"
done
case $status in
0) ;;
126) exit 2 ;;
*)
	echo "the guest ended with status $status; see $results_dir"
	exit 1
	;;
esac
flat=0
awk -f "$test_dir/soak/soak_flat.awk" "$results_dir/soak.csv" || flat=$?
show_slabs
exit $flat
