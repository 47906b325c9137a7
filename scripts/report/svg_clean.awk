# SPDX-License-Identifier: GPL-2.0
# An svg of gnuplot as a part of a page: the colours are those of the page, names are
# told apart from those of other pictures, and what draws nothing is left out.
# usage: awk -v name=NAME -v label=TEXT -f svg_open.awk -f svg_clean.awk FILE.svg

BEGIN {
	for (i = 1; i <= colours; i++)
		known[as_gnuplot(colour[i])] = "var(--c" i ")"
	known[as_gnuplot(grid_colour)] = "var(--grid)"
	known["black"] = "var(--ink)"
	known["white"] = known["rgb(255, 255, 255)"] = known["rgb(255,255,255)"] = "var(--page)"
}

# "#d55e00" -> "rgb(213,  94,   0)"
function as_gnuplot(hex)
{
	return sprintf("rgb(%3d, %3d, %3d)", byte(hex, 2), byte(hex, 4), byte(hex, 6))
}

function byte(hex, from)
{
	return 16 * (index("0123456789abcdef", substr(hex, from, 1)) - 1) + \
		index("0123456789abcdef", substr(hex, from + 1, 1)) - 1
}

/^<\?xml/ { next }

/^<svg/ {
	printf "<svg role=\"img\" aria-label=\"%s\"", label
	next
}

/<title>|^<desc>/ { sub(/<title>.*<\/title>/, "") }

/^<desc>/ { next }

/<filter/ { skip = 1 }

skip {
	if (/<\/filter>/)
		skip = 0
	next
}

/^[ \t]*$/ { next }

# an empty group is two lines
/^<g .*>$/ {
	held = replace($0)
	next
}

held != "" {
	if ($0 !~ /^<\/g>$/)
		print held
	text = held
	held = ""
	if ($0 ~ /^<\/g>$/)
		next
}

{ print replace($0) }

function replace(line,   from)
{
	gsub(/gp(Dot|Pt[0-9]*)/, name "-&", line)
	gsub(/id="gnuplot_/, "id=\"" name "-", line)
	for (from in known) {
		line = replace_all(line, "'" from "'", "'" known[from] "'")
		line = replace_all(line, "\"" from "\"", "\"" known[from] "\"")
	}
	return line
}

function replace_all(line, from, to,   at, done)
{
	while ((at = index(line, from))) {
		done = done substr(line, 1, at - 1) to
		line = substr(line, at + length(from))
	}
	return done line
}
