#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# What "make bench" runs: the seed comparisons and a short traced run in a
# guest, with the device scripts, so that the same commands serve a device.
# usage: scripts/vm/bench.sh [KERNEL [ARCH]], or both in the environment
set -eu

vm=$(cd "$(dirname "$0")" && pwd)
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$vm/lib.sh"

kernel=${1:-${KERNEL:-6.1}} arch=${2:-${ARCH:-amd64}}
results=$repo/results
traced='vmap size=64M strategies=page,sg iterations=10'

"$vm/deps.sh" "$kernel" "$arch"
# Sweeps take long and go on where they were: they stay.
mkdir -p "$results"
find "$results" -mindepth 1 -maxdepth 1 ! -name 'sweep-*' -exec rm -rf {} +
status=0
# shellcheck disable=SC2016 # for the shell of the guest
"$vm/run.sh" --kernel "$kernel" --arch "$arch" --mem 5G --smp 2 --timeout 600 \
	--out "$results" -- \
	sh -c 'sh scripts/bench.sh --out /out seeds &&
		sh scripts/trace.sh --out /out/trace "$1"' \
	guest "$traced" || status=$?

if [ "$status" = 0 ]; then
	say "results, samples and logs: $results"
	say "the trace: $results/trace/trace.dat (trace-cmd report, KernelShark)"
else
	say "failed with status $status; logs: $results"
fi
exit "$status"
