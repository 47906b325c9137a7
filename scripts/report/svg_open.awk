# SPDX-License-Identifier: GPL-2.0
# What the plots of a report share: colours, and how gnuplot is told to begin a picture.
# The page gives each colour a light and a dark value by its number, see svg_clean.awk.

# Colours that stay apart in print and for most eyes; those of plot.sh.
BEGIN {
	colours = split("#555555 #d55e00 #0072b2 #009e73 #cc79a7 #e69f00 #56b4e9 #8c564b " \
		"#4d4d00", colour, " ")
	grid_colour = "#dddddd"
	# shrinks to four fifths on a phone, where text of 12 still can be read
	svg_width = 460
}

function colour_number(i)
{
	return (i - 1) % colours + 1
}

function paint(i)
{
	return "linecolor rgb '" colour[colour_number(i)] "'"
}

function quoted(text)
{
	gsub(/'/, "''", text)
	return "'" text "'"
}

function open_svg(name, width, height)
{
	print "reset"
	printf "set terminal svg size %d,%d dynamic font 'sans-serif,14'\n", width, height
	print "set output " quoted(dir "/" name ".svg")
	print "set encoding utf8"
	print "set grid linetype 1 linecolor rgb '" grid_colour "'"
	print "unset key"
	print "set border 3"
	print "set tics nomirror noenhanced"
}

function close_svg()
{
	print "unset output"
}

function open_block()
{
	print "$block" (++blocks) " << END"
}

function close_block()
{
	print "END"
}

# tics_of FROM TO: of an axis of ratios: powers of two, or less
function ratio_axis(from, to,   tic, list)
{
	if (to < 3 * from) {
		printf "unset logscale x\nset xtics autofreq\nset xtics %g\n", \
			nice_step((to - from) / 4)
		return
	}
	for (tic = 2 ^ -20; tic <= to; tic *= 2)
		if (tic >= from)
			list = list (list == "" ? "" : ", ") "'" sprintf("%.3g", tic) "' " tic
	print "set logscale x 2\nset xtics (" list ")"
}

# 0.0234 -> 0.02
function nice_step(x,   power)
{
	power = 10 ^ int(log(x) / log(10) - (x < 1))
	return (x < 2 * power ? 1 : x < 5 * power ? 2 : 5) * power
}

# Sets scale and scale_name for figures up to x: "ms", "million instructions"
function choose_scale(x, unit)
{
	scale = 1
	scale_name = unit
	if (x >= 1e6) {
		scale = 1e-6
		scale_name = unit == "ns" ? "ms" : "million " unit
	} else if (x >= 1e3) {
		scale = 1e-3
		scale_name = unit == "ns" ? "us" : "thousand " unit
	}
}
