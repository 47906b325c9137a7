#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# How the sources are built up, in figures that anyone can count again.
set -eu

usage()
{
	cat <<'END_USAGE'
usage: scripts/check/structure.sh [DIR | --rev REVISION]
Prints a line for each folder with C files of the tree DIR (default: this one),
or of a revision of this one:

  files    C files and headers
  code     their lines that are neither blank nor only comment
  comment  comment lines for each line of code
  funcs    functions with a body
  median, max
           lines between the braces of a function
  >400     files of more than 400 lines

The last lines have the module as a whole (heap/, bench/ without bench/user/,
trace/), its circles of includes, those of calls, and the lines of README.md. A
module is a .c file and the header of its name; it is in a circle of includes
when it includes, over others, itself, and in one of calls when it calls, over
others, a function that calls back.
END_USAGE
}

fail()
{
	echo "structure.sh: $*" >&2
	exit 3
}

# C files of the module, or of everything.
list()
{
	find . -name '*.[ch]' ! -path './.git/*' ! -name '*.mod.c' | sed 's|^\./||' |
		LC_ALL=C sort
}

list_module()
{
	list | grep -E '^(heap|bench|trace)/' | grep -v '^bench/user/'
}

# A comment line has nothing but comment; code beside one is code.
count_lines()
{
	xargs -r awk '
	function folder_of(path) {
		return path ~ /\// ? substr(path, 1, match(path, /\/[^\/]*$/) - 1) : "."
	}
	FNR == 1 {
		comment = 0
		folder = folder_of(FILENAME)
		files[folder]++
	}
	FNR == 401 { long_files[folder]++ }
	comment {
		comments[folder]++
		if (/\*\//)
			comment = 0
		next
	}
	/^[ \t]*$/ { next }
	/^[ \t]*(\/\*|\/\/)/ {
		comments[folder]++
		if (/^[ \t]*\/\*/ && !/\*\//)
			comment = 1
		next
	}
	{ code[folder]++ }
	END {
		for (folder in files)
			print folder, files[folder], code[folder] + 0, comments[folder] + 0, \
				long_files[folder] + 0
	}'
}

# From "FILE LINE NAME LINKAGE LENGTH": FOLDER, functions, median, maximum.
count_functions()
{
	awk '
	{
		folder = $1
		if (!sub(/\/[^\/]*$/, "", folder))
			folder = "."
		print folder, $5
	}' "$1" | LC_ALL=C sort -k 1,1 -k 2,2n | awk '
	function finish() {
		if (n)
			print folder, n, (length_of[int((n + 1) / 2)] + \
				length_of[int(n / 2) + 1]) / 2, length_of[n]
		n = 0
	}
	$1 != folder {
		finish()
		folder = $1
	}
	{ length_of[++n] = $2 }
	END { finish() }'
}

print_table()
{
	LC_ALL=C join -a 1 -e 0 -o 0,1.2,1.3,1.4,1.5,2.2,2.3,2.4 "$1" "$2" | awk '
	BEGIN {
		form = "%-28s %6s %6s %8s %6s %7s %6s %5s\n"
		printf form, "folder", "files", "code", "comment", "funcs", "median", "max", ">400"
	}
	{ printf form, $1, $2, $3, sprintf("%.2f", $3 ? $4 / $3 : 0), $6, $7, $8, $5 }'
}

print_circles()
{
	awk -v what="$1" '
	{ text = text "\n  " $0 }
	END { printf "circles of %s: %d%s\n", what, NR, text }'
}

case ${1:-} in
--help) usage && exit ;;
--rev) [ $# = 2 ] || fail 'wrong use; see --help' ;;
-*) fail "unknown option '$1'; see --help" ;;
*) [ $# -le 1 ] || fail 'wrong use; see --help' ;;
esac

parts=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
tree=${1:-$parts/../..}
if [ "$tree" = --rev ]; then
	tree=$work/tree
	mkdir "$tree"
	git -C "$parts" rev-parse -q --verify "$2^{commit}" >/dev/null ||
		fail "no revision '$2'"
	(cd "$parts/../.." && git archive "$2") | tar -x -C "$tree"
fi
cd "$tree" || exit 3
list | grep -q . || fail "no C files in $tree"

list >"$work/all"
list_module >"$work/module"
xargs -r awk -f "$parts/functions.awk" <"$work/all" >"$work/functions"
count_lines <"$work/all" | LC_ALL=C sort >"$work/lines"
count_functions "$work/functions" | LC_ALL=C sort >"$work/lengths"
print_table "$work/lines" "$work/lengths"

xargs -r awk -f "$parts/functions.awk" <"$work/module" >"$work/functions"
sed 's|^[^ ]*/|module/|' "$work/functions" >"$work/flat"
count_lines <"$work/module" |
	awk '{ f += $2; c += $3; k += $4; l += $5 } END { print "module", f, c, k, l }' \
		>"$work/lines"
count_functions "$work/flat" >"$work/lengths"
print_table "$work/lines" "$work/lengths" | sed 1d
xargs -r awk -v list="$work/all" -f "$parts/includes.awk" <"$work/module" >"$work/includes"
awk -v includes="$work/includes" -f "$parts/circles.awk" | print_circles includes
xargs -r awk -v functions="$work/functions" -f "$parts/circles.awk" <"$work/module" |
	print_circles calls
echo "README.md: $(wc -l <README.md) lines"
