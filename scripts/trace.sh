#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Runs measurements inside a tracing session and sums the trace up.

here=$(cd "$(dirname "$0")" && pwd) || exit 1
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$here/lib.sh"

# What else explains the cost of a mapping, as far as this kernel has it. Each
# is rare next to the operation it explains, so that the trace fits its buffer
# and costs little inside the timed windows. Left out for that reason: an event
# per page (kmem:mm_page_alloc, exceptions:page_fault_user). Name them with
# --events for small sizes.
#   vmalloc:*    the search for kernel address space, and its lazy purge, which
#                is the rare vunmap or vmap that takes a thousand times longer
#   tlb          flushes after munmap and the purge (x86)
#   mmap         the address that mmap chose: its alignment decides about huge
#   reclaim and  what an allocation waited for
#   compaction
#   sched        who else ran: the disturbed samples
default_events='vmalloc:alloc_vmap_area vmalloc:purge_vmap_area_lazy
	vmalloc:free_vmap_area_noflush tlb:tlb_flush mmap:vm_unmapped_area
	vmscan:mm_vmscan_direct_reclaim_begin compaction:mm_compaction_begin
	sched:sched_switch'

usage()
{
	cat <<'END'
usage: trace.sh [--module FILE] [--out DIR] [--keep] [--quiet]
                [--events E1,E2 | --no-kernel-events] [--buffer-kb N] LINE...

Run each LINE (see bench.sh) while the events of dmabuf_bench and some of the
kernel are recorded; then print how often each event came and the median of
the samples. Times of a traced run include the cost of tracing: compare arms
within it, not with an untraced run.

  --out DIR           where the trace and the results go (default ./results)
  --events E1,E2      kernel events instead of the usual ones: system:event or
                      system
  --no-kernel-events  only those of dmabuf_bench
  --buffer-kb N       trace memory per CPU (default 8192); the oldest events go
                      first when it is full, and are counted
  --module FILE, --keep, --quiet  as for bench.sh

The events go to an instance of tracefs of their own, so a session that is
already going on is left alone. trace-cmd saves it as DIR/trace.dat; without
trace-cmd it becomes DIR/trace.txt.
Exit status: as for bench.sh.
Environment: DBB_DEBUGFS and DBB_TRACEFS name other directories, for tests.
END
}

have_event()
{
	[ -d "$DBB_TRACEFS/events/$(printf '%s' "$1" | tr : /)" ]
}

# Sets events to the kernel events that are recorded beside dmabuf_bench.
choose_events()
{
	events=''
	case $1 in
	none) ;;
	default)
		for event in $default_events; do
			! have_event "$event" || events="$events $event"
		done
		;;
	*)
		events=" $(printf '%s' "$1" | tr , ' ')"
		for event in $events; do
			have_event "$event" ||
				die "no event '$event' in $DBB_TRACEFS/events"
		done
		;;
	esac
	have_event dmabuf_bench || die "no dmabuf_bench in $DBB_TRACEFS/events"
	say "events: dmabuf_bench$events"
}

# The instance is read after the run: a recorder that drains it meanwhile would
# take the CPUs that are measured.
start_tracing()
{
	name=dmabuf_bench_$$
	mkdir "$DBB_TRACEFS/instances/$name" ||
		die "no private tracing instance: is CONFIG_TRACING on?"
	instance=$DBB_TRACEFS/instances/$name
	echo "$buffer_kb" >"$instance/buffer_size_kb" ||
		die "no trace buffer of $buffer_kb kB for each CPU"
	for event in dmabuf_bench $events; do
		enable=$instance/events/$(printf '%s' "$event" | tr : /)/enable
		echo 1 >"$enable" || die "$event cannot be enabled"
	done
}

stop_tracing()
{
	echo 0 >"$instance/tracing_on"
	cat "$instance/trace" >"$scratch/trace"
	count_lost
}

# Sets lost to the events that did not fit.
count_lost()
{
	lost=0
	for file in "$instance"/per_cpu/cpu*/stats; do
		while read -r key value; do
			[ "$key" != overrun: ] || lost=$((lost + value))
		done <"$file"
	done
}

# trace-cmd empties the instance and, in some versions, removes it.
save_trace()
{
	if command -v trace-cmd >/dev/null; then
		if trace-cmd extract -B "$name" -o "$out/trace.dat" >"$scratch/extract" 2>&1; then
			say "saved as $out/trace.dat"
			return
		fi
		warn "trace-cmd extract failed, so the trace is saved as text"
		tail -n 2 "$scratch/extract" >&2
	else
		say "no trace-cmd here, so the trace is saved as text"
	fi
	cat "$scratch/trace" >"$out/trace.txt" || return
	say "saved as $out/trace.txt"
}

# A line of the trace: "  comm-pid  [cpu] flags  seconds: event: key=value ..."
count_events()
{
	printf '%8s  %s\n' count event
	sed -n 's/^[^]]*\] *[^ ]* *[0-9.]*: *\([A-Za-z0-9_]*\):.*/\1/p' "$scratch/trace" |
		sort | uniq -c | sort -rn |
		while read -r count event; do
			printf '%8s  %s\n' "$count" "$event"
		done
}

# Per op, phase and strategy; p50 of an even count is the lower of the two.
sum_up_samples()
{
	sed -n 's/.*: dbb_sample: .*op=\([^ ]*\) phase=\([^ ]*\) strategy=\([^ ]*\) .*ns=\(-*[0-9]*\).*/\1 \2 \3 \4/p' \
		"$scratch/trace" >"$scratch/samples"
	printf '%-8s %-8s %-16s %6s %14s\n' op phase strategy n p50_ns
	cut -d ' ' -f 1-3 "$scratch/samples" | sort -u |
		while read -r op phase strategy; do
			grep "^$op $phase $strategy " "$scratch/samples" |
				cut -d ' ' -f 4 | sort -n >"$scratch/ns"
			n=$(wc -l <"$scratch/ns")
			n=$((n))
			printf '%-8s %-8s %-16s %6s %14s\n' "$op" "$phase" \
				"$strategy" "$n" "$(sed -n "$(((n + 1) / 2))p" "$scratch/ns")"
		done
}

say_summary()
{
	title "trace"
	count_events
	say ''
	sum_up_samples
	say ''
	[ "$lost" = 0 ] || warn "$lost events did not fit: --buffer-kb, fewer events or iterations"
}

run_lines()
{
	for line; do
		title "$line"
		run_and_save "$out" "$line" || return
	done
}

# shellcheck disable=SC2317 # called by the trap
cleanup()
{
	status=$?
	trap '' INT TERM HUP
	if [ -d "$instance" ]; then
		rmdir "$instance" || warn "$instance stays"
	fi
	end_session
	exit "$status"
}

instance='' wanted=default buffer_kb=8192
while [ $# -gt 0 ]; do
	common_option "$@"
	[ "$taken" = 0 ] || {
		shift "$taken"
		continue
	}
	case $1 in
	--events | --buffer-kb)
		[ $# -gt 1 ] || usage_error "$1 takes a value"
		if [ "$1" = --events ]; then wanted=$2; else buffer_kb=$2; fi
		shift
		;;
	--no-kernel-events) wanted=none ;;
	--)
		shift
		break
		;;
	-*) usage_error "unknown option $1" ;;
	*) break ;;
	esac
	shift
done
[ $# -gt 0 ] || usage_error "no LINE to run"

start_session "$out"
mount_tracefs
choose_events "$wanted"

start_tracing
run_lines "$@"
status=$?
stop_tracing
say_summary
save_trace || status=1
exit "$status"
