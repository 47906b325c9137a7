# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# guest: --mem 1536M --append iomem=relaxed --driver vivid --driver cirrus --driver cirrus-qemu --device cirrus-vga,romfile=
# Real drivers that import our buffers: what callers.sh says of them is what their
# clients did. vivid maps a buffer when the descriptor of an entry changes, a driver
# of Cirrus cards for each page flip.

: "${test_dir:?}"
# shellcheck source-path=SCRIPTDIR source=../case.sh
. "$test_dir/case.sh"

callers=$test_dir/../callers.sh
user=$test_dir/../../bench/user
folder=$scratch/importers

# load_driver NAME [PARAMETER...]: with all that it depends on.
load_driver()
{
	[ -e "/drivers/$1.order" ] || return 1
	driver=$1
	shift
	while read -r file; do
		name=$(echo "${file%.ko}" | tr - _)
		[ ! -d "/sys/module/$name" ] || continue
		if [ "$file" = "$driver.ko" ]; then
			insmod "/drivers/$file" "$@" || fail "$file cannot be loaded"
		else
			insmod "/drivers/$file" || fail "$file cannot be loaded"
		fi
	done <"/drivers/$driver.order"
}

# Device 0 maps by vmalloc's memory operations, device 1, of several planes, by those
# of the DMA API.
load_vivid()
{
	load_driver vivid n_devs=2 multiplanar=1,2 allocators=0,1 ||
		skip 'this kernel has no driver vivid'
	wait_until find_video vivid-001-vid-cap || fail 'vivid has no devices'
}

# find_video NAME: sets video to the node of a V4L2 device.
find_video()
{
	for file in /sys/class/video4linux/*/name; do
		[ "$(cat "$file" 2>/dev/null)" = "$1" ] || continue
		file=${file%/name}
		video=/dev/${file##*/}
		return
	done
	return 1
}

load_cirrus()
{
	load_driver cirrus || load_driver cirrus-qemu ||
		skip 'this kernel has no driver of Cirrus cards'
	wait_until find_card || fail 'no Cirrus card'
}

# Sets card to its node, cirrus to its driver's name and vram to its memory.
find_card()
{
	for link in /sys/class/drm/card[0-9]*/device/driver; do
		cirrus=$(basename "$(readlink "$link")")
		case $cirrus in
		cirrus*) ;;
		*) continue ;;
		esac
		vram=${link%/driver}/resource0
		link=${link%/device/driver}
		card=/dev/dri/${link##*/}
		[ ! -e "$card" ] || return 0
	done
	return 1
}

# output_of NAME: the value of NAME=VALUE in $scratch/output
output_of()
{
	sed -n "s/.*\b$1=\([^ ]*\).*/\1/p" "$scratch/output" | tail -n 1
}

record()
{
	rm -rf "$folder"
	expect_status 0 sh "$callers" --out "$folder" "$@"
}

row()
{
	select_rows "$@" <"$folder/callers.csv"
}

# record_capture ARGUMENT...: pictures that do not change, from vivid's first device.
record_capture()
{
	find_video vivid-000-vid-cap
	record -- "$user/v4l2_import" --device "$video" --width 320 --height 180 \
		--control 'OSD Text Mode=2' "$@"
	expect_equal 'wrong frames' "$(output_of wrong_frames)" 0
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
	load_vivid
	record_capture --frames 10
	expect_equal 'descriptors that changed' "$(output_of changed_descriptors)" 3
	expect_calls 3 function=dma_buf_vmap
	expect_calls 3 function=dma_buf_vunmap
}

# More dma-bufs than entries: one is mapped for each frame, by a function of the
# memory operations, for the driver that is named by its queue.
test_v4l2_rotating()
{
	load_vivid
	record_capture --frames 10 --pool 6
	expect_equal 'descriptors that changed' "$(output_of changed_descriptors)" 13
	expect_calls 13 function=dma_buf_vmap driver=vivid caller=vb2_vmalloc_map_dmabuf \
		caller_module=videobuf2_vmalloc process=v4l2_import exporter=dmabuf_bench
	expect_calls 13 function=dma_buf_vunmap driver=vivid
	expect_equal 'size of a frame' "$(row size_bytes function=dma_buf_vmap)" \
		$(((320 * 180 * 2 + page - 1) / page * page))
}

# A page flip is one mapping, and the first picture is another.
test_drm_flips()
{
	load_cirrus
	record -- "$user/drm_import" --card "$card" --vram "$vram" --flips 10
	expect_equal 'wrong pictures' "$(output_of wrong_pictures)" 0
	# 5.10 maps for each copy to the card, of which the first picture has two, and
	# copies in a kworker
	case $(uname -r) in
	5.10.*) expect_calls 12 function=dma_buf_vmap driver="$cirrus" ;;
	*) expect_calls 11 function=dma_buf_vmap driver="$cirrus" process=drm_import ;;
	esac
}

# Both at once: the table has these two and nobody else.
test_both()
{
	load_vivid
	load_cirrus
	find_video vivid-000-vid-cap
	record -- sh -c "'$user/v4l2_import' --device $video --width 320 --height 180 \
		--control 'OSD Text Mode=2' --frames 10 --pool 6 &
		'$user/drm_import' --card $card --flips 10 && wait \$!"
	expect_equal 'drivers that map' "$(row driver function=dma_buf_vmap | sort -u |
		tr '\n' ' ')" "$cirrus vivid "
	expect_calls 13 function=dma_buf_vmap driver=vivid
}

# An importer that maps far too often is named first.
test_slow_importer()
{
	load_vivid
	insmod "$test_dir/slow_importer.ko" || fail 'slow_importer.ko cannot be loaded'
	find_video vivid-000-vid-cap
	# shellcheck disable=SC2016 # for the inner shell
	slow='echo "$DMABUF_FD 200" >/sys/kernel/debug/slow_importer'
	record -- sh -c "'$user/v4l2_import' --device $video --width 320 --height 180 \
		--control 'OSD Text Mode=2' --frames 10 --pool 6 &
		'$user/heap_exec' --size 64M -- sh -c '$slow' && wait \$!"
	rmmod slow_importer
	note "$(grep 'pays most' "$scratch/output")"
	expect_output '^slow_importer_map \[slow_importer\] pays most: dma_buf_vmap took .* 200 calls'
	expect_calls 200 function=dma_buf_vmap caller_module=slow_importer process=sh
	expect_calls 13 function=dma_buf_vmap driver=vivid
}
