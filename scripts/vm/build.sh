#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Builds the module for one fetched kernel, and the user programs and test
# helpers for its guest, in a copy of the sources in the cache. Prints the
# staged folder, which looks like this project on a device. Whoever copies it
# holds the lock build-NAME meanwhile, NAME being the folder above it.
# usage: scripts/vm/build.sh [--tag NAME] KERNEL ARCH [MAKE-ARGUMENT...]
#   --tag   keep this build apart from others of the same kernel
set -eu

vm=$(cd "$(dirname "$0")" && pwd)
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$vm/lib.sh"

# A make that called us would hand on its own command line.
unset MAKEFLAGS MFLAGS MAKELEVEL

# Lists the sources, and nothing that a build in the tree has left there: a
# program lies beside the C file it was made from.
list_sources()
{
	(
		cd "$source_tree"
		for top in Kbuild heap bench trace scripts; do
			[ ! -e "$top" ] || find "$top" -type f
		done
	) | while read -r file; do
		case $file in
		*.o | *.ko | *.mod | *.mod.c | *.cmd) ;;
		*) [ -e "$source_tree/$file.c" ] || echo "$file" ;;
		esac
	done | sort
}

# Makes $src equal to the source tree, touching only files that differ, so
# that make builds only what changed. Files that went away go away.
copy_sources()
{
	list_sources >"$work/sources.new"
	[ ! -e "$work/sources" ] || comm -23 "$work/sources" "$work/sources.new" |
		while read -r file; do
			rm -f "$src/$file"
		done
	while read -r file; do
		cmp -s "$source_tree/$file" "$src/$file" && continue
		mkdir -p "$src/$(dirname "$file")"
		rm -f "$src/$file"
		cp "$source_tree/$file" "$src/$file"
	done <"$work/sources.new"
	mv "$work/sources.new" "$work/sources"
}

run_make()
{
	make -j "$(nproc)" --no-print-directory ${DBB_QUIET:+-s} "$@" >&2
}

# Type information for BPF would need pahole and is of no use here.
build_module()
{
	run_make -C "$headers" M="$src" ARCH="$karch" \
		CROSS_COMPILE="$cross" CC="$kernel_cc" W=1 \
		CONFIG_DEBUG_INFO_BTF_MODULES= "$@" modules
}

stage_module()
{
	"${cross}strip" -g -o "$stage/dmabuf_bench.ko" "$src/dmabuf_bench.ko"
}

stage_scripts()
{
	cp -r "$src/scripts" "$stage/scripts"
}

build_user()
{
	[ -e "$src/bench/user/Makefile" ] || return 0
	mkdir -p "$stage/bench/user"
	run_make -C "$src/bench/user" CC="$user_cc" OUT="$stage/bench/user"
}

build_helpers()
{
	for file in "$src"/scripts/test/*.c; do
		[ -e "$file" ] || continue
		"$user_cc" -O2 -Wall -Wextra -Werror -static -pthread \
			-o "$stage/scripts/test/$(basename "$file" .c)" "$file"
	done
}

# The new stage replaces the old one whole: a build that failed leaves none.
build()
{
	begin=$(seconds)
	say "building the module for kernel $release"
	stage=$work/stage.new
	rm -rf "$work/stage" "$stage"
	mkdir "$stage"
	build_module "$@"
	stage_module
	stage_scripts
	build_user
	build_helpers
	mv "$stage" "$work/stage"
	say "built in $(($(seconds) - begin)) s"
}

# Everything that the stage depends on; equal means nothing to do.
fingerprint()
{
	echo "$kernel_cc $user_cc $* $(cat "$kernel_dir/identity")"
	(cd "$src" && xargs -d '\n' cksum <"$work/sources")
}

tag=
if [ "${1:-}" = --tag ]; then
	tag=-$2
	shift 2
fi
[ $# -ge 2 ] ||
	die "usage: scripts/vm/build.sh [--tag NAME] KERNEL ARCH [MAKE-ARGUMENT...]"
kernel=$1 arch=$2
shift 2
read_kernel "$kernel" "$arch"
read_toolchain "$arch"
[ -e "$source_tree/Kbuild" ] ||
	die "$source_tree has no Kbuild, so there is no module to build"
kernel_dir=$cache/kernel/$kernel-$arch
headers=$kernel_dir/headers
release=$(cat "$kernel_dir/release")
# Several trees of this project may share the cache.
tree=$(printf '%s' "$source_tree" | cksum | cut -d ' ' -f 1)
work=$cache/build/$kernel-$arch$tag-$tree
src=$work/src
mkdir -p "$src"
lock "build-${work##*/}"
copy_sources
fingerprint "$@" >"$work/fingerprint.new"
if [ ! -d "$work/stage" ] ||
	! cmp -s "$work/fingerprint.new" "$work/fingerprint"; then
	build "$@"
	mv "$work/fingerprint.new" "$work/fingerprint"
fi
echo "$work/stage"
