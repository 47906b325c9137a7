# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# shellcheck disable=SC2034,SC2154 # what it shares with the other parts of sweep.sh
# The csv of a sweep: where it comes from, what it holds, and what is added to it.
# Sourced by sweep.sh.

# What has to be the same for rows to stand in one file.
identity='kernel|arch|page_size_bytes|preempt|cpus|clocksource|pat|governor'
identity="$identity|virtualised|debug_options|module_srcversion|clock|machine"
identity="$identity|iterations|keys"

# Another phone of the same model is another machine, by its name.
describe_machine()
{
	for file in /proc/device-tree/model /sys/class/dmi/id/product_name; do
		[ -r "$file" ] || continue
		tr -d '\000\n' <"$file"
		printf ', '
		break
	done
	uname -n
}

# A run of nothing tells where we are, and whether the keys are right.
read_environment()
{
	run_line "noop strategies=page iterations=1 warmup=0$keys" || exit
	results=$DBB_DEBUGFS/bench/results.csv
	columns=$(grep -v '^#' "$results" | head -n 1)
	columns=$columns,orders,refused
	{
		sed '/^# clock=/q' "$results"
		echo "# machine=$(describe_machine)"
		echo "# iterations=$iterations"
		echo "# keys=${keys# }"
	} >"$scratch/environment"
	page_kib=$(($(sed -n 's/^# page_size_bytes=//p' "$scratch/environment") / 1024))
}

# The file is always whole: it is replaced, never added to. A second Ctrl-C
# does not come between.
add_to_csv()
{
	(
		trap '' INT
		cat "$out" "$1" >"$out.new" && mv "$out.new" "$out"
	) || die "cannot write $out"
}

open_csv()
{
	if [ -s "$out" ]; then
		check_csv
		return
	fi
	echo "$columns" | cat "$scratch/environment" - >"$out.new" ||
		die "cannot write $out.new"
	mv "$out.new" "$out" || exit 3
}

check_csv()
{
	grep -E "^# ($identity)=" "$scratch/environment" >"$scratch/identity"
	while read -r line; do
		grep -q -x -F -e "$line" "$out" && continue
		key=${line%%=*}
		theirs=$(grep "^$key=" "$out" | head -n 1)
		theirs=${theirs#\# }
		die "$out has ${theirs:-no \"${key#\# }=\"}, here it is ${line#\# };" \
			"name another file with --out"
	done <"$scratch/identity"
	grep -q -x -F -e "$columns" "$out" ||
		die "$out has other columns than this sweep; name another file with --out"
}

# Sets have to a line "op,strategy,bytes,orders" of all that the csv has.
read_have()
{
	number=0
	for column in $(printf '%s' "$columns" | tr , ' '); do
		number=$((number + 1))
		[ "$column" != orders ] || break
	done
	have=$(grep -v -e '^#' -e '^run,' "$out" | cut -d , -f "2,4,6,$number" | sort -u)
}

# have_rows STRATEGY: of this cell
have_rows()
{
	case "
$have
" in
	*"
$operation,$1,$bytes,$orders
"*) return 0 ;;
	esac
	return 1
}

# A speedup is over the baseline: there cannot be two in one csv.
check_baseline()
{
	theirs=$(grep "^[^,]*,$operation,.*,baseline," "$out" | cut -d , -f 4 | head -n 1)
	[ "${theirs:-$baseline}" = "$baseline" ] ||
		die "$out has $theirs as the baseline of $operation, not $baseline;" \
			"name another file with --out"
}

# keep_rows STRATEGY...: of the last run's rows, those of strategies still to do.
keep_rows()
{
	grep -v -e '^#' -e '^run,' "$DBB_DEBUGFS/bench/results.csv" >"$scratch/rows" || {
		check_ending
		die "cannot read $DBB_DEBUGFS/bench/results.csv"
	}
	while read -r row; do
		strategy=${row#*,*,*,}
		case " $todo " in
		*" ${strategy%%,*} "*) printf '%s,%s,\n' "$row" "$orders" ;;
		esac
	done <"$scratch/rows" >"$scratch/kept"
	add_to_csv "$scratch/kept"
	set_done "$@"
}

# refuse REASON STRATEGY...: says and records it for those that are to do.
refuse()
{
	reason=$1
	shift
	for strategy; do
		case " $todo " in
		*" $strategy "*) ;;
		*) continue ;;
		esac
		say "refused: $operation $strategy $size orders $orders: $reason"
		refused_row "$strategy"
	done 3>"$scratch/kept"
	check_ending
	add_to_csv "$scratch/kept"
	set_done "$@"
}

# A comma or a quote would end the field.
refused_row()
{
	row=
	for column in $(printf '%s' "$columns" | tr , ' '); do
		case $column in
		op) cell=$operation ;;
		strategy) cell=$1 ;;
		size_bytes) cell=$bytes ;;
		complete) cell=0 ;;
		orders) cell=$orders ;;
		refused) cell=$(printf '%s' "$reason" | tr ',"' ";'") ;;
		*) cell= ;;
		esac
		row=$row,$cell
	done
	printf '%s\n' "${row#,}" >&3
}

# Takes strategies out of todo.
set_done()
{
	rest=
	for strategy in $todo; do
		case " $* " in
		*" $strategy "*) ;;
		*) rest=${rest:+$rest }$strategy ;;
		esac
	done
	todo=$rest
}
