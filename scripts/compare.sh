#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Says whether one set of results is slower than another, cell by cell.

here=$(cd "$(dirname "$0")" && pwd) || exit 3
# A shell that cannot source exits with 2, which would say "unclear".
[ -r "$here/host/messages.sh" ] && [ -r "$here/host/packages.sh" ] || exit 3
# shellcheck source-path=SCRIPTDIR source=host/messages.sh
. "$here/host/messages.sh"
# shellcheck source-path=SCRIPTDIR source=host/packages.sh
. "$here/host/packages.sh"

usage()
{
	cat <<'END_USAGE'
usage: compare.sh [OPTION...] OLD NEW
  --max-regress PERCENT  how much slower a cell may be (default 2)
  --phase PHASE[,PHASE]  only these phases
  --force                compare although the environments differ
OLD and NEW are result folders of bench.sh. A cell is an op, phase,
strategy, heap, size, mean chunk (to the next power of two), threads, batch and
the clock's unit; several runs of a cell in one directory are taken together.

The change is the Hodges-Lehmann estimate, the median of all new / old, and its
95 % interval that of the Mann-Whitney test (R, wilcox.test), from the figures of
both sides. Where both have 6 boots, each boot is one figure; else, where both have 6
loads of the module (bench.sh --repeat), each load; else each of 6 buffers, of a run
with buffers=N or of several runs. A figure is the median of those of the level below.
Else each round is one, the median of its threads; where rounds are correlated, so
many in a row are one, and a run too short for that has none. The column "of" says
which, and a note says which level varied most. One of the verdicts
  regressed    the whole interval is above --max-regress, also at the level
               that Holm's correction for the number of cells asks for
  ok           the whole interval is below it
  unclear      neither; or fewer than 6 figures on a side; or there are a few
               boots, loads or buffers that vary more than what is compared;
               or the cell is missing in NEW
  below_floor  less than ten ticks or three reads of the clock: too short to
               compare; does not affect the exit status
The interval covers the variation at the level of its figures and below it.

Directories are refused when their environments differ (kernel, arch, page size,
preemption, cpus, clock source, PAT, governor, hypervisor, debug options,
tracing, and the parameters verify, clock, purge and cpu).

Exit status: 0 every cell is ok; 1 one or more regressed; 2 none regressed, one
or more are unclear; 3 used wrongly, unreadable input, unlike environments.
END_USAGE
}

limit=2 phases='' force=
while [ $# -gt 0 ]; do
	case $1 in
	--max-regress | --phase)
		[ $# -ge 2 ] || usage_error "$1 needs a value" ;;
	esac
	case $1 in
	--max-regress) limit=$2 && shift ;;
	--phase) phases=$2 && shift ;;
	--force) force=force ;;
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
[ $# = 2 ] || usage_error 'two directories are compared, the older one first'
case $limit in
'' | *[!0-9.]* | *.*.* | .) usage_error "--max-regress '$limit' is not a number of percent" ;;
esac
for directory; do
	[ -d "$directory" ] || die "$directory is not a directory"
done
need_r || exit 3
exec Rscript --vanilla "$here/compare/compare.R" "$limit" "$phases" "$force" "$1" "$2"
