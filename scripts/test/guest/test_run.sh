# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# Runs: what they leave in the results, how they are stopped, and that their
# figures are those of their samples.
# shellcheck disable=SC2154 # read_status sets state, rounds_done, total, eta_ms

: "${test_dir:?}"
# shellcheck source-path=SCRIPTDIR source=../case.sh
. "$test_dir/case.sh"

# expect_rows OP PHASE...: a row for each arm and phase, in order.
expect_rows()
{
	op=$1
	shift
	want=$(for arm in page sg; do
		for phase; do
			echo "$op,$phase,$arm"
		done
	done)
	got=$(grep -v '^#' "$D/bench/results.csv" | sed 1d | cut -d , -f 2,3,4)
	expect_equal "rows of $op" "$got" "$want"
}

# Each op completes, with its phases.
test_ops()
{
	run 'pages size=4M strategies=page,sg iterations=6'
	expect_rows pages fill
	run 'vmap size=4M strategies=page,sg iterations=6'
	expect_rows vmap vmap vunmap total array fill map
	run 'mmap size=4M strategies=page,sg iterations=6'
	expect_rows mmap mmap touch munmap total
	run 'noop strategies=page,sg iterations=6'
	expect_rows noop op
}

# The columns that describe the run itself are right.
test_columns()
{
	run 'noop iterations=3'
	first=$(column run | head -n 1)
	run "pages size=$((272 * page)) strategies=page,sg iterations=7"
	expect_equal run "$(column run | sort -u)" $((first + 1))
	expect_equal op "$(column op | sort -u)" pages
	expect_equal heap "$(column heap | sort -u)" system
	expect_equal size_bytes "$(column size_bytes | sort -u)" $((272 * page))
	# orders 8 and 4
	expect_equal chunks "$(column chunks | sort -u)" 2
	expect_equal iterations "$(column iterations | sort -u)" 7
	expect_equal complete "$(column complete | sort -u)" 1
	expect_equal verdict "$(column verdict strategy=page)" baseline
	expect_equal speedup "$(column speedup strategy=page)" 1.000
}

# results.csv has the contract's header line, and the environment before it.
test_header()
{
	run 'noop iterations=3'
	# columns are only ever appended
	expect_match 'header line' "$(grep -v '^#' "$D/bench/results.csv" | head -n 1)" \
		"$csv_header*"
	keys=$(sed -n 's/^# \([a-z_]*\)=.*/\1/p' "$D/bench/results.csv" | tr '\n' ' ')
	for key in kernel arch page_size_bytes preempt cpus clocksource pat \
		governor virtualised debug_options disturbed_by module_version \
		module_srcversion boot_id module_loaded_ms traced params; do
		case " $keys " in
		*" $key "*) ;;
		*) complain "no environment line '$key='" ;;
		esac
		[ -n "$(environment $key)" ] || complain "'$key=' says nothing"
	done
	expect_equal kernel "$(environment kernel)" "$(uname -r)"
	expect_equal arch "$(environment arch)" "$(uname -m)"
	expect_equal cpus "$(environment cpus)" "$(nproc)"
	expect_equal clocksource "$(environment clocksource)" \
		"$(cat /sys/devices/system/clocksource/clocksource0/current_clocksource)"
	expect_equal module_srcversion "$(environment module_srcversion)" \
		"$(cat /sys/module/$module/srcversion)"
	expect_equal traced "$(environment traced)" 0
	expect_match 'header of samples.csv' "$(head -n 1 "$D/bench/samples.csv")" \
		'round,arm,phase,strategy,order_in_round,ns,cpu,flags*'
	! grep -v -e '^# [a-z_]*=' -e "^$csv_header" -e '^[0-9]*,noop,op,' \
		"$D/bench/results.csv" || complain 'and lines of no known kind'
}

cpus=/sys/devices/system/cpu

# results.csv has as many CPUs as there were during the run, whatever is read later.
test_cpus_of_run()
{
	[ -w $cpus/cpu1/online ] || skip 'a second CPU that can be taken offline'
	run 'noop iterations=3'
	before=$(environment cpus)
	echo 0 >$cpus/cpu1/online
	later=$(environment cpus)
	echo 1 >$cpus/cpu1/online
	expect_equal 'cpus, read with one CPU less' "$later" "$before"
}

# It has the preemption model of the run, too.
test_preempt_of_run()
{
	knob=/sys/kernel/debug/sched/preempt
	[ -w $knob ] || skip 'CONFIG_PREEMPT_DYNAMIC'
	run 'noop iterations=3'
	before=$(environment preempt)
	[ "$before" != dynamic ] || skip 'a kernel that exports its preemption model'
	was=$(sed 's/.*(\(.*\)).*/\1/' $knob)
	for model in $(tr -d '()' <$knob); do
		[ "$model" = "$was" ] || other=$model
	done
	echo "$other" >$knob
	later=$(environment preempt)
	run 'noop iterations=3'
	next=$(environment preempt)
	echo "$was" >$knob
	expect_equal 'preempt, read with another model' "$later" "$before"
	expect_equal 'preempt of the next run' "$next" "$other"
}

# expect_governor LINE PATTERN: where CPU 0 has governor0, and CPU 1 governor1
expect_governor()
{
	run "noop iterations=3 $1"
	expect_match "governor with '$1'" "$(environment governor)" "$2"
}

# The governor is that of the CPU that measures.
test_governor()
{
	[ -d $cpus/cpu1 ] || skip 'a second CPU'
	for cpu in 0 1; do
		mount -t tmpfs none $cpus/cpu$cpu
		mkdir $cpus/cpu$cpu/cpufreq
		echo governor$cpu >$cpus/cpu$cpu/cpufreq/scaling_governor
	done
	expect_governor cpu=1 governor1
	expect_governor cpu=0 governor0
	expect_governor 'cpu=1 threads=2' governor1
	expect_governor cpu=any 'governor[01]'
	umount $cpus/cpu0 $cpus/cpu1
}

# An interval needs six rounds: with five its fields are empty.
test_interval()
{
	run 'noop strategies=page,sg iterations=5'
	for name in p50_lo_ns p50_hi_ns speedup_lo speedup_hi; do
		expect_equal "$name of 5 rounds" "$(column $name | tr -d '\n')" ''
	done
	expect_equal 'verdict of 5 rounds' "$(column verdict strategy=sg)" unclear
	run 'noop strategies=page,sg iterations=6'
	for name in p50_lo_ns p50_hi_ns speedup_lo speedup_hi; do
		expect_match "$name of 6 rounds" "$(column $name strategy=sg)" '*[0-9]*'
	done
	for field in $(seq 1 25); do
		[ -n "$(tail -n 1 "$D/bench/results.csv" | cut -d , -f "$field")" ] ||
			complain "field $field of 6 rounds is empty"
	done
}

# samples.csv has a row for each round, arm and phase.
test_sample_rows()
{
	run 'vmap size=1M strategies=page,sg,page iterations=7'
	want=$(for round in 0 1 2 3 4 5 6; do
		for arm in 0,page 1,sg 2,page; do
			for phase in vmap vunmap total array fill map; do
				echo "$round,${arm%,*},$phase,${arm#*,}"
			done
		done
	done)
	got=$(sed 1d "$D/bench/samples.csv" | cut -d , -f 1-4)
	[ "$got" = "$want" ] ||
		complain "the rows are not rounds x arms x phases: $(echo "$got" | head -n 20)"
	for round in 0 1 2 3 4 5 6; do
		expect_equal "places of round $round" \
			"$(sample order_in_round round=$round phase=map | sort | tr -d '\n')" 012
	done
}

# middle FILE: the median of sorted numbers, rounded down
middle()
{
	awk '{ x[n = NR] = $1 }
		END {
			low = x[int((n + 1) / 2)]
			printf "%.0f\n", low + int((x[int(n / 2) + 1] - low) / 2)
		}' "$1"
}

# recompute ARM PHASE READS: prints what results.csv should say of the samples,
# net of clock reads and for one call: min p50 p50_lo p50_hi p90 p99 max mean mad.
recompute()
{
	overhead=$(column overhead_ns | head -n 1)
	batch=$(column batch | head -n 1)
	sample ns "arm=$1" "phase=$2" |
		awk -v net=$(($3 * overhead)) -v batch="$batch" \
			'{ printf "%.0f\n", int(($1 - net) / batch) }' >"$scratch/rounds"
	sort -n "$scratch/rounds" >"$scratch/net"
	awk -v rank="$(interval_rank "$(middle "$scratch/net")" <"$scratch/rounds")" '
	function floor_half(x) { return x >= 0 ? int(x / 2) : -int((1 - x) / 2) }
	function median(x, n) {
		return n % 2 ? x[(n + 1) / 2] : floor_half(x[n / 2] + x[n / 2 + 1])
	}
	function percentile(p) { return x[int((n * p + 99) / 100)] }
	function sort_by_size(d, n,   i, j, t) {
		for (i = 2; i <= n; i++)
			for (j = i; j > 1 && d[j - 1] > d[j]; j--) {
				t = d[j]; d[j] = d[j - 1]; d[j - 1] = t
			}
	}
	{ x[n = NR] = $1 + 0; sum += $1 }
	END {
		p50 = median(x, n) + 0
		lo = hi = ""
		if (rank) {
			lo = x[rank]
			hi = x[n + 1 - rank]
		}
		for (i = 1; i <= n; i++)
			d[i] = x[i] < p50 ? p50 - x[i] : x[i] - p50
		sort_by_size(d, n)
		printf "%d,%d,%s,%s,%d,%d,%d,%d,%d\n", x[1], p50, lo, hi, \
			percentile(90), percentile(99), x[n], int(sum / n), median(d, n)
	}' "$scratch/net"
}

# expect_figures LINE PHASE:READS...
expect_figures()
{
	run "$1"
	shift
	for phase; do
		for arm in 0 1; do
			got=$(grep -v '^#' "$D/bench/results.csv" | sed 1d |
				awk -F , -v OFS=, -v phase="${phase%:*}" '$3 == phase' |
				sed -n "$((arm + 1))p" | cut -d , -f 13-21)
			expect_equal "${phase%:*} of arm $arm" "$got" \
				"$(recompute $arm "${phase%:*}" "${phase#*:}")"
		done
	done
}

# The figures are those of the samples, net of the clock's overhead.
test_figures()
{
	expect_figures 'noop batch=1 strategies=page,sg iterations=1' op:1
	expect_figures 'noop batch=1 strategies=page,sg iterations=2' op:1
	expect_figures 'noop batch=1 strategies=page,sg iterations=5' op:1
	expect_figures 'noop batch=1 strategies=page,sg iterations=6' op:1
	expect_figures 'noop batch=1 strategies=page,sg iterations=100' op:1
	expect_figures 'noop batch=1 strategies=page,sg iterations=101' op:1
	expect_figures 'noop batch=64 strategies=page,sg iterations=20' op:1
	# the spin of a delay has a clock read of its own before it begins
	expect_figures 'noop batch=1 strategies=page+5000,sg+9000 iterations=20' op:2
	expect_figures 'noop batch=64 strategies=page+5000,sg+9000 iterations=20' op:2
	expect_figures 'pages batch=1 size=1M strategies=page,sg iterations=20' fill:1
	expect_figures 'pages batch=5 size=64k strategies=page,sg iterations=20' fill:1
	expect_figures 'mmap size=1M strategies=page,sg iterations=21' \
		mmap:1 touch:1 munmap:1 total:3
	expect_figures 'vmap size=1M strategies=page,sg iterations=22' \
		vmap:6 vunmap:1 total:7 array:2 fill:1 map:1
	expect_figures 'vmap size=1M strategies=page+5000,sg+9000 iterations=22' \
		vmap:7 vunmap:1 total:8 array:2 fill:1 map:1
}

# speedup is the median of baseline/arm of the paired rounds, with its interval.
test_speedup()
{
	run 'pages size=4M strategies=page,sg iterations=61'
	overhead=$(column overhead_ns | head -n 1)
	sed 1d "$D/bench/samples.csv" | awk -F , -v overhead="$overhead" '
		function net(ns) { ns -= overhead; return ns < 1 ? 1 : ns }
		$2 == 0 { base = net($6) }
		$2 == 1 { printf "%.0f\n", int(base * 1000000 / net($6)) }' |
		tee "$scratch/rounds" | sort -n >"$scratch/net"
	want=$(awk -v rank="$(interval_rank "$(middle "$scratch/net")" <"$scratch/rounds")" '
		function cell(x) { x = int((x + 500) / 1000); return sprintf("%d.%03d", x / 1000, x % 1000) }
		{ x[NR] = $1 }
		END {
			print cell(x[31]) "," (rank ? cell(x[rank]) "," cell(x[NR + 1 - rank]) : ",")
		}' "$scratch/net")
	expect_equal 'speedup, lo, hi' \
		"$(grep ',sg,' "$D/bench/results.csv" | grep -v '^#' | cut -d , -f 22-24)" "$want"
	case $want in
	*,,) expect_equal verdict "$(column verdict strategy=sg)" unclear ;;
	*) expect_equal verdict "$(column verdict strategy=sg)" faster ;;
	esac
}

# The line of "# params=" repeats the run, with the same order of the arms.
test_params_line()
{
	run 'pages size=64k strategies=page,sg,page iterations=40 warmup=1'
	params=$(environment params)
	order=$(order_of_arms)
	run "$params"
	expect_equal params "$(environment params)" "$params"
	expect_equal 'order of the arms' "$(order_of_arms)" "$order"
	run 'pages size=64k strategies=page,sg,page iterations=40 warmup=1'
	[ "$(order_of_arms)" != "$order" ] ||
		complain 'two runs without a seed have the same order'
}

# The seed decides the order of the arms, and nothing else does.
test_seed()
{
	run 'noop strategies=page,sg iterations=60 seed=7'
	first=$(order_of_arms)
	run 'noop strategies=page,sg iterations=60 seed=7'
	expect_equal 'order with the same seed' "$(order_of_arms)" "$first"
	expect_match params "$(environment params)" '*seed=7*'
	run 'noop strategies=page,sg iterations=60 seed=8'
	[ "$(order_of_arms)" != "$first" ] || complain 'two seeds give the same order'
}

# Each arm comes first in about its share of the rounds.
test_order_is_fair()
{
	run 'noop strategies=page,sg iterations=200 seed=1'
	for arm in 0 1; do
		first=$(sample arm order_in_round=0 | grep -c -x $arm)
		note "arm $arm came first in $first of 200 rounds"
		expect_awk "arm $arm comes first" "$first >= 70 && $first <= 130"
	done
	run 'noop strategies=page,sg,page,sg iterations=400 seed=1'
	for arm in 0 1 2 3; do
		for place in 0 1 2 3; do
			count=$(sample arm order_in_round=$place | grep -c -x $arm)
			expect_awk "arm $arm at place $place" "$count >= 60 && $count <= 140"
		done
	done
}

# A run may have the same strategy twice, and eight arms.
test_arms()
{
	run 'pages size=1M strategies=page,page iterations=6'
	expect_equal strategies "$(column strategy | tr '\n' ' ')" 'page page '
	run 'noop strategies=page,sg,page,sg,page,sg,page,sg iterations=6'
	expect_equal rows "$(column strategy | count_lines)" 8
}

# A run by knobs equals the run by a line.
test_knobs_run()
{
	set_knob bench/op pages
	set_knob bench/size 2M
	set_knob bench/strategies sg,page
	set_knob bench/iterations 9
	set_knob bench/warmup 0
	set_knob bench/seed 5
	set_knob bench/verify 0
	run 1
	params=$(environment params)
	order=$(order_of_arms)
	for word in op=pages heap=system strategies=sg,page size=2097152 \
		iterations=9 warmup=0 verify=0 seed=5; do
		expect_match params " $params " "* $word *"
	done
	restore_knobs
	run 'pages size=2M strategies=sg,page iterations=9 warmup=0 seed=5 verify=0'
	expect_equal 'params of the line form' "$(environment params)" "$params"
	expect_equal 'order of the line form' "$(order_of_arms)" "$order"
}

# The table for people has the same medians as the csv.
test_table()
{
	run 'vmap size=1M strategies=page,sg iterations=8'
	for arm in page sg; do
		for phase in vmap vunmap total array fill map; do
			expect_equal "p50_ns of $arm $phase" "$(table_cell 5 $arm $phase)" \
				"$(column p50_ns strategy=$arm phase=$phase)"
			expect_share $arm $phase
		done
		expect_share $arm rest
	done
	# the parts of op mmap are its steps
	run 'mmap size=1M strategies=page iterations=8'
	expect_equal 'rest of mmap' "$(table_cell 5 page rest)" \
		$(($(column p50_ns phase=total) - $(column p50_ns phase=mmap) -
			$(column p50_ns phase=touch) - $(column p50_ns phase=munmap)))
	expect_share page rest
	case $(environment virtualised) in
	TCG* | qemu-virt) grep -q '^note: emulated .* count instructions' "$D/bench/results" ||
		complain 'the table does not say what an emulated CPU means' ;;
	esac
}

# expect_cells COLUMNS PHASES: the table says of each arm and phase what the columns
# of the csv say, in this order; "-" of what is not there. Of a column NAME_ns the
# table's name is that, too; speedup_lo and speedup_hi are lo95 and hi95 there.
expect_cells()
{
	for arm in $arms; do
		for phase in $2; do
			for name in $1; do
				want=$(column "$name" "strategy=$arm" "phase=$phase")
				expect_equal "$name of $arm $phase" \
					"$(table_by_name "$name" "$arm" "$phase")" "${want:--}"
			done
		done
	done
}

# table_by_name COLUMN ARM PHASE: the cell below the heading
table_by_name()
{
	case $1 in
	speedup_lo) heading=lo95 ;;
	speedup_hi) heading=hi95 ;;
	*) heading=$1 ;;
	esac
	awk -v heading="$heading" -v arm="$2" -v phase="$3" '
		$1 == "strategy" { for (i = 1; i <= NF; i++) place[$i] = i }
		$1 == arm && $2 == phase { print $place[heading] }' "$D/bench/results"
}

# Every figure of the table equals the column of that name in results.csv.
test_table_columns()
{
	figures='min_ns p50_ns p90_ns max_ns mad_ns speedup speedup_lo speedup_hi verdict'
	arms='page sg'
	run 'vmap size=1M strategies=page,sg iterations=31'
	expect_cells "$figures" 'vmap vunmap total array fill map'
	expect_equal 'the figures of sg total that differ' \
		"$(for name in min_ns p50_ns p90_ns max_ns mad_ns; do
			column $name strategy=sg phase=total
		done | sort -u | count_lines)" 5
	expect_awk 'the interval of speedup' "$(column speedup_lo strategy=sg phase=total) < \
		$(column speedup_hi strategy=sg phase=total)"
	expect_match 'the head' "$(grep '^run ' "$D/bench/results")" \
		'* op vmap, heap system, 1048576 bytes in * chunks, 31 of 31 rounds'
	arms='20000 60000'
	run 'delay strategies=20000,60000 iterations=5'
	expect_cells "$figures" 'op spun'
	expect_equal samples "$(table_by_name samples 60000 op)" 5
}

# start_long_run OP: sets pid; the writer's last word goes to $scratch/put.
start_long_run()
{
	spawn "$test_dir/put" "$D/bench/run" \
		"$1 size=1M strategies=page,sg iterations=1000000 warmup=2 batch=1" >"$scratch/put"
	wait_until is_running || fail "no run: $(cat "$D/bench/status")"
}

# expect_stopped OP: the run was stopped, and what it measured is there.
expect_stopped()
{
	wait "$pid" 2>/dev/null
	wait_until ended
	expect_equal "status of $1" "$state" stopped
	expect_match "status of $1" "$status_line" \
		"* op=$1 *reason=\"stopped after * of 1000000 rounds\"*"
	expect_equal "complete of $1" "$(column complete | sort -u)" 0
	rounds=$(column iterations | sort -u)
	expect_awk "rounds kept of $1" "${rounds:-0} > 0 && ${rounds:-0} < 1000000"
	expect_equal "rows in samples.csv of $1" "$(sample ns arm=1 | count_lines)" \
		$((rounds * $(column phase strategy=sg | count_lines)))
	grep -q INCOMPLETE "$D/bench/results" || complain 'the table does not say so'
}

ended()
{
	read_status
	[ "$state" != running ]
}

# A second run at once is refused and the first is unharmed.
test_second_run()
{
	spawn "$test_dir/put" "$D/bench/run" \
		'vmap size=1M strategies=page,sg iterations=10000 warmup=2' >"$scratch/put"
	wait_until is_running || fail 'no run'
	read_refusals
	expect_refusal 'a second run' EBUSY "$(put bench/run 'noop iterations=3')" \
		"$refusals" 'noop iterations=3' 'run is in progress' stop
	read_refusals
	expect_refusal 'a second run by knobs' EBUSY "$(put bench/run 1)" "$refusals"
	read_status
	expect_equal 'status meanwhile' "$state" running
	wait "$pid"
	expect_equal 'the first run' "$(cat "$scratch/put")" ok
	expect_equal complete "$(column complete | sort -u)" 1
	expect_equal iterations "$(column iterations | sort -u)" 10000
}

# uptime_ms: since the guest's start
uptime_ms()
{
	awk '{ printf "%.0f", $1 * 1000 }' /proc/uptime
}

# What is left by eta_ms is what the rounds since $began took, times those to come:
# within a factor of ten, however busy the machine is.
expect_eta()
{
	elapsed=$(($(uptime_ms) - began))
	read_status
	want=$(awk "BEGIN { printf \"%.0f\", \
		$elapsed * ($total - $rounds_done) / $rounds_done }")
	note "after $rounds_done rounds in $elapsed ms: eta_ms=$eta_ms, expected about $want"
	expect_awk 'eta_ms' "$eta_ms > $want / 10 && $eta_ms < $want * 10"
}

# status shows the progress, and when the run will be done.
test_status()
{
	expect_equal 'a stop when nothing runs' "$(put bench/stop 1)" ok
	began=$(uptime_ms)
	start_long_run vmap
	last=0
	for _ in 1 2 3 4 5; do
		read_status
		expect_match status "$status_line" 'running * op=vmap done=* total=1000002 eta_ms=*'
		expect_equal total "$total" 1000002
		expect_awk "rounds done" "$rounds_done >= $last && $rounds_done <= $total"
		expect_awk eta_ms "$eta_ms > 0"
		last=$rounds_done
		sleep 0.1
	done
	expect_eta
	put bench/stop 1 >/dev/null
	wait "$pid"
	run 'noop iterations=4 warmup=1'
	expect_match 'status when done' "$(cat "$D/bench/status")" 'done * op=noop done=5 total=5'
}

# The number of the run that results.csv shows, without a program in between.
read_shown_run()
{
	shown=
	while IFS=, read -r number rest; do
		case $number in
		[0-9]*)
			shown=$number
			break
			;;
		esac
	done <"$D/bench/results.csv"
}

# await_done RUN: until status says that run number RUN is done.
await_done()
{
	: >"$scratch/polling"
	polls=0
	while [ $polls -lt 50000 ]; do
		read_status
		[ "${status_line#done run="$1" }" = "$status_line" ] || return 0
		polls=$((polls + 1))
	done
	complain "status never says that run $1 is done: $status_line"
}

show_when_done()
{
	await_done "$1"
	read_shown_run
	echo "$shown"
}

# A shell whose child ends meanwhile would stop its own run by SIGCHLD: whoever
# waits has none.
run_when_done()
{
	await_done "$1"
	echo 'noop iterations=1 batch=1 warmup=0' >"$D/bench/run" ||
		complain "a run is refused when status says done: $status_line"
}

# A subshell may take longer to start than a run to end.
spawn_poller()
{
	rm -f "$scratch/polling"
	spawn "$@"
	wait_until test -e "$scratch/polling" || fail "$1 does not start"
}

# As soon as status says done, which is before the writer knows, the results are
# those of this run, and the next run can start.
test_done_is_done()
{
	run 'noop iterations=1'
	read_shown_run
	last=$shown
	for _ in $(seq 1 40); do
		spawn_poller show_when_done $((last + 1)) >"$scratch/shown"
		run 'noop iterations=1000 batch=1 warmup=0'
		wait "$pid"
		expect_equal 'run in results.csv when status says done' \
			"$(cat "$scratch/shown")" $((last + 1))
		spawn_poller run_when_done $((last + 2))
		run 'noop iterations=1000 batch=1 warmup=0'
		wait "$pid"
		last=$((last + 3))
		read_shown_run
		expect_equal 'run in results.csv' "$shown" "$last"
	done
}

# A run can be stopped from another shell; what was measured is kept.
test_stop()
{
	for op in pages vmap mmap; do
		start_long_run $op
		expect_equal 'write to stop' "$(put bench/stop 1)" ok
		expect_stopped $op
		expect_equal $op "$(cat "$scratch/put")" EINTR
	done
}

# A stop is no refusal: error_log does not mention it.
test_stop_is_not_refused()
{
	read_refusals
	before=$refusals
	start_long_run vmap
	put bench/stop 1 >/dev/null
	wait "$pid"
	read_refusals
	expect_equal 'lines in error_log' "$refusals" "$before"
}

# A signal that is handled stops the run: EINTR.
test_sigint()
{
	start_long_run vmap
	kill -INT "$pid"
	expect_stopped vmap
	expect_equal write "$(cat "$scratch/put")" EINTR
	run 'noop iterations=3'
}

# Ctrl-C on a shell that writes to run: the shell dies, the result is kept.
test_ctrl_c()
{
	for op in vmap mmap; do
		rm -f "$scratch/group"
		# shellcheck disable=SC2016 # for the inner shell
		spawn "$test_dir/foreground" "$scratch/group" \
			sh -c 'echo "$1 size=1M strategies=page,sg iterations=1000000 warmup=2 batch=1" >"$2"' \
			sh $op "$D/bench/run"
		wait_until is_running || fail 'no run'
		kill -INT "-$(cat "$scratch/group")"
		expect_stopped $op
		! kill -0 "$pid" 2>/dev/null || complain 'the shell is still there'
	done
	run 'noop iterations=3'
}

# A writer that is killed leaves a partial result and nothing mapped.
test_sigkill()
{
	for op in pages vmap mmap; do
		start_long_run $op
		kill -KILL "$pid"
		expect_stopped $op
	done
	wait_until all_is_freed || complain 'the buffer of the run is alive'
	run 'noop iterations=3'
}

# Once stopped by another shell, a line that a plain echo wrote is not run again.
test_stopped_echo()
{
	# shellcheck disable=SC2016 # for the inner shell
	spawn sh -c 'echo "vmap size=1M iterations=1000000 warmup=2" >"$1"' sh "$D/bench/run" 2>/dev/null
	wait_until is_running || fail 'no run'
	put bench/stop 1 >/dev/null
	wait_until ended
	stopped=$status_line
	sleep 0.5
	read_status
	expect_equal 'status after the stop' "$status_line" "$stopped"
	put bench/stop 1 >/dev/null
}

# The first repetition of a stopped write is refused, the next one is a new run.
test_stopped_and_repeated()
{
	spawn "$test_dir/put" "$D/bench/run" 'vmap size=1M iterations=1000000 warmup=2' again \
		>"$scratch/put"
	wait_until is_running || fail 'no run'
	put bench/stop 1 >/dev/null
	wait "$pid"
	expect_equal 'the writes' "$(tr '\n' ' ' <"$scratch/put")" 'EINTR ECANCELED '
	run 'noop iterations=3'
}

# A run that cannot get its memory fails with the reason.
test_no_memory()
{
	set_knob heap/max_bytes 4M
	spawn "$test_dir/heap_abi" $node hold_fd 3145728 "$scratch/ready-run"
	wait_until test -e "$scratch/ready-run" || fail 'no buffer'
	read_refusals
	expect_refusal 'a run above max_bytes' ENOMEM \
		"$(put bench/run 'vmap size=2M iterations=3')" "$refusals" 2097152
	expect_match status "$(cat "$D/bench/status")" 'failed errno=12 *'
	run 'vmap size=1M iterations=3'
}

# Threads that cannot be started fail a run with ENOMEM, not with fork's EAGAIN,
# which tells a caller to try again. Meanwhile this shell cannot fork either.
test_no_threads()
{
	before=$(cat /proc/sys/kernel/threads-max)
	echo 20 >/proc/sys/kernel/threads-max
	echo 'noop threads=2 iterations=3' >"$D/bench/run" 2>"$scratch/echo" && started=1
	echo "$before" >/proc/sys/kernel/threads-max
	[ -z "${started:-}" ] || complain 'a run with more threads than the kernel allows'
	read_refusals
	expect_match 'line of error_log' "$refusal" \
		'*threads=2*thread 1 of 2 could not be started*(errno 12,*'
	expect_match status "$(cat "$D/bench/status")" 'failed errno=12 *'
	run 'noop threads=2 iterations=3'
}

# Buffers of mixed chunk orders pass verification.
test_verify_mixed_orders()
{
	for op in pages vmap mmap; do
		run "$op size=$((305 * page)) strategies=page,sg iterations=2 verify=1"
		run "$op size=$((305 * page)) strategies=page,sg iterations=2 verify=0"
	done
	# 1 of order 8, 3 of order 4, 1 of order 0
	expect_equal chunks "$(column chunks | sort -u)" 5
}

# medians_of_buffers PHASE READS: of the baseline, of each buffer, net of clock reads
medians_of_buffers()
{
	for buffer in $(sample buffer | sort -n -u); do
		sample ns arm=0 "phase=$1" "buffer=$buffer" | sort -n >"$scratch/buffer"
		echo $(($(middle "$scratch/buffer") - $2 * $(column overhead_ns | head -n 1)))
	done
}

# Buffers are made anew for equal shares of the rounds, and intervals are over them.
test_buffers()
{
	created=$(stat_of buffers_created)
	run 'vmap size=1M strategies=page,sg iterations=20 buffers=6 warmup=1'
	expect_equal 'buffers made' $(($(stat_of buffers_created) - created)) 6
	expect_equal 'buffers alive' "$(stat_of buffers_alive)" 0
	expect_equal buffers "$(column buffers | sort -u)" 6
	expect_equal 'rounds of each buffer' "$(sample buffer arm=0 phase=total | sort -n |
		uniq -c | awk '{ printf "%d:%d ", $2, $1 }')" '0:4 1:4 2:3 3:3 4:3 5:3 '
	medians_of_buffers vunmap 1 | sort -n >"$scratch/medians"
	expect_equal 'p50, lo, hi' "$(grep ',vunmap,page,' "$D/bench/results.csv" |
		grep -v '^#' | cut -d , -f 14-16)" "$(middle "$scratch/medians"),$(sed -n 1p \
		"$scratch/medians"),$(sed -n 6p "$scratch/medians")"
	grep -q '^note: 6 buffers, 3 rounds each: intervals are over buffers, of 6 different' \
		"$D/bench/results" || complain 'the table does not say what intervals are over'
	grep -q '^note: sg total: \(buffers\|rounds\) varied most' "$D/bench/results" ||
		complain 'the table does not say what varied most'
	expect_match warm-up "$(environment warmup_rounds)" 6
}

# Fewer than six buffers have no interval, whatever the number of rounds; one buffer
# has that of its rounds, and the table says so.
test_few_buffers()
{
	run 'mmap size=64k strategies=page,sg iterations=25 buffers=5'
	expect_equal 'lower ends' "$(column p50_lo_ns | sort -u)$(column speedup_lo | sort -u)" ''
	expect_equal verdicts "$(column verdict | sort -u | tr '\n' ' ')" 'baseline unclear '
	grep -q '^note: 5 buffers, .*no intervals, which need buffers=6' "$D/bench/results" ||
		complain 'the table does not say why there is no interval'
	run 'mmap size=64k strategies=page,sg iterations=6'
	expect_equal buffers "$(column buffers | sort -u)" 1
	grep -q '^note: one buffer: intervals are over rounds' "$D/bench/results" ||
		complain 'the table does not say that there is one buffer'
}

# Threads get new buffers too, and so do arms of several heaps.
test_buffers_of_all()
{
	created=$(stat_of buffers_created)
	run 'vmap size=64k strategies=system:sg,vmalloc:born threads=2 iterations=7 buffers=7 warmup=0'
	expect_equal 'buffers made' $(($(stat_of buffers_created) - created)) 28
	run 'pages size=64k iterations=12 buffers=12 warmup=0'
	run 'sync size=64k strategies=system,contig iterations=6 buffers=6'
	run 'touch size=64k strategies=page,sg iterations=6 buffers=6'
	expect_equal 'buffers alive' "$(stat_of buffers_alive)" 0
}

# With room for two buffers only, old ones make way.
test_buffers_without_room()
{
	set_knob heap/max_bytes 2M
	run 'vmap size=1M strategies=sg,sg iterations=8 buffers=8 warmup=0'
	expect_equal buffers "$(column buffers | sort -u)" 8
	set_knob heap/max_bytes 1M
	run 'vmap size=1M strategies=sg,sg iterations=8 buffers=8 warmup=0'
	expect_equal buffers "$(column buffers | sort -u)" 8
}

# What has no buffer, or only one, refuses several.
test_buffers_refused()
{
	run 'noop iterations=3'
	refuse ERANGE bench/buffers 0
	refuse ERANGE bench/buffers 1001 1001
	refuse ERANGE bench/run 'vmap size=64k iterations=5 buffers=6' 6 iterations=5
	refuse EOPNOTSUPP bench/run 'noop buffers=2' noop buffers=1
	refuse EOPNOTSUPP bench/run 'delay strategies=10,20 buffers=2' delay buffers=1
	refuse EOPNOTSUPP bench/run 'alloc strategies=system size=64k buffers=2' alloc buffers=1
	refuse EOPNOTSUPP bench/run 'vmap strategies=fd:exporter buffers=2' 'heap fd' buffers=1
}
