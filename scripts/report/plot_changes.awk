# SPDX-License-Identifier: GPL-2.0
# Prints what gnuplot has to do for a comparison: a row for each cell, the change with
# its interval.
# usage: awk -v dir=DIR -v stem=NAME -f svg_open.awk -f plot_changes.awk CHANGES
# CHANGES is what compare_rows.awk printed.

BEGIN { FS = "," }

FNR == 1 {
	for (i = 1; i <= NF; i++)
		at[$i] = i
	next
}

$at["change_pct"] !~ /^[-+]?[0-9]/ { next }

{
	name[++n] = $at["op"] " " $at["phase"] " " $at["strategy"]
	change[n] = $at["change_pct"] + 0
	lo[n] = $at["lo95_pct"] ~ /^[-+]?[0-9]/ ? $at["lo95_pct"] + 0 : change[n]
	hi[n] = $at["hi95_pct"] ~ /^[-+]?[0-9]/ ? $at["hi95_pct"] + 0 : change[n]
	verdict[n] = $at["verdict"]
	low = lo[n] < low ? lo[n] : low
	high = hi[n] > high ? hi[n] : high
}

END {
	if (n)
		draw()
}

function draw(   i, room, tics, plots)
{
	room = (high - low) * 0.05 + 0.05
	open_svg(stem, svg_width, 90 + 26 * n)
	for (i = 1; i <= n; i++) {
		tics = tics (i > 1 ? ", " : "") quoted(name[i]) " " n - i + 1
		open_block()
		print change[i], n - i + 1, lo[i], hi[i]
		close_block()
		plots = plots sprintf(", $block%d using 1:2:3:4 with xerrorbars %s linewidth 2" \
			" pointtype 7 pointsize 0.5", blocks, paint(hi[i] < 0 ? 3 : lo[i] > 0 ? 2 : 1))
		printf "set label %d %s noenhanced at graph 1.02, first %d left font ',12'\n", i,
			quoted(sprintf("%+.2f", change[i])), n - i + 1
	}
	printf "set xrange [%g:%g]\nset yrange [0.4:%g]\n", low - room, high + room, n + 0.6
	print "set lmargin 18\nset rmargin 8"
	print "set ytics (" tics ")"
	printf "set xtics %g\n", nice_step((high - low + 2 * room) / 4)
	print "set xlabel 'change of the cost in percent; above 0 costs more'"
	printf "set arrow 1 from 0, graph 0 to 0, graph 1 nohead %s dashtype 2 back\n", paint(1)
	print "plot NaN" plots
	close_svg()
}
