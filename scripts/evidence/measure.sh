#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# What make_evidence.sh runs in a guest that counts instructions: how often real
# drivers, and the presets of op replay, map a buffer in the kernel, what that costs
# and what the vmap patch would save. Appends rows to the csv file.
# usage: scripts/evidence/measure.sh KERNEL ARCH CSV
set -u

root=$(cd "$(dirname "$0")/../.." && pwd)
D=/sys/kernel/debug/dmabuf_bench
trace=/sys/kernel/tracing/instances/dbb_evidence
user=$root/bench/user
scratch=/tmp/evidence
# shellcheck source-path=SCRIPTDIR source=../vm/guest_drivers.sh
. "$root/scripts/vm/guest_drivers.sh"

# row KIND NAME PER SIZE VMAPS VMAP_PAGE FILL_PAGE VMAP_SG SAVED NOTE
row()
{
	name=$2
	{
		printf '%s,%s' "$kernel" "$arch"
		printf ',%s' "$@"
		echo
	} >>"$csv"
	shift 9
	echo "$kernel $arch: $name${1:+: $1}"
}

# cannot KIND NAME REASON: a row without figures; of a line of error_log, the reason is
# what comes after the line that was refused.
cannot()
{
	row "$1" "$2" '' '' '' '' '' '' '' \
		"$(printf '%s' "$3" | sed 's/^[0-9].* bench\/run: ".*": //' | tr ',\n' ';  ')"
}

# wait_for COMMAND...: until it succeeds
wait_for()
{
	for _ in 1 2 3 4 5 6 7 8 9 10; do
		! "$@" || return 0
		sleep 1
	done
	return 1
}

# middle EVENT: the median of its ns
middle()
{
	sed -n "s/.* $1: .* ns=\([0-9]*\) .*/\1/p" "$scratch/trace" | sort -n |
		awk '{ ns[NR] = $1 } END { print NR ? ns[int((NR + 1) / 2)] : 0 }'
}

# traced STRATEGY COMMAND...: sets vmaps, vmap and fill to the number of mappings and
# the medians of one and of its page array, and size to that of the last buffer.
traced()
{
	echo "$1" >"$D/heap/vmap_strategy"
	shift
	echo >"$trace/trace"
	echo 1 >"$trace/events/dmabuf_bench/enable"
	"$@" >"$scratch/output" 2>&1
	status=$?
	echo 0 >"$trace/events/dmabuf_bench/enable"
	cat "$trace/trace" >"$scratch/trace"
	vmaps=$(grep -c ' dbb_vmap: ' "$scratch/trace")
	vmap=$(middle dbb_vmap)
	fill=$(middle dbb_fill)
	size=$(sed -n 's/.* dbb_alloc: .* size_bytes=\([0-9]*\) .*/\1/p' "$scratch/trace" | tail -n 1)
	return "$status"
}

# count_frames OPTION COMMAND...: OPTION is what the client calls the number of frames.
# What starts a stream maps, too: a frame's share is the difference between twenty of
# them and ten.
count_frames()
{
	option=$1
	shift
	traced page "$@" "$option" 10 || return
	fewer=$vmaps
	traced page "$@" "$option" 20 || return
	more=$vmaps vmap_page=$vmap fill_page=$fill
	traced sg "$@" "$option" 20 || return
	per_frame=$(echo "$more $fewer" | awk '{ print ($1 - $2) / 10 }')
	saved=$(echo "$per_frame $vmap_page $vmap" | awk '{ printf "%.0f", $1 * ($2 - $3) }')
}

# driver KIND NAME OPTION COMMAND...: as count_frames
driver()
{
	kind=$1 name=$2
	shift 2
	if ! count_frames "$@"; then
		cannot "$kind" "$name" "$(tail -n 1 "$scratch/output")"
	elif [ "$more" = 0 ]; then
		row "$kind" "$name" frame "$size" 0 '' '' '' 0 'it never maps'
	else
		row "$kind" "$name" frame "$size" "$per_frame" "$vmap_page" "$fill_page" "$vmap" "$saved" ''
	fi
}

# column NAME PHASE STRATEGY: of results.csv
column()
{
	awk -F , -v name="$1" -v phase="$2" -v strategy="$3" '
		/^#/ { next }
		$1 == "run" { for (i = 1; i <= NF; i++) at[$i] = i; next }
		$at["phase"] == phase && $at["strategy"] == strategy { print $at[name] }
	' "$D/bench/results.csv"
}

rounds=20
fixed="strategies=page,sg iterations=$rounds warmup=1 verify=0 purge=sample"

count_made()
{
	sed -n 's/^vmaps_made=//p' "$D/heap/stats"
}

# preset NAME: what it holds from one frame to the next is not in a frame, so that
# frames in which no time goes into mapping have none.
preset()
{
	made=$(count_made)
	echo "replay preset=$1 $fixed" >"$D/bench/run" 2>"$scratch/output" || {
		cannot preset "$1" "$(tail -n 1 "$D/error_log")"
		return
	}
	made=$((($(count_made) - made) / (2 * (rounds + 1))))
	[ "$(column p50_ns vmap page)" != 0 ] || made=0
	size=$(column size_bytes frame page) per=use
	! grep -q '^note: .* Hz' "$D/bench/results" || per=frame
	saved=$(($(column p50_ns frame page) - $(column p50_ns frame sg)))
	echo "vmap size=$size $fixed" >"$D/bench/run" || exit
	row preset "$1" "$per" "$size" "$made" "$(column p50_ns vmap page)" \
		"$(column p50_ns fill page)" "$(column p50_ns vmap sg)" "$saved" ''
}

measure_drivers()
{
	load_vivid
	vivid_frames vivid_steady vivid-000-vid-cap
	vivid_frames vivid_rotating vivid-000-vid-cap --pool 6
	vivid_frames vivid_contig vivid-001-vid-cap --pool 6 --heap /dev/dma_heap/bench_contig
	load_driver cirrus || load_driver cirrus-qemu
	load_driver bochs
	load_driver vgem
	card_frames 'cirrus*' driver cirrus_flip --flips
	card_frames 'bochs*' driver bochs_flip --flips --width 1920 --height 1080
	card_frames vgem control vgem_import --imports
}

# vivid_frames NAME DEVICE OPTION...
vivid_frames()
{
	frames=$1
	wait_for find_video "$2" || {
		cannot driver "$1" "no device $2"
		return
	}
	shift 2
	driver driver "$frames" --frames "$user/v4l2_import" --device "$video" \
		--width 1920 --height 1080 --control 'OSD Text Mode=2' "$@"
}

# card_frames PATTERN KIND NAME COUNT OPTION...: COUNT is the option for their number.
card_frames()
{
	wait_for find_card "$1" || {
		cannot "$2" "$3" "no card of driver $1"
		return
	}
	kind=$2 frames=$3 option=$4
	shift 4
	driver "$kind" "$frames" "$option" "$user/drm_import" --card "$card" "$@"
}

kernel=$1 arch=$2 csv=$3
mkdir -p "$scratch"
insmod "$root/dmabuf_bench.ko" || exit
sh "$root/scripts/vm/quieten.sh"
mkdir "$trace" || exit
# ten frames have a hundred events
echo 64 >"$trace/buffer_size_kb"
measure_drivers
rmdir "$trace"
for each in $(head -n 1 "$D/bench/preset" | tr -d '[]'); do
	preset "$each"
done
