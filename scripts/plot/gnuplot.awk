# SPDX-License-Identifier: GPL-2.0
# Prints what gnuplot has to do, after read.awk: one picture of speedup against
# chunk order, one of cost against size for each op and phase.
# -v dir=, -v format=svg or png, -v unit_label= as plot.sh has them.

# Colours that stay apart in print and for most eyes, the baseline's first.
BEGIN {
	split("#555555 #d55e00 #0072b2 #009e73 #cc79a7 #e69f00 #56b4e9 #8c564b #000000", \
		colour, " ")
}

function style(phase, strategy,   i) {
	i = (place[phase, strategy] - 1) % 9
	return sprintf("linecolor rgb '%s' linewidth 2 pointtype %d pointsize 0.7",
		colour[i + 1], i + 4)
}

function quoted(text) {
	gsub(/'/, "''", text)
	return "'" text "'"
}

# What the figures are, in the words of every title.
function heading(text,   what) {
	what = text " - Linux " env["kernel"] " " env["arch"]
	if (unit_label == "instructions")
		return what " (counted instructions: work, not time)"
	if (env["virtualised"] ~ /^TCG/)
		return what " (emulated CPU: not a device's times)"
	if (env["virtualised"] != "none" && env["virtualised"] != "unknown")
		return what " (virtualised: " env["virtualised"] ")"
	return what
}

function open_picture(name, width, height, title) {
	gsub(/ /, "-", name)
	print "reset"
	if (format == "png")
		printf "set terminal pngcairo size %d,%d font ',10'\n", width, height
	else
		printf "set terminal svg size %d,%d font 'sans-serif,12' background rgb 'white'\n", \
			width, height
	print "set output " quoted(dir "/" name "." format)
	print "set encoding utf8"
	print "set grid linetype 1 linecolor rgb '#dddddd'"
	print "set title noenhanced"
	print "set key noenhanced outside right top Left reverse samplen 2"
	print "set xtics noenhanced"
	picture_title = title
}

function open_panels(rows, columns) {
	printf "set multiplot layout %d,%d title %s noenhanced font ',14'\n", rows, columns,
		quoted(picture_title)
}

function close_picture() {
	print "unset multiplot"
	print "unset output"
}

# Names of data blocks are used once.
function open_block() {
	nblocks++
	print "$block" nblocks " << END"
}

function close_block() {
	print "END"
}

# --- speedup against chunk order ---

# The largest size that all orders have, else the largest.
function size_of_speedups(phase,   i, o, s, there) {
	for (i = nsizes; i > 0; i--) {
		there = 0
		for (o = 1; o <= norders; o++)
			for (s = 1; s <= nstrategies; s++)
				if ((phase, strategies[s], orders[o], sizes[i]) in cost) {
					there++
					break
				}
		if (there == norders)
			return sizes[i]
	}
	return sizes[nsizes]
}

# A gap between single orders and those of several: no line joins them.
function order_place(o) {
	return o + (orders[o] ~ /\+/ ? 0.5 : 0)
}

function print_speedups(phase, strategy, size,   o, key, several) {
	open_block()
	for (o = 1; o <= norders; o++) {
		key = phase ";" strategy ";" orders[o] ";" size
		if (!(key in speedup) || speedup[key] == "")
			continue
		if (orders[o] ~ /\+/)
			print ""
		print order_place(o), speedup[key], \
			speedup_lo[key] == "" ? speedup[key] : speedup_lo[key], \
			speedup_hi[key] == "" ? speedup[key] : speedup_hi[key]
		note_range(speedup[key])
	}
	close_block()
}

function note_range(value) {
	if (!nrange++ || value + 0 < lowest)
		lowest = value + 0
	if (nrange == 1 || value + 0 > highest)
		highest = value + 0
}

function order_tics(   o, text) {
	for (o = 1; o <= norders; o++)
		text = text (o > 1 ? ", " : "") quoted(orders[o]) " " order_place(o)
	return "set xtics (" text ")"
}

function panel_speedup(phase,   s, plots, size, base) {
	size = size_of_speedups(phase)
	nrange = 0
	note_range(1)
	plots = ""
	for (s = 1; s <= nstrategies; s++) {
		if (is_baseline[phase, strategies[s]])
			base = strategies[s]
		else if (!any_speedup(phase, strategies[s], size))
			continue
		else {
			print_speedups(phase, strategies[s], size)
			plots = plots sprintf(", $block%d with linespoints %s title %s, " \
				"$block%d using 1:2:3:4 with yerrorbars %s notitle", nblocks,
				style(phase, strategies[s]), quoted(strategies[s]),
				nblocks, style(phase, strategies[s]))
		}
	}
	print "set title " quoted(phase ", " size_name(size)) " noenhanced"
	print order_tics()
	printf "set xrange [0.5:%g]\n", order_place(norders) + 0.5
	print "set xlabel 'chunk orders n, of 2^n pages each'"
	print "set ylabel " quoted("speedup over " base) " noenhanced"
	if (highest > 8 * lowest)
		printf "set logscale y 2\nset yrange [%g:%g]\n", lowest / 1.5, highest * 1.5
	else
		printf "unset logscale y\nset yrange [0:%g]\n", highest * 1.1
	printf "plot 1 linecolor rgb '%s' dashtype 2 title %s%s\n", colour[1], quoted(base), plots
}

function any_speedup(phase, strategy, size,   o) {
	for (o = 1; o <= norders; o++)
		if (speedup[phase, strategy, orders[o], size] != "")
			return 1
	return 0
}

function draw_speedups(   p, columns, rows) {
	columns = nphases < 3 ? nphases : 3
	rows = int((nphases + columns - 1) / columns)
	# the heading needs its room, too
	open_picture("speedup", columns > 1 ? 460 * columns : 800, 300 * rows + 50,
		heading("Speedup against chunk order"))
	open_panels(rows, columns)
	for (p = 1; p <= nphases; p++)
		panel_speedup(phases[p])
	close_picture()
}

# --- cost against size ---

# Prints size, cost and cost per page; returns how many.
function print_costs(phase, strategy, how,   i, key, n) {
	open_block()
	for (i = 1; i <= nsizes; i++) {
		key = phase ";" strategy ";" how ";" sizes[i]
		if (!(key in cost))
			continue
		n++
		printf "%.0f %.17g %.17g\n", sizes[i], cost[key] * scale,
			cost[key] / pages_of(sizes[i])
		note_range(cost[key] / pages_of(sizes[i]))
	}
	close_block()
	return n
}

function size_tics(   i, text) {
	for (i = 1; i <= nsizes; i++)
		text = text (i > 1 ? ", " : "") quoted(size_name(sizes[i])) " " sizes[i]
	return "set xtics (" text ")" (nsizes > 5 ? " rotate by -30" : "")
}

function panel_cost(title, label, plots) {
	print "set title " quoted(title) " noenhanced"
	print "set ylabel " quoted(label)
	print "plot " plots
}

function row_cost(phase, how,   s, left, right, comma) {
	nrange = 0
	for (s = 1; s <= nstrategies; s++) {
		if (!print_costs(phase, strategies[s], how))
			continue
		left = left comma sprintf("$block%d using 1:2 with linespoints %s title %s",
			nblocks, style(phase, strategies[s]), quoted(strategies[s]))
		right = right comma sprintf("$block%d using 1:3 with linespoints %s title %s",
			nblocks, style(phase, strategies[s]), quoted(strategies[s]))
		comma = ", "
	}
	if (left == "") {
		print "set multiplot next\nset multiplot next"
		return
	}
	print "set logscale xy\nset autoscale y\nset format y '10^{%L}'"
	panel_cost("orders " how ": whole buffer", cost_label, left)
	print "set format y '%g'"
	if (lowest > 0 && highest > 20 * lowest)
		printf "set yrange [%g:%g]\n", lowest / 1.5, highest * 1.5
	else
		printf "unset logscale y\nset yrange [0:%g]\n", highest * 1.1
	panel_cost("orders " how ": per page", page_label, right)
}

function draw_costs(phase,   o) {
	open_picture("cost-" phase, 1100, 270 * norders + 50,
		heading("Cost of " phase " against size"))
	open_panels(norders, 2)
	print size_tics()
	printf "set xrange [%.0f:%.0f]\n", sizes[1] / 1.3, sizes[nsizes] * 1.3
	print "set xlabel 'buffer size'"
	for (o = 1; o <= norders; o++)
		row_cost(phase, orders[o])
	close_picture()
}

END {
	if (failed)
		exit 3
	sort_lists()
	if (!nphases) {
		print "plot.sh: no row with figures" >"/dev/stderr"
		exit 3
	}
	unit_name = unit_label == "" ? unit : unit_label
	scale = unit_name == "ns" ? 1e-6 : 1
	cost_label = unit_name == "ns" ? "milliseconds" : unit_name
	page_label = unit_name " per page"
	draw_speedups()
	for (p = 1; p <= nphases; p++)
		draw_costs(phases[p])
}
