#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# What fuzz.sh runs in a guest: fuzz with each series and a freshly loaded module. Says
# in FILE which series is begun, and what came of it.
# usage: scripts/test/fuzz/fuzz_series.sh FILE INPUTS SHOWN SERIES...
set -u

test_dir=$(cd "$(dirname "$0")/.." && pwd)
D=/sys/kernel/debug/dmabuf_bench
verdicts=$1 inputs=$2 shown=$3
shift 3

is_balanced()
{
	for _ in 1 2 3 4 5 6 7 8 9 10; do
		! grep -q -e '^buffers_alive=0$' "$D/heap/stats" || return 0
		sleep 0.2
	done
	return 1
}

status=0
for series; do
	echo "begun $series" >>"$verdicts"
	sync
	said=$(mktemp)
	verdict=ok
	insmod "$test_dir/../../dmabuf_bench.ko" || exit 126
	echo 64M >$D/heap/max_bytes
	# shellcheck disable=SC2086 # none, or a number
	"$test_dir/bin/fuzz" "$series" "$inputs" "$D" /dev/dma_heap/bench_ $shown >"$said" 2>&1 ||
		verdict=differs
	is_balanced || {
		echo "buffers are alive after series $series: $(tr '\n' ' ' <$D/heap/stats)"
		verdict=differs
	}
	rmmod dmabuf_bench || {
		echo "the module does not go after series $series"
		verdict=differs
	}
	cat "$said"
	line=$(tail -n 1 "$said")
	echo "$verdict $series ${line#*: }" >>"$verdicts"
	[ "$verdict" = ok ] || status=1
	rm -f "$said"
	[ ! -d /sys/module/dmabuf_bench ] || exit 1
done
exit $status
