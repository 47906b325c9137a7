# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# What a run leaves in the results, and that its figures are those of its samples.

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
	run 'tables size=4M strategies=page,sg iterations=6'
	expect_rows tables reserve tables munmap total
	run 'noop strategies=page,sg iterations=6'
	expect_rows noop op
}

# Op tables makes each page table of such a mapping, by a call of its own, and no buffer.
test_tables()
{
	created=$(stat_of buffers_created)
	echo 'p:dbb_apply apply_to_page_range' >"$tracefs/kprobe_events"
	echo >"$tracefs/trace"
	echo 1 >"$tracefs/events/kprobes/dbb_apply/enable"
	run "tables size=$((page * (5 << pmd_order))) strategies=page iterations=3 warmup=0"
	echo 0 >"$tracefs/events/kprobes/dbb_apply/enable"
	calls=$(grep -c 'dbb_apply:' "$tracefs/trace")
	echo >"$tracefs/kprobe_events"
	expect_equal 'page tables' "$calls" 15
	expect_equal buffers_created "$(stat_of buffers_created)" "$created"
	expect_equal size_bytes "$(column size_bytes | sort -u)" $((page * (5 << pmd_order)))
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

# The columns of the table stay below each other when an arm has a long name.
test_table_aligned()
{
	run 'mmap size=64k strategies=page,system:fault_table iterations=3'
	expect_equal 'rows with a long name' "$(grep -c '^system:fault_table ' "$D/bench/results")" 5
	expect_equal 'places of the second column' "$(awk '
		$1 == "strategy" { inside = 1 }
		$1 == "note:" { exit }
		inside {
			match($0, /^[^ ]+ +/)
			print RLENGTH
		}' "$D/bench/results" | sort -u | count_lines)" 1
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
