# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# The module's files that are written: what they take, what they refuse, and that
# they have their old value again. Sourced by case.sh.
: "${D:?}" "${scratch:?}"

# The knobs, as far as a write to them lasts.
heap_knobs='heap/mmap_strategy heap/vmap_strategy heap/orders heap/max_bytes
	heap/fragment_pct heap/shuffle heap/caching'
# A preset comes with a size.
bench_knobs='bench/op bench/heap bench/fd bench/strategies bench/preset bench/size
	bench/iterations bench/buffers bench/warmup bench/batch bench/threads bench/cpu
	bench/clock bench/purge bench/verify bench/seed'

state_files=
for file in $heap_knobs heap/stats $bench_knobs bench/status bench/results.csv \
	bench/samples.csv; do
	state_files="$state_files $D/$file"
done

# The value that a knob takes back: the word in brackets, or all of it. Lines
# after the first are remarks.
knob()
{
	IFS= read -r line <"$D/$1"
	case $line in
	*\[*\]*)
		line=${line##*\[}
		line=${line%\]*}
		;;
	esac
	printf '%s\n' "$line"
}

# The words that a knob takes here.
choices_of()
{
	sed 's/[][]//g; q' "$D/$1"
}

save_knobs()
{
	for file in $heap_knobs $bench_knobs; do
		echo "$file $(knob "$file")"
	done >"$scratch.knobs"
}

restore_knobs()
{
	[ -e "$D/bench/run" ] || return 0
	while read -r file value; do
		echo "$value" >"$D/$file"
	done <"$scratch.knobs"
}

# All that a refusal must leave alone.
state()
{
	# shellcheck disable=SC2086 # a list of words
	cat $state_files
}

# Sets refusals, their number so far, and refusal, the last line of error_log. A
# shell would read the file byte by byte.
read_refusals()
{
	refusal=$(tail -n 1 "$D/error_log")
	case $refusal in
	[0-9]*) refusals=${refusal%% *} ;;
	*) refusals=0 refusal='' ;;
	esac
}

# put FILE TEXT: one write; prints ok or the errno's name.
put()
{
	helper put "$D/$1" "$2"
}

# set_knob FILE TEXT: a write that has to be taken.
set_knob()
{
	expect_equal "write '$2' to $1" "$(put "$1" "$2")" ok
}

# expect_refusal WHAT ERRNO GOT BEFORE WORD...: after a refused write, error_log
# has one more line than BEFORE, and each WORD is in it.
expect_refusal()
{
	what=$1
	expect_equal "$what" "$3" "$2"
	read_refusals
	expect_equal "$what: number of the last line of error_log" "$refusals" $(($4 + 1))
	shift 4
	for word; do
		case $refusal in
		*"$word"*) ;;
		*) complain "$what: no '$word' in the line of error_log: $refusal" ;;
		esac
	done
}

# refuse ERRNO FILE TEXT [WORD...]: the write is refused with ERRNO, noted with
# what was written and what is accepted, and changes nothing.
refuse()
{
	errno=$1 file=$2 text=$3
	shift 3
	what="write '$text' to $file"
	[ ${#text} -le 60 ] || what="write '$(printf '%.60s' "$text")' to $file"
	state_before=$(state)
	read_refusals
	expect_refusal "$what" "$errno" "$(put "$file" "$text")" "$refusals" \
		accepted "$@"
	[ "$(state)" = "$state_before" ] || complain "$what changed something"
}
