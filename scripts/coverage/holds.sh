#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# What coverage.sh runs in a guest, with dmabuf_bench loaded: how often a run is right.
# Prints rows of a csv, and what it is at on standard error.
# usage: holds.sh SIZE BUFFERS RUNS TRUTH_ROUNDS "ROUNDS..." OP...   beside other work
#        holds.sh --width SIZE BUFFERS ROUNDS RUNS OP                on an idle machine
# Each run has BUFFERS buffers, since what it says is held against a run with others.
set -u

D=/sys/kernel/debug/dmabuf_bench

# Of 200 runs, so many may be wrong: 7 % and 8 %.
may_miss=14 may_differ=16

say()
{
	echo "holds.sh: $*" >&2
}

# put LINE: a run; a line that is refused ends it all.
put()
{
	echo "$1" >"$D/bench/run" || {
		tail -n 1 "$D/error_log" >&2
		exit 3
	}
}

# row PHASE: speedup, its interval ("-" when there is none), verdict and median of the
# last arm
row()
{
	awk -F , -v phase="$1" '
		/^#/ { next }
		!header++ { for (i = 1; i <= NF; i++) at[$i] = i; next }
		$at["phase"] == phase { last = $0 }
		END {
			split(last, x, ",")
			lo = x[at["speedup_lo"]]; hi = x[at["speedup_hi"]]
			print x[at["speedup"]], lo == "" ? "-" : lo, hi == "" ? "-" : hi,
				x[at["verdict"]], x[at["p50_ns"]]
		}' "$D/bench/results.csv"
}

# The step of an op that is judged
phase_of()
{
	case $1 in
	pages) echo fill ;;
	*) echo total ;;
	esac
}

# The line of an op. With batch=auto, the first samples decide how many calls are one,
# and runs of different batches have different speedups.
line_of()
{
	case $1 in
	pages) echo "pages batch=8" ;;
	*) echo "$1" ;;
	esac
}

# holds OP ROUNDS: sets held and none of RUNS runs, which end when too many miss.
holds()
{
	held=0 none=0 run=0
	while [ $run -lt "$runs" ] && [ $((run - held)) -le $((may_miss * runs / 200)) ]; do
		put "$line size=$size strategies=page,sg verify=0 buffers=$buffers iterations=$2"
		read -r _ lo hi _ <<-END
			$(row "$phase")
		END
		run=$((run + 1))
		if [ "$lo" = - ]; then
			none=$((none + 1))
		elif awk "BEGIN { exit !($lo <= $truth && $truth <= $hi) }"; then
			held=$((held + 1))
		fi
	done
	say "$1 $phase: $held of $run runs of $2 rounds hold $truth; $none have no interval"
}

# count_verdicts WANTED RUNS LINE: sets counted, the runs whose last arm has such a
# verdict.
count_verdicts()
{
	wanted=$1 counted=0 run=0
	while [ $run -lt "$2" ]; do
		put "$3"
		case " $wanted " in
		*" $(row "$phase" | cut -d ' ' -f 4) "*) counted=$((counted + 1)) ;;
		esac
		run=$((run + 1))
	done
}

check_op()
{
	op=$1 phase=$(phase_of "$1") line=$(line_of "$1")
	say "$op: $truth_rounds rounds for the truth"
	put "$line size=$size strategies=page,sg verify=0 \
buffers=$truth_buffers iterations=$truth_rounds"
	truth=$(row "$phase" | cut -d ' ' -f 1)
	for rounds in $lengths; do
		holds "$op" "$rounds"
		[ $((runs - held)) -gt $((may_miss * runs / 200)) ] || break
	done
	echo "holds,$op,$phase,1,$rounds,$run,$held,$none,$((runs - may_miss * runs / 200))"
	for threads in 1 4; do
		count_verdicts 'faster slower' "$runs" "$line size=$size strategies=page,page \
verify=0 threads=$threads buffers=$buffers iterations=$rounds"
		say "$op $phase: equal arms called different in $counted of $runs, $threads threads"
		echo "equal,$op,$phase,$threads,$rounds,$runs,$counted,,$((may_differ * runs / 200))"
	done
	[ "$op" = vmap ] || return 0
	put "$op size=$size strategies=sg,sg verify=0 buffers=$buffers iterations=$rounds"
	delay=$(($(row "$phase" | cut -d ' ' -f 5) / 50))
	count_verdicts slower $((runs / 2)) "$op size=$size strategies=sg,sg+$delay \
verify=0 buffers=$buffers iterations=$rounds"
	say "$op $phase: a delay of 2 %, $delay ns, found in $counted of $((runs / 2))"
	echo "delay,$op,$phase,1,$rounds,$((runs / 2)),$counted,,$((runs * 19 / 40))"
}

# check_width OP: the median width of RUNS intervals, in hundredths of a percent
check_width()
{
	phase=$(phase_of "$1") line=$(line_of "$1") run=0
	while [ $run -lt "$runs" ]; do
		put "$line size=$size strategies=page,sg verify=0 buffers=$buffers iterations=$rounds"
		row "$phase"
		run=$((run + 1))
	done | awk '{ print $2 == "-" ? 999999 : int(10000 * ($3 - $2) / $1 + 0.5) }' |
		sort -n | awk -v line="width,$1,$phase,1,$rounds,$runs" '
		{ width[NR] = $1 }
		END { print line "," width[int((NR + 1) / 2)] ",,300" }'
}

if [ "$1" = --width ]; then
	size=$2 buffers=$3 rounds=$4 runs=$5
	check_width "$6"
	exit
fi
size=$1 buffers=$2 runs=$3 truth_rounds=$4 lengths=$5
truth_buffers=$((10 * buffers))
shift 5
for op; do
	check_op "$op"
done
