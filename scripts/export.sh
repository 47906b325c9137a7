#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Prints results in the formats of labs and of other tools.

here=$(cd "$(dirname "$0")" && pwd) || exit 3
# A shell that cannot source exits with 2, which would say "cannot tell".
[ -r "$here/host/messages.sh" ] && [ -r "$here/host/packages.sh" ] || exit 3
# shellcheck source-path=SCRIPTDIR source=host/messages.sh
. "$here/host/messages.sh"
# shellcheck source-path=SCRIPTDIR source=host/packages.sh
. "$here/host/packages.sh"

usage()
{
	cat <<'END_USAGE'
usage: export.sh --format FORMAT [OPTION...] DIR...

Print what folders of bench.sh hold, NN-op.csv and environment.txt, as

  json       all rows with the environment of their run, a list of folders
  kcidb      KCIDB's JSON, version 5.0: a test for each figure
  lava       commands for the shell of a LAVA job: a measurement for each figure
  benchstat  Go's benchmark text, a line for each sample: benchstat OLD NEW
  lines      a line for each row, in the form of Android's dmabuf_heap_bench

Options:
  --origin NAME  for kcidb, which needs it: the CI system's name, of [a-z0-9_]
  --build ID     for kcidb: ID of the build that was tested, ORIGIN:TEXT, as
                 KCIDB has it (default: NAME:KERNEL-ARCH)
  --unit NAME    what ns really are: "instructions" of QEMU's -icount (default:
                 that, if environment.txt says so)

Figures are p50 with its interval, bytes_per_s, and speedup with its interval.
Needs jq and Miller, which are installed with apt when they are not there.
Exit status: 0 done; 3 used wrongly, or a DIR is no folder of results.
END_USAGE
}

parse()
{
	format='' origin='' build='' unit=''
	while [ $# -gt 0 ]; do
		case $1 in
		--format | --origin | --build | --unit)
			[ $# -ge 2 ] || usage_error "$1 needs a value" ;;
		esac
		case $1 in
		--format) format=$2 && shift ;;
		--origin) origin=$2 && shift ;;
		--build) build=$2 && shift ;;
		--unit) unit=$2 && shift ;;
		--help | -h) usage && exit ;;
		-*) usage_error "unknown option '$1'" ;;
		*) break ;;
		esac
		shift
	done
	left=$#
}

check_options()
{
	case $format in
	json | kcidb | lava | benchstat | lines) ;;
	*) usage_error "--format '$format' is refused; accepted: json kcidb lava benchstat lines" ;;
	esac
	case $origin in
	*[!a-z0-9_]*) usage_error "--origin '$origin' is refused; accepted: [a-z0-9_]" ;;
	esac
	[ "$format" != kcidb ] || [ -n "$origin" ] ||
		usage_error "kcidb needs --origin: the CI system's name, of [a-z0-9_]"
	case $build in
	'' | [a-z0-9_]*:*) ;;
	*) usage_error "--build '$build' is refused; accepted: ORIGIN:TEXT" ;;
	esac
	case $unit in
	*[!a-z]*) usage_error "--unit '$unit' is refused; accepted: a word of small letters" ;;
	esac
	[ $# -gt 0 ] || usage_error 'names no folder of results'
}

# The csv files of a run of the engine, in their order.
list_runs()
{
	find "$1" -maxdepth 1 -name '[0-9]*-*.csv' ! -name '*.samples.csv' \
		! -name '*.disturbers.csv' | LC_ALL=C sort
}

# read_table CSV: as a list of objects, all of whose values are text
read_table()
{
	mlr -S --icsv --ojson --skip-comments cat "$1" 2>"$scratch/error" ||
		die "$1 is no csv of bench.sh: $(tail -n 1 "$scratch/error")"
}

# Sets ns_are to what environment.txt says of the folder's ns.
read_unit()
{
	ns_are=$unit
	[ -n "$ns_are" ] || ! grep -q -s 'dbb\.accel=icount' "$1/environment.txt" ||
		ns_are=instructions
}

# read_folder DIR: prints it as an object
read_folder()
{
	[ -d "$1" ] || die "$1 is no folder"
	list_runs "$1" >"$scratch/runs"
	[ -s "$scratch/runs" ] || die "$1 has no NN-op.csv, as bench.sh leaves them"
	read_unit "$1"
	: >"$scratch/tables"
	: >"$scratch/texts"
	while read -r csv; do
		read_table "$csv" >>"$scratch/tables" || exit
		jq -R -s . "$csv" >>"$scratch/texts"
	done <"$scratch/runs" || exit
	sed 's|.*/||' "$scratch/runs" | jq -R . >"$scratch/names"
	cp "$1/environment.txt" "$scratch/log" 2>/dev/null || : >"$scratch/log"
	jq -n --arg directory "$(basename "$(cd "$1" && pwd)")" --arg unit "$ns_are" \
		--slurpfile files "$scratch/names" --slurpfile texts "$scratch/texts" \
		--slurpfile tables "$scratch/tables" --rawfile log "$scratch/log" \
		-f "$here/export/results.jq" 2>"$scratch/error" ||
		die "$1 has a csv that bench.sh did not write: $(tail -n 1 "$scratch/error")"
}

read_folders()
{
	for dir; do
		read_folder "$dir" || exit
	done >"$scratch/folders"
	jq -s . "$scratch/folders" >"$scratch/results.json"
}

# Each run with its samples, which are many.
print_benchstat()
{
	echo 'pkg: dmabuf_bench'
	folder=0
	for dir; do
		list_runs "$dir" >"$scratch/runs"
		run=0
		while read -r csv; do
			echo '[]' >"$scratch/samples"
			[ ! -s "${csv%.csv}.samples.csv" ] ||
				read_table "${csv%.csv}.samples.csv" >"$scratch/samples" || exit
			jq ".[$folder].runs[$run]" "$scratch/results.json" |
				jq -r --slurpfile samples "$scratch/samples" \
					-f "$here/export/benchstat.jq" ||
				die "$csv and its samples do not belong together"
			run=$((run + 1))
		done <"$scratch/runs" || exit
		folder=$((folder + 1))
	done
}

print_format()
{
	case $format in
	json) cat "$scratch/results.json" ;;
	kcidb)
		jq --arg origin "$origin" --arg build "$build" -f "$here/export/kcidb.jq" \
			"$scratch/results.json" ;;
	benchstat) print_benchstat "$@" ;;
	lines) jq -r -f "$here/export/lines.jq" "$scratch/results.json" ;;
	esac
}

parse "$@"
shift $(($# - left))
check_options "$@"
if [ "$format" = lava ]; then
	DBB_UNIT=$unit sh "$here/lab/lava_results.sh" "$@" || exit 3
	exit
fi
need_jq && need_miller || exit 3
scratch=$(mktemp -d) || exit 3
trap 'rm -rf "$scratch"' EXIT
trap 'exit 130' INT TERM HUP
read_folders "$@" || exit 3
print_format "$@" || exit 3
