# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# shellcheck disable=SC2034,SC2154 # what the parts of the device scripts share
# Loading and unloading the module, and the kernel log meanwhile. Sourced by
# session.sh.

: "${DBB_LOCKDOWN:=/sys/kernel/security/lockdown}"

# load_module FILE: FILE may be empty for the one beside the scripts.
load_module()
{
	file=${1:-$here/../dmabuf_bench.ko}
	if [ -d /sys/module/dmabuf_bench ]; then
		check_loaded "$1" "$file"
	elif [ ! -e "$DBB_DEBUGFS/bench/run" ]; then
		[ -e "$file" ] ||
			die "dmabuf_bench is not loaded and $file does not exist; use --module FILE"
		insert_module "$file"
	fi
	{ read -r _ <"$DBB_DEBUGFS/bench/status"; } 2>/dev/null || {
		explain_lockdown
		die "dmabuf_bench is loaded, but $DBB_DEBUGFS/bench/status cannot be read"
	}
}

insert_module()
{
	if insmod "$1"; then
		loaded_here=1
		return
	fi
	explain_lockdown
	save_kernel_log "$scratch/log"
	if [ -s "$scratch/log" ]; then
		warn "insmod $1 failed; the kernel said:"
		sed 's/^/    /' "$scratch/log" >&2
	else
		warn "insmod $1 failed; the kernel log says nothing about it"
	fi
	exit 3
}

# Sets version to the srcversion of a module file; empty when it has none that
# can be read, such as a compressed one.
read_srcversion()
{
	version=$(LC_ALL=C tr '\000' '\n' <"$1" 2>/dev/null |
		LC_ALL=C sed -n 's/^srcversion=\([0-9A-F]*\)$/\1/p')
}

# check_loaded ASKED FILE: is the loaded module the one in FILE? One that was
# asked for has to be; the one beside the scripts should.
check_loaded()
{
	version=
	[ ! -e "$2" ] || read_srcversion "$2"
	loaded_version=
	read -r loaded_version 2>/dev/null </sys/module/dmabuf_bench/srcversion
	[ "$version" != "$loaded_version" ] || return 0
	if [ -z "$1" ]; then
		[ -z "$version" ] ||
			warn "using the loaded module (srcversion $loaded_version)," \
				"not $2 (srcversion $version)"
		return
	fi
	[ -e "$1" ] || die "$1 does not exist"
	die "another dmabuf_bench is loaded (srcversion ${loaded_version:-unknown};" \
		"$1 has ${version:-none that can be read}): run rmmod dmabuf_bench, or leave out --module"
}

# Takes out what load_module loaded, and loads it again.
reload_module()
{
	rmmod dmabuf_bench || die "the module cannot be unloaded: something uses its heaps"
	loaded_here=
	load_module "$module"
}

# Only if load_module loaded it.
unload_module()
{
	[ -n "$loaded_here" ] || return 0
	loaded_here=
	rmmod dmabuf_bench || warn "the module stays loaded"
}

# Sets mode to integrity or confidentiality, or to "on" where only the kernel log says so:
# not every system mounts securityfs.
is_locked_down()
{
	mode=
	read -r mode 2>/dev/null <"$DBB_LOCKDOWN"
	case $mode in
	*'[integrity]'* | *'[confidentiality]'*)
		mode=${mode#*\[}
		mode=${mode%%]*}
		;;
	'')
		dmesg 2>/dev/null | grep -q 'Kernel is locked down' || return 1
		mode=on
		;;
	*) return 1 ;;
	esac
}

# A kernel in lockdown answers "Operation not permitted" and no more.
explain_lockdown()
{
	is_locked_down || return 0
	warn "kernel lockdown is on ($mode): it refuses unsigned modules, files of debugfs" \
		"that not everybody may read and, under confidentiality, tracefs; boot with" \
		"Secure Boot off or without lockdown="
}

# --- the kernel log ---

start_kernel_log()
{
	log_mark="dmabuf_bench: ${0##*/} $$ starts"
	{ echo "$log_mark" >/dev/kmsg; } 2>/dev/null || log_mark=
}

# save_kernel_log FILE: appends the lines since start_kernel_log.
save_kernel_log()
{
	dmesg >"$scratch/dmesg" 2>/dev/null || return 0
	if [ -n "$log_mark" ] && grep -q "$log_mark" "$scratch/dmesg"; then
		sed "1,/$log_mark/d" "$scratch/dmesg" >>"$1"
	else
		# no mark, or it fell out of the ring: all there is
		cat "$scratch/dmesg" >>"$1"
	fi
}
