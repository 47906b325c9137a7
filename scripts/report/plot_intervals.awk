# SPDX-License-Identifier: GPL-2.0
# Prints what gnuplot has to do for the speedups of each run, a row for each phase and
# strategy, all pictures of a report on one axis: -v from=, -v to=.
# usage: awk -v dir=DIR -v stem=NAME -v from=X -v to=X
#            -f report_read.awk -f svg_open.awk -f plot_intervals.awk CSV...
# Prints "from to" instead with -v what=range; picture NUMBER is that of cell NUMBER.

END {
	if (what == "range")
		print_range()
	else
		for (i = 1; i <= cells; i++)
			if (count_rows(i))
				draw(i)
}

function is_drawn(r)
{
	return verdict[r] != "baseline" && speedup[r] + 0 > 0 && \
		cell_role[row_cell[r]] != "slope"
}

function count_rows(cell,   r, n)
{
	for (r = cell_first[cell]; r <= cell_last[cell]; r++)
		n += is_drawn(r)
	return n
}

function print_range(   r, low, high)
{
	low = high = 1
	for (r = 1; r <= rows; r++) {
		if (!is_drawn(r))
			continue
		low = least(low, least(speedup[r] + 0, speedup_lo[r] == "" ? low : speedup_lo[r] + 0))
		high = -least(-high, least(-speedup[r], speedup_hi[r] == "" ? -high : -speedup_hi[r]))
	}
	print low, high
}

function least(a, b)
{
	return a < b ? a : b
}

# What moved has a colour, the rest is grey.
function paint_of(r)
{
	return verdict[r] == "faster" ? paint(3) : verdict[r] == "slower" ? paint(2) : paint(1)
}

function draw(cell,   n, r, row, tics, plots, low, high)
{
	n = count_rows(cell)
	low = from / (to / from) ^ 0.05
	high = to * (to / from) ^ 0.05
	if (high < 1.02 * low) {
		low *= 0.99
		high *= 1.01
	}
	open_svg(stem "-" cell, svg_width, 90 + 26 * n)
	for (r = cell_first[cell]; r <= cell_last[cell]; r++) {
		if (!is_drawn(r))
			continue
		row++
		tics = tics (row > 1 ? ", " : "") quoted(phase[r] " " arm_name(r)) " " n - row + 1
		print_row(r, n - row + 1)
		plots = plots sprintf(", $block%d using 1:2:3:4 with xerrorbars %s linewidth 2" \
			" pointtype 7 pointsize 0.5", blocks, paint_of(r))
	}
	printf "set xrange [%g:%g]\nset yrange [0.4:%g]\n", low, high, n + 0.6
	ratio_axis(low, high)
	print "set lmargin 14\nset rmargin 8"
	print "set ytics (" tics ")"
	print "set xlabel " quoted("speedup, before / after; 1 is no change")
	printf "set arrow 1 from 1, graph 0 to 1, graph 1 nohead %s dashtype 2 back\n", paint(1)
	print "plot NaN" plots
	close_svg()
}

# Its speedup stands beside it, with a question mark where it has no interval.
function print_row(r, place,   lo, hi)
{
	lo = speedup_lo[r] == "" ? speedup[r] : speedup_lo[r]
	hi = speedup_hi[r] == "" ? speedup[r] : speedup_hi[r]
	open_block()
	print speedup[r], place, lo, hi
	close_block()
	printf "set label %d %s noenhanced at graph 1.02, first %d left font ',12'\n", place,
		quoted(speedup[r] (speedup_lo[r] == "" ? " ?" : "")), place
}
