#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Draws the picture of README.md from two baselines of "make exact": instructions a
# page, by strategy and chunk order.
# usage: scripts/figures/picture.sh [--stamp] FILE
#   --stamp   only says which counts FILE was drawn from, in the form that it holds
set -eu

figures=$(cd "$(dirname "$0")" && pwd)
exact=$figures/../exact
kernel=7.3

usage()
{
	echo 'usage: scripts/figures/picture.sh [--stamp] FILE' >&2
	exit 3
}

# The strategies of each op, the one of the kernels before the patches on top. What is
# left out is one of them (auto), maps once (keep), or needs a heap of its own.
mmap_rows='page sg insert apply table'
vmap_rows='page sg ram array'

# points OP ARCH STRATEGY...: lines "ROW ORDER_0 ORDER_4 ORDERS_840", from the top. A vmap
# is with its vunmap, an mmap alone; of two sizes the larger one counts.
points()
{
	op=$1 file=$exact/$kernel-$2.csv
	shift 2
	awk -F , -v op="$op" -v rows="$*" '
	$1 == op && ($2 == op || $2 == "vunmap") && $5 >= size[$3, $4] {
		size[$3, $4] = $5
		pages[$3, $4, $2] = $6 / ($5 / 4096)
	}
	function figure(name, orders) {
		if (!((name, orders) in size))
			return "NaN"
		return pages[name, orders, op] + pages[name, orders, "vunmap"]
	}
	END {
		count = split(rows, row, " ")
		for (i = 1; i <= count; i++)
			print count - i + 1, figure(row[i], "0"), figure(row[i], "4"),
				figure(row[i], "8+4+0")
	}' "$file"
}

# panel ARCH TITLE OP STRATEGY...: what gnuplot has to do for one of the four
panel()
{
	arch=$1 title="$2, $1" op=$3 data=$scratch/$3-$1
	shift 3
	points "$op" "$arch" "$@" >"$data"
	tics=$(for strategy; do
		printf '%s"%s" %d' "${separator:-}" "$strategy" $#
		shift
		separator=', '
	done)
	cat <<-END
	set title "$title"
	set ytics ($tics)
	set yrange [0.5:$(wc -l <"$data").5]
	plot for [i=2:4] "$data" using i:1 with points linestyle i - 1
	unset label
	END
}

# shellcheck disable=SC2086 # lists of words
draw()
{
	cat <<-END
	set terminal svg size 820,480 font "sans-serif,12" background rgb "white"
	set output "$scratch/svg"
	set encoding utf8
	set style line 1 linecolor rgb "#d55e00" pointtype 7 pointsize 0.9
	set style line 2 linecolor rgb "#0072b2" pointtype 9 pointsize 0.9
	set style line 3 linecolor rgb "#009e73" pointtype 5 pointsize 0.8
	set grid linetype 1 linecolor rgb "#dddddd"
	unset key
	set label 1 "chunks of order 0" at screen 0.22,0.04 point linestyle 1 offset 1,0
	set label 2 "chunks of order 4" at screen 0.45,0.04 point linestyle 2 offset 1,0
	set label 3 "orders 8 4 0" at screen 0.68,0.04 point linestyle 3 offset 1,0
	set multiplot layout 2,2 margins 0.08,0.97,0.15,0.84 spacing 0.1,0.17 \
		title "Instructions a page, by strategy, Linux $(release)" font ",14"
	set logscale x
	set xrange [5:1500]
	$(panel amd64 'mmap()' mmap $mmap_rows)
	$(panel arm64 'mmap()' mmap $mmap_rows)
	unset logscale x
	set xrange [0:240]
	$(panel amd64 'vmap() and vunmap()' vmap $vmap_rows)
	$(panel arm64 'vmap() and vunmap()' vmap $vmap_rows)
	unset multiplot
	END
}

release()
{
	sed -n 's/^# kernel=\([0-9.]*\).*/\1/p' "$exact/$kernel-amd64.csv"
}

stamp()
{
	echo "<!-- cksum of picture.sh and its counts: $(cat "$exact/$kernel-amd64.csv" \
		"$exact/$kernel-arm64.csv" "$figures/picture.sh" | cksum) -->"
}

only_stamp=
[ "${1:-}" != --stamp ] || { only_stamp=1 && shift; }
[ $# = 1 ] || usage
[ -z "$only_stamp" ] || { stamp && exit; }
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
# shellcheck source-path=SCRIPTDIR source=../host/packages.sh
. "$figures/../host/packages.sh"
need_gnuplot
draw >"$scratch/commands"
gnuplot "$scratch/commands"
{ cat "$scratch/svg" && stamp; } >"$1"
