# SPDX-License-Identifier: GPL-2.0
# Prints a line "FILE LINE TARGET" for each #include in the C files given. TARGET
# is the path of one of our files, from the top of the tree, or <NAME> for a
# header of the system, or "?" for what names neither.
#
# usage: awk -v list=FILES -f includes.awk FILE...
#
# FILES lists all files of the tree. A name in quotes is looked up beside the
# file that includes it, then from the top, then by its base name, which only
# one file of the tree has. A name in angle brackets is ours when it is a path
# of the tree, or a base name of it that has no folder.

function normalise(path,   n, i, part, depth, stack, out)
{
	n = split(path, part, "/")
	depth = 0
	for (i = 1; i <= n; i++) {
		if (part[i] == "" || part[i] == ".")
			continue
		if (part[i] == ".." && depth > 0)
			depth--
		else if (part[i] != "..")
			stack[++depth] = part[i]
	}
	out = ""
	for (i = 1; i <= depth; i++)
		out = out (i > 1 ? "/" : "") stack[i]
	return out
}

function base_of(path)
{
	sub(/.*\//, "", path)
	return path
}

function folder_of(path)
{
	return path ~ /\// ? substr(path, 1, length(path) - length(base_of(path)) - 1) : ""
}

function resolve(name, quoted,   path)
{
	path = normalise(folder_of(FILENAME) "/" name)
	if (quoted && path in ours)
		return path
	path = normalise(name)
	if (path in ours)
		return path
	if ((quoted || name !~ /\//) && base_of(name) in by_base)
		return by_base[base_of(name)]
	return quoted ? "?" : "<" name ">"
}

BEGIN {
	while ((getline path <list) > 0) {
		ours[path] = 1
		if (path !~ /^scripts\/test\/golden\/linux\//)
			by_base[base_of(path)] = path
	}
}

/^[ \t]*#[ \t]*include/ {
	text = $0
	sub(/^[ \t]*#[ \t]*include(_next)?[ \t]*/, "", text)
	if (text ~ /^"[^"]+"/) {
		split(text, word, "\"")
		print FILENAME, FNR, resolve(word[2], 1)
	} else if (text ~ /^<[^>]+>/) {
		split(substr(text, 2), word, ">")
		print FILENAME, FNR, resolve(word[1], 0)
	} else {
		print FILENAME, FNR, "?"
	}
}
