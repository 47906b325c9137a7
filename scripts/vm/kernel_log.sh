#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Searches a kernel log for the patterns of the file "trouble" and prints the
# lines that match. STARVED has a line "SECONDS PERCENT" for each time after boot
# at which the guest waited for a CPU of the host. PROVOKED has a line NAME for each
# report of the kind "once NAME", "each NAME" or "any NAME" that may be there.
# usage: scripts/vm/kernel_log.sh [STARVED [PROVOKED]] <LOG
# Exit status: 0 nothing was found; 1 something was; 2 only stalls, while the
# guest was starved of CPU, and no backtrace of them has a frame of the module;
# 3 the search failed.
set -u

folder=$(cd "$(dirname "$0")" && pwd) || exit 3
starved=${1:-/dev/null} provoked=${2:-/dev/null}
[ -r "$starved" ] || starved=/dev/null
[ -r "$provoked" ] || provoked=/dev/null
[ -r "$folder/trouble" ] || {
	echo "$folder/trouble is missing"
	exit 3
}

awk -v patterns="$folder/trouble" -v starved="$starved" -v provoked="$provoked" '
BEGIN { n = stalls = printed = starvations = bad = passing = 0 }
FILENAME == patterns {
	if (/^(once|each|any) /) {
		often[$2] = $1
		harmless[$2] = $0
		sub(/^[a-z]* [^ ]* /, "", harmless[$2])
	}
	if (/^(bug|stall|trace) /) {
		kind[n] = $1
		sub(/^[a-z]* /, "")
		pattern[n++] = $0
	}
	next
}
FILENAME == starved {
	starved_at[starvations++] = $1
	next
}
FILENAME == provoked {
	if ($1 in harmless)
		may_pass[$1] = 1
	next
}

# A soft lockup is reported as a BUG: too; it counts as a stall.
function kind_of(line,   i, found) {
	for (i = 0; i < n; i++)
		if (line ~ pattern[i]) {
			if (kind[i] == "stall")
				return "stall"
			if (found != "bug")
				found = kind[i]
		}
	return found
}

# Whether the guest was starved in the two minutes before, which are as long as a
# CPU may stall before it is reported, or just after.
function was_starved(line,   time, i) {
	if (line !~ /^\[ *[0-9]+\.[0-9]+\]/)
		return 0
	time = substr(line, 2) + 0
	for (i = 0; i < starvations; i++)
		if (starved_at[i] >= time - 120 && starved_at[i] <= time + 60)
			return 1
	return 0
}

# A report of "once" or "each" passes with its backtrace.
function passes(line,   name) {
	for (name in may_pass)
		if (line ~ harmless[name]) {
			if (often[name] == "any")
				return 1
			if (often[name] == "once")
				delete may_pass[name]
			return passing = 1
		}
	if (passing && kind_of(line) == "trace") {
		passing = 0
		return 1
	}
	if (line ~ /---\[ end trace /)
		passing = 0
	return 0
}

passes($0) { next }
stalls && /\[dmabuf_bench\]/ { bad = 1 }
{
	found = kind_of($0)
	if (found == "")
		next
	print
	printed++
	if (found == "stall") {
		stalls++
		if (!was_starved($0))
			bad = 1
	} else if (found == "bug" || !stalls) {
		bad = 1
	}
}
END { exit !printed ? 0 : bad ? 1 : 10 }' "$folder/trouble" "$starved" "$provoked" -
# 2 is also how some awks end when they fail themselves
case $? in
0) exit 0 ;;
1) exit 1 ;;
10) exit 2 ;;
*) exit 3 ;;
esac
