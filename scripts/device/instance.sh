# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# shellcheck disable=SC2034,SC2154 # what the parts of the device scripts share
# A tracing instance: a buffer and events of one's own, beside a tracing session that
# is already on. Sourced by the scripts that trace, after session.sh.

instance=

# open_instance NAME KB: with KB of buffer for each CPU.
open_instance()
{
	mkdir "$DBB_TRACEFS/instances/$1" ||
		die "cannot make a tracing instance; does the kernel have CONFIG_TRACING?"
	instance=$DBB_TRACEFS/instances/$1
	{ echo "$2" >"$instance/buffer_size_kb"; } 2>/dev/null ||
		die "no memory for a trace buffer of $2 kB for each CPU"
	# the clock of the windows of steps, and the same on all CPUs
	{ echo mono >"$instance/trace_clock"; } 2>/dev/null ||
		warn "no trace clock mono: times of several CPUs may differ"
}

close_instance()
{
	[ -n "$instance" ] && [ -d "$instance" ] || return 0
	rmdir "$instance" || warn "the tracing instance $instance cannot be removed"
	instance=
}

# Sets lost to the events that did not fit.
count_lost()
{
	lost=0
	for file in "$instance"/per_cpu/cpu*/stats; do
		while read -r line; do
			case $line in
			overrun:* | 'commit overrun:'* | 'dropped events:'*)
				lost=$((lost + ${line##*: })) ;;
			esac
		done <"$file"
	done
}

# save_dat FILE: the events, which are gone from the instance then, as trace-cmd has
# them. Its own "extract -B" would take the events of everybody else as well, and
# switch them off.
save_dat()
{
	trace-cmd restore -c -o "$scratch/head.dat" >"$scratch/restore" 2>&1 || return
	dat=$1 cpu=0
	set --
	while [ -d "$instance/per_cpu/cpu$cpu" ]; do
		drain_cpu "$cpu" "$scratch/cpu$cpu.raw"
		set -- "$@" "$scratch/cpu$cpu.raw"
		cpu=$((cpu + 1))
	done
	trace-cmd restore -i "$scratch/head.dat" -o "$dat" "$@" >"$scratch/restore" 2>&1
	restored=$?
	rm -f "$scratch/head.dat" "$@"
	return "$restored"
}

# drain_cpu CPU FILE: at the end of the buffer a reader waits for more, so its size is
# looked at until it no longer grows. Not by cat, which may splice: that passes over
# the last page, which is not full.
drain_cpu()
{
	entries=$(sed -n 's/^entries: //p' "$instance/per_cpu/cpu$1/stats")
	: >"$2"
	[ "$entries" != 0 ] || return 0
	dd if="$instance/per_cpu/cpu$1/trace_pipe_raw" of="$2" bs=65536 2>/dev/null &
	reader=$!
	size=0 tries=0
	until [ "$size" != 0 ] && [ "$size" = "$(wc -c <"$2")" ] || [ $tries = 50 ]; do
		size=$(wc -c <"$2")
		tries=$((tries + 1))
		sleep 0.2 2>/dev/null || sleep 1
	done
	# a shell that has not started it yet would catch another signal
	kill -KILL "$reader"
	wait "$reader" 2>/dev/null
}
