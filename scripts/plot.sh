#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Draws the csv of sweep.sh and says how linear its costs are.

here=$(cd "$(dirname "$0")" && pwd) || exit 3
# A shell that cannot source exits with 2, which would say "cannot tell".
[ -r "$here/host/messages.sh" ] && [ -r "$here/host/packages.sh" ] || exit 3
# shellcheck source-path=SCRIPTDIR source=host/messages.sh
. "$here/host/messages.sh"
# shellcheck source-path=SCRIPTDIR source=host/packages.sh
. "$here/host/packages.sh"

usage()
{
	cat <<'END_USAGE'
usage: plot.sh [OPTION...] CSV [DIR]
  --linear PERCENT  exit with 1 when the cost of a strategy of --pte deviates
                    from linear in the size by more than this
  --pte LIST        strategies that write a page table entry for each page
                    (default "page sg apply insert fault fault_sg array ram")
  --figure NAME     the cost: p50 (default) or min
  --unit NAME       what the figures count when it is not what the columns say:
                    instructions, of a guest under QEMU's -icount
  --format NAME     svg (default) or png
  --no-plots        only the table
CSV is what sweep.sh wrote. Draws into DIR (default: where CSV is) speedup.svg,
speedup against chunk order, and cost-OP-PHASE.svg, cost against size and cost
per page. Prints a table: for each op, phase, strategy and orders

  page_small, page_large  cost per page of the smallest and the largest size
  constant, per_page      the line constant + per_page * pages that is nearest,
                          by least squares of the relative error
  off_%, at               the largest deviation from that line, in percent of
                          the line, and the size it is at
  verdict                 ok or EXCEEDED (--linear, strategies of --pte);
                          "constant" when the largest size costs less than
                          twice the smallest: nothing to judge

It takes three sizes. Needs gnuplot.
Exit status: 0 done, and nothing exceeds --linear; 1 a strategy exceeds it; 2
nothing could be judged; 3 used wrongly, not a csv of sweep.sh, or no plots.
END_USAGE
}

limit='' pte='page sg apply insert fault fault_sg array ram' figure=p50 unit=''
format=svg plots=1
while [ $# -gt 0 ]; do
	case $1 in
	--linear | --pte | --figure | --unit | --format)
		[ $# -ge 2 ] || usage_error "$1 needs a value" ;;
	esac
	case $1 in
	--linear) limit=$2 && shift ;;
	--pte) pte=$2 && shift ;;
	--figure) figure=$2 && shift ;;
	--unit) unit=$2 && shift ;;
	--format) format=$2 && shift ;;
	--no-plots) plots='' ;;
	--help | -h) usage && exit ;;
	-*) usage_error "unknown option '$1'" ;;
	*) break ;;
	esac
	shift
done
[ $# = 1 ] || [ $# = 2 ] || usage_error 'one csv, and where to draw'
case $limit in
*[!0-9.]* | *.*.* | .) usage_error "--linear '$limit' is not a number of percent" ;;
esac
case $figure in
p50 | min) ;;
*) usage_error "--figure '$figure': accepted are p50 and min" ;;
esac
case $format in
svg | png) ;;
*) usage_error "--format '$format': accepted are svg and png" ;;
esac
csv=$1 dir=${2:-$(dirname "$1")}
[ -r "$csv" ] || usage_error "cannot read $csv"
pte=$(printf '%s' "$pte" | tr , ' ')

status=0
awk -v figure="$figure" -v unit_label="$unit" -v limit="$limit" -v pte="$pte" \
	-f "$here/plot/read.awk" -f "$here/plot/fit.awk" -f "$here/plot/linear.awk" \
	"$csv" || status=$?
if [ -z "$plots" ] || [ "$status" = 3 ]; then
	exit "$status"
fi
need_gnuplot && mkdir -p "$dir" || exit 3
awk -v figure="$figure" -v unit_label="$unit" -v dir="$dir" -v format="$format" \
	-f "$here/plot/read.awk" -f "$here/plot/gnuplot.awk" "$csv" | gnuplot || status=3
exit "$status"
