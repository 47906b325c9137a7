# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# shellcheck disable=SC2154 # scratch is report.sh's
# What the folders hold that report.sh is given, and what they say of themselves.
# Sourced by report.sh.

# sort_folder DIR: adds it to the lists in $scratch: benches, sweeps (files), callers,
# patches; each a path a line.
sort_folder()
{
	case $1 in
	*'
'*) die "a line break in the name of a folder: $1" ;;
	esac
	if [ -f "$1" ]; then
		is_sweep "$1" || die "$1 is no folder, and no csv of sweep.sh"
		printf '%s\n' "$1" >>"$scratch/sweeps"
		return
	fi
	[ -d "$1" ] || die "$1 is no folder"
	found=
	[ ! -f "$1/how" ] || add_to patches "$1"
	[ ! -f "$1/recording.txt" ] || add_to callers "$1"
	[ -z "$(list_runs "$1")" ] || add_to benches "$1"
	for file in "$1"/*.csv; do
		! is_sweep "$file" || add_to sweeps "$file"
	done
	[ -n "$found" ] ||
		die "$1 holds no results: accepted are folders of bench.sh, sweep.sh, callers.sh," \
			"patch.sh and make bench, and the csv of sweep.sh"
}

add_to()
{
	found=1
	printf '%s\n' "$2" >>"$scratch/$1"
}

is_sweep()
{
	grep -q -m 1 '^run,op,phase,.*,orders,refused$' "$1" 2>/dev/null
}

# list_runs DIR: the csv of its runs, a path a line
list_runs()
{
	find "$1" -maxdepth 1 -name '[0-9]*-*.csv' ! -name '*.samples.csv' | sort |
		while read -r file; do
			! grep -q -m 1 '^run,op,phase,' "$file" || is_sweep "$file" ||
				printf '%s\n' "$file"
		done
}

# subject_files SUBJECT: of a folder of runs all its csv, of a csv itself
subject_files()
{
	if [ -d "$1" ]; then
		list_runs "$1"
	else
		printf '%s\n' "$1"
	fi
}

# env_of KEY CSV: of its line "# KEY=VALUE"
env_of()
{
	sed -n "/^# $1=/{
		s/^# [a-z_0-9]*=//p
		q
	}" "$2"
}

# last_of KEY FILE: of its last line KEY=VALUE; a folder may be used again
last_of()
{
	[ ! -f "$2" ] || sed -n "s/^$1=//p" "$2" | tail -n 1
}

folder_of()
{
	if [ -d "$1" ]; then
		printf '%s\n' "$1"
	else
		dirname "$1"
	fi
}

# unit_of SUBJECT CSV: what the figures count. A csv cannot tell that QEMU counted
# instructions; what was written beside it can.
unit_of()
{
	if [ -n "$unit_asked" ]; then
		echo "$unit_asked"
		return
	fi
	unit=$(grep -m 1 '^run,op,' "$2" | tr , '\n' | sed -n 's/^p50_\([a-z]*\)$/\1/p' | head -n 1)
	unit_folder=$(folder_of "$1")
	if [ "$unit" = ns ] && grep -q -s -e 'QEMU -icount: 1 ns is' -e 'dbb\.accel=icount' \
		"$unit_folder"/*.results.txt "$unit_folder/kernel.log" \
		"$unit_folder/environment.txt"; then
		unit=instructions
	fi
	echo "$unit"
}

# index_field NUMBER DIR: machine (1) or command (3) of the line that index.csv beside the
# folder has about it
index_field()
{
	index=$(dirname "$2")/index.csv name=$(basename "$(cd "$2" && pwd)")
	[ -f "$index" ] || return 0
	field='\("\([^"]\|""\)*"\|[^,]*\)'
	number=$(($1 * 2 - 1))
	sed -n "s/^[^,]*,$name,$field,$field,[^,]*,$field\$/\\$number/p" "$index" |
		tail -n 1 | sed 's/^"\(.*\)"$/\1/; s/""/"/g'
}

# machine_of SUBJECT CSV
machine_of()
{
	machine=$(last_of machine "$(folder_of "$1")/environment.txt")
	[ -n "$machine" ] || machine=$(env_of machine "$2")
	[ -n "$machine" ] || [ ! -d "$1" ] || machine=$(index_field 1 "$1")
	[ -n "$machine" ] || [ "$unit" != instructions ] || machine='QEMU -icount'
	echo "$machine"
}

# governor_of SUBJECT CSV: "unknown" is what a kernel without cpufreq has
governor_of()
{
	governor=$(env_of governor "$2")
	[ "$governor" = unknown ] || {
		echo "$governor"
		return
	}
	environment=$(folder_of "$1")/environment.txt
	if [ "$unit" = instructions ]; then
		echo 'of no matter'
	elif [ -f "$environment" ] && ! grep -q '^governor_' "$environment"; then
		echo 'none (no cpufreq)'
	fi
}

# The lines of runs without what need not be said; a seed is drawn anew.
without_defaults()
{
	sed 's/$/ /; s/ fd=none / /; s/ heap=system / /; s/ buffers=1 / /; s/ batch=auto / /
		s/ warmup=auto / /; s/ threads=1 / /; s/ cpu=any / /; s/ clock=monotonic / /
		s/ purge=none / /; s/ verify=1 / /; s/ seed=[0-9]* / /; /^replay/!s/ preset=[^ ]* / /
		s/ *$//'
}

# command_of SUBJECT: that repeats its runs
command_of()
{
	if [ -d "$1" ]; then
		command=$(index_field 3 "$1")
	else
		echo "sh scripts/sweep.sh$(awk -F , -f "$parts/sweep_options.awk" "$1")"
		return
	fi
	case $command in
	'make '*)
		echo "$command"
		return
		;;
	esac
	repeat=$(last_of command "$1/environment.txt" |
		sed -n 's/.*\(--repeat [0-9]*\).*/ \1/p')
	printf 'sh scripts/bench.sh%s' "$repeat"
	subject_files "$1" | tr '\n' '\0' | xargs -0 sed -n \
		's/^# params=op=\([a-z]*\) \(.*\)/\1 \2/p' |
		without_defaults | awk '!seen[$0]++' |
		while read -r line; do
			printf ' "%s"' "$line"
		done
	echo
}
