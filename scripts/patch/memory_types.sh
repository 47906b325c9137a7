#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Says what a kernel answers to mappings of pages of one type or several, and of ranges
# that are RAM in part: a line a range. Two kernels that do the same say the same.
# For a guest whose memory types are looked up (x86, PAT on).
# usage: sh scripts/patch/memory_types.sh
set -u

file=/sys/kernel/debug/memory_types

ask()
{
	echo "$*" 1<>"$file" && echo "$* -> $(cat "$file")"
}

# around ADDRESS: ranges that end there, begin there, and reach over it
around()
{
	for first in 1 2 3 5 8; do
		for pages in 1 2 3 5 8 16; do
			at=$(($1 - first * 4096))
			[ "$at" -ge 0 ] || continue
			ask phys "$(printf 0x%x "$at")" "$pages"
		done
	done
	ask phys "$(printf 0x%x "$1")" 4
}

insmod scripts/test/memory_types.ko || exit
for types in c w u cc ww uu cw wc uw wu cccccccc cccwwwww wwwwwwww wwwwwwwc cwwwwwww \
	uuuuwwww cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccw \
	cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc; do
	ask ram "$types" || exit
done
# borders of all that there is, and of the legacy range of ISA
borders=$(sed -n 's/^ *\([0-9a-f]*\)-\([0-9a-f]*\) : .*/\1 \2/p' /proc/iomem)
for border in 0xa0000 0x100000 $(for word in $borders; do echo "0x$word"; done); do
	around $(((border + 4095) / 4096 * 4096))
done
rmmod memory_types
