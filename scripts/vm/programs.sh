#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Finds busybox and trace-cmd for a guest: those of this machine, or, for
# another architecture, those of its distribution brought into the cache.
# Prints the root folder that they and their libraries are in.
# usage: scripts/vm/programs.sh ARCH
set -eu

vm=$(cd "$(dirname "$0")" && pwd)
# shellcheck source-path=SCRIPTDIR source=common.sh
. "$vm/common.sh"
# shellcheck source-path=SCRIPTDIR source=apt.sh
. "$vm/apt.sh"

libraries_of()
{
	private_apt apt-cache depends --important --recurse "$1" |
		sed -n 's/^\(lib[^:]*\).*/\1/p' | sort -u
}

fetch()
{
	say "fetching busybox and trace-cmd for $arch"
	new=$(mktemp -d "$cache/programs/new.XXXXXX")
	trap 'rm -rf "$new"' EXIT
	set_up_apt "$new/apt"
	mkdir "$new/debs" "$new/root"
	(
		cd "$new/debs"
		# shellcheck disable=SC2046 # a list of packages
		private_apt apt-get -qq download busybox-static trace-cmd \
			$(libraries_of trace-cmd)
	)
	for deb in "$new"/debs/*.deb; do
		dpkg -x "$deb" "$new/root"
	done
	mv "$new/root" "$dest"
}

[ $# = 1 ] || die "usage: scripts/vm/programs.sh ARCH"
arch=$1
if [ "$arch" = "$host_arch" ]; then
	echo /
	exit
fi
# shellcheck disable=SC2034 # for apt.sh
suite=$(. /etc/os-release && echo "$VERSION_CODENAME")
dest=$cache/programs/$arch
mkdir -p "$cache/programs"
lock "programs-$arch"
[ -d "$dest" ] || fetch
echo "$dest"
