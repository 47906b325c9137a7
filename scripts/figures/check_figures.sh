#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Fails when a figure of a README or the picture differs from its source, or when text
# outside of the marks has something that looks measured and is not in "allowed".
# usage: scripts/figures/check_figures.sh [ROOT]
set -eu

figures=$(cd "$(dirname "$0")" && pwd)
root=${1:-$(cd "$figures/../.." && pwd)}
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
: >"$scratch/said"

number='[0-9][0-9.,]*'
# ratios, times, shares, counts with thousands, counts of instructions
measured="$number ?x( |\\)|\\.|,|\$)|$number times as|$number (ns|us|ms|s|seconds|minutes|hours|MB|GB)( |\\)|\\.|,|;|\$)"
measured="$measured|$number ?(%|percent)|[0-9]{1,3}(,[0-9]{3})+|[0-9]{7,}|$number (M )?instructions"

# Prints "LINE:TEXT" of what no script wrote.
typed()
{
	awk '/^<!-- figure / { inside = 1 }
		!inside { print FNR ":" $0 }
		/^<!-- end -->/ { inside = 0 }' "$1"
}

sed '/^#/d; /^$/d' "$figures/allowed" >"$scratch/allowed"
find "$root" -name README.md ! -path '*/results/*' ! -path '*/.git/*' |
	sort >"$scratch/files"
while read -r file; do
	name=${file#"$root"/}
	if ! sh "$figures/update.sh" --stdout "$file" >"$scratch/new"; then
		echo "$name: a figure cannot be made"
	elif ! cmp -s "$scratch/new" "$file"; then
		echo "$name: a figure differs from its source; run scripts/figures/update.sh:"
		diff "$file" "$scratch/new" | head -n 6
	fi
	typed "$file" | grep -E "$measured" | grep -v -F -f "$scratch/allowed" |
		sed "s|^|$name:|; s|\$|  <- a typed figure?|" || :
done <"$scratch/files" >"$scratch/said"
"$figures/picture.sh" --check "$root/scripts/figures/strategies.svg" ||
	echo 'strategies.svg: drawn from other counts; run scripts/figures/update.sh' \
		>>"$scratch/said"
cat "$scratch/said"
[ ! -s "$scratch/said" ]
