#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# What coverage.sh runs in a guest, with dmabuf_bench loaded: how often a run is right.
# Prints rows of a csv, and what it is at on standard error; each run's figures go to
# /out/OP.
# usage: holds.sh SIZE RUNS "PART..." OP...
# PART is holds, equal or delay, beside other work, or width, on an idle machine.
#
# A machine that other work disturbs is now fast, now slow, for seconds at a time, and
# the speedup with it: a run that is over sooner tells that of its own time. So what is
# held against the long run is what "bench.sh --repeat" makes: runs that are spread over
# minutes, here by turns with those of all others.
set -u

D=/sys/kernel/debug/dmabuf_bench

# Of 200 so many may be wrong: 7 % and 8 %; of 100 delays so many may be overlooked.
may_miss=14 may_differ=16 may_overlook=5

# Rounds for each buffer; buffers of a run; runs that are repeats of one; buffers of the
# long run, which is made in so many pieces
rounds=27 buffers=3 repeats=41 truth_buffers=800 pieces=200

# Buffers of the runs with equal arms, and those that are tried for the delay
few=11 lengths='35 111 351'

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

# row PHASE: sets speedup, verdict and p50 of the last arm, from their columns. Without a
# process: to start one takes a guest 30 ms.
row()
{
	while read -r text; do
		case $text in
		'#'*) ;;
		*,"$1",*) last=$text ;;
		esac
	done <"$D/bench/results.csv"
	IFS=, read -r _ _ _ _ _ _ _ _ _ _ _ _ _ p50 _ _ _ _ _ _ _ speedup _ _ verdict _ <<-LAST
		$last
	LAST
}

# The step of an op that is judged
phase_of()
{
	case $1 in
	pages) echo fill ;;
	*) echo total ;;
	esac
}

# run_line LINE BUFFERS: makes so many, with ROUNDS rounds for each. Without any rounds to
# warm up, short runs have other speedups than long ones; auto takes more than are kept.
run_line()
{
	put "$1 verify=0 warmup=9 buffers=$2 iterations=$(($2 * rounds))"
}

# The line of an op. With batch=auto, the first samples decide how many calls are one,
# and runs of different batches have different speedups.
line_of()
{
	case $1 in
	pages) echo "pages size=${size:-256K} batch=8" ;;
	mmap) echo "mmap size=${size:-64K}" ;;
	*) echo "$1 size=${size:-256K}" ;;
	esac
}

# spread LINE RUNS FILE: RUNS times REPEATS runs, by turns, and the pieces of the long
# run between them; to FILE
spread()
{
	every=$((repeats * $2 / pieces)) run=0
	while [ $run -lt $((repeats * $2)) ]; do
		run_line "$1" $buffers
		row "$phase"
		echo "$((run % $2)) $speedup $p50" >>"$3"
		run=$((run + 1))
		[ $((run % every)) -eq 0 ] || continue
		run_line "$1" $((truth_buffers / pieces))
		row "$phase"
		echo "long $speedup $p50" >>"$3"
		[ $((run % (20 * every))) -gt 0 ] || say "$op $phase: $run of $((repeats * $2)) runs"
	done
}

# count_held FILE: sets truth, the median of the pieces of the long run, held, how many of
# the intervals over repeats hold it, and width, the median of theirs in hundredths of a
# percent. Ranks are those of bench/stat/summary.c.
count_held()
{
	counts=$(sort -k 2n "$1" | awk '
		$1 == "long" { long[++pieces] = $2; next }
		{ seen[$1, ++n[$1]] = $2 }
		END {
			truth = (long[int((pieces + 1) / 2)] + long[int(pieces / 2) + 1]) / 2
			for (unit in n) {
				# busybox has an awk without sqrt()
				for (reach = 0; (reach + 1) * (reach + 1) <= 4 * n[unit]; reach++)
					continue
				rank = int((n[unit] - reach) / 2)
				lo = seen[unit, rank]
				hi = seen[unit, n[unit] + 1 - rank]
				held += lo <= truth && truth <= hi
				print "width", 10000 * (hi - lo) / truth
			}
			print "held", truth, held + 0
		}' | sort -k 1,1 -k 2,2n | awk '
		$1 == "held" { held = $2 " " $3 }
		$1 == "width" { width[++n] = $2 }
		END { print held, int(width[int((n + 1) / 2)] + 0.5) }')
	truth=${counts%% *} width=${counts##* } held=${counts#* }
	held=${held% *}
	[ "$truth" != 0 ] && [ -n "$truth" ] || exit 3
}

# count_verdicts WANTED RUNS OTHERS BUFFERS LINE: sets counted, those of RUNS runs whose
# last arm has such a verdict. More than OTHERS of others end it.
count_verdicts()
{
	wanted=$1 counted=0 run=0
	while [ $run -lt "$2" ] && [ $((run - counted)) -le "$3" ]; do
		run_line "$5" "$4"
		run=$((run + 1))
		row "$phase"
		case " $wanted " in
		*" $verdict "*) counted=$((counted + 1)) ;;
		esac
		[ $((run % 50)) -gt 0 ] || say "$op $phase: $run of $2 runs, $counted are $wanted"
	done
}

check_holds()
{
	spread "$line strategies=page,sg" "$runs" "/out/$op"
	count_held "/out/$op"
	say "$op $phase: $held of $runs intervals over $repeats runs hold $truth"
	echo "holds,$op,$phase,1,$buffers,$runs,$held,$repeats,\
$((runs - may_miss * runs / 200)),$rounds"
}

# equal_arms THREADS BUFFERS
equal_arms()
{
	count_verdicts 'faster or slower' "$runs" "$runs" "$2" \
		"$line strategies=page,page threads=$1"
	say "$op $phase: equal arms called different in $counted of $runs, $1 threads"
	echo "equal,$op,$phase,$1,$2,$runs,$counted,1,$((may_differ * runs / 200)),$rounds"
}

# Threads that share the lock of one address space take a busy machine seconds for what
# one thread does at once, so their runs are shorter.
check_equal()
{
	equal_arms 1 $few
	if [ "$op" != mmap ]; then
		equal_arms 4 $few
		return
	fi
	all_rounds=$rounds rounds=9
	equal_arms 4 7
	rounds=$all_rounds
}

# Of the total of vmap, which a delay is part of
check_delay()
{
	[ "$op" = vmap ] || return 0
	run_line "$line strategies=sg,sg" $few
	row "$phase"
	delay=$((p50 / 50))
	for length in $lengths; do
		count_verdicts slower $((runs / 2)) $((may_overlook * runs / 200)) "$length" \
			"$line strategies=sg,sg+$delay"
		say "$op $phase: a delay of 2 %, $delay ns, found in $counted of $run runs of $length buffers"
		[ $((run - counted)) -gt $((may_overlook * runs / 200)) ] || break
	done
	echo "delay,$op,$phase,1,$length,$run,$counted,1,\
$(((100 - may_overlook) * runs / 200)),$rounds"
}

check_width()
{
	spread "$line strategies=page,sg" "$runs" "/out/$op"
	count_held "/out/$op"
	echo "width,$op,$phase,1,$buffers,$runs,$width,$repeats,300,$rounds"
}

size=$1 runs=$2 parts=$3
shift 3
if [ "$parts" != width ]; then
	say 'waiting for other work'
	until [ -e /out/go ]; do
		sleep 1
	done
fi
for op; do
	phase=$(phase_of "$op") line=$(line_of "$op")
	for part in $parts; do
		"check_$part"
	done
done
