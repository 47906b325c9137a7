#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# The report step of patch.sh.
set -eu

usage()
{
	cat <<'END_USAGE'
usage: patch_report.sh [--print] [--words FILE] DIR [text|lkp|mail|verdict|parts]
Writes verdict.txt, report.txt, commit.txt, cover.txt and lkp.txt of DIR, a result of
patch.sh, from its how, checks.csv, figures.csv and callers.csv; a file that is there
stays as it is. With --print nothing is written. Prints the report (text), the block
that mm people know (lkp), the mail and what it lacks, the verdict, or the parts of a
mail, a line each of number, name, have or missing, and why, with tabs between. FILE
has what is said of something else than a patch, in place of patch_words.awk.
Exit status: 0 enough for the list, 1 not, 2 a control moved, 3 used wrongly.
END_USAGE
}

wrong()
{
	echo "patch.sh: $*" >&2
	exit 3
}

here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source-path=SCRIPTDIR source=../host/packages.sh
. "$here/../host/packages.sh"

# value_of NAME: of the line NAME=VALUE of how
value_of()
{
	sed -n "s/^$1=//p" "$dir/how"
}

# Sets no_r to why there are none.
find_slopes()
{
	no_r=
	: >"$scratch/slopes"
	[ -s "$dir/figures.csv" ] && grep -q '^slope,' "$dir/figures.csv" || return 0
	need_r || {
		no_r='no R here for the fit: install r-base-core, then patch.sh --report'
		return 0
	}
	page=$(value_of page_size_bytes)
	Rscript --vanilla "$here/patch_slopes.R" "$dir/figures.csv" "${page:-4096}" \
		>"$scratch/slopes" || wrong "cannot fit the costs of $dir/figures.csv"
}

# What a reviewer would say of a patch, before any figure.
find_warning()
{
	warning=
	grep -q '^+.*apply_to_page_range' "$dir"/patches/*.patch 2>/dev/null || return 0
	warning="The patch calls apply_to_page_range(): mm maintainers want it out of drivers"
	warning="$warning (dri-devel, 21 Aug 2025) and name vmf_insert_pfns_prot() as what is to come."
}

list_patches()
{
	(
		cd "$dir/patches" 2>/dev/null || exit 0
		for file in *.patch; do
			[ ! -f "$file" ] || cksum "$file" | sed 's/^/  patch (cksum, bytes, name): /'
		done
	)
}

# tell WHAT: prints that text
tell()
{
	printer=text
	[ "$1" != lkp ] || printer=lkp
	for file in how checks.csv figures.csv callers.csv; do
		: >"$scratch/$file"
		[ ! -e "$dir/$file" ] || cat "$dir/$file" >"$scratch/$file"
	done
	# texts of compilers may hold any byte
	LC_ALL=C awk -v what="$1" -v no_r="$no_r" -v patches="$(list_patches)" \
		-v warning="$warning" -f "$here/patch_facts.awk" -f "$words" \
		-f "$here/patch_verdict.awk" -f "$here/patch_$printer.awk" \
		part=how "$scratch/how" part=checks "$scratch/checks.csv" \
		part=figures "$scratch/figures.csv" part=callers "$scratch/callers.csv" \
		part=slopes "$scratch/slopes"
}

write_texts()
{
	for name in verdict report commit cover lkp; do
		[ ! -e "$dir/$name.txt" ] || continue
		tell "$name" >"$scratch/text" || wrong "cannot read $dir"
		(set -C && cat "$scratch/text" >"$dir/$name.txt")
	done
}

write=1 words=$here/patch_words.awk
while [ $# -gt 0 ]; do
	case $1 in
	--help) usage && exit ;;
	--print) write='' ;;
	--words)
		[ $# -ge 2 ] || wrong '--words takes a file'
		words=$2
		shift
		;;
	*) break ;;
	esac
	shift
done
[ $# = 1 ] || [ $# = 2 ] || wrong 'patch_report.sh takes a folder and a format; see --help'
dir=$1 format=${2:-text}
case $format in
text) shown=report ;;
lkp | mail | verdict | parts) shown=$format ;;
*) wrong "format '$format': accepted are text, lkp, mail, verdict and parts" ;;
esac
[ -f "$dir/how" ] || wrong "$dir is no result of patch.sh: it has no file 'how'"
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
find_slopes
find_warning
[ -z "$write" ] || write_texts
tell "$shown" || wrong "cannot read $dir"
status=$(tell status) || wrong "cannot read $dir"
exit "$status"
