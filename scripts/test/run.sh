#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Runs the tests: those in guest/ inside QEMU, those in host/ here. Prints KTAP
# on standard output and progress on standard error; ends with the line
# "N passed, N failed, N skipped". Exit status 0: none failed, one or more passed.
set -eu

test_dir=$(cd "$(dirname "$0")" && pwd)
vm=$test_dir/../vm

usage()
{
	cat <<-END
	usage: scripts/test/run.sh [--kernel K] [--arch A] [--guests] [--list] [TEST...]
	  --kernel K   a kernel of scripts/vm/kernels (default 6.1)
	  --arch A     amd64 or arm64 (default amd64)
	  --guests     leave out the topics that need no guest of their own, in host/
	  --list       print the names of all cases and what they show
	TEST is a topic, such as mmap, or a case of one, such as mmap.remap.
	END
}

die()
{
	printf '%s: %s\n' "${0##*/}" "$*" >&2
	exit 2
}

# --- which cases ---

# Prints "FILE CASE" for each case of each topic, in order. A topic in a guest
# ends with the case "clean", that of lib.sh if it has none of its own.
list_cases()
{
	for file in "$test_dir"/guest/*.sh "$test_dir"/host/*.sh; do
		[ -z "$guests" ] || [ "${file%/host/*}" = "$file" ] || continue
		sed -n "s|^test_\([a-z0-9_]*\)()\$|$file \1|p" "$file"
		case $file in
		*/guest/*) grep -q -x 'test_clean()' "$file" || echo "$file clean" ;;
		esac
	done
}

topic_of()
{
	topic=${1##*/}
	topic=${topic%.sh}
}

# The command line options of the guest that a topic needs, from its head: the
# lines "# guest: OPTIONS" and those of this architecture, "# guest arm64: ...".
options_of()
{
	sed -n "s/^# guest\( $arch\)\{0,1\}: *//p" "$1" | paste -s -d ' ' -
}

describe()
{
	list_cases | while read -r file name; do
		topic_of "$file"
		printf '%-34s %s\n' "$topic.$name" "$(awk -v name="test_$name()" '
			/^# / { text = text (text == "" ? "" : " ") substr($0, 3); next }
			$0 == name { print text }
			{ text = "" }' "$file")"
	done
}

is_wanted()
{
	[ "$#" -gt 2 ] || return 0
	wanted_topic=$1 wanted_case=$2
	shift 2
	for word; do
		case $word in
		"$wanted_topic" | "$wanted_topic.$wanted_case") return 0 ;;
		esac
	done
	return 1
}

# Writes the cases that the arguments ask for to $work/cases.
select_cases()
{
	list_cases >"$work/all"
	while read -r file name; do
		topic_of "$file"
		! is_wanted "$topic" "$name" "$@" || echo "$file $name"
	done <"$work/all" >"$work/cases"
	for word; do
		sed 's|.*/\([^/]*\)\.sh |\1.|' "$work/all" |
			grep -q -e "^$word\$" -e "^$word\\." ||
			die "no test '$word'; see --list"
	done
}

# --- results ---

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

# Turns what the cases print into KTAP; $work/seen gets those with a verdict,
# $work/started the one that has begun last.
follow()
{
	while read -r first rest; do
		case $first in
		start)
			echo "$rest" >"$work/started"
			echo "[$((count + 1))/$planned] $rest" >&2
			continue
			;;
		ok) result ok "$rest" ;;
		not)
			rest=${rest#ok }
			result 'not ok' "$rest"
			;;
		skip)
			reason=${rest#* }
			rest=${rest%% *}
			result ok "$rest" "SKIP $reason"
			;;
		finished)
			: >"$work/finished"
			continue
			;;
		'#')
			printf '# %s\n' "$rest"
			continue
			;;
		*)
			printf '# %s %s\n' "$first" "$rest"
			continue
			;;
		esac
		echo "$rest" >>"$work/seen"
	done
}

# --- guests ---

# Prints the topics' cases that have no verdict yet, as guest.sh takes them.
arguments_of()
{
	while read -r file name; do
		[ "$(options_of "$file")" = "$1" ] || continue
		case $file in
		*/guest/*) ;;
		*) continue ;;
		esac
		topic_of "$file"
		grep -q -x -F "$topic.$name" "$work/seen" || echo "$topic $name"
	done <"$work/cases" | awk '
		$1 != topic { printf "%s%s:%s", separator, $1, $2; topic = $1; separator = " "; next }
		{ printf ",%s", $2 }'
}

# Boots one guest for the topics that want these options.
boot()
{
	logs=$cache/$slug$boots
	rm -f "$work/finished" "$work/started"
	# shellcheck disable=SC2086 # lists of words
	"$vm/run.sh" --kernel "$kernel" --arch "$arch" --timeout "$limit" \
		--out "$logs" $options -- \
		sh scripts/test/guest.sh $arguments >"$work/output" &
	guest=$!
	follow <"$work/output"
	status=0
	wait "$guest" || status=$?
	guest=
	if [ "$status" = 0 ] && [ ! -e "$work/finished" ]; then
		status='0 before its time'
	fi
}

# The case that took the guest down fails; the ones after it get another guest.
explain_death()
{
	well=
	case $status in
	99)
		echo "# the kernel log holds warnings ($logs/kernel.log):"
		sed 's/^/# /' "$logs/warnings.log"
		;;
	*) echo "# the guest ended with status $status, see $logs" ;;
	esac
	started=$(cat "$work/started" 2>/dev/null) || started=
	[ ! -e "$work/finished" ] || return 0
	if [ -z "$started" ] || grep -q -x -F "$started" "$work/seen"; then
		return 1
	fi
	echo "# the guest died in this case, see $logs/console.log"
	tail -n 12 "$logs/console.log" | tr -d '\r' | sed 's/^/# /'
	result 'not ok' "$started"
	echo "$started" >>"$work/seen"
}

# Boots guests until each case has its verdict, or nothing comes of it any more.
run_guests()
{
	options=$1 boots='' well=1
	slug=guest$(echo "$options" | tr -s ' =:-' '-')
	slug=${slug%-}
	while :; do
		arguments=$(arguments_of "$options")
		[ -n "$arguments" ] || break
		boot
		[ "$status" != 0 ] || break
		explain_death || break
		boots=$((${boots:-0} + 1))
		[ "$boots" -lt 6 ] || break
	done
	for argument in $(arguments_of "$options"); do
		for name in $(echo "${argument#*:}" | tr , ' '); do
			echo '# did not run'
			result 'not ok' "${argument%%:*}.$name"
		done
	done
	if [ -n "$well" ]; then
		result ok "$slug.kernel_log"
	else
		result 'not ok' "$slug.kernel_log"
	fi
}

# --- here ---

run_host_topics()
{
	grep /host/ "$work/cases" >"$work/host" || return 0
	(
		scratch=$work
		export kernel arch
		# shellcheck source-path=SCRIPTDIR source=lib.sh
		. "$test_dir/lib.sh"
		set +e
		while read -r file name; do
			topic_of "$file"
			# shellcheck source=/dev/null
			. "$file"
			run_case "$topic.$name" "test_$name"
		done
	) <"$work/host" >"$work/output" &
	guest=$!
	follow <"$work/output"
	wait "$guest" || :
	guest=
}

# shellcheck disable=SC2317 # called by the trap
finish()
{
	code=$?
	trap - EXIT
	[ -z "$guest" ] || kill "$guest" 2>/dev/null || :
	rm -rf "$work"
	exit "$code"
}

kernel=6.1 arch=amd64 guests='' limit=1800 guest=''
while [ $# -gt 0 ]; do
	case $1 in
	--kernel | --arch) [ $# -ge 2 ] || die "$1 needs a value; see --help" ;;
	esac
	case $1 in
	--kernel) kernel=$2 && shift ;;
	--arch) arch=$2 && shift ;;
	--guests) guests=1 ;;
	--help) usage && exit ;;
	--list) describe && exit ;;
	-*) die "unknown option '$1'; see --help" ;;
	*) break ;;
	esac
	shift
done

work=$(mktemp -d)
trap finish EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM
select_cases "$@"
mkfifo "$work/output"
: >"$work/seen"
cache=${XDG_CACHE_HOME:-$HOME/.cache}/dmabuf-bench/out/$(date +%Y%m%d-%H%M%S)-test-$$
passed=0 failed=0 skipped=0 count=0

# One more case for each kind of guest: that it lived, without a warning.
while read -r file _; do
	case $file in
	*/guest/*) options_of "$file" | grep . || echo ;;
	esac
done <"$work/cases" | sort -u >"$work/guests"
planned=$(($(wc -l <"$work/cases") + $(wc -l <"$work/guests")))

"$vm/deps.sh" "$kernel" "$arch"
echo 'KTAP version 1'
echo "1..$planned"
while read -r options <&4; do
	run_guests "$options"
done 4<"$work/guests"
run_host_topics
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" = 0 ] && [ "$passed" -gt 0 ]
