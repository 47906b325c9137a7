# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# shellcheck disable=SC2154 # what it shares with the other parts of report.sh
# Several folders of runs: each against the first one, by compare.sh. Sourced by report.sh.

# compare_folders: makes $scratch/comparisons, a line "CHANGES|NOTES|OLD|NEW" for each,
# where CHANGES is a csv.
compare_folders()
{
	: >"$scratch/comparisons"
	old=$(head -n 1 "$scratch/benches")
	pairs=0
	[ "$(wc -l <"$scratch/benches")" -gt 1 ] || return 0
	sed 1d "$scratch/benches" | while read -r new; do
		pairs=$((pairs + 1))
		compare_pair "$old" "$new" "$scratch/changes-$pairs"
		printf '%s|%s|%s|%s\n' "$scratch/changes-$pairs" "$scratch/changes-$pairs.notes" \
			"$(basename "$old")" "$(basename "$new")" >>"$scratch/comparisons"
	done
}

# compare_pair OLD NEW CHANGES: two kernels are no mistake here, and what differs is said
# in a note.
compare_pair()
{
	: >"$3.notes"
	code=0
	sh "$here/compare.sh" --force "$1" "$2" >"$3.table" 2>"$3.notes" || code=$?
	[ "$code" -lt 3 ] || {
		echo "cannot be compared: $(tail -n 1 "$3.notes")" >"$3.table"
		: >"$3.notes"
	}
	awk -v notes="$3.notes" -f "$parts/compare_rows.awk" "$3.table" >"$3"
}

# print_comparisons: what compare_folders made, in lines for a mail; only totals, and what
# has none
print_comparisons()
{
	while IFS='|' read -r changes notes old new; do
		echo "$old -> $new, p50 and its change with the 95 % interval:"
		awk -F , -f "$parts/compare_text.awk" "$changes"
		echo
		fold -s -w 72 "$notes"
	done <"$scratch/comparisons"
}
