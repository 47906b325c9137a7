#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Brings the QEMU that runs guests of an architecture into the cache and prints its
# path. It is of one release of the distribution on every machine, because counts of
# instructions depend on it (a repeated string instruction), and of this one because
# up to QEMU 8.0 a CPU may go on executing code that another one has patched, which
# stops the guest for ever.
# usage: scripts/vm/emulator.sh ARCH
set -eu

vm=$(cd "$(dirname "$0")" && pwd)
# shellcheck source-path=SCRIPTDIR source=common.sh
. "$vm/common.sh"
# shellcheck source-path=SCRIPTDIR source=apt.sh
. "$vm/apt.sh"

suite=trixie

# The unpacked program runs with its own C library, which may be newer than this
# machine's, and finds its firmware through -L.
write_wrapper()
{
	library=$(echo "$new"/root/usr/lib/*/ld-linux-*.so.*)
	library=$dest${library#"$new/root"}
	cat >"$new/root/emulator" <<-END
	#!/bin/sh
	exec '$library' --argv0 $program --library-path '${library%/*}' \\
		'$dest/usr/bin/$program' \\
		-L '$dest/usr/share/qemu' -L '$dest/usr/share/seabios' "\$@"
	END
	chmod 755 "$new/root/emulator"
}

fetch()
{
	say "fetching $package of $suite"
	begin=$(seconds)
	new=$(mktemp -d "$cache/emulator/new.XXXXXX")
	trap 'rm -rf "$new"' EXIT
	unpack_packages "$package"
	write_wrapper
	mv "$new/root" "$dest"
	say "fetched in $(($(seconds) - begin)) s"
}

[ $# = 1 ] || die "usage: scripts/vm/emulator.sh ARCH"
case $1 in
amd64) package=qemu-system-x86 program=qemu-system-x86_64 ;;
arm64) package=qemu-system-arm program=qemu-system-aarch64 ;;
*) die "unknown architecture '$1'; accepted: amd64, arm64" ;;
esac
dest=$cache/emulator/$suite-$1
mkdir -p "$cache/emulator"
lock "emulator-${dest##*/}"
[ -d "$dest" ] || fetch
echo "$dest/emulator"
