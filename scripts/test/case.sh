# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# What the topics share: cases with a verdict, complaints, and the files of the
# module. A topic is a file of functions test_NAME, each of which runs in a
# subshell; one passes when it neither complained nor failed.
#
#   complain TEXT    this is wrong; go on
#   fail TEXT        this is wrong; no use in going on
#   skip TEXT        what is missing for this case
#   note TEXT        a figure worth a diagnostic

D=/sys/kernel/debug/dmabuf_bench
# shellcheck disable=SC2034 # for the topics
tracefs=/sys/kernel/tracing
node=/dev/dma_heap/bench_system
module=dmabuf_bench
: "${test_dir:?}"
: "${scratch:?}"

# Bytes of a page, and how many times 4096 that is: sizes that stand for so many
# pages or chunks are written as for pages of 4096 bytes, times this.
page=$(($(sed -n 's/^KernelPageSize: *\([0-9]*\) kB$/\1/p' /proc/self/smaps | head -n 1) * 1024))
# shellcheck disable=SC2034 # for the topics
pages4k=$((page / 4096))
# The page order of a PMD: a page of page table entries, of eight bytes each.
pmd_order=0
while [ $((8 << pmd_order)) -lt "$page" ]; do
	pmd_order=$((pmd_order + 1))
done

# The knobs, as far as a write to them lasts.
heap_knobs='heap/mmap_strategy heap/vmap_strategy heap/orders heap/max_bytes
	heap/fragment_pct heap/shuffle'
bench_knobs='bench/op bench/heap bench/fd bench/strategies bench/size bench/iterations
	bench/buffers bench/warmup bench/batch bench/threads bench/cpu bench/clock bench/purge
	bench/verify bench/seed'

csv_header=run,op,phase,strategy,heap,size_bytes,chunks,iterations,complete
csv_header=$csv_header,disturbed,overhead_ns,tick_ns,min_ns,p50_ns,p50_lo_ns
csv_header=$csv_header,p50_hi_ns,p90_ns,p99_ns,max_ns,mean_ns,mad_ns,speedup
csv_header=$csv_header,speedup_lo,speedup_hi,verdict

# --- verdicts ---

complain()
{
	printf '%s\n' "$*"
	: >"$scratch/complained"
}

fail()
{
	complain "$*"
	exit 1
}

skip()
{
	printf '%s\n' "$*" >"$scratch/skip"
	exit 0
}

note()
{
	printf '%s\n' "$*"
}

# expect_equal WHAT VALUE WANTED
expect_equal()
{
	[ "$2" = "$3" ] || complain "$1: '$2', expected '$3'"
}

# expect_match WHAT VALUE PATTERN, a pattern of the shell
expect_match()
{
	# shellcheck disable=SC2254 # a pattern it is
	case $2 in
	$3) ;;
	*) complain "$1: '$2', expected '$3'" ;;
	esac
}

# expect_true WHAT COMMAND...: COMMAND says why not.
expect_true()
{
	what=$1
	shift
	"$@" || complain "$what: status $? from: $*"
}

# expect_awk WHAT CONDITION: a comparison of decimal numbers.
expect_awk()
{
	awk "BEGIN { exit !($2) }" </dev/null || complain "$1: not $2"
}

# How many seconds the guest has waited for a CPU of the host so far, as guest.sh says.
lost_s()
{
	cat /ctl/lost 2>/dev/null || echo 0
}

# What the kernel log holds since the case's marker, if it is of a guest. Sets
# stalled when that is only stalls of a guest that was starved of CPU.
kernel_complaints()
{
	stalled=
	[ -n "${in_guest:-}" ] || return 0
	dmesg | sed "1,/dbb-test: $1\$/d" |
		sh "$test_dir/../vm/kernel_log.sh" /ctl/starved >"$scratch/log"
	case $? in
	0) return ;;
	2) stalled=1 ;;
	*) : >"$scratch/complained" ;;
	esac
	sed 's/^/kernel log: /' "$scratch/log" >>"$scratch/said"
}

# run_case NAME FUNCTION: prints diagnostics, then the verdict, as run_tests.sh
# expects them. A case during which the guest was starved and stalled is run once
# more; the second time a stall is a failure.
run_case()
{
	echo "start $1"
	{ echo "dbb-test: $1" >/dev/kmsg; } 2>/dev/null || :
	rm -f "$scratch/complained" "$scratch/skip"
	: >"$scratch/pids"
	begin=$(date +%s)
	echo "$begin" >"$scratch/begin"
	("$2") >"$scratch/said" 2>&1 </dev/null
	status=$?
	end_jobs
	kernel_complaints "$1"
	# busybox tr has no classes
	head -n 25 "$scratch/said" | LC_ALL=C tr -c '\n -~' '?' | sed 's/^/# /'
	took=$(($(date +%s) - begin))
	[ "$took" -lt 10 ] || echo "# took $took s"
	if [ -n "$stalled" ] && [ -z "${3:-}" ]; then
		echo '# stalled, starved of CPU, outside the module: once more'
		is_loaded || load
		restore_knobs
		run_case "$1" "$2" again
		return
	fi
	[ -z "$stalled" ] || : >"$scratch/complained"
	if [ "$status" != 0 ] || [ -e "$scratch/complained" ]; then
		echo "not ok $1"
	elif [ -e "$scratch/skip" ]; then
		echo "skip $1 $(cat "$scratch/skip")"
	else
		echo "ok $1"
	fi
}

# --- jobs and waiting ---

# spawn COMMAND...: in the background, sets pid; ended with the case.
spawn()
{
	"$@" &
	pid=$!
	echo "$pid" >>"$scratch/pids"
}

end_jobs()
{
	while read -r job; do
		kill -KILL "$job" 2>/dev/null
		# several cases' worth of "Killed" would hide what matters
		wait "$job" 2>/dev/null
	done <"$scratch/pids"
}

# Repeats COMMAND for up to ten seconds until it succeeds.
wait_until()
{
	tries=100
	until "$@"; do
		tries=$((tries - 1))
		[ "$tries" -gt 0 ] || return 1
		sleep 0.1
	done
}

helper()
{
	name=$1
	shift
	"$test_dir/$name" "$@"
}

# plant FILE SED [FILE SED]...: a copy of the sources, $planted, with each FILE
# changed by the commands SED, which have to change it. The copy is always in the
# same place, so that a build compiles only what differs from the last one; it is
# this case's until its end.
plant()
{
	planted=${XDG_CACHE_HOME:-$HOME/.cache}/dmabuf-bench/planted
	planted=$planted/$(printf '%s' "$test_dir" | cksum | cut -d ' ' -f 1)
	mkdir -p "$planted"
	exec 7>"$planted.lock"
	flock 7
	rm -rf "$planted"
	mkdir "$planted"
	for name in Kbuild heap bench trace scripts; do
		cp -r "$test_dir/../../$name" "$planted/$name"
	done
	while [ $# -gt 0 ]; do
		cp "$planted/$1" "$scratch/unplanted"
		sed -i "$2" "$planted/$1"
		! cmp -s "$planted/$1" "$scratch/unplanted" ||
			fail "sed '$2' changes nothing in $1"
		shift 2
	done
}

# --- the module ---

is_loaded()
{
	[ -d "/sys/module/$module" ]
}

load()
{
	insmod "$test_dir/../../$module.ko"
}

# Buffers go a moment after their last user did.
unload()
{
	wait_until rmmod "$module" 2>/dev/null
}

# stat_of NAME: a line of heap/stats. One that is not there is never equal to
# another one.
stat_of()
{
	sed -n "s/^$1=//p" "$D/heap/stats" | grep . || {
		: >"$scratch/complained"
		echo "no-$1"
	}
}

all_is_freed()
{
	[ "$(stat_of bytes_alive)" = 0 ] && [ "$(stat_of buffers_alive)" = 0 ]
}

# Nothing is alive, and what was made is undone.
expect_nothing_left()
{
	is_loaded || fail 'the module is not loaded'
	wait_until all_is_freed ||
		complain "$(stat_of bytes_alive) bytes are still alive"
	expect_equal buffers_freed "$(stat_of buffers_freed)" "$(stat_of buffers_created)"
	expect_equal mmaps_undone "$(stat_of mmaps_undone)" "$(stat_of mmaps_made)"
	expect_equal vmaps_undone "$(stat_of vmaps_undone)" "$(stat_of vmaps_made)"
	expect_equal detaches "$(stat_of detaches)" "$(stat_of attaches)"
}

# The last case of each topic: nothing is left, and the module goes.
test_clean()
{
	expect_nothing_left
	unload || fail "rmmod: $(rmmod "$module" 2>&1)"
	[ ! -e "$D" ] || complain "$D is still there"
	[ ! -e "$node" ] || complain "$node is still there"
}

# --- knobs ---

# The value that a knob takes back: the word in brackets, or all of it. Lines
# after the first are remarks.
knob()
{
	sed 's/.*\[\(.*\)\].*/\1/; q' "$D/$1"
}

# The words that a knob takes here.
choices_of()
{
	sed 's/[][]//g; q' "$D/$1"
}

save_knobs()
{
	for file in $heap_knobs $bench_knobs; do
		echo "$file $(knob "$file")"
	done >"$scratch/knobs"
}

restore_knobs()
{
	[ -e "$D/bench/run" ] || return 0
	while read -r file value; do
		echo "$value" >"$D/$file"
	done <"$scratch/knobs"
}

# All that a refusal must leave alone.
state()
{
	# shellcheck disable=SC2086 # lists of words
	(cd "$D" && cat $heap_knobs heap/stats $bench_knobs bench/status \
		bench/results.csv bench/samples.csv)
}

# Sets refusals, their number so far, and refusal, the last line of error_log.
read_refusals()
{
	refusals=0 refusal=''
	while read -r line; do
		case $line in
		[0-9]*) refusal=$line refusals=${line%% *} ;;
		esac
	done <"$D/error_log"
}

# put FILE TEXT: one write; prints ok or the errno's name.
put()
{
	helper put "$D/$1" "$2"
}

# set_knob FILE TEXT: a write that has to be taken.
set_knob()
{
	expect_equal "write '$2' to $1" "$(put "$1" "$2")" ok
}

# expect_refusal WHAT ERRNO GOT BEFORE WORD...: after a refused write, error_log
# has one more line than BEFORE, and each WORD is in it.
expect_refusal()
{
	what=$1
	expect_equal "$what" "$3" "$2"
	read_refusals
	expect_equal "$what: number of the last line of error_log" "$refusals" $(($4 + 1))
	shift 4
	for word; do
		case $refusal in
		*"$word"*) ;;
		*) complain "$what: no '$word' in the line of error_log: $refusal" ;;
		esac
	done
}

# refuse ERRNO FILE TEXT [WORD...]: the write is refused with ERRNO, noted with
# what was written and what is accepted, and changes nothing.
refuse()
{
	errno=$1 file=$2 text=$3
	shift 3
	what="write '$(printf '%.60s' "$text")' to $file"
	state_before=$(state)
	read_refusals
	expect_refusal "$what" "$errno" "$(put "$file" "$text")" "$refusals" \
		accepted "$@"
	[ "$(state)" = "$state_before" ] || complain "$what changed something"
}

# --- runs and results ---

# run LINE: has to succeed.
run()
{
	expect_equal "run '$1'" "$(put bench/run "$1")" ok
}

# Sets status_line and the words of bench/status: state, rounds_done, total, eta_ms.
# shellcheck disable=SC2034 # for the topics
read_status()
{
	read -r status_line <"$D/bench/status"
	state=${status_line%% *} rounds_done='' total='' eta_ms=''
	for word in $status_line; do
		case $word in
		done=*) rounds_done=${word#*=} ;;
		total=*) total=${word#*=} ;;
		eta_ms=*) eta_ms=${word#*=} ;;
		esac
	done
}

# Past its warm-up, too.
is_running()
{
	read_status
	[ "$state" = running ] && [ "$rounds_done" -gt 100 ]
}

# environment KEY: of results.csv
environment()
{
	sed -n "s/^# $1=//p" "$D/bench/results.csv"
}

# column NAME [KEY=VALUE...]: of the matching rows of results.csv
column()
{
	select_rows "$@" <"$D/bench/results.csv"
}

# sample NAME [KEY=VALUE...]: of the matching rows of samples.csv
sample()
{
	select_rows "$@" <"$D/bench/samples.csv"
}

# Prints a column of the rows of a csv on standard input.
select_rows()
{
	wanted_column=$1
	shift
	awk -F , -v column="$wanted_column" -v conditions="$*" '
	/^#/ { next }
	!header++ {
		for (i = 1; i <= NF; i++)
			place[$i] = i
		n = split(conditions, condition, " ")
		for (i = 1; i <= n; i++) {
			split(condition[i], pair, "=")
			where[i] = place[pair[1]]
			what[i] = pair[2]
		}
		next
	}
	{
		for (i = 1; i <= n; i++)
			if ($where[i] != what[i])
				next
		print $place[column]
	}'
}

# interval_rank MEDIAN: of values in the order of the rounds, the rank of the lower end
# of the interval of their median, 0 for none: bench/stat/block.c once more.
interval_rank()
{
	awk -v p50="$1" '
	# busybox awk may lack sqrt()
	function root(x,   r) { r = x; while (r * r > x) r = int((r + int(x / r)) / 2); return r }
	function variance(size,   blocks, squares, b, j, sum) {
		blocks = int(n / size)
		for (b = 0; b < blocks; b++) {
			sum = 0
			for (j = 1; j <= size; j++)
				sum += sign[b * size + j]
			squares += sum * sum
		}
		return int(squares * n / ((blocks - 1) * size))
	}
	{ x[n = NR] = $1; below += $1 < p50; above += $1 > p50 }
	END {
		if (n < 6) { print 0; exit }
		m = split("6608 5987 5591 5318 5117 4965 4844 4747 4667 4600 4543 4494 4451 " \
			"4414 4381 4351 4325 4301 4279 4260 4242 4225 4210 4196 4183 4171", t2, " ")
		ties = n - below - above
		up = int((ties + below - above) / 2)
		for (i = 1; i <= n; i++) {
			sign[i] = x[i] < p50 ? -1 : 1
			if (x[i] == p50) {
				carry += up
				sign[i] = carry < ties ? -1 : 1
				if (sign[i] > 0)
					carry -= ties
			}
			if (i > 1)
				neighbours += sign[i] * sign[i - 1]
		}
		reach = 4 * n
		if (n < 30) {
			if (neighbours > 0 && neighbours * neighbours > 4 * (n - 1) && 5 * neighbours > n - 1) { print 0; exit }
			print int((n - root(reach)) / 2)
			exit
		}
		last = before = n
		for (size = 3; int(n / size) >= 6; size = 2 * size - 1) {
			quarter = before; before = last; last = variance(size)
			more = last > before ? last + int((last - before) / 2) : last
			i = int(n / size) - 5
			more = int(more * t2[i > m ? m : i] / 1000)
			reach = more > reach ? more : reach
			longest = size
		}
		quarter = quarter < n ? n : quarter
		rank = root(reach) < n - 1 ? int((n - root(reach)) / 2) : 0
		grows = 3 * last > n * (3 + longest) || 2 * last > 5 * quarter
		print grows ? 0 : rank
	}'
}

count_lines()
{
	wc -l | tr -d ' '
}

# The orders in which the arms ran, as one word for comparing.
order_of_arms()
{
	sample order_in_round | md5sum
}

# table_cell COLUMN ARM PHASE: of bench/results, its columns counted from 1.
table_cell()
{
	awk -v column="$1" -v arm="$2" -v phase="$3" \
		'$1 == arm && $2 == phase { print $column }' "$D/bench/results"
}

# expect_share ARM PHASE: share_pct is that of the medians, rounded.
expect_share()
{
	expect_equal "share_pct of $1 $2" "$(table_cell 9 "$1" "$2")" \
		"$(awk -v part="$(table_cell 5 "$1" "$2")" -v whole="$(table_cell 5 "$1" total)" '
			BEGIN {
				tenths = int(((part < 0 ? -part : part) * 1000 + int(whole / 2)) / whole)
				printf "%s%d.%d", part < 0 && tenths ? "-" : "",
					int(tenths / 10), tenths % 10
			}')"
}

# expect_shares ARM...: the medians of the parts of a vmap and the row rest are the
# total; the means of the parts, which add up on a busy machine too, are close to it.
expect_shares()
{
	for arm; do
		total=$(column p50_ns strategy="$arm" phase=total)
		mean=$(column mean_ns strategy="$arm" phase=total)
		sum=0 means=0
		for phase in array fill map vunmap; do
			ns=$(column p50_ns strategy="$arm" phase=$phase)
			sum=$(awk "BEGIN { printf \"%.0f\", $sum + $ns }")
			means=$(awk "BEGIN { printf \"%.0f\", $means + \
				$(column mean_ns strategy="$arm" phase=$phase) }")
			note "$arm $phase: $ns ns, $(table_cell 9 "$arm" $phase) %"
			expect_share "$arm" $phase
		done
		rest=$(awk "BEGIN { printf \"%.0f\", $total - $sum }")
		note "$arm: the parts are $sum ns, the total is $total ns"
		expect_equal "$arm: rest" "$(table_cell 5 "$arm" rest)" "$rest"
		expect_share "$arm" rest
		expect_awk "$arm: the means of the parts within 2 % of that of the total" \
			"$means >= $mean * 0.98 && $means <= $mean * 1.02"
	done
}
