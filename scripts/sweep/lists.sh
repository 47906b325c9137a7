# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# shellcheck disable=SC2034,SC2154 # what it shares with the other parts of sweep.sh
# What a sweep is asked for: lists of words and sizes, checked and cut down to what
# this device has. Sourced by sweep.sh.

# --- words and numbers ---

# Sets list to its arguments, split at blanks and commas, each word once.
set_list()
{
	list=
	for word in $(printf '%s ' "$@" | tr , ' '); do
		case " $list " in
		*" $word "*) ;;
		*) list=${list:+$list }$word ;;
		esac
	done
}

# read_choices FILE: sets list to all that it accepts, from its first line.
read_choices()
{
	read -r line <"$DBB_DEBUGFS/$1" || die "cannot read $DBB_DEBUGFS/$1"
	set_list "$(printf '%s' "$line" | tr -d '[]')"
}

# parse_size SIZE: sets kib; no figure here needs more than 32 bits.
parse_size()
{
	number=${1%[kKmMgG]}
	case $number in
	'' | 0* | *[!0-9]*) usage_error "'$1' is not a size; accepted: a number, then k, M or G" ;;
	esac
	case ${#number}$1 in
	[1-9]*[kK]) kib=$number ;;
	[1-6]*[mM]) kib=$((number * 1024)) ;;
	[1-3]*[gG]) kib=$((number * 1048576)) ;;
	*) usage_error "'$1' is not a size; accepted: a number, then k, M or G, up to 999G" ;;
	esac
}

# to_bytes KIB: sets bytes; a thousand at a time.
to_bytes()
{
	low=$(($1 % 1000 * 1024)) high=$(($1 / 1000))
	high=$((high * 1024 + low / 1000))
	low=$((low % 1000))
	bytes=$low
	[ "$high" = 0 ] || {
		while [ ${#low} -lt 3 ]; do
			low=0$low
		done
		bytes=$high$low
	}
}

# Sets max_kib to heap/max_bytes, rounded up by less than the smallest page.
read_max()
{
	read -r max_bytes <"$DBB_DEBUGFS/heap/max_bytes"
	thousands=${max_bytes%???}
	[ ${#thousands} -le 9 ] || thousands=999999999
	[ ${#max_bytes} -gt 3 ] || thousands=0
	# shellcheck disable=SC2017 # more precision would not fit in 32 bits
	max_kib=$((thousands / 128 * 125 + thousands % 128 * 125 / 128 + 1))
}

# Sets now.
read_seconds()
{
	read -r now 2>/dev/null <"${DBB_SECONDS:-/dev/null}" || now=$(date +%s)
}

# --- what is asked for ---

# Sets ops, after a look whether the engine has them.
choose_ops()
{
	read_choices bench/op
	known_ops=$list
	set_list "$wanted_ops"
	ops=$list
	for operation in $ops; do
		case " $known_ops " in
		*" $operation "*) ;;
		*) die "'$operation' is not an op; valid: $known_ops" ;;
		esac
	done
}

# Sets sizes to those that one buffer can have.
choose_sizes()
{
	read_max
	sizes=
	set_list "$wanted_sizes"
	for size in $list; do
		parse_size "$size"
		if [ "$kib" -gt "$max_kib" ]; then
			say "left out: $size is more than heap/max_bytes, $max_bytes"
		else
			sizes=${sizes:+$sizes }$size
		fi
	done
}

# Sets all_orders to those that the page allocator has.
choose_orders()
{
	all_orders=
	set_list "$wanted_orders"
	for orders in $list; do
		if set_orders "$orders"; then
			all_orders=${all_orders:+$all_orders }$orders
		else
			read_reason
			say "left out: orders $orders: $reason"
		fi
	done
}

# set_orders ORDERS, in one write, which not every shell's echo makes.
set_orders()
{
	env echo "$1" | tr + ' ' >"$scratch/orders"
	cat "$scratch/orders" 2>/dev/null >"$DBB_DEBUGFS/heap/orders"
}

# strategies_of OP: sets list.
strategies_of()
{
	own='' of_all=''
	for word in $wanted_strategies; do
		case " $known_ops " in
		*" ${word%%:*} "*)
			[ "${word%%:*}" != "$1" ] || own="$own ${word#*:}"
			;;
		*) of_all="$of_all $word" ;;
		esac
	done
	set_list "${own:-$of_all}"
	[ -z "$list" ] || return 0
	case $1 in
	mmap) read_choices heap/mmap_strategy ;;
	*) read_choices heap/vmap_strategy ;;
	esac
}
