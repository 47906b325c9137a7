# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# Which cases there are, which are wanted, and what a topic needs. Sourced by
# run_tests.sh, which sets these:
: "${test_dir:?}" "${work:=}" "${kernel:?}" "${arch:?}"

topic_of()
{
	topic=${1##*/test_}
	topic=${topic%.sh}
}

# Prints "FILE CASE" for each case of each topic, in order. A topic in a guest
# ends with the case "clean", that of case.sh if it has none of its own.
list_cases()
{
	for file in "$test_dir"/guest/*.sh "$test_dir"/host/*.sh; do
		[ -z "${guests:-}" ] || [ "${file%/host/*}" = "$file" ] || continue
		sed -n "s|^test_\([a-z0-9_]*\)()\$|$file \1|p" "$file"
		case $file in
		*/guest/*) grep -q -x 'test_clean()' "$file" || echo "$file clean" ;;
		esac
	done
}

# Prints the name of each case and the comment above it.
describe_cases()
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
		# shellcheck disable=SC2254 # a pattern
		case $wanted_topic.$wanted_case in
		$word | $word.*) return 0 ;;
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
		while read -r file name; do
			topic_of "$file"
			! is_wanted "$topic" "$name" "$word" || continue 2
		done <"$work/all"
		die "no test '$word'; see --list"
	done
}

# The command line options of the guest that a topic needs, from its head: the
# lines "# guest: OPTIONS" and those of this architecture, "# guest arm64: ...".
options_of()
{
	sed -n "s/^# guest\( $arch\)\{0,1\}: *//p" "$1" | paste -s -d ' ' -
}

# Prints why the kernel can run no case of a topic: the head names options of its
# configuration, "# config: OPTION...", of which it has none.
missing_of()
{
	options=$(sed -n 's/^# config: *//p' "$1")
	[ -n "$options" ] || return 0
	for option in $options; do
		! grep -q -x "CONFIG_$option=[ym]" "$config" || return 0
	done
	echo "kernel $kernel $arch has no CONFIG_$(echo "$options" | sed 's/ / and no CONFIG_/g')"
}

# Moves the cases of such topics from $work/cases to $work/missing: they need no
# guest.
skip_missing()
{
	config=$1
	: >"$work/runnable"
	: >"$work/missing"
	while read -r file name; do
		missing=$(missing_of "$file")
		topic_of "$file"
		if [ -n "$missing" ]; then
			echo "skip $topic.$name $missing" >>"$work/missing"
		else
			echo "$file $name" >>"$work/runnable"
		fi
	done <"$work/cases"
	mv "$work/runnable" "$work/cases"
}

# Writes to $work/groups what can run on its own, with a number: "guest OPTIONS" for
# each kind of guest, "host FILE" for each topic of the host.
group_cases()
{
	while read -r file _; do
		case $file in
		*/guest/*) echo "guest $(options_of "$file")" ;;
		*) echo "host $file" ;;
		esac
	done <"$work/cases" | sort -u | awk '{ print NR "\t" $0 }' >"$work/groups"
}
