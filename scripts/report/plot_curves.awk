# SPDX-License-Identifier: GPL-2.0
# Prints what gnuplot has to do for a sweep: cost against size, a picture for each phase
# and orders, with the line that fits each strategy.
# usage: awk -v figure=p50|min -v unit_label=UNIT -v dir=DIR -v stem=NAME -v facts=FILE
#            -f read.awk -f fit.awk -f svg_open.awk -f plot_curves.awk CSV
# facts gets a line for each picture, "picture|OP PHASE|ORDERS", and one for each curve,
# "curve|NUMBER|STRATEGY|CONSTANT|PER_PAGE|OFF_PERCENT", the last three empty where
# there is no fit.

END {
	if (failed)
		exit 3
	sort_lists()
	page_unit = unit_label == "" ? unit : unit_label
	for (p = 1; p <= nphases; p++)
		for (o = 1; o <= norders; o++)
			draw(phases[p], orders[o])
}

function draw(phase, how,   s, i, largest_cost, any, plots)
{
	largest_cost = 0
	for (s = 1; s <= nstrategies; s++)
		for (i = 1; i <= nsizes; i++)
			if (cost[phase, strategies[s], how, sizes[i]] + 0 > largest_cost)
				largest_cost = cost[phase, strategies[s], how, sizes[i]] + 0
	if (!largest_cost)
		return
	print "picture|" phase "|" how >facts
	choose_scale(largest_cost, page_unit)
	open_svg(stem "-" ++pictures, svg_width, 330)
	plots = ""
	for (s = 1; s <= nstrategies; s++)
		if (print_costs(phase, strategies[s], how))
			plots = plots (plots == "" ? "" : ", ") curve(phase, strategies[s], how)
	print size_tics()
	print "set logscale xy"
	printf "set xrange [%.0f:%.0f]\n", sizes[1] / 1.2, sizes[nsizes] * 1.2
	print "set xlabel 'buffer size'\nset ylabel " quoted(scale_name)
	print "set title " quoted(phase ", orders " how) " noenhanced"
	print "plot " plots
	close_svg()
}

# Tics that would run into each other are left out.
function size_tics(   i, text, last)
{
	for (i = 1; i <= nsizes; i++) {
		if (last && sizes[i] < 1.9 * last)
			continue
		last = sizes[i]
		text = text (text == "" ? "" : ", ") quoted(size_name(sizes[i])) " " sizes[i]
	}
	return "set xtics (" text ") rotate by -25"
}

function print_costs(phase, strategy, how,   i, key, n)
{
	open_block()
	for (i = 1; i <= nsizes; i++) {
		key = phase ";" strategy ";" how ";" sizes[i]
		if (!(key in cost) || cost[key] <= 0)
			continue
		n++
		printf "%.0f %.9g\n", sizes[i], cost[key] * scale
	}
	close_block()
	return n
}

function curve(phase, strategy, how,   number, text, fitted)
{
	number = place[phase, strategy]
	text = sprintf("$block%d using 1:2 with points %s pointtype 7 pointsize 0.6", blocks,
		paint(number))
	fitted = fit(phase, strategy, how)
	printf "curve|%d|%s|%s\n", colour_number(number), strategy, fitted ? \
		sprintf("%.0f|%.3f|%.2f", constant, slope, deviation < 0 ? -deviation : deviation) : "||" >facts
	if (fitted)
		text = text sprintf(", (%.9g + %.9g * x) with lines %s linewidth 1.5", \
			constant * scale, slope * scale / env["page_size_bytes"], paint(number))
	return text
}
