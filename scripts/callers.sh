#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Who maps dma-bufs on this system, how often, and what it costs: by ftrace alone.

here=$(cd "$(dirname "$0")" && pwd) || exit 3
# A shell that cannot source exits with 2, which would say "cannot tell".
[ -r "$here/device/session.sh" ] && [ -r "$here/callers/probes.sh" ] || exit 3
# shellcheck source-path=SCRIPTDIR source=device/session.sh
. "$here/device/session.sh"
# shellcheck source-path=SCRIPTDIR source=device/instance.sh
. "$here/device/instance.sh"
# shellcheck source-path=SCRIPTDIR source=callers/probes.sh
. "$here/callers/probes.sh"
# shellcheck source-path=SCRIPTDIR source=callers/record.sh
. "$here/callers/record.sh"
# shellcheck source-path=SCRIPTDIR source=callers/callers_report.sh
. "$here/callers/callers_report.sh"

: "${DBB_BUFINFO:=/sys/kernel/debug/dma_buf/bufinfo}"

usage()
{
	cat <<'END'
usage: callers.sh [OPTION...] [--seconds N | -- COMMAND...]
       callers.sh --report DIR

Record every call of the functions of the dma-buf core that map a buffer or
prepare access to it, of all drivers and processes, for N seconds (default 10)
or while COMMAND runs. Then say who pays most, and print a row for each
function, caller, process, driver and exporter, the most costly first. Needs
root, kprobe events and awk; no module, no trace-cmd, kernels from 5.10 on.

functions: dma_buf_vmap, dma_buf_vunmap, dma_buf_mmap, dma_buf_mmap_internal
  (mmap() of a descriptor), dma_buf_map_attachment, dma_buf_unmap_attachment,
  dma_buf_begin_cpu_access, dma_buf_end_cpu_access; a call of the _unlocked form
  counts once

Options:
  --seconds N     how long to record; Ctrl-C ends it early
  --out DIR       where the results go (default: a new folder
                  results/DATE-TIME-callers, listed in results/index.csv)
  --buffer-kb N   trace buffer of each CPU (default 16384, or a sixteenth of the
                  free memory over all CPUs); when it is full, the oldest events
                  are lost, and counted
  --report DIR    no recording: the report of an earlier one, for devices
                  without awk
  --quiet         only the table

Times are net of what the probes themselves take of a call, which is measured
before and printed. DIR gets report.txt (what is printed), callers.csv (the
rows), stacks.folded (ns by process and stack, for flamegraph.pl), trace.dat
where trace-cmd is, and the recording itself. "real" calls are those that found
the buffer not mapped: the others only count a mapping up or down.
Exit status: 0 done; 2 events were lost, so that the counts cannot be relied on;
3 used wrongly, refused by the kernel, or COMMAND could not be run; 130 stopped
before the recording began. After kill -9 of this script itself its instance and
its kprobe events are left, both named dmabuf_callers_PID.
Environment: DBB_TRACEFS and DBB_BUFINFO name other places, for tests.
END
}

need_probes()
{
	mount_tracefs
	[ -e "$DBB_TRACEFS/kprobe_events" ] ||
		die "no $DBB_TRACEFS/kprobe_events: the kernel needs CONFIG_KPROBE_EVENTS"
	# in a shell of its own: to some it is fatal when the output of : cannot be opened
	(: >>"$DBB_TRACEFS/kprobe_events") 2>/dev/null || {
		explain_lockdown
		die "$DBB_TRACEFS/kprobe_events cannot be written"
	}
}

# shellcheck disable=SC2317 # called by the trap
cleanup()
{
	status=$?
	trap '' INT TERM HUP
	stop_recording
	close_instance
	remove_probes
	remove_scratch
	exit "$status"
}

# Everything that the report needs and the trace does not say.
describe_recording()
{
	{
		echo "date=$(date +%Y-%m-%dT%H:%M:%S%z)"
		echo "command=$command"
		echo "machine=$(name_machine)"
		echo "kernel=$(uname -a)"
		echo "revision=$(name_revision)"
		echo "absent=${absent# }"
		echo "unnamed=${unnamed# }"
		echo "lost=$lost"
	} >"$out/recording.txt"
}

# Beside the text, where trace-cmd is.
save_trace_dat()
{
	command -v trace-cmd >/dev/null || return 0
	save_dat "$out/trace.dat" ||
		warn "trace-cmd restore failed: $(tail -n 1 "$scratch/restore")"
}

buffer_kb=auto seconds=10 report_of=''
command="${0##*/} $*"
while [ $# -gt 0 ]; do
	case $1 in
	--seconds | --out | --buffer-kb | --report)
		[ $# -gt 1 ] || usage_error "$1 takes a value"
		;;
	esac
	case $1 in
	--seconds) seconds=$2 && shift ;;
	--out) out=$2 && shift ;;
	--buffer-kb) buffer_kb=$2 && shift ;;
	--report) report_of=$2 && shift ;;
	--quiet) quiet=1 ;;
	--help | -h) usage && exit 0 ;;
	--)
		shift
		[ $# -gt 0 ] || usage_error '-- is followed by a command'
		break
		;;
	*) usage_error "unknown option '$1'" ;;
	esac
	shift
done
for number in "$seconds" "${buffer_kb#auto}"; do
	case $number in
	*[!0-9]* | 0*) usage_error "'$number' is not a whole number above 0" ;;
	esac
done

if [ -n "$report_of" ]; then
	[ -r "$report_of/trace.txt" ] || die "$report_of holds no recording"
	out=$report_of
	make_scratch "$out"
	trap cleanup EXIT
	report || die "$out cannot be evaluated"
	exit 0
fi

need_root
make_scratch "${out:-results}"
trap cleanup EXIT
# the recording ends, and what there is of it is reported
trap 'interrupted=1' INT
trap 'exit 143' TERM HUP
need_probes
open_empty_folder callers "$command"
open_recording
measure_probes
define_calls
take_stacks
[ -z "$interrupted" ] || exit 130
record "$@"
describe_recording
save_trace_dat
report || die "the recording in $out cannot be evaluated"
say "saved in $out"
case $command_status in
0) ;;
126 | 127) die "$1 could not be run" ;;
*) warn "$1 ended with status $command_status" ;;
esac
[ "$lost" = 0 ] || exit 2
