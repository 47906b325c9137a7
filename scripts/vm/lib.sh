# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# Shared by the scripts in scripts/vm, which source it after setting $vm to
# their own folder: messages, the cache, locks, the table of kernels and the
# toolchain. DBB_SRC names another source tree, DBB_QUIET silences progress.

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

# Sets row, suite, compiler and packages from the table's line of a kernel.
# shellcheck disable=SC2034 # each script reads its own share of them
read_kernel()
{
	row=$(awk -v kernel="$1" -v arch="$2" \
		'$1 == kernel && $2 == arch' "$vm/kernels")
	[ -n "$row" ] || die "no kernel '$1' for architecture '$2';" \
		"scripts/vm/kernels has: $(list_kernels)"
	read -r _ _ suite compiler packages <<-END
		$row
	END
}

list_kernels()
{
	awk '!/^#/ && NF { printf "%s%s %s", comma, $1, $2; comma = ", " }' \
		"$vm/kernels"
}

# Sets karch (the kernel's name of the architecture), cross and the names of
# the C compilers for the module and for user programs.
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
	kernel_cc=$cross$compiler
	user_cc=${cross}gcc
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
