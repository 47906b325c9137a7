# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# shellcheck disable=SC2034,SC2154 # what it shares with the other parts of sweep.sh
# One cell of a sweep: an op, a size and a value of heap/orders, with all the
# strategies that are still to do. Sourced by sweep.sh.

# Sets reason to what error_log says last.
read_reason()
{
	reason=$(tail -n 1 "$DBB_DEBUGFS/error_log")
	reason=${reason##*\": }
}

# try KEY=VALUE STRATEGY...: 0 it ran, 1 it was refused and reason says why.
# What is no refusal of this run ends the sweep.
try()
{
	settings=$1
	shift
	set_list "$@"
	line="$operation strategies=$(printf '%s' "$list" | tr ' ' ,) size=${kib}k$keys $settings"
	try_line "$line"
	case $? in
	0) return 0 ;;
	130) stop_here ;;
	esac
	read_reason
	check_ending
	case $reason in
	*EIO*)
		say_refusal "$line"
		exit 1
		;;
	*EBUSY*)
		say_refusal "$line"
		exit 3
		;;
	esac
	return 1
}

stop_here()
{
	say "stopped; start the sweep again to continue $out"
	exit 130
}

check_ending()
{
	[ -z "$ending$interrupted" ] || stop_here
}

# measure BASELINE STRATEGY...: a run of up to 8, without those that are refused.
measure()
{
	check_ending
	if try "iterations=$iterations" "$@"; then
		keep_rows "$@"
	elif [ $# = 1 ]; then
		refuse "$reason" "$1"
	else
		measure_accepted "$@"
	fi
}

# As measure, after the whole run was refused: each is tried on its own, briefly.
measure_accepted()
{
	together=$reason accepted=''
	if ! try 'iterations=1 warmup=0' "$1"; then
		together="the baseline $1: $reason"
		refuse "$together" "$@"
		return
	fi
	shift
	for arm; do
		check_ending
		if try 'iterations=1 warmup=0' "$arm"; then
			accepted="$accepted $arm"
		else
			suspects="$suspects $operation:$arm"
			refuse "$reason" "$arm"
		fi
	done
	# shellcheck disable=SC2086 # a list of words
	if try "iterations=$iterations" $baseline $accepted; then
		keep_rows $baseline $accepted
	else
		refuse "${reason:-$together}" $baseline $accepted
	fi
}

# What was refused once is tried before it can spoil a run.
refuse_suspects()
{
	for arm in $todo; do
		[ "$arm" != "$baseline" ] || continue
		case " $suspects " in
		*" $operation:$arm "*) ;;
		*) continue ;;
		esac
		check_ending
		try 'iterations=1 warmup=0' "$arm" || refuse "$reason" "$arm"
	done
}

# The baseline is in each run of up to 8.
measure_cell()
{
	set_orders "$orders" || die "heap/orders no longer accepts $orders"
	refuse_suspects
	while [ -n "$todo" ]; do
		group=$baseline number=1
		for arm in $todo; do
			[ "$arm" != "$baseline" ] || continue
			[ "$number" -lt 8 ] || break
			number=$((number + 1))
			group="$group $arm"
		done
		# shellcheck disable=SC2086 # a list of words
		measure $group
	done
}
