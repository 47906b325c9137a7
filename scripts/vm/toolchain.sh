#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Brings the compiler of another release of the distribution into the cache,
# with what a module build needs around it, and prints the folder to change
# root to.
# usage: scripts/vm/toolchain.sh KERNEL ARCH
set -eu

vm=$(cd "$(dirname "$0")" && pwd)
# shellcheck source-path=SCRIPTDIR source=common.sh
. "$vm/common.sh"
# shellcheck source-path=SCRIPTDIR source=apt.sh
. "$vm/apt.sh"

# Kbuild's own programs and shell commands, and the libraries that the kernel's
# prebuilt programs are linked with.
base_packages='dash coreutils sed grep mawk findutils diffutils make libc6-dev
	libelf-dev'

fetch()
{
	say "fetching $compiler_packages of $compiler_suite"
	begin=$(seconds)
	new=$(mktemp -d "$cache/toolchain/new.XXXXXX")
	trap 'rm -rf "$new"' EXIT
	suite=$compiler_suite
	# shellcheck disable=SC2086 # lists of packages
	unpack_packages $base_packages $compiler_packages
	# What a maintainer script would have chosen.
	[ -e "$new/root/usr/bin/awk" ] || ln -s mawk "$new/root/usr/bin/awk"
	mv "$new/root" "$dest"
	say "fetched in $(($(seconds) - begin)) s"
}

[ $# = 2 ] || die "usage: scripts/vm/toolchain.sh KERNEL ARCH"
kernel=$1 arch=$2
read_kernel "$kernel" "$arch"
read_toolchain "$arch"
[ -n "$compiler_suite" ] ||
	die "$compiler for $kernel $arch is installed on this machine by deps.sh"
dest=$cache/toolchain/$compiler_suite-$kernel_cc
mkdir -p "$cache/toolchain"
lock "toolchain-${dest##*/}"
[ -d "$dest" ] || fetch
echo "$dest"
