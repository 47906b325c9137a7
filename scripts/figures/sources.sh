#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Prints one figure of a README, from results that are kept in the tree.
# usage: scripts/figures/sources.sh NAME
set -eu

figures=$(cd "$(dirname "$0")" && pwd)
scripts=$figures/..

fenced()
{
	# shellcheck disable=SC2016 # Markdown
	echo '```text'
	cat
	echo '```'
}

verdict()
{
	awk -f "$scripts/vm/bench_verdict.awk" "$figures"/data/0[0-9]-*.csv | fenced
}

# The engine's own table of the vmap run, without the environment, the rests and
# the notes.
table()
{
	sed -n '/^note:/d; / rest  /d; /^run [0-9]*:/,$p' \
		"$figures/data/02-vmap.results.txt" |
		cut -c 1-150 | sed 's/ *$//' | fenced
}

evidence()
{
	awk -v brief=1 -f "$scripts/evidence/evidence_table.awk" \
		"$figures/data/evidence.csv" | fenced
}

exact()
{
	# shellcheck disable=SC2016 # Markdown
	echo '| kernel | fill `page` | fill `sg` | ratio | mmap `page` | mmap `sg` | ratio | mmap `apply` |'
	echo '|---|--:|--:|--:|--:|--:|--:|--:|'
	for file in "$scripts"/exact/*-*.csv; do
		name=${file##*/}
		name=${name%.csv}
		awk -F , -v name="${name%-*} ${name##*-}" '
		$4 == "8+4+0" && ($1 == "pages" || $1 == "mmap" && $2 == "mmap") {
			n[$1, $3] = $6
		}
		END {
			printf "| %s | %d | %d | %.2f | %d | %d | %.2f | %d |\n", name,
				n["pages", "page"], n["pages", "sg"],
				n["pages", "page"] / n["pages", "sg"],
				n["mmap", "page"], n["mmap", "sg"],
				n["mmap", "page"] / n["mmap", "sg"], n["mmap", "apply"]
		}' "$file"
	done
}

# What the two commands of README.md took: data/costs.csv says where and when.
costs()
{
	awk -F , '/^[a-z]/ && $1 != "command" {
		printf "%s`make %s` takes %d s the first time", n++ ? "; " : "", $1, $2
		if ($3)
			printf ", %d s again", $3
		printf " and %d MiB of disk", $4
	}
	END { print " (two cores)." }' "$figures/data/costs.csv"
}

case ${1:-} in
verdict | table | evidence | exact | costs) "$1" ;;
*)
	echo "sources.sh: no figure '${1:-}'; there are: verdict table evidence exact costs" >&2
	exit 3
	;;
esac
