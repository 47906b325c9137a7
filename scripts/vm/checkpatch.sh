#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Brings a kernel's checkpatch.pl and its word lists into the cache, out of the
# distribution's kernel source package, and prints the folder they are in.
# usage: scripts/vm/checkpatch.sh KERNEL ARCH
set -eu

vm=$(cd "$(dirname "$0")" && pwd)
# shellcheck source-path=SCRIPTDIR source=common.sh
. "$vm/common.sh"
# shellcheck source-path=SCRIPTDIR source=apt.sh
. "$vm/apt.sh"

fetch()
{
	say "fetching checkpatch.pl of kernel $kernel"
	new=$(mktemp -d "$cache/checkpatch/new.XXXXXX")
	trap 'rm -rf "$new"' EXIT
	set_up_apt "$new/apt"
	get_source "$source" "$new" scripts/checkpatch.pl \
		scripts/const_structs.checkpatch scripts/spelling.txt
	[ -x "$new/scripts/checkpatch.pl" ] || die "$source of $suite has no checkpatch.pl"
	mv "$new/scripts" "$dest"
}

[ $# = 2 ] || die "usage: scripts/vm/checkpatch.sh KERNEL ARCH"
read_kernel "$1" "$2"
# The sources are those of every flavour and architecture.
kernel=${1%%-*} arch=$host_arch
source=linux-source-$kernel
dest=$cache/checkpatch/$kernel
mkdir -p "$cache/checkpatch"
lock "checkpatch-$kernel"
[ -d "$dest" ] || fetch
echo "$dest"
