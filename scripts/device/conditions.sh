# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# shellcheck disable=SC2034,SC2154 # what the parts of the device scripts share
# What the figures depend on besides the code: written down, and a sentence about
# each that makes them worse. Sourced by session.sh.
#
# Environment, for tests: DBB_SYS and DBB_PROC name other directories than /sys
# and /proc.

: "${DBB_SYS:=/sys}"
: "${DBB_PROC:=/proc}"

conditions=
debug_options_checked=

# record_conditions FILE COMMANDLINE: appends, as a folder may be used again.
record_conditions()
{
	conditions=$1
	{
		echo "date=$(date +%Y-%m-%dT%H:%M:%S%z)"
		echo "command=$2"
		echo "machine=$(name_machine)"
		echo "kernel=$(uname -a)"
		echo "cmdline=$(cat "$DBB_PROC/cmdline")"
		echo "revision=$(name_revision)"
		echo "load=$(cat "$DBB_PROC/loadavg")"
	} >>"$conditions" || die "cannot write $conditions"
	check_governors
	check_throttling
	check_load
	check_free_blocks
}

# Warns, and writes it down.
warn_condition()
{
	[ -n "$quiet" ] || warn "warning: $*"
	echo "warning=$*" >>"$conditions"
}

check_governors()
{
	others=''
	for file in "$DBB_SYS"/devices/system/cpu/cpu*/cpufreq/scaling_governor; do
		read -r governor 2>/dev/null <"$file" || continue
		cpu=${file%/cpufreq/*}
		echo "governor_${cpu##*/}=$governor" >>"$conditions"
		[ "$governor" = performance ] || others="$others ${cpu##*/} ($governor)"
	done
	[ -z "$others" ] ||
		warn_condition "CPU frequency may change during the run:" \
			"the governor is not performance on$others"
}

# A cooling device of a CPU that is not at state 0 holds its frequency down.
check_throttling()
{
	for device in "$DBB_SYS"/class/thermal/cooling_device*; do
		read -r kind 2>/dev/null <"$device/type" || continue
		case $kind in
		*[Cc][Pp][Uu]* | Processor) ;;
		*) continue ;;
		esac
		read -r level 2>/dev/null <"$device/cur_state" || continue
		[ "$level" = 0 ] ||
			warn_condition "the CPUs are throttled for heat: cooling device" \
				"$kind is at state $level; let the machine cool down"
	done
}

check_load()
{
	read -r load _ <"$DBB_PROC/loadavg" || return 0
	[ "${load%%.*}" -lt 1 ] ||
		warn_condition "other work is running: the load average is $load"
}

# Free memory in small pieces gives buffers of small chunks. Counted in pages, of
# whatever size.
check_free_blocks()
{
	free=0 large=0
	while read -r _ _ _ _ counts; do
		order=0
		for count in $counts; do
			free=$((free + (count << order)))
			[ "$order" -lt 8 ] || large=$((large + (count << order)))
			order=$((order + 1))
		done
	done 2>/dev/null <"$DBB_PROC/buddyinfo"
	[ "$large" -ge $((free / 2)) ] ||
		warn_condition "free memory is fragmented: $((large / (free / 100 + 1))) % of it is in" \
			"blocks of 256 pages or more; buffers get smaller chunks than after a boot"
}

# check_debug_options CSV: what the engine says of the kernel's configuration.
check_debug_options()
{
	[ -z "$debug_options_checked" ] || return 0
	debug_options_checked=1
	options=$(sed -n 's/^# debug_options=//p' "$1")
	case $options in
	# KFENCE samples too rarely to be seen
	'' | none | KFENCE) ;;
	*) warn_condition "this kernel has debug options that cost time: $options" ;;
	esac
}
