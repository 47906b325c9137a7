#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# What "make sweep" runs: the sweep in a guest that counts instructions, then
# its plots, how linear the costs are, and whether those of the sizes up to 256 MiB
# tell what the largest costs. Its csv stays in results/, where one that was ended
# goes on.
# usage: scripts/vm/make_sweep.sh [KERNEL [ARCH [OPTION...]]]
# Options of sweep.sh narrow it: scripts/vm/make_sweep.sh 7.3 arm64 --orders 0
set -eu

vm=$(cd "$(dirname "$0")" && pwd)
# shellcheck source-path=SCRIPTDIR source=common.sh
. "$vm/common.sh"
# shellcheck source-path=SCRIPTDIR source=../host/packages.sh
. "$vm/../host/packages.sh"

kernel=${1:-6.1} arch=${2:-amd64}
[ $# -lt 2 ] || shift
[ $# -lt 1 ] || shift
results=$repo/results/sweep-$kernel-$arch
# From the smallest that a camera would ask for to what half of the memory holds; most
# of them small, for the model.
sizes='64M 96M 128M 192M 256M 1G 4G'
orders='0 4 8 9 8+4+0'
memory=10G

lock "sweep-$kernel-$arch"
"$vm/deps.sh" "$kernel" "$arch"
need_gnuplot
need_r
mkdir -p "$results"
begin=$(seconds) status=0
# Counts repeat, apart from interrupts and other tasks: the fewest of four rounds has
# least of them. A switch to another task made a vmap of 4 GiB up to 2.7 % dearer (6.1
# amd64), and came in a third of them. Page tables of one sample that were freed in the
# next made up to 4.6 % of it (7.3 arm64). The guest's clock counts instructions; only
# its RTC knows how long a user waits.
# shellcheck disable=SC2016 # for the shell of the guest
"$vm/guest.sh" --kernel "$kernel" --arch "$arch" --icount --mem "$memory" \
	--timeout 7200 --append norandmaps --out "$results" -- \
	sh -c 'sh scripts/vm/quieten.sh
		DBB_SECONDS=/sys/class/rtc/rtc0/since_epoch sh scripts/sweep.sh \
			--out /out/sweep.csv "$@"' \
	guest --sizes "$sizes" --orders "$orders" --iterations 4 \
	warmup=1 verify=0 purge=sample "$@" || status=$?
if [ "$status" != 0 ]; then
	say "failed with status $status; it goes on from here when it is started" \
		"again, and begins anew without $results"
	exit "$status"
fi
say "the sweep took $(($(seconds) - begin)) s; csv and logs: $results"
"$repo/scripts/plot.sh" --unit instructions --figure min --linear 2 \
	"$results/sweep.csv" "$results" || status=$?
say ''
"$repo/scripts/sweep.sh" --fit "$results/sweep.csv" --figure min --up-to 256M \
	--predict 1G,4G || status=$?
exit "$status"
