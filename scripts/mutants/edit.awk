# SPDX-License-Identifier: GPL-2.0
# Plants one mutant: reads the list of mutants, then the source file, and prints
# the source with the mutant's edits of that file in it. Each old text has to be
# there exactly once, in the named function if there is one; otherwise it says so
# on standard error and ends with 1.
# usage: awk -v mutant=NAME -v path=FILE -f edit.awk LIST SOURCE

# \t, \n and \\ of the list; no regular expression, whose idea of a backslash
# differs from awk to awk
function plain(text,   out, c, i)
{
	for (i = 1; i <= length(text); i++) {
		c = substr(text, i, 1)
		if (c == "\\") {
			c = substr(text, ++i, 1)
			c = c == "t" ? "\t" : c == "n" ? "\n" : c
		}
		out = out c
	}
	return out
}

function give_up(why)
{
	printf "%s does not apply to %s: %s\n", mutant, path, why >"/dev/stderr"
	failed = 1
	exit 1
}

# Is this line the head of the function or table NAME?
function opens(line, name,   at, next_char)
{
	if (line ~ /^[ \t#\/*}]/ || line ~ /;$/)
		return 0
	at = index(line, name)
	if (!at || (at > 1 && substr(line, at - 1, 1) ~ /[A-Za-z0-9_]/))
		return 0
	next_char = substr(line, at + length(name), 1)
	return next_char !~ /[A-Za-z0-9_]/
}

# Sets from and upto, the lines where an edit may be.
function find_lines(name)
{
	from = 1
	upto = lines
	if (name == "")
		return
	while (from <= lines && !opens(source[from], name))
		from++
	if (from > lines)
		give_up("there is no " name)
	for (upto = from; upto < lines && source[upto] !~ /^}/; upto++)
		;
}

function edit(name, old, new,   before, text, after, i, at)
{
	find_lines(name)
	for (i = 1; i <= lines; i++) {
		if (i < from)
			before = before source[i] "\n"
		else if (i <= upto)
			text = text source[i] "\n"
		else
			after = after source[i] "\n"
	}
	at = index(text, old)
	if (!at)
		give_up("'" old "' is not there")
	if (index(substr(text, at + 1), old))
		give_up("'" old "' is there more than once")
	text = before substr(text, 1, at - 1) new substr(text, at + length(old)) after
	lines = split(text, source, "\n") - 1
}

FNR == NR {
	key = $1
	value = $0
	sub(/^[ \t]*[a-z]+[ \t]*/, "", value)
	if (key == "mutant")
		here = value == mutant
	else if (!here)
		next
	else if (key == "file") {
		file = value
		name = ""
	} else if (key == "in")
		name = value
	else if (key == "old")
		old = plain(value)
	else if (key == "new" && file == path) {
		edits++
		where[edits] = name
		from_text[edits] = old
		to_text[edits] = plain(value)
	}
	if (key == "new")
		name = ""
	next
}

{ source[++lines] = $0 }

END {
	if (failed)
		exit 1
	if (!edits)
		give_up("it has no edit of it")
	for (e = 1; e <= edits; e++)
		edit(where[e], from_text[e], to_text[e])
	for (i = 1; i <= lines; i++)
		print source[i]
}
