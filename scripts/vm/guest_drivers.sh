# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# Sourced in guests: loads drivers that guest.sh has put into /drivers, and finds
# their devices.

# load_driver NAME [PARAMETER...]: with all that it depends on. Returns 2 when this
# kernel does not have it.
load_driver()
{
	[ -e "/drivers/$1.order" ] || return 2
	driver=$1
	shift
	while read -r file; do
		name=$(echo "${file%.ko}" | tr - _)
		[ ! -d "/sys/module/$name" ] || continue
		if [ "$file" = "$driver.ko" ]; then
			insmod "/drivers/$file" "$@" || return 1
		else
			insmod "/drivers/$file" || return 1
		fi
	done <"/drivers/$driver.order"
}

# Device 0 maps by vmalloc's memory operations, device 1, of several planes, by those
# of the DMA API.
load_vivid()
{
	load_driver vivid n_devs=2 multiplanar=1,2 allocators=0,1
}

# find_video NAME: sets video to the node of a V4L2 device.
find_video()
{
	for file in /sys/class/video4linux/*/name; do
		[ "$(cat "$file" 2>/dev/null)" = "$1" ] || continue
		file=${file%/name}
		video=/dev/${file##*/}
		[ ! -e "$video" ] || return 0
	done
	return 1
}

# find_card PATTERN: sets card to the node of a display whose driver or device has such
# a name, card_driver to the name of its driver and vram to its memory.
# shellcheck disable=SC2034 # for who sources this
find_card()
{
	for entry in /sys/class/drm/card*; do
		[ -e "$entry/device" ] || continue
		card_driver=$(basename "$(readlink "$entry/device/driver")")
		# a device of no bus, such as that of vgem, has the name itself
		# shellcheck disable=SC2254 # a pattern
		case $card_driver:$(basename "$(readlink "$entry/device")") in
		$1:* | *:$1) ;;
		*) continue ;;
		esac
		card=/dev/dri/${entry##*/} vram=$entry/device/resource0
		[ ! -e "$card" ] || return 0
	done
	return 1
}
