#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Prints each figure of a results folder that a lab keeps, a line each:
#
#	RUN NAME STATUS [VALUE UNIT]
#
# RUN is NN-op of NN-op.csv. NAME is OP.SIZE_BYTES.PHASE.HEAP.STRATEGY.FIGURE, in which
# all but [-_a-zA-Z0-9] is "_". STATUS is complete or partial; without a figure there is
# no value. UNIT is "ratio" of what has none. POSIX sh, for devices without awk.
# usage: cells.sh DIR
# DBB_UNIT in the environment names what ns really are.
set -uf

# ns are instructions in a guest of QEMU that counts them.
real_unit()
{
	unit=$1
	[ "$unit" != ns ] || [ -z "${DBB_UNIT:-}" ] || unit=$DBB_UNIT
	[ "$unit" != ns ] || ! grep -q -s 'dbb\.accel=icount' "$dir/environment.txt" ||
		unit=instructions
}

# Sets at_NAME to the place of each column, and unit to that of the times.
read_header()
{
	place=0 unit=
	for column in $columns; do
		unset "at_$column"
	done
	columns=
	for column; do
		place=$((place + 1))
		case $column in
		'' | *[!a-z0-9_]*)
			echo "cells.sh: $csv: '$column' is not the name of a column" >&2
			exit 3
			;;
		p50_lo_* | p50_hi_*) column=${column%_*} ;;
		p50_*)
			unit=${column#p50_}
			column=p50
			;;
		esac
		eval "at_$column=$place"
		columns="$columns $column"
	done
	[ -n "$unit" ] || {
		echo "cells.sh: $csv has no column p50_ns" >&2
		exit 3
	}
	real_unit "$unit"
}

# field COLUMN FIELD...: sets value, empty where the csv has no such column
field()
{
	eval "place=\${at_$1:-}"
	shift
	value=
	[ -z "$place" ] || eval "value=\${$place:-}"
}

# Sets name to the row's, without the figure.
name_row()
{
	name=
	for part in op size_bytes phase heap strategy; do
		field "$part" "$@"
		case $value in
		*[!-_a-zA-Z0-9]*)
			value=$(printf '%s\n' "$value" | sed 's/[^-_a-zA-Z0-9]/_/g') ;;
		esac
		name=$name${name:+.}$value
	done
}

# print_figure COLUMN UNIT FIELD...
print_figure()
{
	figure=$1 figure_unit=$2
	shift 2
	field "$figure" "$@"
	case $value in
	'') return 1 ;;
	*[!0-9.-]*)
		echo "cells.sh: $csv: $figure of $name is '$value', which is no number" >&2
		exit 3
		;;
	esac
	echo "$run $name.$figure $state $value $figure_unit"
}

print_row()
{
	name_row "$@"
	field complete "$@"
	state=partial
	[ "$value" != 1 ] || state=complete
	print_figure p50 "$unit" "$@" || echo "$run $name.p50 $state"
	print_figure p50_lo "$unit" "$@"
	print_figure p50_hi "$unit" "$@"
	# bytes a second of a clock that is none say nothing
	[ "$unit" != ns ] || print_figure bytes_per_s B/s "$@"
	field verdict "$@"
	[ "$value" != baseline ] || return 0
	print_figure speedup ratio "$@"
	print_figure speedup_lo ratio "$@"
	print_figure speedup_hi ratio "$@"
}

print_run()
{
	run=${csv##*/}
	run=${run%.csv} header=
	while IFS= read -r line; do
		case $line in
		'#'* | '') continue ;;
		esac
		IFS=,
		# shellcheck disable=SC2086 # fields of a line
		set -- $line
		unset IFS
		if [ -z "$header" ]; then
			header=1
			read_header "$@"
		else
			print_row "$@"
		fi
	done <"$csv"
}

[ $# = 1 ] || {
	echo 'usage: cells.sh DIR' >&2
	exit 3
}
dir=$1 found='' columns=''
set +f
for csv in "$dir"/[0-9]*-*.csv; do
	case $csv in
	*.samples.csv | *.disturbers.csv | *'[0-9]*'*) continue ;;
	esac
	found=1
	set -f
	print_run
done
[ -n "$found" ] || {
	echo "cells.sh: $dir has no NN-op.csv, as bench.sh leaves them" >&2
	exit 3
}
