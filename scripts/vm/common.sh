# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# Shared by the scripts in scripts/vm, which source it after setting $vm to
# their own folder: messages, the cache, locks, the table of kernels and the
# toolchain. DBB_SRC names another source tree, DBB_QUIET silences progress,
# DBB_COMPILER chooses among the compilers of a kernel, DBB_KERNELS names a table of
# more kernels.

# Administration tools such as depmod are not on every user's path.
PATH=$PATH:/usr/sbin:/sbin
export PATH

# shellcheck disable=SC2154 # vm is the sourcing script's
repo=$(cd "$vm/../.." && pwd)
# shellcheck disable=SC2034 # read by the scripts that source this file
source_tree=${DBB_SRC:-$repo}
cache=${XDG_CACHE_HOME:-$HOME/.cache}/dmabuf-bench
host_arch=$(dpkg --print-architecture)

say()
{
	[ -n "${DBB_QUIET:-}" ] || printf '%s\n' "$*" >&2
}

die()
{
	printf '%s: %s\n' "${0##*/}" "$*" >&2
	exit 1
}

# For scripts that have a usage() and an exit status for wrong use.
usage_error()
{
	printf '%s: %s\n' "${0##*/}" "$*" >&2
	usage >&2
	exit 3
}

seconds()
{
	date +%s
}

# Holds the named lock until the script ends; a second argument of -s shares it.
lock()
{
	mkdir -p "$cache/lock"
	exec 9>"$cache/lock/$1"
	flock "${2:--x}" -n 9 && return
	say "waiting for another run to finish with $1"
	flock "${2:--x}" 9
}

unlock()
{
	exec 9>&-
}

# Sets suite, packages, compilers (all that the row accepts), compiler (the one
# that DBB_COMPILER names, else the first) and compiler_suite, which is empty
# unless this machine's distribution does not have that compiler.
# shellcheck disable=SC2034 # each script reads its own share of them
read_kernel()
{
	row=$(list_rows | awk -v kernel="$1" -v arch="$2" \
		'$1 == kernel && $2 == arch && !found++')
	[ -n "$row" ] || die "no kernel '$1' for architecture '$2';" \
		"scripts/vm/kernels has: $(list_kernels)"
	read -r _ _ suite compilers packages <<-END
		$row
	END
	compilers=$(echo "$compilers" | tr , ' ')
	choose_compiler "${DBB_COMPILER:-${compilers%% *}}"
}

# The rows of scripts/vm/kernels, then those of the table that DBB_KERNELS names.
list_rows()
{
	[ -z "${DBB_KERNELS:-}" ] || [ -r "$DBB_KERNELS" ] ||
		die "DBB_KERNELS names $DBB_KERNELS, which cannot be read"
	sed '/^#/d; /^[[:space:]]*$/d' "$vm/kernels" ${DBB_KERNELS:+"$DBB_KERNELS"}
}

# After read_kernel: is the kernel compiled here, by own_kernel.sh?
is_own_kernel()
{
	case $packages in
	linux-source-* | tree:*) ;;
	*) return 1 ;;
	esac
}

choose_compiler()
{
	for compiler in $compilers; do
		compiler_suite=
		case $compiler in
		*@*) compiler_suite=${compiler#*@} ;;
		esac
		[ "$compiler_suite" != "$(this_suite)" ] || compiler_suite=
		case $1 in
		"$compiler" | "${compiler%@*}")
			compiler=${compiler%@*}
			return ;;
		esac
	done
	die "compiler '$1' is not among those of the row '$row'"
}

this_suite()
{
	. /etc/os-release
	echo "$VERSION_CODENAME"
}

list_kernels()
{
	list_rows | awk '{ printf "%s%s %s", comma, $1, $2; comma = ", " }'
}

# Sets karch (the kernel's name of the architecture), cross, the names of the C
# compilers for the module and for user programs, and the packages that hold
# the former.
# shellcheck disable=SC2034
read_toolchain()
{
	cross=
	case $1 in
	amd64) karch=x86 triplet=x86_64-linux-gnu ;;
	arm64) karch=arm64 triplet=aarch64-linux-gnu ;;
	*) die "unknown architecture '$1'; accepted: amd64, arm64" ;;
	esac
	[ "$1" = "$host_arch" ] || cross=$triplet-
	user_cc=${cross}gcc
	case $compiler in
	clang*)
		kernel_cc=$compiler
		compiler_packages="$compiler lld${compiler#clang} llvm${compiler#clang}"
		;;
	*)
		kernel_cc=$cross$compiler
		compiler_packages=$compiler${cross:+-$triplet}
		;;
	esac
}

# True when every named Debian package is installed. Otherwise $missing lists
# those that are not.
have_packages()
{
	missing=
	for package; do
		case $(dpkg-query -W -f '${db:Status-Status}' "$package" \
			2>/dev/null) in
		installed) ;;
		*) missing="$missing $package" ;;
		esac
	done
	[ -z "$missing" ]
}

as_root()
{
	if [ "$(id -u)" = 0 ]; then
		"$@"
	elif command -v sudo >/dev/null; then
		sudo "$@"
	else
		die "not root and no sudo here; run as root: $*"
	fi
}
