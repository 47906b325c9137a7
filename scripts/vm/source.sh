#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Brings the source of a kernel into the cache, out of the distribution's source package
# of the same version, and prints the folder it is in. Nothing is ever built or changed
# there. The file VERSION beside it has the package's version.
# usage: scripts/vm/source.sh KERNEL ARCH
set -eu

vm=$(cd "$(dirname "$0")" && pwd)
# shellcheck source-path=SCRIPTDIR source=common.sh
. "$vm/common.sh"
# shellcheck source-path=SCRIPTDIR source=apt.sh
. "$vm/apt.sh"

# The version that the cached kernel says it is of; empty where its image is compressed.
kernel_version()
{
	[ -e "$cache/kernel/$kernel-$arch/kernel" ] || return 0
	grep -a -o -m 1 'Linux version [^#]*#[^(]*' "$cache/kernel/$kernel-$arch/kernel" |
		sed -n 's/.* Debian \([^ ]*\) *$/\1/p' | head -n 1
}

fetch()
{
	begin=$(seconds)
	say "fetching $package: 150 MB"
	new=$(mktemp -d "$cache/source/new.XXXXXX")
	trap 'rm -rf "$new"' EXIT
	set_up_apt "$new/apt"
	mkdir "$new/tree"
	get_source "$package" "$new/tree"
	echo "$source_version" >"$new/VERSION"
	rm -rf "$new/apt" "$dest"
	mv "$new" "$dest"
	say "fetched $package $source_version in $(($(seconds) - begin)) s"
}

# The archive may have gone on since the kernel was fetched, or the other way round.
is_there()
{
	[ -e "$dest/VERSION" ] || return
	[ -z "$version" ] || [ "$(cat "$dest/VERSION")" = "$version" ]
}

[ $# = 2 ] || die "usage: scripts/vm/source.sh KERNEL ARCH"
kernel=$1 arch=$2
read_kernel "$kernel" "$arch"
version=$(kernel_version)
package=linux-source-${kernel%%-*} arch=$host_arch
! is_own_kernel || package=${packages%% *}
dest=$cache/source/${package#linux-source-}
mkdir -p "$cache/source"
lock "source-${package#linux-source-}"
is_there || fetch
is_there || die "the source is of $(cat "$dest/VERSION"), but the kernel in the cache of" \
	"$version; remove $cache/kernel/$kernel-$2 and it is fetched anew"
echo "$dest/tree"
