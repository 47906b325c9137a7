#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Shows results to somebody else: one page for a browser, or the text for a mail.

here=$(cd "$(dirname "$0")" && pwd) || exit 3
parts=$here/report
# A shell that cannot source exits with 2, which would say "cannot tell".
[ -r "$here/host/messages.sh" ] && [ -r "$here/host/packages.sh" ] && [ -r "$parts/folders.sh" ] || exit 3
# shellcheck source-path=SCRIPTDIR source=host/messages.sh
. "$here/host/messages.sh"
# shellcheck source-path=SCRIPTDIR source=host/packages.sh
. "$here/host/packages.sh"
# shellcheck source-path=SCRIPTDIR source=device/results.sh
. "$here/device/results.sh"
# shellcheck source-path=SCRIPTDIR source=report/folders.sh
. "$parts/folders.sh"
# shellcheck source-path=SCRIPTDIR source=report/report_mail.sh
. "$parts/report_mail.sh"
# shellcheck source-path=SCRIPTDIR source=report/report_compare.sh
. "$parts/report_compare.sh"
# shellcheck source-path=SCRIPTDIR source=report/report_page.sh
. "$parts/report_page.sh"
# shellcheck source-path=SCRIPTDIR source=report/report_sections.sh
. "$parts/report_sections.sh"

usage()
{
	cat <<'END_USAGE'
usage: report.sh [OPTION...] DIR...
  --text            print what goes into a mail, instead of a page
  --out FILE        the page (default: report.html in the first DIR, or
                    report-2.html and so on where that exists)
  --after STRATEGY  the one that the mail compares with the baseline (default: sg,
                    else the second one of a run)
  --seen TEXT       for the mail: what a user sees of it, in ms of a frame or of a
                    program
  --failing TEXT    for the mail: what happens when a mapping fails midway
  --tree DIR        for the mail: sources of the kernel, where the callers are
                    looked up by file and line
  --unit NAME       what the figures count, when nothing beside them says so: ns or
                    instructions, of a guest under QEMU's -icount
DIR is a folder that bench.sh, make bench, callers.sh or patch.sh wrote, or the
csv of sweep.sh or its folder. Sweeps and recordings of callers belong to the runs of the
same kernel. Several folders of runs are compared with the first one.

The page is one file without scripts that fetches nothing: verdicts, tables, plots,
environment, and the commands that repeat it. It needs gnuplot; fits and comparisons
need R.

The mail has eight parts that reviewers have asked for: callers in the tree, what a
user sees, the cause as a cost a page and a chunk, before and after with n, interval
and conditions, a control that does not move, the worst case, the failing path, and
the command. One that is missing is named.
Exit status: 0 the page is written, or the mail has all parts; 1 the mail lacks one;
2 a control moved, so nobody can tell; 3 used wrongly, or could not run.
END_USAGE
}

# quote TEXT: for a shell, if need be
quote()
{
	case $1 in
	*[!A-Za-z0-9_./=,:+-]*) printf "'%s'" "$(printf '%s' "$1" | sed "s/'/'\\\\''/g")" ;;
	*) printf '%s' "$1" ;;
	esac
}

# Sets page, which must not be there yet.
choose_page()
{
	if [ -n "$page" ]; then
		[ ! -e "$page" ] || die "$page exists; nothing is overwritten"
		return
	fi
	page_folder=$(folder_of "$1")
	page=$page_folder/report.html page_number=1
	while [ -e "$page" ]; do
		page_number=$((page_number + 1))
		page=$page_folder/report-$page_number.html
	done
}

# The runs, and sweeps where there are no runs of the same kernel.
choose_subjects()
{
	cp "$scratch/benches" "$scratch/subjects"
	[ -s "$scratch/benches" ] || cp "$scratch/sweeps" "$scratch/subjects"
}

print_sections()
{
	[ ! -s "$scratch/comparisons" ] || section_comparison "$scratch/comparisons"
	while read -r folder; do
		section_patch "$folder"
	done <"$scratch/patches"
	while read -r subject; do
		make_mail "$subject"
		section_subject
	done <"$scratch/subjects"
	if [ -s "$scratch/benches" ]; then
		while read -r sweep; do
			unit=$(unit_of "$sweep" "$sweep")
			heading 2 "Sweep: Linux $(env_of kernel "$sweep"), $(env_of machine "$sweep")"
			section_sweep "$sweep"
		done <"$scratch/sweeps"
	fi
	while read -r folder; do
		section_callers "$folder"
	done <"$scratch/callers"
	section_environment
}

# The verdicts come first, and sections find them.
print_page()
{
	kernels=$(while read -r subject; do
		env_of kernel "$(subject_files "$subject" | head -n 1)"
	done <"$scratch/subjects" | sort -u | tr '\n' ',' | sed 's/,$//; s/,/, /g')
	begin_page "What mapping a dma-buf costs${kernels:+: Linux $kernels}"
	cat "$scratch/verdicts" "$scratch/sections"
	end_page
}

write_page()
{
	need_gnuplot || exit 3
	choose_page "$1"
	mkdir "$scratch/svg"
	compare_folders
	find_range
	: >"$scratch/verdicts"
	print_sections >"$scratch/sections" || exit
	print_page >"$scratch/page.html" || exit
	(set -C && cat "$scratch/page.html" >"$page") || die "cannot write $page"
	echo "$page"
}

text='' page='' after='' seen='' failing='' tree='' unit_asked='' shown_arguments=''
while [ $# -gt 0 ]; do
	case $1 in
	--out | --after | --seen | --failing | --tree | --unit)
		[ $# -ge 2 ] || usage_error "$1 needs a value" ;;
	esac
	case $1 in
	--text) text=1 ;;
	--out) page=$2 && shift ;;
	--after) after=$2 && shift ;;
	--seen) seen=$2 && shift ;;
	--failing) failing=$2 && shift ;;
	--tree) tree=$2 && shift ;;
	--unit) unit_asked=$2 && shift ;;
	--help | -h) usage && exit ;;
	--)
		shift
		break
		;;
	-*) usage_error "unknown option '$1'" ;;
	*) break ;;
	esac
	shift
done
[ $# -gt 0 ] || usage_error 'which folder? one or more are named'
case $unit_asked in
'' | ns | instructions) ;;
*) usage_error "--unit '$unit_asked': accepted are ns and instructions" ;;
esac
[ -z "$tree" ] || [ -d "$tree/drivers/dma-buf" ] ||
	usage_error "--tree $tree has no drivers/dma-buf: it is no kernel tree"
scratch=$(mktemp -d) || exit 3
trap 'rm -rf "$scratch"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
mails=0
for list in benches sweeps callers patches; do
	: >"$scratch/$list"
done
for folder; do
	sort_folder "${folder%/}"
	shown_arguments="$shown_arguments $(quote "$(basename "$folder")")"
done
choose_subjects
need_r || exit 3
if [ -n "$text" ]; then
	print_text
	exit
fi
write_page "$@"
