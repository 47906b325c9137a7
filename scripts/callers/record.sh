# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# shellcheck disable=SC2034,SC2154 # what the parts of callers.sh share
# The recording of callers.sh: a tracing instance of its own, what a probe costs, and
# the texts that the report is made of. Sourced by callers.sh.

ruler_calls=100

# Its buffer never takes more than a sixteenth of the free memory, unless asked to.
open_recording()
{
	if [ "$buffer_kb" = auto ]; then
		available=$(sed -n 's/^MemAvailable: *\([0-9]*\) kB/\1/p' /proc/meminfo)
		most=$((${available:-0} / 16 / $(count_cpus)))
		buffer_kb=16384
		[ "$most" -ge $buffer_kb ] || buffer_kb=$most
	fi
	open_instance "$group" "$buffer_kb"
	echo 1 >"$instance/options/sym-offset"
}

# So that the instance and the probes can go.
stop_recording()
{
	[ -n "$instance" ] || return 0
	echo 0 >"$instance/tracing_on"
	echo 0 >"$instance/events/enable"
	drop_stacks
}

# A trigger fires as long as it is there, whether its event is enabled or not.
drop_stacks()
{
	for trigger in "$instance/events/$group"/*/trigger; do
		[ ! -e "$trigger" ] || ! grep -q '^stacktrace' "$trigger" ||
			echo '!stacktrace' >"$trigger"
	done
}

# mark TEXT: into the trace, with the time.
mark()
{
	echo "$1" >"$instance/trace_marker"
}

# save_texts NAME: the events as text, and the same events with times in ns, which
# the text has in us only. Both are read from a buffer that stands still.
save_texts()
{
	cat "$instance/trace" >"$1.txt"
	echo 1 >"$instance/options/raw"
	cat "$instance/trace" >"$1.times"
	echo 0 >"$instance/options/raw"
}

# Has the stacks taken: at the return of a call, where they are not part of its time,
# or by probes of their own.
take_stacks()
{
	for event in $probes; do
		case $event-$stack_end in
		*_unlocked-* | *_unlocked_*) continue ;;
		*_ret-return | *_stack-entry) ;;
		*) continue ;;
		esac
		echo stacktrace >"$instance/events/$group/$event/trigger" ||
			warn "no stacks of $event: does the kernel have CONFIG_STACKTRACE?"
	done
}

# What a call costs when it is traced: ruler_calls calls of a function that does next
# to nothing, traced and not. Sets stack_end.
measure_probes()
{
	stack_end='return'
	define_ruler || return 0
	take_stacks
	time_ruler 1 ruler
	check_misses
	# old kernels lose what is above the trampoline of the return
	if ! grep -q -e ' => .*syscall' -e ' => el0_svc' "$scratch/ruler.txt"; then
		drop_stacks
		remove_probes
		stack_end=entry
		define_ruler || return 0
		take_stacks
		time_ruler 1 ruler
	fi
	drop_stacks
	time_ruler 0 untraced
	remove_probes
	for file in ruler untraced; do
		cat "$scratch/$file.txt" >"$out/$file.txt"
		cat "$scratch/$file.times" >"$out/$file.times"
	done
}

# None of the ruler's calls is missed. Kernels before 5.14 count each field that cannot
# be read as one that is.
check_misses()
{
	count_misses=1
	while read -r event _ missed; do
		case $event-$missed in
		ruler*-0) ;;
		ruler*) count_misses= ;;
		esac
	done <"$DBB_TRACEFS/kprobe_profile"
}

# time_ruler TRACED NAME: between two marks; the umask stays as it is.
time_ruler()
{
	old_umask=$(umask)
	echo >"$instance/trace"
	echo 1 >"$instance/tracing_on"
	[ "$1" = 0 ] || echo 1 >"$instance/events/$group/enable"
	mark begin
	count=0
	while [ $count -lt $ruler_calls ]; do
		umask "$old_umask"
		count=$((count + 1))
	done
	mark end
	echo 0 >"$instance/tracing_on"
	echo 0 >"$instance/events/$group/enable"
	save_texts "$scratch/$2"
}

# list_buffers FILE: what the kernel says of live buffers, if it does.
list_buffers()
{
	if [ -r "$DBB_BUFINFO" ]; then
		cat "$DBB_BUFINFO" >"$1" 2>/dev/null && return
	fi
	: >"$1"
}

# Adds the calls that found no room among the return probes to lost.
count_missed()
{
	[ -n "${count_misses:-}" ] || return 0
	while read -r event _ missed; do
		case " $probes" in
		*" $event "*) lost=$((lost + missed)) ;;
		esac
	done <"$DBB_TRACEFS/kprobe_profile"
}

# The drivers of the devices that the trace names.
list_drivers()
{
	sed -n 's/.* dev[24]*="\([^" ]*\)".*/\1/p' "$out/trace.txt" | sort -u |
		while read -r device; do
			for link in /sys/bus/*/devices/"$device"/driver; do
				[ -e "$link" ] || continue
				driver=$(readlink "$link")
				echo "$device ${driver##*/}"
			done
		done >"$out/drivers.txt"
}

# record COMMAND...: or for $seconds seconds. Ctrl-C ends the recording, not the script.
record()
{
	what="for $seconds s"
	[ $# = 0 ] || what="while $* runs"
	list_buffers "$out/buffers-before.txt"
	echo >"$instance/trace"
	echo 1 >"$instance/tracing_on"
	echo 1 >"$instance/events/$group/enable"
	mark begin
	say "recording $what"
	command_status=0
	if [ $# -gt 0 ]; then
		"$@" || command_status=$?
	else
		wait_seconds
	fi
	mark end
	echo 0 >"$instance/tracing_on"
	list_buffers "$out/buffers-after.txt"
	count_lost
	count_missed
	save_texts "$out/trace"
	list_drivers
}

wait_seconds()
{
	left=$seconds
	while [ "$left" -gt 0 ] && [ -z "$interrupted" ]; do
		[ ! -t 2 ] || printf '\r%s s left ' "$left" >&2
		sleep 1
		left=$((left - 1))
	done
	[ ! -t 2 ] || printf '\r           \r' >&2
}
