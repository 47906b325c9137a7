# SPDX-License-Identifier: GPL-2.0
# Prints the functions of a C file that have a line which differs.
# usage: diff -U0 OLD NEW | awk -f enclosing.awk - NEW

# Lines of NEW that differ; a removal is at the line before it.
FILENAME == "-" {
	if (!/^@@ /)
		next
	split($3, part, ",")
	first = substr(part[1], 2) + 0
	n = part[2] == "" ? 1 : part[2] + 0
	for (i = first; i < first + (n ? n : 1); i++)
		differs[i] = 1
	next
}

# The name is before the first parenthesis of a line that begins at the margin.
/^[A-Za-z_]/ && /\(/ && !/;[ \t]*$/ && !/^(EXPORT|MODULE|DEFINE|DECLARE)_/ {
	text = $0
	sub(/[ \t]*\(.*/, "", text)
	sub(/.*[ \t*]/, "", text)
	name = text
}

FNR in differs && name != "" && !said[name]++ { print name }

/^}/ { name = "" }
