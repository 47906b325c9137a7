#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Draws the picture of README.md from two baselines of "make exact": instructions a
# page, by strategy and chunk order.
# usage: scripts/figures/picture.sh [--check] FILE
#   --check   draws nothing; is FILE of today's counts?
set -eu

figures=$(cd "$(dirname "$0")" && pwd)
exact=$figures/../exact
kernel=7.3

usage()
{
	echo 'usage: scripts/figures/picture.sh [--check] FILE' >&2
	exit 3
}

# The strategies of each op, the one of the kernels before the patches on top. What is
# left out is one of them (auto), maps once (keep), or needs a heap of its own.
mmap_rows='page sg insert apply table'
vmap_rows='page sg ram array'

# panel ARCH TITLE OP STRATEGY...: what gnuplot has to do for one of the four
panel()
{
	arch=$1 title="$2, $1" op=$3 data=$scratch/$3-$1
	shift 3
	awk -F , -v op="$op" -v strategies="$*" -v orders='0 4 8+4+0' \
		-f "$figures/per_page.awk" "$exact/$kernel-$arch.csv" >"$data"
	tics=$(for strategy; do
		printf '%s"%s" %d' "${separator:-}" "$strategy" $#
		shift
		separator=', '
	done)
	cat <<-END
	set title "$title"
	set ytics ($tics)
	rows = $(wc -l <"$data")
	set yrange [0.5:rows + 0.5]
	plot for [i=1:3] "$data" using i:(rows - \$0) with points linestyle i
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
		"$exact/$kernel-arm64.csv" "$figures/picture.sh" "$figures/per_page.awk" | cksum) -->"
}

check=
[ "${1:-}" != --check ] || { check=1 && shift; }
[ $# = 1 ] || usage
if [ -n "$check" ]; then
	[ "$(tail -n 1 "$1" 2>/dev/null)" = "$(stamp)" ]
	exit
fi
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
# shellcheck source-path=SCRIPTDIR source=../host/packages.sh
. "$figures/../host/packages.sh"
need_gnuplot
draw >"$scratch/commands"
gnuplot "$scratch/commands"
{ cat "$scratch/svg" && stamp; } >"$1"
