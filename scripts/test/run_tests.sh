#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Runs the tests: those in guest/ inside QEMU, those in host/ here, two groups of
# them at a time. Prints KTAP on standard output, group by group, and progress on
# standard error; ends with the line "N passed, N failed, N skipped". Exit status:
# 0 none failed; 1 one failed; 2 all were skipped; 3 used wrongly.
set -eu

test_dir=$(cd "$(dirname "$0")" && pwd)
vm=$test_dir/../vm

usage()
{
	cat <<-END
	usage: scripts/test/run_tests.sh [--kernel K] [--arch A] [--guests] [--jobs N]
	                                 [--list] [TEST...]
	  --kernel K   a kernel of scripts/vm/kernels (default 6.1)
	  --arch A     amd64 or arm64 (default amd64)
	  --guests     leave out the topics that need no guest of their own, in host/
	  --jobs N     how many guests or topics of the host at a time (default 2)
	  --list       print the names of all cases and what they show
	TEST is a topic, such as mmap, or a case of one, such as mmap.reach, in which *
	stands for any text, as in mmap.huge_*. DBB_PLANT=BUG, one of module/planted_bug.c,
	is there in each guest: a kernel that looks for it makes the tests fail.
	END
}

die()
{
	printf '%s: %s\n' "${0##*/}" "$*" >&2
	exit 3
}

parse()
{
	kernel=6.1 arch=amd64 guests='' jobs=2 only=''
	while [ $# -gt 0 ]; do
		case $1 in
		--kernel | --arch | --jobs) [ $# -ge 2 ] || die "$1 needs a value; see --help" ;;
		esac
		case $1 in
		--kernel) kernel=$2 && shift ;;
		--arch) arch=$2 && shift ;;
		--jobs) jobs=$2 && shift ;;
		--guests) guests=1 ;;
		--help) usage && exit ;;
		--list) only=list ;;
		-*) die "unknown option '$1'; see --help" ;;
		*) break ;;
		esac
		shift
	done
	case $jobs in
	[1-9]) ;;
	*) die "--jobs is 1 to 9, not '$jobs'" ;;
	esac
	shifted=$#
}

# result ok|'not ok' NAME [DIRECTIVE]
result()
{
	count=$((count + 1))
	printf '%s %s %s%s\n' "$1" "$count" "$2" "${3:+ # $3}"
	case $1${3:+ skip} in
	ok) passed=$((passed + 1)) ;;
	'ok skip') skipped=$((skipped + 1)) ;;
	*) failed=$((failed + 1)) ;;
	esac
}

# Turns the verdicts of a group into KTAP.
report()
{
	while read -r first rest; do
		case $first in
		ok) result ok "$rest" ;;
		not) result 'not ok' "${rest#ok }" ;;
		skip) result ok "${rest%% *}" "SKIP ${rest#* }" ;;
		*) printf '%s %s\n' "$first" "$rest" ;;
		esac
	done
}

# Takes groups that no other worker has taken: making the folder is the claim. Every
# other worker begins at the end of the list, with the host's topics: two guests at a
# time are hardly faster than one after the other. The number of each finished group
# goes to the descriptor 5.
take_groups()
{
	child=
	trap '[ -z "$child" ] || kill "$child" 2>/dev/null; exit 143' TERM
	while IFS=$tab read -r number group; do
		lane=$work/$number
		mkdir "$lane" 2>/dev/null || continue
		run_group "$group" >"$lane/verdicts" </dev/null || :
		echo "$number" >&5
	done
}

run_groups()
{
	mkfifo "$work/finished"
	exec 6<>"$work/finished"
	sort -n -r "$work/groups" >"$work/groups.backwards"
	for worker in $(seq "$jobs"); do
		if [ $((worker % 2)) = 1 ]; then
			take_groups <"$work/groups" 5>&6 &
		else
			take_groups <"$work/groups.backwards" 5>&6 &
		fi
		workers="$workers $!"
	done
	for _ in $(seq "$(wc -l <"$work/groups")"); do
		read -r number <&6
		report <"$work/$number/verdicts"
	done
	wait
	workers=
}

# shellcheck disable=SC2317 # called by the trap
finish()
{
	code=$?
	trap - EXIT
	# shellcheck disable=SC2086 # a list of processes
	[ -z "$workers" ] || kill $workers 2>/dev/null || :
	wait
	rm -rf "$work"
	exit "$code"
}

parse "$@"
shift $(($# - shifted))
work=
# shellcheck source-path=SCRIPTDIR source=cases.sh
. "$test_dir/cases.sh"
[ "$only" != list ] || { describe_cases && exit; }
# shellcheck source-path=SCRIPTDIR source=group.sh
. "$test_dir/group.sh"

tab='	' workers='' passed=0 failed=0 skipped=0 count=0
work=$(mktemp -d)
trap finish EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM
select_cases "$@"
cache=${XDG_CACHE_HOME:-$HOME/.cache}/dmabuf-bench
log_dir=$cache/out/$(date +%Y%m%d-%H%M%S)-test-$$

"$vm/deps.sh" "$kernel" "$arch"
"$vm/fetch.sh" "$kernel" "$arch"
skip_missing "$cache/kernel/$kernel-$arch/headers/.config"
group_cases
: >"$work/begun"
grep "${tab}guest" "$work/groups" >"$work/guests" || :
planned=$(cat "$work/cases" "$work/missing" "$work/guests" | wc -l)

echo 'KTAP version 1'
echo "1..$planned"
report <"$work/missing"
run_groups
[ "$count" -ge "$planned" ] || {
	echo "# $((planned - count)) cases came to no verdict"
	failed=$((failed + planned - count))
}
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" = 0 ] || exit 1
[ "$passed" -gt 0 ] || exit 2
