#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# What the LAVA test definition runs on the device, in the kselftest folder: the
# self-tests and the measurements, a result of LAVA for each, and a measurement with its
# unit for each figure. LINE is measured instead of what measurements.sh has by itself.
# usage: lava_run.sh [LINE]
set -u

here=$(cd "$(dirname "$0")" && pwd) || exit 3
cd "$here/../.." || exit 3

# report NAME STATUS: as kselftest has it
report()
{
	case $2 in
	0) lava-test-case "$1" --result pass ;;
	4) lava-test-case "$1" --result skip ;;
	*) lava-test-case "$1" --result fail ;;
	esac
}

for name in selftest_mappings selftest_measurement; do
	./$name.sh
	report "$name" $?
done
# a folder of its own, so that all in it is of this job
folder=${TMPDIR:-/tmp}/dmabuf_bench_results.$$
mkdir "$folder" || exit 3
DBB_RESULTS=$folder ./measurements.sh "$@"
report measurements $?
for results in "$folder"/*-kselftest; do
	[ ! -d "$results" ] || sh "$here/lava_results.sh" "$results" | sh
done
