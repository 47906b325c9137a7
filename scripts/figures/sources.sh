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

# Costs of mapping and of what goes with it, from the same baselines.
ways()
{
	# shellcheck disable=SC2016 # Markdown
	echo '| kernel | `sg` | `apply` | `table` | order 0 `sg` | `table` | `tables` | `munmap` | of `huge` | of `tables` |'
	echo '|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|'
	for file in "$scripts"/exact/*-*.csv; do
		name=${file##*/}
		name=${name%.csv}
		awk -F , -v name="${name%-*} ${name##*-}" '
		$5 == 536870912 { n[$1, $2, $3, $4] = $6 }
		function way(phase, strategy, orders, base,    figure) {
			figure = n["mmap", phase, strategy, orders]
			return base ? sprintf("%d (%.1f)", figure, base / figure) : figure
		}
		END {
			large = way("mmap", "sg", "8+4+0")
			single = way("mmap", "sg", "0")
			huge = n["touch", "munmap", "huge", "9"]
			printf "| %s | %d | %s | %s | %d | %s | %d | %d | %s | %d |\n", name,
				large, way("mmap", "apply", "8+4+0", large),
				way("mmap", "table", "8+4+0", large), single,
				way("mmap", "table", "0", single),
				n["tables", "tables", "page", "8+4+0"],
				way("munmap", "table", "8+4+0"), huge ? huge : "-",
				n["tables", "munmap", "page", "8+4+0"]
		}' "$file"
	done
}

# What a page of a kernel mapping takes, from the same baselines: 384 MiB.
vmaps()
{
	# shellcheck disable=SC2016 # Markdown
	echo '| kernel | `page` | `sg` | `array` | array | fill `page` | fill `sg` | fill `unrolled` | map | vunmap |'
	echo '|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|'
	for file in "$scripts"/exact/*-*.csv; do
		name=${file##*/}
		name=${name%.csv}
		awk -F , -v name="${name%-*} ${name##*-}" '
		$1 == "vmap" && $4 == "8+4+0" && $5 == 402653184 { n[$2, $3] = $6 / 98304 }
		$1 == "pages" && $4 == "8+4+0" { fill[$3] = $6 / ($5 / 4096) }
		END {
			printf "| %s | %.1f | %.1f | %.1f | %.1f | %.1f | %.1f | %.1f | %.1f | %.1f |\n",
				name, n["vmap", "page"] + n["vunmap", "page"],
				n["vmap", "sg"] + n["vunmap", "sg"],
				n["vmap", "array"] + n["vunmap", "array"], n["array", "sg"],
				n["fill", "page"], n["fill", "sg"], fill["unrolled"],
				n["map", "sg"], n["vunmap", "sg"]
		}' "$file"
	done
}

# Instructions a page of the strategies that matter most, on the newest kernel.
# shellcheck disable=SC2016 # Markdown
strategies()
{
	echo '| instructions a page, orders 8 4 0 | amd64 | arm64 |'
	echo '|---|--:|--:|'
	strategy mmap page '`remap_pfn_range()` a page'
	strategy mmap sg '`remap_pfn_range()` a scatterlist entry'
	strategy mmap apply '`apply_to_page_range()`'
	strategy mmap table 'fills page tables itself'
	strategy vmap page 'page array by `for_each_sgtable_page()`'
	strategy vmap sg 'page array by a nested loop'
	strategy vmap array 'page array kept from the allocation'
}

# strategy OP STRATEGY WORDS: a row of that table
# shellcheck disable=SC2016 # Markdown
strategy()
{
	printf '| %s `%s`: %s' "$1" "$2" "$3"
	for arch in amd64 arm64; do
		printf ' | %s' "$(awk -F , -v op="$1" -v strategies="$2" -v orders=8+4+0 \
			-f "$figures/per_page.awk" "$scripts/exact/7.3-$arch.csv")"
	done
	echo ' |'
}

exact()
{
	# shellcheck disable=SC2016 # Markdown
	echo '| kernel | fill `page` | fill `sg` | ratio | fill `unrolled` | mmap `page` | mmap `sg` | ratio |'
	echo '|---|--:|--:|--:|--:|--:|--:|--:|'
	for file in "$scripts"/exact/*-*.csv; do
		name=${file##*/}
		name=${name%.csv}
		awk -F , -v name="${name%-*} ${name##*-}" '
		$4 == "8+4+0" && ($1 == "pages" || $1 == "mmap" && $2 == "mmap") {
			n[$1, $3] = $6
		}
		END {
			printf "| %s | %d | %d | %.2f | %d | %d | %d | %.2f |\n", name,
				n["pages", "page"], n["pages", "sg"],
				n["pages", "page"] / n["pages", "sg"],
				n["pages", "unrolled"], n["mmap", "page"], n["mmap", "sg"],
				n["mmap", "page"] / n["mmap", "sg"]
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

# What patch.sh says first of the vmap patch.
patch()
{
	fold -s -w 96 "$figures/data/patch.txt" | sed 's/ *$//' | fenced
}

case ${1:-} in
verdict | table | evidence | exact | ways | vmaps | strategies | costs | patch) "$1" ;;
*)
	echo "sources.sh: no figure '${1:-}'; there are: verdict table evidence exact ways vmaps strategies costs patch" >&2
	exit 3
	;;
esac
