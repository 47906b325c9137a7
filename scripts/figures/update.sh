#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Writes the figures of the READMEs from their sources, and draws the picture anew when
# its counts are others.
# usage: scripts/figures/update.sh [--stdout FILE]
#   --stdout FILE   prints FILE with its figures written, and changes nothing
set -eu

figures=$(cd "$(dirname "$0")" && pwd)
repo=$(cd "$figures/../.." && pwd)

# render FILE: prints it. A figure without an end, or without a source, is an error.
render()
{
	inside=
	while IFS= read -r line; do
		case $line in
		'<!-- figure '*)
			[ -z "$inside" ] || break
			inside=${line#'<!-- figure '}
			inside=${inside%' -->'}
			printf '%s\n' "$line"
			sh "$figures/sources.sh" "$inside" || return
			;;
		'<!-- end -->')
			inside=
			printf '%s\n' "$line"
			;;
		*) [ -n "$inside" ] || printf '%s\n' "$line" ;;
		esac
	done <"$1"
	[ -z "$inside" ] || {
		echo "$1: figure '$inside' has no end" >&2
		return 1
	}
}

if [ "${1:-}" = --stdout ]; then
	render "$2"
	exit
fi
new=$(mktemp)
trap 'rm -f "$new"' EXIT
find "$repo" -name README.md ! -path '*/results/*' ! -path '*/.git/*' |
	while read -r file; do
		render "$file" >"$new"
		cmp -s "$new" "$file" || cat "$new" >"$file"
	done
picture=$figures/strategies.svg
"$figures/picture.sh" --check "$picture" || "$figures/picture.sh" "$picture"
