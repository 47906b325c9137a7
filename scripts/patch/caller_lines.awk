# SPDX-License-Identifier: GPL-2.0
# Prints the rows of callers.csv for the C files that are its arguments: where one of the
# names is used in a function or a table, and in which.
# usage: awk -v names="FOR:NAME ..." -v tree=DIR -f caller_lines.awk FILE...

BEGIN {
	count = split(names, list, " ")
	for (i = 1; i <= count; i++) {
		split(list[i], pair, ":")
		wanted[++symbols] = pair[2]
		reason[symbols] = pair[1]
	}
}

FNR == 1 {
	comment = depth = 0
	owner = ""
	path = substr(FILENAME, length(tree) + 2)
}

{
	code = strip($0)
	# a brace in the first column says where we are, whatever #ifdef did
	if (code ~ /^[{}]/)
		depth = code ~ /^}/
	else if (depth == 0 && code ~ /^[A-Za-z_]/)
		owner = name_of(code)
	for (i = 1; i <= symbols; i++)
		if (index(code, wanted[i]) && is_use(code, wanted[i], reason[i] != wanted[i]))
			report(i)
	depth += gsub(/[{]/, "", code) - gsub(/[}]/, "", code)
}

# Without comments and what stands in quotes
function strip(line,   start, end)
{
	gsub(/\\./, "", line)
	gsub(/"[^"]*"/, "\"\"", line)
	if (comment) {
		end = index(line, "*/")
		if (!end)
			return ""
		comment = 0
		line = substr(line, end + 2)
	}
	sub(/\/\/.*/, "", line)
	while (start = index(line, "/*")) {
		end = index(substr(line, start + 2), "*/")
		if (!end) {
			comment = 1
			return substr(line, 1, start - 1)
		}
		line = substr(line, 1, start - 1) " " substr(line, start + end + 3)
	}
	return line
}

# Of the function or table that begins here
function name_of(line)
{
	sub(/[ \t]*[=(].*/, "", line)
	sub(/\[.*/, "", line)
	sub(/.*[ \t*]/, "", line)
	return line
}

# Outside of functions and tables a name before "(" is defined or declared, and one that
# is exported, or an event's, is not used.
function is_use(line, name, calls_only,   before, after, start, from)
{
	from = 1
	while (start = index(substr(line, from), name)) {
		start += from - 1
		before = substr(line, 1, start - 1)
		after = substr(line, start + length(name))
		from = start + length(name)
		if (before ~ /[A-Za-z0-9_]$/ || after ~ /^[A-Za-z0-9_]/)
			continue
		if (calls_only && after !~ /^[ \t]*\(/)
			continue
		# a member of that name, or a pointer of that type
		if (before ~ /(\.|->|\( *\*) *$/)
			continue
		if (depth > 0 || line ~ /^[ \t]*#[ \t]*define/ && before !~ /define[ \t]+$/)
			return 1
		if (after !~ /^[ \t]*\(/ && before ~ /\(/ && line !~ /^(EXPORT_|(DEFINE|TRACE)_EVENT)/)
			return 1
	}
	return 0
}

function report(i,   text)
{
	text = $0
	gsub(/[ \t\r]+/, " ", text)
	sub(/^ /, "", text)
	gsub(/"/, "\"\"", text)
	printf "%s,%s,%s,%d,\"in %s: %s\"\n", reason[i], wanted[i], path, FNR, \
		owner == "" ? "the file" : owner, text
}
