# SPDX-License-Identifier: GPL-2.0
# Derives mutants from C sources by rule: prints a line for each, FILE, FUNCTION, RULE,
# the old text and the new one, separated by tabs, texts as in a list of mutants. The old
# text is the line, with as many of its neighbours as make it the only one in its function.
# usage: awk -f generate.awk FILE...

function encoded(text)
{
	gsub(/\\/, "\\\\", text)
	gsub(/\t/, "\\t", text)
	gsub(/\n/, "\\n", text)
	return text
}

function is_once(text,   at)
{
	at = index(body, text)
	return at && !index(substr(body, at + 1), text)
}

# The line @i of the function becomes @new.
function emit(rule, i, new,   old, from, to)
{
	from = to = i
	old = line[i]
	while (!is_once(old) && (from > 1 || to < lines)) {
		if (from > 1) {
			old = line[--from] "\n" old
			new = line[from] "\n" new
		}
		if (to < lines && !is_once(old)) {
			old = old "\n" line[++to]
			new = new "\n" line[to]
		}
	}
	if (is_once(old))
		printf "%s\t%s\t%s\t%s\t%s\n", path, name, rule, encoded(old), encoded(new)
}

# Is the character @at of @text part of a string?
function is_quoted(text, at,   before)
{
	before = substr(text, 1, at - 1)
	gsub(/\\./, "", before)
	return gsub(/"/, "", before) % 2
}

# A mutant for each place of @old in the line.
function replace_each(rule, i, old, new,   at, from, text)
{
	text = line[i]
	for (from = 1; (at = index(substr(text, from), old)); from = at + 1) {
		at += from - 1
		if (!is_quoted(text, at))
			emit(rule, i, substr(text, 1, at - 1) new substr(text, at + length(old)))
	}
}

function flip_comparisons(i)
{
	replace_each("flip", i, " < ", " <= ")
	replace_each("flip", i, " <= ", " < ")
	replace_each("flip", i, " > ", " >= ")
	replace_each("flip", i, " >= ", " > ")
	replace_each("flip", i, " == ", " != ")
	replace_each("flip", i, " != ", " == ")
}

function move_by_one(i,   at, text, rest)
{
	text = line[i]
	for (at = 1; at < length(text); at++) {
		if (substr(text, at, 4) !~ /^ [+-] 1/ || is_quoted(text, at))
			continue
		rest = substr(text, at + 4)
		sub(/^u?l*/, "", rest)
		if (rest !~ /^[0-9a-z_]/)
			emit("off", i, substr(text, 1, at - 1) rest)
	}
}

function swap_limits(i,   text)
{
	text = line[i]
	if (text !~ /[^a-z_](min|max)(3|_t)?\(/)
		return
	if (text ~ /[^a-z_]min/)
		sub(/min/, "max", text)
	else
		sub(/max/, "min", text)
	emit("limit", i, text)
}

function drop(rule, i,   text)
{
	text = line[i]
	sub(/[^\t].*/, ";", text)
	emit(rule, i, text)
}

function drop_statement(i,   text)
{
	text = line[i]
	if (text !~ /^\t+[^\t].*;$/ || text ~ /^\t+(return|goto|break|continue|for|while)/)
		return
	if (text ~ /^\t+[a-z_]*(unlock|up_read|up_write)[a-z_]*\(/)
		drop("unlock", i)
	else if (text ~ /^\t+[a-z_]*(free|put|vunmap|unmap|destroy|deregister|release|remove)[a-z_]*\(/)
		drop("free", i)
	else if (text ~ /^\t+[^ (]*(\+\+|--);$/ || text ~ /^\t+[^ (]+ [+|-]= / ||
		 text ~ /^\t+(dbb_stats_count|atomic(64)?_(inc|dec))[a-z_]*\(/)
		drop("count", i)
	else if (text ~ /^\t+[a-z_>-]*(->|\.)[^ (]* = /)
		drop("assign", i)
}

function change_condition(i,   text, cond, open, close_at)
{
	text = line[i]
	if (text !~ /^\t+(} else )?if \(.*\)( {)?$/)
		return
	open = index(text, "if (") + 3
	cond = substr(text, open + 1)
	close_at = cond ~ / {$/ ? 3 : 1
	text = substr(text, 1, open) "%s(" substr(cond, 1, length(cond) - close_at) ")" \
		substr(cond, length(cond) - close_at + 1)
	cond = text
	sub(/%s/, "!", cond)
	emit("negate", i, cond)
	if (line[i + 1] ~ /^\t+(return|goto)/) {
		sub(/%s/, "0 \\&\\& ", text)
		emit("check", i, text)
	}
}

function derive(   i)
{
	body = "\n"
	for (i = 1; i <= lines; i++)
		body = body line[i] "\n"
	for (i = 1; i <= lines; i++) {
		if (line[i] ~ /^\t*(\/\*| \*|#)/ || line[i] ~ /WARN_ON|static_assert|BUILD_BUG/)
			continue
		flip_comparisons(i)
		move_by_one(i)
		swap_limits(i)
		drop_statement(i)
		change_condition(i)
	}
}

FNR == 1 { inside = 0; name = "" }
/^[A-Za-z_].*\(/ && !/;$/ && !/^(#|EXPORT|MODULE|DEFINE|static_assert)/ {
	name = $0
	sub(/\(.*/, "", name)
	sub(/.*[ *]/, "", name)
}
/^{$/ { inside = name != ""; lines = 0; path = FILENAME; next }
/^}/ {
	if (inside)
		derive()
	inside = 0
	name = ""
}
inside { line[++lines] = $0 }
