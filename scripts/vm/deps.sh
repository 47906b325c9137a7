#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Installs the Debian packages that the VM runner and the style gate need, other
# than QEMU (emulator.sh). Does nothing when they are there.
# usage: scripts/vm/deps.sh [KERNEL [ARCH [check]]]
set -eu

vm=$(cd "$(dirname "$0")" && pwd)
# shellcheck source-path=SCRIPTDIR source=common.sh
. "$vm/common.sh"

build_packages='make gcc libc6-dev libdrm-dev libelf-dev kmod xz-utils zstd lz4'
guest_packages='busybox-static trace-cmd cpio'
check_packages='sparse shellcheck perl git'

# A compiler of another release of the distribution is not installed: see
# toolchain.sh.
compiler_wanted()
{
	[ -n "$compiler_suite" ] || echo "$compiler_packages"
	[ -z "$cross" ] || echo "gcc-$triplet libc6-dev-$arch-cross"
}

wanted()
{
	echo "$build_packages $guest_packages"
	[ "$arch" != arm64 ] || echo device-tree-compiler
	! is_own_kernel || echo 'flex bison bc patch ccache'
	compiler_wanted
	[ "$purpose" != check ] || echo "$check_packages"
}

run_apt()
{
	as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq -y "$@"
}

install()
{
	say "Installing with apt-get, to build the module and boot it in QEMU:$missing"
	mkdir -p "$cache"
	# shellcheck disable=SC2086 # a list of packages
	{
		run_apt update &&
			run_apt --no-install-recommends install $missing
	} >"$cache/deps.log" 2>&1 && return
	cat "$cache/deps.log" >&2
	die "could not install:$missing"
}

command -v dpkg-query >/dev/null ||
	die "this host has no dpkg; the VM runner works on Debian and its relatives"
kernel=${1:-6.1} arch=${2:-amd64} purpose=${3:-run}
read_kernel "$kernel" "$arch"
read_toolchain "$arch"
# shellcheck disable=SC2046 # a list of packages
have_packages $(wanted) || install
