#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Brings one distribution kernel into the cache: the image to boot, the headers
# to build against, and the modules that the guest loads. A row with a package of
# sources is compiled (own_kernel.sh). Nothing is installed on this machine. A kernel
# that is in the cache is never looked up again.
# usage: scripts/vm/fetch.sh KERNEL ARCH
set -eu

vm=$(cd "$(dirname "$0")" && pwd)
# shellcheck source-path=SCRIPTDIR source=common.sh
. "$vm/common.sh"
# shellcheck source-path=SCRIPTDIR source=apt.sh
. "$vm/apt.sh"
# shellcheck source-path=SCRIPTDIR source=own_kernel.sh
. "$vm/own_kernel.sh"

# What the guest needs for its shares and its output channel.
guest_modules='virtio_pci virtio_console 9p 9pnet_virtio'
# Where those modules and all they depend on live in the kernel package.
module_folders='drivers/virtio drivers/char net/9p fs/9p fs/netfs fs/fscache'

# Prints every package of a kernel that the named metapackages lead to.
# Metapackages and the rest of the system have no version in their names.
kernel_packages()
{
	todo=$* known=$*
	while [ -n "$todo" ]; do
		# shellcheck disable=SC2086 # a list of packages
		todo=$(private_apt apt-cache depends --important $todo |
			awk -v known="$known" '
			BEGIN {
				count = split(known, names)
				while (count)
					seen[names[count--]] = 1
			}
			/Depends: / {
				name = $2
				sub(/:.*/, "", name)
				if (name ~ /^linux-(image|binary|base|modules|headers|kbuild)-.*[0-9]/ &&
				    name !~ /-(dbg|unsigned)$/ && !seen[name]++)
					print name
			}')
		known="$known $todo"
		for package in $todo; do
			case $package in
			linux-kbuild-*) echo "$package:$host_arch" ;;
			*) echo "$package" ;;
			esac
		done
	done
}

download()
{
	# shellcheck disable=SC2086
	wanted=$(kernel_packages $packages)
	# shellcheck disable=SC2086
	say "fetching" $wanted
	mkdir "$new/debs"
	# shellcheck disable=SC2086
	(cd "$new/debs" && private_apt apt-get -qq download $wanted)
}

# Of the packages that hold the kernel only a few files are of use, and
# unpacking them all would take most of the time. tar fails when one of the
# patterns has no match; what is missing shows in the steps that follow.
unpack_kernel()
{
	set -- '*/vmlinuz*' '*/boot/config-*' '*/modules.builtin*' '*/modules.order'
	for folder in $module_folders; do
		set -- "$@" "*/kernel/$folder/*"
	done
	dpkg --fsys-tarfile "$deb" |
		tar -x -C "$new/root" --wildcards "$@" 2>"$new/tar.log" || :
}

unpack()
{
	mkdir "$new/root"
	for deb in "$new"/debs/*.deb; do
		case ${deb##*/} in
		linux-headers-* | linux-kbuild-*)
			dpkg -x "$deb" "$new/root" ;;
		*)
			unpack_kernel ;;
		esac
	done
	# Newer packages hold modules in usr/lib, where kmod does not look.
	[ -d "$new/root/lib" ] || ln -s usr/lib "$new/root/lib"
	release=$(basename "$(dirname "$new"/root/lib/modules/*/modules.builtin)")
	[ -d "$new/root/usr/src/linux-headers-$release" ] ||
		die "the packages of $suite hold kernel $release but not its headers"
}

# The headers' makefiles name their own place by absolute paths.
relocate_headers()
{
	sed -i "s#\([= ]\)/usr/src/#\1$dest/root/usr/src/#" \
		"$new"/root/usr/src/linux-headers-*/Makefile
	ln -s "root/usr/src/linux-headers-$release" "$new/headers"
}

byte_at()
{
	od -An -v -t u"$2" -j "$1" -N "$2" "$image" | tr -d ' '
}

# Takes the ELF kernel out of an x86 bzImage: booted directly, it spares the
# guest the firmware and its own decompression, half of the boot time without
# KVM. Offsets are those of Documentation/x86/boot.rst. All but gzip have four
# bytes of length after the compressed data.
extract_vmlinux()
{
	setup_sectors=$(byte_at 497 1)
	offset=$(((setup_sectors + 1) * 512 + $(byte_at 584 4)))
	length=$(byte_at 588 4)
	magic=$(od -An -v -t x1 -j "$offset" -N 4 "$image" | tr -d ' ')
	case $magic in
	fd377a58) unpacker='xz -dc' ;;
	28b52ffd) unpacker='zstd -dcq' ;;
	02214c18) unpacker='lz4 -dcq' ;;
	1f8b*) unpacker='gzip -dc' ;;
	*) die "cannot decompress $image: its payload begins with $magic," \
		"which is not xz, zstd, lz4 or gzip" ;;
	esac
	[ "$unpacker" = 'gzip -dc' ] || length=$((length - 4))
	tail -c +$((offset + 1)) "$image" | head -c "$length" |
		$unpacker >"$new/kernel"
}

take_image()
{
	image=$(find "$new/root/" -name 'vmlinuz*' -type f)
	[ -f "$image" ] || die "the packages of $suite hold no kernel image"
	case $arch in
	amd64) extract_vmlinux ;;
	*) cp "$image" "$new/kernel" ;;
	esac
}

# Copies the guest's modules, uncompressed, and their load order.
take_modules()
{
	find "$new/root/lib/modules/$release/" -name '*.ko.xz' -exec unxz {} +
	depmod -b "$new/root" "$release"
	mkdir "$new/modules"
	for module in $guest_modules; do
		modprobe -d "$new/root" -S "$release" --show-depends "$module"
	done | awk '$1 == "insmod" && !seen[$2]++ { print $2 }' >"$new/paths"
	while read -r path; do
		cp "$path" "$new/modules"
		echo "${path##*/}" >>"$new/modules/order"
	done <"$new/paths"
}

fetch()
{
	begin=$(seconds)
	new=$(mktemp -d "$cache/kernel/new.XXXXXX")
	trap 'rm -rf "$new"' EXIT
	trap 'exit 129' HUP
	trap 'exit 130' INT
	trap 'exit 143' TERM
	if is_own_kernel; then
		own_build
	else
		set_up_apt "$new/apt"
		download
		unpack
		relocate_headers
		take_image
		take_modules
	fi
	echo "$release" >"$new/release"
	echo "$identity" >"$new/identity"
	rm -rf "$new/apt" "$new/debs" "$new/tar.log" "$new/paths" \
		"$dest"
	mv "$new" "$dest"
	say "fetched kernel $release in $(($(seconds) - begin)) s"
}

is_there()
{
	[ -e "$dest/identity" ] && [ "$(cat "$dest/identity")" = "$identity" ]
}

[ $# = 2 ] || die "usage: scripts/vm/fetch.sh KERNEL ARCH"
kernel=$1 arch=$2
read_kernel "$kernel" "$arch"
dest=$cache/kernel/$kernel-$arch
read_toolchain "$arch"
identity="$dest $suite $packages $guest_modules $module_folders"
! is_own_kernel || own_identify
is_there && exit
mkdir -p "$cache/kernel"
lock "kernel-$kernel-$arch"
is_there || fetch
