#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Brings the drivers of a distribution kernel that import dma-bufs into the cache,
# with all that they depend on, and prints their folder. DRIVER.order there holds the
# files of a driver in the order in which they are loaded; a driver that this kernel
# does not have has none.
# usage: scripts/vm/drivers.sh KERNEL ARCH
set -eu

vm=$(cd "$(dirname "$0")" && pwd)
# shellcheck source-path=SCRIPTDIR source=common.sh
. "$vm/common.sh"
# shellcheck source-path=SCRIPTDIR source=apt.sh
. "$vm/apt.sh"

# The driver of Cirrus cards has another name from 7.x on.
drivers='vivid cirrus cirrus-qemu bochs vgem'

# The packages of exactly this kernel; newer ones have a package for modules alone.
download()
{
	wanted=$(private_apt apt-cache pkgnames |
		grep -x -F -e "linux-image-$release" -e "linux-modules-$release") ||
		die "$suite no longer has kernel $release; remove" \
			"$cache/kernel/$kernel-$arch to get a newer one"
	mkdir "$new/debs"
	# shellcheck disable=SC2086 # a list of packages
	(cd "$new/debs" && private_apt apt-get -qq download $wanted)
}

# tar fails on a package without modules.
unpack_modules()
{
	mkdir "$new/root"
	for deb in "$new"/debs/*.deb; do
		dpkg --fsys-tarfile "$deb" |
			tar -x -C "$new/root" --wildcards '*/lib/modules/*' 2>"$new/tar.log" || :
	done
	# newer packages hold modules in usr/lib, where kmod does not look
	[ -d "$new/root/lib" ] || ln -s usr/lib "$new/root/lib"
	# these are in another package there
	cp "$cache/kernel/$kernel-$arch/root/lib/modules/$release"/modules.builtin* \
		"$cache/kernel/$kernel-$arch/root/lib/modules/$release/modules.order" \
		"$new/root/lib/modules/$release"
	depmod -b "$new/root" "$release"
}

# take_driver NAME: its files, uncompressed, and their order.
take_driver()
{
	modprobe -d "$new/root" -S "$release" --show-depends "$1" 2>/dev/null |
		sed -n 's/^insmod \([^ ]*\).*/\1/p' >"$new/paths"
	while read -r path; do
		file=${path##*/}
		file=${file%.xz}
		[ -e "$new/modules/$file" ] || case $path in
		*.xz) xz -dc "$path" >"$new/modules/$file" ;;
		*) cp "$path" "$new/modules/$file" ;;
		esac
		echo "$file" >>"$new/modules/$1.order"
	done <"$new/paths"
}

fetch()
{
	begin=$(seconds)
	release=$(cat "$cache/kernel/$kernel-$arch/release")
	new=$(mktemp -d "$cache/drivers/new.XXXXXX")
	trap 'rm -rf "$new"' EXIT
	set_up_apt "$new/apt"
	say "fetching the drivers of kernel $release"
	download
	unpack_modules
	mkdir "$new/modules"
	for driver in $drivers; do
		take_driver "$driver"
	done
	echo "$release $drivers" >"$new/modules/identity"
	rm -rf "$dest"
	mv "$new/modules" "$dest"
	say "fetched them in $(($(seconds) - begin)) s"
}

is_there()
{
	[ -e "$dest/identity" ] &&
		[ "$(cat "$dest/identity")" = "$(cat "$cache/kernel/$kernel-$arch/release") $drivers" ]
}

[ $# = 2 ] || die "usage: scripts/vm/drivers.sh KERNEL ARCH"
kernel=$1 arch=$2
read_kernel "$kernel" "$arch"
"$vm/fetch.sh" "$kernel" "$arch"
dest=$cache/drivers/$kernel-$arch
mkdir -p "$cache/drivers"
lock "drivers-$kernel-$arch"
is_there || fetch
echo "$dest"
