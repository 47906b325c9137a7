# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# guest: --icount --mem 2G --append norandmaps --driver vivid --driver cirrus --driver cirrus-qemu --device cirrus-vga,romfile=
# How long callers.sh says that mapping takes drivers of the kernel, in instructions.

: "${test_dir:?}"
# shellcheck source-path=SCRIPTDIR source=../case.sh
. "$test_dir/case.sh"
# shellcheck source-path=SCRIPTDIR source-path=SCRIPTDIR/.. source=../real_drivers.sh
. "$test_dir/real_drivers.sh"

# trace_clients: what the module's own tracepoint says, in $scratch/traced: ns, each after
# the bytes of its buffer, the shortest first. The first time is a warm-up.
trace_clients()
{
	events=$tracefs/instances/durations
	mkdir "$events"
	for switch in 0 1; do
		echo $switch >"$events/events/$module/dbb_vmap/enable"
		expect_status 0 sh -c "$clients"
	done
	echo 0 >"$events/events/$module/dbb_vmap/enable"
	sed -n 's/.* dbb_vmap: .*size_bytes=\([0-9]*\) .*\bns=\([0-9]*\).*/\1 \2/p' \
		"$events/trace" | sort -n -k 2 >"$scratch/traced"
	rmdir "$events"
}

# expect_duration DRIVER: what the first row of dma_buf_vmap says, within 5 % of the median
# of the module's. On 5.10, a page flip maps in two processes.
expect_duration()
{
	bytes=$(row size_bytes function=dma_buf_vmap driver="$1" | head -n 1)
	found=$(row p50_ns function=dma_buf_vmap driver="$1" | head -n 1)
	sed -n "s/^${bytes:-none} //p" "$scratch/traced" >"$scratch/of_driver"
	truth=$(middle "$scratch/of_driver")
	note "$1, $bytes bytes: callers.sh $found, dbb_vmap $truth"
	expect_awk "p50 of $1" "${found:-0} > 0.95 * $truth && ${found:-0} < 1.05 * $truth"
}

# Two drivers at once. callers.sh looks at another run of the clients than the tracepoint
# does: their events would be part of its times.
test_drivers()
{
	need_vivid
	need_cirrus
	find_video vivid-000-vid-cap
	sh "$test_dir/../vm/quieten.sh"
	clients="'$user/v4l2_import' --device $video --width 640 --height 360 \
		--control 'OSD Text Mode=2' --frames 10 --pool 6 &
		'$user/drm_import' --card $card --flips 20 && wait \$!"
	trace_clients
	record -- sh -c "$clients"
	note "$(grep '^Tracing added' "$scratch/output")"
	expect_duration vivid
	expect_duration "$cirrus"
}
