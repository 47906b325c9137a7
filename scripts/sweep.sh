#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Measures sizes x orders x strategies x ops, collects them in one csv, and fits
# what they cost per page and per chunk.

here=$(cd "$(dirname "$0")" && pwd) || exit 3
# A shell that cannot source exits with 2, which would say "cannot tell".
[ -r "$here/device/session.sh" ] || exit 3
# shellcheck source-path=SCRIPTDIR source=device/session.sh
. "$here/device/session.sh"
# shellcheck source-path=SCRIPTDIR source=sweep/lists.sh
. "$here/sweep/lists.sh"
# shellcheck source-path=SCRIPTDIR source=sweep/csv.sh
. "$here/sweep/csv.sh"
# shellcheck source-path=SCRIPTDIR source=sweep/cell.sh
. "$here/sweep/cell.sh"
# shellcheck source-path=SCRIPTDIR source=sweep/fit.sh
. "$here/sweep/fit.sh"
# shellcheck source-path=SCRIPTDIR source=host/packages.sh
. "$here/host/packages.sh"

usage()
{
	cat <<'END'
usage: sweep.sh [--module FILE] [--out FILE] [--keep] [--quiet] [--ops LIST]
                [--sizes LIST] [--orders LIST] [--strategies LIST]
                [--iterations N] [--predict LIST] [KEY=VALUE...]
       sweep.sh --fit CSV [--predict LIST] [--figure NAME] [--up-to SIZE]
                [--limit PERCENT]

Run each op with each size and each choice of page orders, all strategies in one
run, and collect the rows in one csv. Rows that it has already are not measured
again: start a sweep that was stopped or killed again, and it continues.

  --out FILE         the csv (default results/sweep.csv)
  --ops LIST         default "pages vmap mmap"
  --sizes LIST       numbers with k, M or G (default "16M 32M 64M 128M 192M
                     256M"); those above heap/max_bytes are left out
  --orders LIST      values of heap/orders, those of one value joined by "+"
                     (default "8+4+0 8 4 2 0")
  --strategies LIST  of all ops, or OP:S1,S2 of one; the first is the baseline
                     (default: those that heap/mmap_strategy, for op mmap, and
                     heap/vmap_strategy list)
  --iterations N     rounds of each run (default 7; an interval needs 6)
  --module FILE, --keep, --quiet  as for bench.sh
  KEY=VALUE          of the run line, for each run, such as verify=0

The csv begins with "# key=value" lines of the environment. Its columns are
those of bench/results.csv, then
  orders             what heap/orders was
  refused            why this op cannot be run with this strategy, size and
                     orders: such a row has no phase and no figures. Delete it
                     to have that tried again
More than 8 strategies are measured in several runs that share the baseline;
its row is that of the first one, each speedup is of the strategy's own run.
A csv of another kernel, machine, module or KEY=VALUE is not added to.

Ctrl-C stops after the current run; a second one stops the run at once.

At the end, or with --fit on any machine from the csv alone, R fits to each phase
of each strategy
  cost = fixed + per_page * pages + per_chunk * chunks
by least squares of the relative error and prints the coefficients, their
standard errors (se) and off_%, the largest residual. One run shows no such
thing: pages and chunks have to vary apart, which takes several --orders, and
three --sizes. Where there is no R, the sweep says so and is complete.
  --fit CSV          measure nothing, fit CSV; installs R where it may
  --predict LIST     what sizes of this list cost, with an interval that holds
                     95 % of lm's predictions, the largest residual and
                     held_out_%, by how much the largest size is missed by a fit
                     of the others. Sizes that CSV has show the error
  --figure NAME      p50 (default), or min, for counts of instructions
  --up-to SIZE       fit no size above this
  --limit PERCENT    what a prediction may be off by (default 1); a model may by
                     half of it, or by the median interval if that is wider
A page table (for 2 MiB) is part of per_page when all sizes are whole ones, else
per_table; per_search is a step of the search for the chunk of a fault. Where
one per_chunk for all orders does not do, predictions use a per_page for each
orders ("by orders"); where sizes below one do not fit the others, as kernels
reclaim address space and free pages in batches, they are left out ("from").
"not linear": neither does. What a buffer beyond those measured meets first, as
a page table for a GiB or memory of another zone, no fit can know.

Exit status: 0 the csv is complete; 1 a mapping showed wrong pages; 3 used wrongly,
refused or failed; 130 stopped. With --fit or a fit at the end: 1 a prediction of
a size in CSV is off by more than --limit; 2 nothing could be fitted, or there is
no R for --predict.
Environment: DBB_DEBUGFS names another debugfs directory, for tests;
DBB_SECONDS a file that holds the time in seconds, for guests whose clock does
not run at the speed of real time.
END
}

# Writes the cells that are to do to $scratch/plan and counts them all. Small
# sizes come first: they show soon how long all of it takes.
make_plan()
{
	cells=0 left=0 weight_left=0
	: >"$scratch/plan"
	for size in $sizes; do
		parse_size "$size"
		to_bytes "$kib"
		for operation in $ops; do
			strategies_of "$operation"
			baseline=${list%% *}
			for orders in $all_orders; do
				plan_cell
			done
		done
	done
}

plan_cell()
{
	chunk_kib=$((page_kib << ${orders##*+}))
	if [ $((kib % chunk_kib)) != 0 ]; then
		[ "$operation" != "${ops%% *}" ] ||
			say "left out: $size with orders $orders: not a multiple of ${chunk_kib}k"
		return
	fi
	cells=$((cells + 1))
	todo='' arms=0
	for strategy in $list; do
		have_rows "$strategy" || {
			todo="$todo $strategy"
			arms=$((arms + 1))
		}
	done
	[ -n "$todo" ] || return 0
	left=$((left + 1))
	# a run has its price, whatever the size
	mib=$((kib / 1024)) weight=$((mib * arms + 16))
	weight_left=$((weight_left + weight))
	echo "$operation $size $kib $bytes $orders $weight $baseline$todo" >>"$scratch/plan"
}

# Sets eta to words, from the time spent so far.
estimate()
{
	eta=
	read_seconds
	spent=$((now - began))
	[ "$spent" -gt 0 ] && [ "$weight_done" -gt 0 ] || return 0
	ahead=$weight_left behind=$weight_done
	while [ "$ahead" -gt 30000 ] || [ "$behind" -gt 30000 ]; do
		ahead=$((ahead / 2)) behind=$((behind / 2))
	done
	[ "$behind" -gt 0 ] || return 0
	eta=$((spent * ahead / behind))
	if [ "$eta" -lt 180 ]; then
		eta=", about $eta s left"
	else
		eta=", about $((eta / 60)) min left"
	fi
}

show_cell()
{
	[ -z "$quiet" ] || return 0
	estimate
	printf 'sweep: %s of %s: %s %s orders %s%s\n' $((cells - left + 1)) "$cells" \
		"$operation" "$size" "$orders" "$eta" >&2
}

run_plan()
{
	read_seconds
	began=$now weight_done=0 suspects=''
	while read -r operation size kib bytes orders weight baseline todo <&4; do
		check_ending
		show_cell
		measure_cell
		left=$((left - 1))
		weight_done=$((weight_done + weight))
		weight_left=$((weight_left - weight))
	done 4<"$scratch/plan"
}

# shellcheck disable=SC2317 # called by the trap
end_soon()
{
	if [ -n "$ending" ]; then
		interrupted=1
		return
	fi
	ending=1
	warn "stopping after this run; Ctrl-C again stops it at once"
}

# shellcheck disable=SC2317 # called by the trap
cleanup()
{
	status=$?
	trap '' INT TERM HUP
	[ -z "$orders_before" ] || set_orders "$orders_before" ||
		warn "cannot set heap/orders back to $orders_before"
	end_session
	exit "$status"
}

out=results/sweep.csv iterations=7 keys='' ending='' orders_before=''
wanted_ops='pages vmap mmap' wanted_sizes='16M 32M 64M 128M 192M 256M'
wanted_orders='8+4+0 8 4 2 0' wanted_strategies=''
fit='' predict='' figure=p50 up_to='' limit=1
while [ $# -gt 0 ]; do
	common_option "$@"
	[ "$taken" = 0 ] || {
		shift "$taken"
		continue
	}
	case $1 in
	--ops | --sizes | --orders | --strategies | --iterations | \
		--fit | --predict | --figure | --up-to | --limit)
		[ $# -gt 1 ] || usage_error "$1 takes a value"
		;;
	--*) usage_error "unknown option $1" ;;
	esac
	case $1 in
	--ops) wanted_ops=$2 ;;
	--sizes) wanted_sizes=$2 ;;
	--orders) wanted_orders=$2 ;;
	--strategies) wanted_strategies=$2 ;;
	--iterations) iterations=$2 ;;
	--fit) fit=$2 ;;
	--predict) predict=$2 ;;
	--figure) figure=$2 ;;
	--up-to) up_to=$2 ;;
	--limit) limit=$2 ;;
	size=* | strategies=* | iterations=* | op=*)
		usage_error "$1: a sweep has options for that"
		;;
	*[[:space:]]*) usage_error "'$1' is more than one KEY=VALUE" ;;
	?*=?*) keys="$keys $1" ;;
	*) usage_error "'$1' is not of the form KEY=VALUE" ;;
	esac
	case $1 in
	--*) shift ;;
	esac
	shift
done
for size in $(printf '%s' "$wanted_sizes" | tr , ' '); do
	parse_size "$size"
done
case $iterations in
'' | 0* | *[!0-9]* | ????????*) iterations=0 ;;
esac
if [ "$iterations" = 0 ] || [ "$iterations" -gt 1000000 ]; then
	usage_error "--iterations takes 1 to 1000000"
fi
check_fit_options
if [ -n "$fit" ]; then
	need_r || exit 3
	fit_csv "$fit"
	exit
fi

# Only a run that nobody watches is alone on its machine.
# shellcheck disable=SC2034 # read by engine.sh
unwatched=1
start_session "$(dirname "$out")"
mkdir -p "$(dirname "$out")" || exit 3
trap end_soon INT
read -r orders_before <"$DBB_DEBUGFS/heap/orders"
choose_ops
choose_sizes
read_environment
open_csv
read_have
choose_orders
for operation in $ops; do
	strategies_of "$operation"
	baseline=${list%% *}
	check_baseline
done
make_plan
run_plan
say "$cells of $cells cells are in $out, $(grep -c '^,' "$out") strategies in them refused"
fit_or_say
