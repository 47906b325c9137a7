# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# shellcheck disable=SC2034,SC2154 # what it shares with the other parts of sweep.sh
# From the csv to a model of costs: R does that, here if it is installed, else on
# another machine. Sourced by sweep.sh.

# sizes_in_bytes LIST: sets list to it.
sizes_in_bytes()
{
	numbers=
	for size in $(printf '%s' "$1" | tr , ' '); do
		parse_size "$size"
		to_bytes "$kib"
		numbers=${numbers:+$numbers }$bytes
	done
	list=$numbers
}

check_fit_options()
{
	case $figure in
	p50 | min) ;;
	*) usage_error "--figure '$figure': accepted are p50 and min" ;;
	esac
	case $limit in
	'' | *[!0-9.]* | *.*.* | .) usage_error "--limit '$limit' is not a number of percent" ;;
	esac
	sizes_in_bytes "$predict"
	predict_bytes=$list
	sizes_in_bytes "$up_to"
	case $list in
	*' '*) usage_error "--up-to '$up_to' is not one size" ;;
	esac
	up_to_bytes=$list
}

# Its status is that of sweep.sh --fit.
fit_csv()
{
	[ -r "$1" ] || die "cannot read $1"
	# shellcheck disable=SC2086 # a list of sizes
	Rscript --vanilla "$here/sweep/model.R" "$1" "$figure" "${up_to_bytes:-NA}" \
		"$limit" $predict_bytes
}

# After a sweep. A device seldom has R, and nothing is installed on it.
fit_or_say()
{
	if command -v Rscript >/dev/null; then
		say ''
		fit_csv "$out"
		status=$?
		[ -n "$predict" ] || return 0
		return "$status"
	fi
	say "no R here; for costs per page and chunk and other sizes, where it is:" \
		"scripts/sweep.sh --fit ${out##*/}${predict:+ --predict $(echo "$predict" | tr ' ' ,)}"
	[ -z "$predict" ] || return 2
}
