#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Runs measurements inside a tracing session and sums the trace up.

here=$(cd "$(dirname "$0")" && pwd) || exit 3
# A shell that cannot source exits with 2, which would say "cannot tell".
[ -r "$here/device/session.sh" ] || exit 3
# shellcheck source-path=SCRIPTDIR source=device/session.sh
. "$here/device/session.sh"
# shellcheck source-path=SCRIPTDIR source=device/instance.sh
. "$here/device/instance.sh"
# shellcheck source-path=SCRIPTDIR source=trace/graph.sh
. "$here/trace/graph.sh"

# Kernel events that help to explain the cost of a mapping; those that this kernel
# lacks are left out. Each is rare next to the operation, so that the trace fits
# its buffer and adds little to the timed windows. Events that fire once a page
# (kmem:mm_page_alloc, exceptions:page_fault_user) are not among them; name them
# with --events for small sizes.
#   vmalloc:*    search for kernel address space, and its lazy purge: the rare
#                vmap or vunmap that takes a thousand times longer
#   tlb          flushes after munmap and after the purge (x86)
#   mmap         the address that mmap() chose; its alignment decides about huge
#   reclaim and  what an allocation waited for
#   compaction
#   irq, softirq, irq_vectors (x86), ipi (arm64), sched
#                who had the CPU instead: the disturbed samples
default_events='vmalloc:alloc_vmap_area vmalloc:purge_vmap_area_lazy
	vmalloc:free_vmap_area_noflush tlb:tlb_flush mmap:vm_unmapped_area
	vmscan:mm_vmscan_direct_reclaim_begin compaction:mm_compaction_begin
	irq:irq_handler_entry irq:irq_handler_exit irq:softirq_entry irq:softirq_exit
	irq_vectors ipi:ipi_entry ipi:ipi_exit sched:sched_switch'

usage()
{
	cat <<'END'
usage: trace.sh [OPTION...] LINE...
       trace.sh --functions [OPTION...] LINE...
       trace.sh --disturbers FILE
       trace.sh --profile FILE

Run each LINE (see bench.sh) while the events of dmabuf_bench and some kernel
events are recorded. Then print how often each event came, for each phase the
number of its samples in the trace beside p50 from the result table, and who
disturbed the samples that were disturbed: which interrupt, softirq or task had
the CPU inside their steps, how often and for how many ns, and the share of the
disturbed samples that it was found in. Times of a traced run include the cost
of tracing: compare arms within it, not with an untraced run.

With --functions, print instead in which kernel functions each step of the
samples spent its time: calls, time without and with what they call, and the
share, a sample. Tracing a call takes time of its own, so that functions which call
many others look slower than they are. Functions that no --filter matches count
as part of what calls them. Warm-up and verification are not in it. The profile
takes the kernel's one function_graph tracer: it is refused while another tracer or
an event is on, or the trace holds events.

Options, before or after the LINEs:
  --out DIR           where the trace and the results go (default: a new folder
                      results/DATE-TIME-trace, listed in results/index.csv)
  --events E1,E2      kernel events to record instead of the default ones:
                      system:event or system
  --no-kernel-events  record only the events of dmabuf_bench
  --buffer-kb N       trace buffer of each CPU (default 8192); when it is full,
                      the oldest events are lost, and counted
  --functions         the profile
  --filter 'G1 G2'    functions to look at, as set_ftrace_filter takes them, instead
                      of those of mapping, allocation and faults; '*' for all of
                      the kernel's, which slows all of it down
  --profile FILE      no run: the profile of FILE, a text saved by --functions
  --disturbers FILE   no run: who disturbed the samples of FILE, a trace saved
                      before (.txt, or .dat where trace-cmd is); for devices
                      without awk
  --module FILE, --keep, --quiet  as for bench.sh

DIR/NN-trace.disturbers.csv has a row for each disturbed step of a sample and
each disturber; kind "unknown" where none was found, as in kernels without the
events irq, irq_vectors or ipi. ns do not overlap: what an interrupt takes is not
its task's. Trace times are in us: less than one may go to a neighbour.
The events go to a tracefs instance of their own: a tracing session that is
already on is not disturbed. trace-cmd saves it as DIR/NN-trace.dat; without
trace-cmd it is saved as DIR/NN-trace.txt. No file is overwritten.
Exit status: 0 done; 1 a mapping showed wrong pages; 2 events were lost, so
that the counts cannot be relied on; 3 used wrongly, refused or failed; 130
stopped.
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
	open_instance dmabuf_bench_$$ "$buffer_kb"
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

save_trace()
{
	if command -v trace-cmd >/dev/null; then
		reserve_number "$out" trace .dat || return
		if save_dat "$saved.dat"; then
			say "saved as $saved.dat"
			return
		fi
		# made above, and still empty
		[ -s "$saved.dat" ] || rm -f "$saved.dat"
		warn "trace-cmd restore failed; the trace is saved as text"
		tail -n 2 "$scratch/restore" >&2
	else
		say "trace-cmd is not installed; the trace is saved as text"
	fi
	reserve_number "$out" trace .txt || return
	cat "$scratch/trace" >>"$saved.txt" || return
	say "saved as $saved.txt"
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

# Sets picked to the places of the columns of a results.csv that are needed here,
# in the order of the file, and p50 to the name of that of the median.
pick_columns()
{
	place=0 picked='' p50=''
	for column in $(grep '^run,' "$1" | tr , ' '); do
		place=$((place + 1))
		case $column in
		p50_lo_* | p50_hi_*) continue ;;
		run | op | phase | strategy | iterations) ;;
		p50_*) p50=$column ;;
		*) continue ;;
		esac
		picked=$picked${picked:+,}$place
	done
}

# Of each run: how many samples of a phase the trace has, and their median as in
# the result table: net of the cost of the clock, the mean of the middle two.
sum_up_samples()
{
	heading=
	for csv in $csvs; do
		pick_columns "$csv"
		[ "$heading" = "$p50" ] || printf '%-8s %-8s %-16s %7s %7s %14s\n' \
			op phase strategy traced rounds "$p50"
		heading=$p50
		grep -v -e '^#' -e '^run,' "$csv" | cut -d , -f "$picked" | tr , ' ' |
			while read -r run op phase strategy rounds value; do
				sample="dbb_sample: run=$run op=$op phase=$phase strategy=$strategy "
				printf '%-8s %-8s %-16s %7s %7s %14s\n' "$op" "$phase" \
					"$strategy" "$(grep -c "$sample" "$scratch/trace")" \
					"$rounds" "$value"
			done
	done
}

# name_disturbers TEXT CSV: who disturbed the samples of a trace.
name_disturbers()
{
	awk -v csv="$2" -f "$here/trace/disturbers.awk" "$1"
}

# Beside the trace, once that is saved.
say_disturbers()
{
	title "who disturbed"
	if ! command -v awk >/dev/null; then
		say "no awk here; on another machine: scripts/trace.sh --disturbers FILE"
		return
	fi
	(set -C && : >"$saved.disturbers.csv") || return
	name_disturbers "$scratch/trace" "$saved.disturbers.csv" || return
	say "saved as $saved.disturbers.csv"
}

# need_file FILE: it can be read, and by awk
need_file()
{
	[ -r "$1" ] || die "cannot read $1"
	command -v awk >/dev/null || die "there is no awk here"
}

# make_csv FILE: sets csv to it; it is new
make_csv()
{
	csv=$1
	(set -C && : >"$csv") || die "$csv is there already, or cannot be written"
}

# trace.sh --profile FILE
profile_file()
{
	need_file "$1"
	make_csv "${1%.*}.csv"
	awk -v csv="$csv" -f "$here/trace/profile.awk" "$1" || die "$1 is no trace"
	say "saved as $csv"
	exit 0
}

# trace.sh --disturbers FILE
explain_file()
{
	need_file "$1"
	case $1 in
	*.dat)
		command -v trace-cmd >/dev/null ||
			die "$1 can only be read where trace-cmd is installed"
		make_csv "${1%.*}.disturbers.csv"
		# -N: plugins print some events in another form
		trace-cmd report -N -i "$1" 2>/dev/null | name_disturbers - "$csv"
		;;
	*)
		make_csv "${1%.*}.disturbers.csv"
		name_disturbers "$1" "$csv"
		;;
	esac || die "$1 is no trace"
	say "saved as $csv"
	exit 0
}

say_summary()
{
	title "trace"
	count_events
	say ''
	sum_up_samples
	say ''
	say_lost
}

say_lost()
{
	[ "$lost" = 0 ] ||
		warn "$lost events were lost, the oldest first: use a larger --buffer-kb," \
			"fewer kernel events or fewer iterations"
}

run_lines()
{
	for line; do
		title "$line"
		run_and_save "$out" "$line"
		status=$?
		[ -z "$have_result" ] || csvs="$csvs $saved.csv"
		[ "$status" = 0 ] || return "$status"
	done
}

# Sets status, as run_line does, and lost.
profile_lines()
{
	open_results trace "$command"
	open_graph "$buffer_kb"
	run_lines "$@"
	status=$?
	stop_tracing
	close_graph
	say_functions || status=3
	say_lost
}

trace_lines()
{
	choose_events "$wanted"
	open_results trace "$command"
	start_tracing
	run_lines "$@"
	status=$?
	stop_tracing
	say_summary
	if save_trace; then
		say_disturbers || status=3
	else
		warn "the trace cannot be saved in $out"
		status=3
	fi
}

# shellcheck disable=SC2317 # called by the trap
cleanup()
{
	status=$?
	trap '' INT TERM HUP
	close_graph
	close_instance
	end_session
	exit "$status"
}

wanted=default explain='' profile='' functions='' filter='' buffer_kb=8192 csvs=''
command="${0##*/} $*"
# options are taken out, and the lines rotated past them
arguments_left=$#
while [ "$arguments_left" -gt 0 ]; do
	common_option "$@"
	case $taken$1 in
	0--events | 0--buffer-kb | 0--disturbers | 0--profile | 0--filter)
		[ "$arguments_left" -gt 1 ] || usage_error "$1 takes a value"
		case $1 in
		--events) wanted=$2 ;;
		--buffer-kb) buffer_kb=$2 ;;
		--disturbers) explain=$2 ;;
		--profile) profile=$2 ;;
		--filter) filter=$2 ;;
		esac
		taken=2
		;;
	0--no-kernel-events) wanted=none taken=1 ;;
	0--functions) functions=1 taken=1 ;;
	0-*) usage_error "unknown option $1" ;;
	0*)
		set -- "$@" "$1"
		taken=1
		;;
	esac
	shift "$taken"
	arguments_left=$((arguments_left - taken))
done
[ -z "$explain" ] || explain_file "$explain"
[ -z "$profile" ] || profile_file "$profile"
[ $# -gt 0 ] || usage_error "no LINE to run"
[ -z "$filter" ] || [ -n "$functions" ] || usage_error "--filter is for --functions"
[ -z "$functions" ] || [ "$wanted" = default ] || [ "$wanted" = none ] ||
	usage_error "--functions records no kernel events, so --events has no meaning"

start_session "${out:-results}"
mount_tracefs
if [ -n "$functions" ]; then
	profile_lines "$@"
else
	trace_lines "$@"
fi
[ "$status" != 0 ] || [ "$lost" = 0 ] || status=2
exit "$status"
