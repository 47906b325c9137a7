# SPDX-License-Identifier: GPL-2.0
# Prints the circles among modules, one a line. A module is a .c file and the
# header of its name, known by their path without the suffix.
#
# usage: awk -v includes=FILE -f circles.awk
#        awk -v functions=FILE -f circles.awk C-FILE...
#
# The first form looks at who includes whom, as includes.awk printed it. The
# second looks at who uses whose global functions, as functions.awk printed
# them. The two are not mixed: several modules may share one header, and then
# its owner calls those who include it without any circle of theirs. Likewise a
# header without a .c file is the face of its folder, such as heap.h: it makes a
# circle with headers, but not with the .c files that include it.

function module_of(path)
{
	sub(/\.[ch]$/, "", path)
	return path
}

function edge(from, to)
{
	if (from == to || (from, to) in edges)
		return
	edges[from, to] = 1
	next_of[from] = next_of[from] " " to
	modules[from] = modules[to] = 1
}

# Marks what can be reached from a module.
function walk(start, from,   n, i, to)
{
	n = split(next_of[from], to, " ")
	for (i = 1; i <= n; i++)
		if (!((start, to[i]) in reach)) {
			reach[start, to[i]] = 1
			walk(start, to[i])
		}
}

function print_circles(   n, i, j, name, told, circle)
{
	for (module in modules) {
		walk(module, module)
		for (i = n++; i > 0 && name[i] > module; i--)
			name[i + 1] = name[i]
		name[i + 1] = module
	}
	for (i = 1; i <= n; i++) {
		if (!((name[i], name[i]) in reach) || name[i] in told)
			continue
		circle = ""
		for (j = i; j <= n; j++)
			if ((name[i], name[j]) in reach && (name[j], name[i]) in reach) {
				told[name[j]] = 1
				circle = circle " " name[j]
			}
		print substr(circle, 2)
	}
}

BEGIN {
	while (includes && (getline line <includes) > 0) {
		lines[++n] = line
		if (split(line, field, " ") && field[1] ~ /\.c$/)
			has_code[module_of(field[1])] = 1
	}
	for (i = 1; i <= n; i++) {
		split(lines[i], field, " ")
		if (field[3] ~ /\.[ch]$/ &&
		    (field[1] ~ /\.h$/ || module_of(field[3]) in has_code))
			edge(module_of(field[1]), module_of(field[3]))
	}
	while (functions && (getline line <functions) > 0) {
		split(line, field, " ")
		if (field[4] == "global")
			home[field[3]] = module_of(field[1])
	}
	if (includes) {
		print_circles()
		exit
	}
}

# A declaration in a header is not a use.
FILENAME ~ /\.c$/ && !/^[ \t]*(\*|\/\*|\/\/)/ {
	text = $0
	while (match(text, /[A-Za-z_][A-Za-z0-9_]*/)) {
		name = substr(text, RSTART, RLENGTH)
		text = substr(text, RSTART + RLENGTH)
		if (name in home)
			edge(module_of(FILENAME), home[name])
	}
}

END {
	if (!includes)
		print_circles()
}
