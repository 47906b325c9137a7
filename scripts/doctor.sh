#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Why is CPU access to this dma-buf slow, and what would help? From what dmabuf_probe
# measures, without module and root.

here=$(cd "$(dirname "$0")" && pwd) || exit 3
# A shell that cannot source exits with 2, which would say "cannot tell".
[ -r "$here/device/session.sh" ] && [ -r "$here/doctor/collect.sh" ] || exit 3
# shellcheck source-path=SCRIPTDIR source=device/session.sh
. "$here/device/session.sh"
# shellcheck source-path=SCRIPTDIR source=doctor/collect.sh
. "$here/doctor/collect.sh"

: "${DBB_AWK:=awk}"

usage()
{
	cat <<'END'
usage: doctor.sh [OPTION...] [NODE...]
       doctor.sh [OPTION...] --fd N [--pid PID] [--write]
       doctor.sh --report DIR|CSV

Say why CPU access to dma-bufs is slow, with figures, and what to change: a
sentence for each buffer, more where several things are wrong, the dearest first,
or that nothing is wrong. Measures with bench/user/dmabuf_probe, beside ordinary
memory: buffers of all heaps, udmabuf, V4L2 and DRM devices that may be opened, or
of each NODE. Needs no module and no root. Where buffers are not cached it says
from how many bytes read a frame a cached one with DMA_BUF_IOCTL_SYNC wins: name
both nodes for that.

Options:
  --fd N          a dma-buf that this process has inherited, or
  --pid PID       that process PID has (then its mappings are watched, too); it
                  is only read, unless
  --write         is given: what it holds is lost then
  --seconds N     for all measurements (default 50)
  --size SIZE     of buffers, with k, M or G (default 8M): that of your frames
  --out DIR       where the results go (default: a new folder
                  results/DATE-TIME-doctor, listed in results/index.csv)
  --report DIR    no measurement: the sentences of an earlier run, for devices
                  without awk; or of a csv that dmabuf_probe printed
  --quiet         only the sentences

Each sentence ends with the rule in brackets; scripts/doctor/README.md explains
them. What only root may read is used where it can be, and else named.
Exit status: 0 nothing is wrong; 1 a cause was named; 2 cannot tell: too noisy,
nothing could be measured, or no awk; 3 used wrongly, or could not run.
Environment, for tests: DBB_SYS, DBB_PROC, DBB_BUFINFO and DBB_AWK name others.
END
}

# shellcheck disable=SC2317 # called by the trap
cleanup()
{
	status=$?
	trap '' INT TERM HUP
	end_watch
	remove_scratch
	exit "$status"
}

# report_file KIND FILE: adds it to what awk reads, if it is there.
report_file()
{
	[ ! -r "$2" ] || files="$files kind=$1 $2"
}

# report FOLDER CSV: the sentences, and the exit status.
report()
(
	cd "$1" || exit 3
	command -v "$DBB_AWK" >/dev/null || {
		warn "no awk here; on another machine: scripts/doctor.sh --report $1"
		exit 2
	}
	files=
	report_file facts facts.txt
	report_file bufinfo bufinfo.txt
	report_file maps maps.txt
	# shellcheck disable=SC2086 # a list of words
	LC_ALL=C "$DBB_AWK" -f "$here/doctor/doctor.awk" -f "$here/doctor/figures.awk" \
		-f "$here/doctor/verdict.awk" $files kind=probe "$2"
)

# report_earlier: what --report names, a folder or a csv.
report_earlier()
{
	csv=$report_of
	[ ! -d "$csv" ] || csv=$csv/probe/probe.csv
	grep -q '^run,op,phase,' "$csv" 2>/dev/null ||
		die "--report $report_of: a folder of doctor.sh or a csv of dmabuf_probe is accepted"
	if [ -d "$report_of" ]; then
		report "$report_of" probe/probe.csv
	else
		report "$(dirname "$csv")/" "${csv##*/}"
	fi
}

take_option()
{
	case $1 in
	--fd | --pid | --seconds | --size)
		[ $# -gt 1 ] || usage_error "$1 takes a value"
		probe_arguments="$probe_arguments $1 $2"
		taken=2
		;;
	--write)
		probe_arguments="$probe_arguments $1"
		taken=1
		;;
	--report)
		[ $# -gt 1 ] || usage_error "$1 takes a value"
		report_of=$2
		taken=2
		;;
	-*) usage_error "unknown option '$1'" ;;
	*)
		probe_arguments="$probe_arguments $1"
		taken=1
		;;
	esac
	[ "$1" != --pid ] || watched=$2
}

probe_arguments='' report_of='' watched=''
command="${0##*/} $*"
while [ $# -gt 0 ]; do
	common_option "$@"
	[ "$taken" != 0 ] || take_option "$@"
	shift "$taken"
done
case $probe_arguments in
*[!A-Za-z0-9_./:\ -]*) usage_error "a node has letters, digits and ./_:- in its name" ;;
esac
[ -z "$module$keep" ] || usage_error '--module: this command needs no module'

if [ -n "$report_of" ]; then
	[ -z "$probe_arguments$out" ] || usage_error '--report goes with no other option'
	report_earlier
	exit
fi

find_program dmabuf_probe
[ -n "$found" ] || die 'dmabuf_probe was not built: make user, and copy bench/user/'
trap cleanup EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP
open_empty_folder doctor "$command"
make_scratch "$out"
record_conditions "$out/environment.txt" "$command"
collect_facts
watch_process
measure
report "$out" probe/probe.csv >"$scratch/report"
verdict=$?
cat "$scratch/report"
cat "$scratch/report" >"$out/report.txt"
say "saved in $out"
exit "$verdict"
