# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# shellcheck disable=SC2034,SC2154 # what the parts of the device scripts share
# What the device scripts share: messages, options, mounts, the start and the end.
# Sourced after $here was set to the folder of the scripts. Like all in this
# folder, it runs in busybox ash, dash and mksh with toybox: no awk, no
# arithmetic beyond 32 bits.
#
# Environment:
#   DBB_DEBUGFS  the module's debugfs directory
#                (default /sys/kernel/debug/dmabuf_bench)
#   DBB_TRACEFS  tracefs (default /sys/kernel/tracing)

: "${here:?}"
: "${DBB_DEBUGFS:=/sys/kernel/debug/dmabuf_bench}"
: "${DBB_TRACEFS:=/sys/kernel/tracing}"

# shellcheck source-path=SCRIPTDIR source=module.sh
. "$here/device/module.sh"
# shellcheck source-path=SCRIPTDIR source=engine.sh
. "$here/device/engine.sh"
# shellcheck source-path=SCRIPTDIR source=results.sh
. "$here/device/results.sh"
# shellcheck source-path=SCRIPTDIR source=conditions.sh
. "$here/device/conditions.sh"

quiet=
loaded_here=
interrupted=
unwatched=
scratch=
module=
keep=
out=
opened=
saved=

# --- messages ---

say()
{
	[ -n "$quiet" ] || printf '%s\n' "$*"
}

warn()
{
	printf '%s: %s\n' "${0##*/}" "$*" >&2
}

# Exit statuses: 0 yes, 1 no, 2 cannot tell, 3 used wrongly or could not run.
die()
{
	warn "$*"
	exit 3
}

usage_error()
{
	warn "$*"
	usage >&2
	exit 3
}

title()
{
	say ''
	say "=== $1"
}

# --- options that all scripts have ---

# common_option ARGUMENT...: takes one of the first arguments_left of them and sets
# taken to how many arguments it was; 0 when it is none.
# shellcheck disable=SC2034 # read by the scripts that source this file
common_option()
{
	taken=1
	case $1 in
	--module | --out)
		[ "${arguments_left:-$#}" -gt 1 ] || usage_error "$1 takes a value"
		taken=2
		if [ "$1" = --out ]; then out=$2; else module=$2; fi
		;;
	--quiet) quiet=1 ;;
	--keep) keep=1 ;;
	--help | -h)
		usage
		exit 0
		;;
	*) taken=0 ;;
	esac
}

# --- from start to end ---

# start_session DIR: gets everything ready for runs; DIR is where there is room when
# TMPDIR has none. From then on the script's cleanup is called at its end.
start_session()
{
	need_root
	prepare_runs
	make_scratch "$1"
	trap cleanup EXIT
	start_kernel_log
	mount_debugfs
	load_module "$module"
}

# open_folder NAME COMMAND...: sets out to where results go, unless --out did
open_folder()
{
	results_name=$1
	shift
	if [ -n "$out" ]; then
		mkdir -p "$out" || exit 3
	else
		new_results results "$results_name" || exit 3
		out=$results_dir
		index_results results "$*" || warn "cannot write results/index.csv"
	fi
}

# open_empty_folder NAME COMMAND...: the same, of a folder that may hold nothing yet
open_empty_folder()
{
	open_folder "$@"
	[ -z "$(ls "$out")" ] || die "$out is not empty"
}

# open_results NAME COMMAND...: sets out to where results go, unless --out did, and
# writes down what the measurements are made on.
open_results()
{
	open_folder "$@"
	shift
	opened=1
	record_conditions "$out/environment.txt" "$*"
}

# The last thing that cleanup does.
end_session()
{
	[ -z "$opened" ] || save_kernel_log "$out/kernel.log"
	[ -n "$keep" ] || unload_module
	remove_scratch
}

# --- where things are ---

# Sets scratch, a private directory that cleanup removes. A full file system lets
# a directory be made, and nothing be written to it.
make_scratch()
{
	for parent in "${TMPDIR:-/tmp}" /tmp "$1"; do
		mkdir -p "$parent" 2>/dev/null || continue
		scratch=$parent/dmabuf_bench.$$
		(umask 077 && mkdir "$scratch") 2>/dev/null || continue
		# as much as the files of a run take
		head -c 65536 /dev/zero 2>/dev/null >"$scratch/room"
		size=$(wc -c 2>/dev/null <"$scratch/room")
		rm -f "$scratch/room"
		[ "${size:-0}" -lt 65536 ] || return 0
		rmdir "$scratch"
		warn "no space in $parent"
	done
	scratch=
	die "no place for temporary files: tried ${TMPDIR:-/tmp}, /tmp and $1"
}

remove_scratch()
{
	[ -z "$scratch" ] || rm -rf "$scratch"
	scratch=
}

# Sets found to PROGRAM of bench/user, built in the tree or installed.
find_program()
{
	found=$here/../bench/user/$1
	[ -x "$found" ] || found=$(command -v "$1")
}

need_root()
{
	# not id: toybox's fails where there is no /etc/passwd
	while read -r key _ user _; do
		[ "$key" != Uid: ] || [ "$user" = 0 ] ||
			die "must be root, for debugfs and the module"
	done </proc/self/status
}

is_mounted()
{
	while read -r _ mountpoint _; do
		[ "$mountpoint" != "$1" ] || return 0
	done </proc/mounts
	return 1
}

mount_debugfs()
{
	[ ! -d "$DBB_DEBUGFS" ] || return 0
	is_mounted /sys/kernel/debug ||
		mount -t debugfs debugfs /sys/kernel/debug ||
		die "debugfs cannot be mounted; does the kernel have CONFIG_DEBUG_FS?"
}

mount_tracefs()
{
	[ ! -d "$DBB_TRACEFS/events" ] || return 0
	mount -t tracefs tracefs "$DBB_TRACEFS" ||
		die "tracefs cannot be mounted; does the kernel have CONFIG_TRACING?"
}
