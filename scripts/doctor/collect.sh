# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# shellcheck disable=SC2154 # what the parts of doctor.sh share
# What a measurement of doctor.sh leaves in its folder: facts.txt, bufinfo.txt, maps.txt
# and the folder probe/. Sourced by doctor.sh.

: "${DBB_BUFINFO:=${DBB_SYS:-/sys}/kernel/debug/dma_buf/bufinfo}"

# Looks at the mappings of a process, and the seconds between them: unequal, as a look has
# to wait for a mapping that is being made, and would always find it made.
looks=25
pauses='0.1 0.02 0.13 0.05 0.17'

add_fact()
{
	echo "$1=$2" >>"$out/facts.txt" || die "cannot write $out/facts.txt"
}

collect_facts()
{
	add_fact swiotlb "$(name_swiotlb)"
	add_fact swiotlb_used "$(read_or_why "$DBB_SYS/kernel/debug/swiotlb/io_tlb_used")"
	add_fact pat "$(name_pat)"
	if list_buffers; then
		add_fact bufinfo read
	else
		add_fact bufinfo "$(read_or_why "$DBB_BUFINFO")"
	fi
}

# Prints the line that FILE holds, or why it is not read.
read_or_why()
{
	if [ ! -x "$DBB_SYS/kernel/debug" ]; then
		echo "$1 is for root"
	elif [ ! -e "$1" ]; then
		echo "this kernel has no $1, or debugfs is not mounted"
	elif ! head -n 1 "$1" 2>/dev/null; then
		if is_locked_down; then
			echo "$1 is closed by kernel lockdown ($mode)"
		else
			echo "$1 is for root"
		fi
	fi
}

# Bounce buffers for all devices, whatever these reach?
name_swiotlb()
{
	read -r cmdline 2>/dev/null <"$DBB_PROC/cmdline" || cmdline=
	case " $cmdline " in
	*" swiotlb=force "* | *" swiotlb="*",force "*) echo force ;;
	'  ') echo unknown ;;
	*) echo as_needed ;;
	esac
}

name_pat()
{
	read -r cmdline 2>/dev/null <"$DBB_PROC/cmdline" || cmdline=
	case " $cmdline " in
	*' nopat '*) echo no ;;
	*) if grep -q '^flags.* pat ' "$DBB_PROC/cpuinfo" 2>/dev/null; then echo yes; else echo no; fi ;;
	esac
}

# Who is attached to which buffer, of those that live now.
list_buffers()
{
	cat "$DBB_BUFINFO" >"$scratch/bufinfo" 2>/dev/null || return
	cat "$scratch/bufinfo" >"$out/bufinfo.txt"
}

# What maps of the watched process say of dma-bufs, several times.
watch_process()
{
	[ -n "$watched" ] || return 0
	[ -r "$DBB_PROC/$watched/maps" ] || {
		warn "$DBB_PROC/$watched/maps cannot be read: whether it keeps its mappings is not known"
		return 0
	}
	say "watching the mappings of process $watched"
	look=0
	while [ $look -lt $looks ]; do
		for pause in $pauses; do
			look=$((look + 1))
			echo "sample $look"
			grep ' /dmabuf' "$DBB_PROC/$watched/maps"
			# where sleep takes whole seconds only, fewer looks will do
			sleep "$pause" || { sleep 1 && looks=10; }
		done
	done 2>/dev/null >"$out/maps.txt"
}

# dmabuf_probe in the background, so that a signal ends it, too.
measure()
{
	# shellcheck disable=SC2086 # a list of words, checked
	"$found" --out "$out/probe" $probe_arguments >/dev/null 2>"$out/probe.err" &
	probing=$!
	say "measuring, see $out/probe.err for how long"
	wait $probing
	status=$?
	probing=
	add_fact probe_status $status
	[ $status = 0 ] || sed 's/^/doctor.sh: /' "$out/probe.err" >&2
	case $status in
	0 | 1) ;;
	2) exit 2 ;;
	130) exit 130 ;;
	*) exit 3 ;;
	esac
}

end_watch()
{
	[ -z "${probing:-}" ] || kill "$probing" 2>/dev/null
}
