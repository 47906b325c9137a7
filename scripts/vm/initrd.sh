#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Packs the guest's first file system for one fetched kernel: busybox,
# trace-cmd with its libraries, the modules of the kernel and our init.
# Prints the path of the archive.
# usage: scripts/vm/initrd.sh KERNEL ARCH
set -eu

vm=$(cd "$(dirname "$0")" && pwd)
# shellcheck source-path=SCRIPTDIR source=common.sh
. "$vm/common.sh"

# Copies a file out of $programs to the same place in the guest.
copy_file()
{
	mkdir -p "$root${1%/*}"
	cp -L "$programs$1" "$root$1"
}

# Copies a program with its loader and the libraries that it names, and so on.
# ldd cannot be asked: it runs only programs of this machine's architecture.
copy_program()
{
	copy_file "$1"
	"${cross}readelf" -d -l "$programs$1" |
		sed -n 's/.*interpreter: \(.*\)\]/\1/p; s/.*(NEEDED).*\[\(.*\)\]/\1/p' |
		while read -r name; do
			copy_library "$name"
		done
}

copy_library()
{
	for place in "$1" "/lib/$triplet/$1" "/usr/lib/$triplet/$1"; do
		case $place in
		/*) [ -e "$programs$place" ] || continue ;;
		*) continue ;;
		esac
		[ -e "$root$place" ] || copy_program "$place"
		return
	done
	die "$1 is missing among the guest's programs in ${programs:-/}"
}

copy_programs()
{
	copy_file "$busybox"
	[ "$busybox" = /bin/busybox ] || ln "$root$busybox" "$root/bin/busybox"
	copy_program "$trace_cmd"
}

# Not compressed: unpacking costs the guest more than reading costs the host.
pack()
{
	root=$(mktemp -d "$cache/initrd/new.XXXXXX")
	trap 'rm -rf "$root" "$root.cpio"' EXIT
	mkdir -p "$root/bin" "$root/dev"
	# it becomes the guest's /, which other users have to search
	chmod 755 "$root"
	copy_programs
	cp -r "$kernel_dir/modules" "$root/modules"
	cp "$vm/init" "$vm/kernel_log.sh" "$vm/trouble" "$root"
	(cd "$root" && find . | cpio -o -H newc --quiet -R 0:0) >"$root.cpio"
	mv "$root.cpio" "$archive"
}

is_current()
{
	[ -e "$archive" ] && [ -z "$(find "$vm/init" "$vm/initrd.sh" \
		"$vm/kernel_log.sh" "$vm/trouble" \
		"$programs$busybox" "$programs$trace_cmd" \
		"$kernel_dir/identity" -newer "$archive")" ]
}

[ $# = 2 ] || die "usage: scripts/vm/initrd.sh KERNEL ARCH"
kernel=$1 arch=$2
kernel_dir=$cache/kernel/$kernel-$arch
archive=$cache/initrd/$kernel-$arch.cpio
read_kernel "$kernel" "$arch"
read_toolchain "$arch"
programs=$("$vm/programs.sh" "$arch")
programs=${programs%/}
busybox=/bin/busybox
[ -e "$programs$busybox" ] || busybox=/usr/bin/busybox
trace_cmd=/usr/bin/trace-cmd
mkdir -p "$cache/initrd"
lock "initrd-$kernel-$arch"
is_current || pack
echo "$archive"
