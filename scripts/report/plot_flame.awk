# SPDX-License-Identifier: GPL-2.0
# Prints what gnuplot has to do for a flame graph of stacks.folded of callers.sh, "a;b;c NS"
# a line: processes at the bottom, the measured function at the top, as wide as the time.
# usage: awk -v dir=DIR -v stem=NAME -f svg_open.awk -f plot_flame.awk stacks.folded

{
	ns = $NF + 0
	sub(/ [0-9.]+$/, "")
	depth = split($0, frame, ";")
	path = ""
	total += ns
	for (i = 1; i <= depth; i++) {
		path = path ";" frame[i]
		if (!(path in width)) {
			order[++paths] = path
			name[path] = frame[i]
			level[path] = i
			deepest = i > deepest ? i : deepest
		}
		width[path] += ns
	}
}

END {
	if (total)
		draw()
}

# The lines are sorted, so that frames of one path follow each other.
function draw(   i, path, x)
{
	open_svg(stem, svg_width, 40 + 22 * deepest)
	open_block()
	for (i = 1; i <= paths; i++) {
		path = order[i]
		x = level[path] == 1 ? base[0] : base[parent_of(path)]
		print_frame(path, x)
		base[path] = x
		if (level[path] == 1)
			base[0] += width[path]
		else
			base[parent_of(path)] += width[path]
	}
	close_block()
	for (i = 1; i <= nlabels; i++)
		print labels[i]
	print "unset border\nunset tics\nunset grid"
	printf "set xrange [0:%.9g]\nset yrange [0:%d]\n", total, deepest
	print "set lmargin 0\nset rmargin 0\nset tmargin 0.5\nset bmargin 0.5"
	for (i = 1; i <= 3; i++)
		printf "%s $block%d using ($7 == %d ? $1 : NaN):2:3:4:5:6 with boxxyerror fillstyle" \
			" solid 0.9 border linecolor rgb '#ffffff' fillcolor rgb '%s'", \
			i == 1 ? "plot" : ",", blocks, i, colour[i == 1 ? 7 : i == 2 ? 6 : 2]
	print ""
	close_svg()
}

function parent_of(path)
{
	sub(/;[^;]*$/, "", path)
	return path
}

# Process, what calls, and what is measured
function kind_of(path)
{
	return level[path] == 1 ? 1 : name[path] ~ /^(dma_buf_|iosys)/ ? 3 : 2
}

function print_frame(path, x,   room, text)
{
	printf "%.9g %g %.9g %.9g %g %g %d\n", x, level[path] - 0.5, x, x + width[path],
		level[path] - 1, level[path], kind_of(path)
	room = int(width[path] / total * svg_width / 7.2) - 1
	if (room < 3)
		return
	text = name[path]
	if (length(text) > room)
		text = substr(text, 1, room - 1) "~"
	labels[++nlabels] = sprintf("set label %s noenhanced at %.9g, %g center front font ',12'", \
		quoted(text), x + width[path] / 2, level[path] - 0.5)
}
