# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# guest: --mem 1536M --append iomem=relaxed --driver vivid --driver cirrus --driver cirrus-qemu --device cirrus-vga,romfile=
# Real drivers that import our buffers: what callers.sh says of them is what their
# clients did. vivid maps a buffer when the descriptor of an entry changes, a driver
# of Cirrus cards for each page flip.

: "${test_dir:?}"
# shellcheck source-path=SCRIPTDIR source=../case.sh
. "$test_dir/case.sh"
# shellcheck source-path=SCRIPTDIR source-path=SCRIPTDIR/.. source=../real_drivers.sh
. "$test_dir/real_drivers.sh"

# record_capture ARGUMENT...: pictures that do not change, from vivid's first device.
record_capture()
{
	find_video vivid-000-vid-cap
	record -- "$user/v4l2_import" --device "$video" --width 320 --height 180 \
		--control 'OSD Text Mode=2' "$@"
	expect_equal 'wrong frames' "$(output_of wrong_frames)" 0
	expect_share "$(output_of qbuf_share_pct)"
}

# expect_share PERCENT: of the client's time, in the call in which the driver maps.
expect_share()
{
	expect_awk 'share of the call that maps' "${1:-0} > 0 && ${1:-0} < 100"
}

# expect_calls NUMBER KEY=VALUE...: in all rows, each of them real.
expect_calls()
{
	number=$1
	shift
	expect_equal "calls of $*" "$(row calls "$@" | awk '{ n += $1 } END { print n + 0 }')" \
		"$number"
	expect_equal "real calls of $*" \
		"$(row real_calls "$@" | awk '{ n += $1 } END { print n + 0 }')" "$number"
}

# As many dma-bufs as entries: each is mapped once, whatever the number of frames.
test_v4l2_steady()
{
	need_vivid
	record_capture --frames 10
	expect_equal 'descriptors that changed' "$(output_of changed_descriptors)" 3
	expect_calls 3 function=dma_buf_vmap
	expect_calls 3 function=dma_buf_vunmap
}

# More dma-bufs than entries: one is mapped for each frame, by a function of the
# memory operations, for the driver that is named by its queue.
test_v4l2_rotating()
{
	need_vivid
	record_capture --frames 10 --pool 6
	expect_equal 'descriptors that changed' "$(output_of changed_descriptors)" 13
	expect_calls 13 function=dma_buf_vmap driver=vivid caller=vb2_vmalloc_map_dmabuf \
		caller_module=videobuf2_vmalloc process=v4l2_import exporter=dmabuf_bench
	expect_calls 13 function=dma_buf_vunmap driver=vivid
	expect_equal 'size of a frame' "$(row size_bytes function=dma_buf_vmap)" \
		$(((320 * 180 * 2 + page - 1) / page * page))
}

# Buffers of the kernel's own exporters, each by its name.
test_sources()
{
	need_vivid
	sources=
	for heap in /dev/dma_heap/system /dev/udmabuf; do
		[ -e "$heap" ] || continue
		sources="$sources $heap"
		record_capture --frames 10 --pool 6 --heap "$heap"
		expect_calls 13 function=dma_buf_vmap driver=vivid process=v4l2_import
		expect_match "exporter of $heap" "$(row exporter function=dma_buf_vmap)" \
			"${heap##*/}*"
	done
	[ -n "$sources" ] || skip 'this kernel has no heap and no udmabuf of its own'
	note "buffers from$sources"
}

# A page flip is one mapping, and the first picture is another.
test_drm_flips()
{
	need_cirrus
	record -- "$user/drm_import" --card "$card" --vram "$vram" --flips 10
	expect_equal 'wrong pictures' "$(output_of wrong_pictures)" 0
	expect_share "$(output_of flip_share_pct)"
	expect_flips
}

# Of ten. 5.10 maps for each copy to the card, of which the first picture has two, and
# copies in a kworker.
expect_flips()
{
	case $(uname -r) in
	5.10.*) expect_calls 12 function=dma_buf_vmap driver="$cirrus" ;;
	*) expect_calls 11 function=dma_buf_vmap driver="$cirrus" process=drm_import ;;
	esac
}

record_both()
{
	waited=$(lost_s)
	record -- sh -c "'$user/v4l2_import' --device $video --width 320 --height 180 \
		--control 'OSD Text Mode=2' --frames 10 --pool 6 &
		'$user/drm_import' --card $card --flips 10 && wait \$!"
	waited=$(($(lost_s) - waited))
	calls=$(row calls function=dma_buf_vmap | awk '{ n += $1 } END { print n + 0 }')
}

# Both at once: the table has these two and nobody else. A starved guest once had a call
# less, which the kernel counted nowhere: it is asked again.
test_both()
{
	need_vivid
	need_cirrus
	find_video vivid-000-vid-cap
	record_both
	[ "$calls" -ge 24 ] || [ "$waited" -lt 2 ] || {
		note "$calls calls, and $waited s without a CPU: once more"
		record_both
	}
	expect_equal 'drivers that map' "$(row driver function=dma_buf_vmap | sort -u |
		tr '\n' ' ')" "$cirrus vivid "
	expect_calls 13 function=dma_buf_vmap driver=vivid
	expect_flips
}

# shellcheck disable=SC2016 # the kernel's
# What probe_order probes: the name of the event, the function, and where its reservation
# object is.
ordered_functions='
attach dma_buf_dynamic_attach dmabuf->resv
map dma_buf_map_attachment attach->dmabuf->resv
vmap dma_buf_vmap dmabuf->resv
vunmap dma_buf_vunmap dmabuf->resv
unmap dma_buf_unmap_attachment attach->dmabuf->resv
detach dma_buf_detach dmabuf->resv
lock ww_mutex_lock $arg1
unlock ww_mutex_unlock $arg1'

# A reservation object begins with its lock.
probe_order()
{
	echo "$ordered_functions" | while read -r event function resv; do
		[ -z "$event" ] || echo "p:order/$event $function resv=$resv:x64" \
			>>"$tracefs/kprobe_events" || exit
	done 2>/dev/null ||
		skip 'this kernel cannot tell the reservation object of a buffer (no BTF arguments)'
}

# order_of COMMAND...: sets order to what it did to a buffer, as call_order.awk says.
order_of()
{
	echo >"$tracefs/trace"
	echo 1 >"$tracefs/events/order/enable"
	expect_status 0 "$@"
	echo 0 >"$tracefs/events/order/enable"
	order=$(awk -v of="$part" -f "$test_dir/call_order.awk" "$tracefs/trace")
}

# same_order PRESET HEAP COMMAND...: the preset does to a buffer what the driver does
# that COMMAND makes use of.
same_order()
{
	preset=$1 heap=$2
	shift 2
	order_of "$@"
	of_driver=$order
	order_of put bench/run "replay preset=$preset heap=$heap strategies=sg iterations=3 \
		warmup=0 verify=0"
	note "$preset: $order"
	expect_equal "$preset and its driver" "$order" "$of_driver"
	expect_match "$preset" "$order" '*lock vmap unlock*'
}

# order_of_capture PRESET HEAP DEVICE OPTION...
order_of_capture()
{
	find_video "$3"
	preset=$1 heap=$2
	shift 3
	same_order "$preset" "$heap" "$user/v4l2_import" --device "$video" \
		--width 320 --height 180 --control 'OSD Text Mode=2' \
		--heap "/dev/dma_heap/bench_$heap" "$@"
}

# Calls and locks of presets are those of the drivers that they are made after. A DRM
# driver imports a picture long before its commits, which are what shadow is about.
test_presets()
{
	probe_order
	need_vivid
	need_cirrus
	part=all
	order_of_capture vb2 contig vivid-001-vid-cap --frames 6
	order_of_capture vb2_rotate system vivid-000-vid-cap --frames 12 --pool 6
	part=mappings
	same_order shadow system "$user/drm_import" --card "$card" --flips 6
	echo >"$tracefs/kprobe_events"
}

# An importer that maps far too often is named first.
test_slow_importer()
{
	need_vivid
	insmod "$test_dir/slow_importer.ko" || fail 'slow_importer.ko cannot be loaded'
	find_video vivid-000-vid-cap
	# shellcheck disable=SC2016 # for the inner shell
	slow='echo "$DMABUF_FD 200" >/sys/kernel/debug/slow_importer'
	record -- sh -c "'$user/v4l2_import' --device $video --width 320 --height 180 \
		--control 'OSD Text Mode=2' --frames 10 --pool 6 &
		'$user/heap_exec' --size 64M -- sh -c '$slow' && wait \$!"
	rmmod slow_importer
	note "$(grep 'pays most' "$scratch/output")"
	# on 5.10, its vunmaps may take as long as its vmaps
	expect_output '^slow_importer_map \[slow_importer\] pays most: dma_buf_v[un]*map took .* 200 calls'
	expect_calls 200 function=dma_buf_vmap caller_module=slow_importer process=sh
	expect_calls 13 function=dma_buf_vmap driver=vivid
}
