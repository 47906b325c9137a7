#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Repeats the run of patch.sh that this folder holds, and compares the figures.
set -eu

usage()
{
	cat <<'END_USAGE'
usage: sh repro.sh [--tree DIR] [CHECKOUT]
       sh repro.sh --compare NEWDIR
Runs CHECKOUT/scripts/patch.sh (default: the checkout that this folder lies in) as the
run of this folder was, on the patches of this folder. --tree says where the kernel's
sources are, if that run had them from a folder. Then says for each figure whether the
new one lies inside the interval of the old one; --compare does only that. Intervals
are taken as at least 0.2 %, by which two boots of one kernel differ.
Exit status: 0 each figure does, 1 not, 3 used wrongly or could not run.
END_USAGE
}

wrong()
{
	echo "repro.sh: $*" >&2
	exit 3
}

here=$(cd "$(dirname "$0")" && pwd)

# compare OLD NEW: of two figures.csv
compare()
{
	awk -F , -v least=0.002 '
	FNR == 1 {
		for (i = 1; i <= NF; i++)
			at[$i] = i
		next
	}
	{
		key = $at["role"] " " $at["op"] " " $at["phase"] " " $at["orders"] " " \
			$at["size_bytes"] " " $at["arm"]
		line = $at["p50_instructions"] "," $at["p50_lo_instructions"] "," \
			$at["p50_hi_instructions"] "," $at["ratio"] "," $at["ratio_lo"] "," \
			$at["ratio_hi"] "," $at["verdict"]
	}
	NR == FNR {
		keys[++count] = key
		old[key] = line
		next
	}
	{ new[key] = line }
	function judge(now, then, lo, hi,   text) {
		total++
		if (lo > then * (1 - least))
			lo = then * (1 - least)
		if (hi < then * (1 + least))
			hi = then * (1 + least)
		if (now >= lo && now <= hi) {
			inside++
			return "inside"
		}
		return "outside: " now " " then " " lo " " hi
	}
	END {
		OFMT = CONVFMT = "%.10g"
		for (i = 1; i <= count; i++) {
			split(old[keys[i]], was, ",")
			baseline = was[7] == "baseline"
			if (!(keys[i] in new)) {
				total += baseline ? 1 : 2
				print keys[i] ": not in the new result"
				continue
			}
			split(new[keys[i]], is, ",")
			text = "p50 " judge(is[1] + 0, was[1] + 0, was[2] + 0, was[3] + 0)
			if (!baseline)
				text = text ", ratio " judge(is[4] + 0, was[4] + 0, was[5] + 0, was[6] + 0)
			print keys[i] ": " text
		}
		printf "%d of %d figures inside their interval\n", inside, total
		exit !total || inside < total
	}' "$1" "$2"
}

# The words of the command, one a line, as the shell would take them; without running
# any of it.
words_of()
{
	sed -n 's/^command=//p' "$here/how" | xargs printf '%s\n'
}

# Prints the options of the command, one word a line: all but the patches, which are
# here, and the format.
options_of()
{
	words_of | awk -v tree="$tree" '
	!begun { begun = /patch\.sh$/; next }
	option != "" {
		if (option == "--tree" && tree != "")
			$0 = tree
		if (option != "--format")
			print option "\n" $0
		option = ""
		next
	}
	/^--[a-z]+=/ { print; next }
	/^--/ { option = $0 }'
}

list_results()
{
	ls -d "$checkout"/results/*-patch-* 2>/dev/null || :
}

# Sets made to the folder that the new run left.
run_again()
{
	options_of >"$scratch/options"
	set --
	while IFS= read -r word; do
		set -- "$@" "$word"
	done <"$scratch/options"
	for file in "$here"/patches/*.patch; do
		[ -f "$file" ] || wrong "$here has no patches"
		set -- "$@" "$file"
	done
	list_results >"$scratch/before"
	status=0
	(cd "$checkout" && sh scripts/patch.sh "$@") || status=$?
	[ "$status" -lt 3 ] || wrong "patch.sh ended with status $status"
	made=$(list_results | grep -v -x -F -f "$scratch/before" | tail -n 1)
	[ -n "$made" ] || wrong "patch.sh left no new folder in $checkout/results"
}

checkout=$here/../.. tree='' made=''
while [ $# -gt 0 ]; do
	case $1 in
	--tree | --compare) [ $# -ge 2 ] || wrong "$1 needs a folder; see --help" ;;
	esac
	case $1 in
	--tree) tree=$(cd "$2" && pwd) || exit 3; shift ;;
	--compare) made=$2 && shift ;;
	--help) usage && exit ;;
	-*) wrong "unknown option '$1'; see --help" ;;
	*) checkout=$1 ;;
	esac
	shift
done
[ -f "$here/figures.csv" ] || wrong "$here has no figures.csv: it is no result of patch.sh"
if [ -z "$made" ]; then
	[ -f "$checkout/scripts/patch.sh" ] || wrong "no scripts/patch.sh in $checkout; see --help"
	checkout=$(cd "$checkout" && pwd)
	scratch=$(mktemp -d)
	trap 'rm -rf "$scratch"' EXIT
	trap 'exit 130' INT
	trap 'exit 143' TERM
	run_again
fi
[ -f "$made/figures.csv" ] || wrong "$made has no figures.csv"
compare "$here/figures.csv" "$made/figures.csv"
