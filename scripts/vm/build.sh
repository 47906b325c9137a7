#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Builds the module for one fetched kernel, and the user programs and test
# helpers for its guest, in a copy of the sources in the cache. Prints the
# staged folder, which looks like this project on a device. Whoever copies it
# holds the lock build-NAME meanwhile, NAME being the folder above it.
#
# All trees of a kernel and compiler are built in one place, so that one compiles
# only what differs from the last one; each has a stage of its own.
# usage: scripts/vm/build.sh [--tag NAME] KERNEL ARCH [MAKE-ARGUMENT...]
#   --tag   keep this build apart from others of the same kernel
set -eu

vm=$(cd "$(dirname "$0")" && pwd)
# shellcheck source-path=SCRIPTDIR source=common.sh
. "$vm/common.sh"
# shellcheck source-path=SCRIPTDIR source=kbuild.sh
. "$vm/kbuild.sh"

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
# that make builds only what changed. Files that went away go away, and so do folders:
# another tree may have a program of that name.
copy_sources()
{
	list_sources >"$work/sources.new"
	[ ! -e "$work/sources" ] || comm -23 "$work/sources" "$work/sources.new" |
		while read -r file; do
			rm -f "$src/$file"
		done
	[ ! -d "$src" ] || find "$src" -mindepth 1 -type d -empty -delete
	while read -r file; do
		cmp -s "$source_tree/$file" "$src/$file" && continue
		mkdir -p "$src/$(dirname "$file")"
		rm -f "$src/$file"
		cp "$source_tree/$file" "$src/$file"
	done <"$work/sources.new"
	mv "$work/sources.new" "$work/sources"
}

# The compiler's warnings are errors, but kbuild has others.
build_module()
{
	run_kbuild "$src" W=1 KCFLAGS=-Werror DBB_TEST_MODULES=m "$@" >"$work/log" 2>&1 || {
		cat "$work/log" >&2
		exit 1
	}
	cat "$work/log" >&2
	grep -i -w warning "$work/log" | grep -v "$known_warnings" >&2 || return 0
	# They would not come again for what is built already.
	rm -rf "$src" "$work/sources"
	die 'the build of the module has warnings'
}

stage_module()
{
	"${cross}strip" -g -o "$stage/dmabuf_bench.ko" "$src/dmabuf_bench.ko"
}

stage_test_modules()
{
	for file in "$src"/scripts/test/module/*.ko; do
		[ ! -e "$file" ] ||
			"${cross}strip" -g -o "$stage/scripts/test/${file##*/}" "$file"
	done
}

stage_scripts()
{
	cp -r "$src/scripts" "$stage/scripts"
}

# Programs are kept from one build to the next: a defect that is planted in the module
# does not change them. What another Makefile made may be there no more.
build_user()
{
	[ -e "$src/bench/user/Makefile" ] || return 0
	cmp -s "$src/bench/user/Makefile" "$work/user/Makefile" || rm -rf "$work/user"
	mkdir -p "$work/user" "$stage/bench"
	run_make -C "$src/bench/user" CC="$user_cc" OUT="$work/user"
	cp "$src/bench/user/Makefile" "$work/user"
	cp -r "$work/user" "$stage/bench"
	rm "$stage/bench/user/Makefile"
}

build_helpers()
{
	mkdir -p "$work/helpers" "$stage/scripts/test/bin"
	for file in "$src"/scripts/test/program/*.c "$src"/scripts/test/fail/*.c \
		"$src"/scripts/test/fuzz/*.c "$src"/scripts/test/soak/*.c; do
		[ -e "$file" ] || continue
		helper=$work/helpers/$(basename "$file" .c)
		if [ ! -e "$helper" ] || [ -n "$(find "$src/scripts/test/program" \
			"${file%/*}" -name '*.[ch]' -newer "$helper")" ]; then
			"$user_cc" -O2 -Wall -Wextra -Werror -static -pthread \
				-o "$work/helper" "$file"
			mv "$work/helper" "$helper"
		fi
		cp "$helper" "$stage/scripts/test/bin"
	done
}

# The new stage replaces the old one whole: a build that failed leaves none.
build()
{
	begin=$(seconds)
	say "building the module for kernel $release"
	stage=$work/stage.new
	rm -rf "$staged" "$stage"
	mkdir "$stage"
	build_module "$@"
	stage_module
	stage_scripts
	stage_test_modules
	build_user
	build_helpers
	echo "$source_tree" >"$stage/.tree"
	mv "$stage" "$staged"
	say "built in $(($(seconds) - begin)) s"
}

# Removes stages of trees that are gone, or that nobody asked for in two weeks.
prune()
{
	for old in "$work"/stage-*; do
		if [ ! -e "$old/.tree" ] || [ "$old" = "$staged" ]; then
			continue
		elif [ ! -e "$(cat "$old/.tree")/Kbuild" ] ||
			[ -n "$(find "$old/.tree" -mtime +14)" ]; then
			rm -rf "$old" "$work/fingerprint-${old##*/stage-}"
		fi
	done
}

# Everything that the stage depends on; equal means nothing to do.
fingerprint()
{
	echo "$kernel_cc $user_cc $arguments $* $(cat "$kernel_dir/identity")"
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
work=$cache/build/$kernel-$arch-$compiler$tag
src=$work/src
staged=$work/stage-$tree
mkdir -p "$src"
lock "build-${work##*/}"
prune
copy_sources
choose_compiler_arguments
fingerprint "$@" >"$work/fingerprint.new"
if [ ! -d "$staged" ] ||
	! cmp -s "$work/fingerprint.new" "$work/fingerprint-$tree"; then
	build "$@"
	mv "$work/fingerprint.new" "$work/fingerprint-$tree"
fi
touch "$staged/.tree"
echo "$staged"
