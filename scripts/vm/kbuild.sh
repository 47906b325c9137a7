# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# Runs kbuild for modules of a fetched kernel, in the toolchain that its row of
# scripts/vm/kernels names. Sourced after common.sh, with $kernel, $arch and $headers
# set and after read_kernel and read_toolchain.
# shellcheck disable=SC2154 # they are the sourcing script's

# A make that called us would hand on its own command line.
unset MAKEFLAGS MFLAGS MAKELEVEL

run_make()
{
	make -j "$(nproc)" --no-print-directory ${DBB_QUIET:+-s} "$@" >&2
}

# The same in the toolchain of another release of the distribution, as root
# there but nowhere else. What it reads and writes is in the cache; kbuild also
# wants /proc and /dev.
make_in_toolchain()
{
	map=
	[ "$(id -u)" = 0 ] || map=--map-root-user
	# shellcheck disable=SC2016 # for the inner shell
	unshare --mount $map sh -ec '
		root=$1 cache=$2
		shift 2
		mkdir -p "$root$cache" "$root/proc" "$root/dev"
		for folder in /proc /dev "$cache"; do
			mount --rbind "$folder" "$root$folder"
		done
		exec chroot "$root" make "$@"' toolchain "$toolchain" "$cache" \
		-j "$(nproc)" --no-print-directory ${DBB_QUIET:+-s} "$@" >&2
}

# A kernel's configuration speaks of the compiler that it was made for. Tells
# kbuild that clang is another one: who it is, and which flags it lacks.
clang_arguments()
{
	version=$("$compiler" -dumpversion)
	major=${version%%.*} rest=${version#*.}
	echo LLVM="${compiler#clang}" CONFIG_CC_IS_GCC= CONFIG_GCC_VERSION=0 \
		CONFIG_CC_IS_CLANG=y \
		CONFIG_CLANG_VERSION=$((major * 10000 + ${rest%%.*} * 100 + ${rest#*.})) \
		CONFIG_CC_IMPLICIT_FALLTHROUGH=-Wimplicit-fallthrough \
		CONFIG_FTRACE_MCOUNT_USE_CC= \
		CONFIG_FTRACE_MCOUNT_USE_RECORDMCOUNT=y
	[ "$major" -ge 15 ] || echo CONFIG_CC_HAS_AUTO_VAR_INIT_ZERO_ENABLER=y \
		CONFIG_RETHUNK= CONFIG_SLS=
}

# Sets how to run make for the module, and what to tell it about the compiler.
choose_compiler_arguments()
{
	make_module=run_make
	if [ -n "$compiler_suite" ]; then
		toolchain=$("$vm/toolchain.sh" "$kernel" "$arch")
		make_module=make_in_toolchain
	fi
	arguments=
	case $compiler in
	clang*) arguments=$(clang_arguments) ;;
	esac
}

# run_kbuild FOLDER [ARGUMENT...]: builds the modules of FOLDER, which is in the cache.
# Type information for BPF would need pahole and is of no use here.
run_kbuild()
{
	folder=$1
	shift
	# shellcheck disable=SC2086 # a list of words
	"$make_module" -C "$headers" M="$folder" ARCH="$karch" \
		CROSS_COMPILE="$cross" CC="$kernel_cc" \
		CONFIG_DEBUG_INFO_BTF_MODULES= PAHOLE_VERSION=0 \
		CONFIG_PAHOLE_VERSION=0 $arguments "$@" modules
}

# Kbuild compares programs with those that built the kernel.
# shellcheck disable=SC2034 # for who reads the log
known_warnings='differs from the one used to build the kernel'
