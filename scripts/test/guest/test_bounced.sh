# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# guest: --mem 2G --append swiotlb=65536,force
# doctor.sh where every DMA goes through bounce buffers.

: "${test_dir:?}"
# shellcheck source-path=SCRIPTDIR source=../case.sh
. "$test_dir/case.sh"

doctor=$test_dir/../doctor.sh

# A buffer that a device has mapped is copied by each synchronisation; the others are
# not, and nothing is said of them.
test_doctor()
{
	insmod "$test_dir/slow_exporter.ko" || fail 'slow_exporter.ko cannot be loaded'
	wait_until test -e /dev/slow_bounced || fail 'slow_exporter has no nodes'
	for _ in 1 2 3 4 5; do
		rm -rf "$scratch/doctor"
		sh "$doctor" --out "$scratch/doctor" --size 8M --seconds 30 /dev/slow_bounced \
			$node >"$scratch/output" 2>&1
		grep -q '^slow_bounced: cannot tell' "$scratch/output" || break
	done
	note "$(grep '^slow_bounced' "$scratch/output")"
	wait_until rmmod slow_exporter || complain 'slow_exporter cannot be unloaded'
	! grep -q '^slow_bounced: cannot tell: it may be .*bounced' "$scratch/output" ||
		skip 'a machine quiet enough for an interval, after five tries'
	expect_output '^slow_bounced: .*swiotlb=.* \[bounced\]$'
	! grep -q '^bench_system[:,].*\]$' "$scratch/output" ||
		complain "$(grep '^bench_system' "$scratch/output")"
}
