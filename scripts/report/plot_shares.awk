# SPDX-License-Identifier: GPL-2.0
# Prints what gnuplot has to do for the phases of each run: a bar for each strategy, as
# long as its total, of pieces for its phases. Their colours are numbers of svg_open.awk.
# usage: awk -v dir=DIR -v stem=NAME -v unit=ns|instructions
#            -f report_read.awk -f shares.awk -f svg_open.awk -f plot_shares.awk CSV...

END {
	for (i = 1; i <= cells; i++)
		if (find_pieces(i))
			draw(i)
}

function draw(cell,   a, p, x, longest)
{
	for (a = 1; a <= arms; a++)
		if (bar[a] > longest)
			longest = bar[a]
	choose_scale(longest, unit)
	open_svg(stem "-" cell, svg_width, 80 + 34 * arms)
	open_block()
	for (a = 1; a <= arms; a++) {
		x = 0
		for (p = 1; p <= pieces; p++) {
			if (piece[a, p] > 0)
				print_piece(a, p, x, longest)
			x += piece[a, p]
		}
	}
	close_block()
	print_axes(longest)
	for (p = 1; p <= pieces; p++)
		printf "%s $block%d using ($6 == %d ? $1 : NaN):2:3:4:5:(%s) with boxxyerror" \
			" fillstyle solid noborder %s", p == 1 ? "plot" : ",", blocks, p, "$2 + 0.35", paint(p)
	print ""
	close_svg()
}

# x y xlow xhigh ylow piece; where there is room its share stands in it
function print_piece(a, p, x, longest,   y)
{
	y = arms - a + 1
	printf "%.9g %d %.9g %.9g %g %d\n", x * scale, y, x * scale,
		(x + piece[a, p]) * scale, y - 0.35, p
	if (piece[a, p] > 0.09 * longest)
		label[++labels] = sprintf("set label %s at %.9g, %d center front textcolor rgb" \
			" '%s' font ',12'", quoted(sprintf("%.0f %%", 100 * piece[a, p] / bar[a])), \
			(x + piece[a, p] / 2) * scale, y, "#ffffff")
}

function print_axes(longest,   a, tics)
{
	while (labels > 0)
		print label[labels--]
	for (a = 1; a <= arms; a++)
		tics = tics (a > 1 ? ", " : "") quoted(arm[a]) " " arms - a + 1
	print "set ytics (" tics ")"
	printf "set yrange [0.4:%g]\nset xrange [0:%.9g]\n", arms + 0.6, longest * scale * 1.05
	print "set lmargin 9"
	print "set xlabel " quoted("p50, " scale_name)
}
