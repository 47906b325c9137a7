# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# What the engine says of its own figures: its self-test, clocks, threads,
# batches, warm-up, and a great many samples.

: "${test_dir:?}"
# shellcheck source-path=SCRIPTDIR source=../case.sh
. "$test_dir/case.sh"

# take_report: one run of the self-test; the numbers of the cases that failed go to
# $scratch/failed.
take_report()
{
	expect_equal 'write to selftest' "$(put selftest measurement)" ok
	cat "$D/selftest" >>"$scratch/reports"
	expect_equal verdicts "$(grep -c -E '^(not )?ok [1-4] ' "$D/selftest")" 4
	sed -n 's/^not ok \([0-9]*\) .*/\1/p' "$D/selftest" >>"$scratch/failed"
}

# Experiments with a known answer: equal arms do not differ, delays are found
# and measured. By chance a case fails once in some fifty reports, so one that
# failed has to pass twice after that; beside other load intervals are too narrow.
test_selftest()
{
	expect_match 'before it was run' "$(cat "$D/selftest")" '*1..0 # SKIP*'
	# knobs are for runs, not for this
	set_knob bench/heap fd
	set_knob bench/batch 2
	set_knob bench/threads 2
	set_knob bench/purge sample
	lost=$(lost_s)
	take_report
	if [ -s "$scratch/failed" ]; then
		take_report
		take_report
	fi
	refuse EINVAL selftest mapings
	again=$(sort "$scratch/failed" | uniq -d | tr '\n' ' ')
	[ -n "$again" ] || return 0
	cat "$scratch/reports"
	lost=$(($(lost_s) - lost))
	[ $lost -lt 30 ] || skip "a CPU of the host's: the guest waited $lost s for one, cases $again"
	complain "failed twice in three reports: cases $again"
}

# expect_covered ARM PHASE SHORTEST: each sample lasts at least as long as its delay, and
# the spin of it, if the op has that as a phase.
expect_covered()
{
	sample ns arm="$1" phase="$2" >"$scratch/took"
	expect_equal "samples of arm $1, $2" "$(count_lines <"$scratch/took")" "$rounds"
	expect_equal "samples of arm $1, $2, below $3" \
		"$(awk -v least="$3" '$1 < least' "$scratch/took" | count_lines)" 0
}

# A delay lasts at least as long as requested, and the measured time covers it: sample by
# sample, as a median is net of clock reads, and other load lengthens some.
test_delay()
{
	rounds=101
	run "delay strategies=20000,20400 iterations=$rounds"
	for arm in 0:20000 1:20400; do
		expect_covered "${arm%:*}" spun "${arm#*:}"
		mv "$scratch/took" "$scratch/spun"
		expect_covered "${arm%:*}" op "${arm#*:}"
		expect_equal "samples of ${arm#*:} that do not cover their spin" \
			"$(paste "$scratch/took" "$scratch/spun" | awk '$1 < $2' | count_lines)" 0
		expect_equal "p50 of ${arm#*:}" "$(column p50_ns phase=spun strategy="${arm#*:}")" \
			"$(sort -n "$scratch/spun" | sed -n 51p)"
	done
	refuse EINVAL bench/run 'delay strategies=page,sg' page
}

# The delay of an arm is in each of its samples, and in the difference and both opinions.
# A delay of 5 ms is longer than what a machine takes of most samples of 20 us.
test_delayed_arm()
{
	rounds=11
	run "pages size=$page strategies=sg+20000,sg+5000000 iterations=$rounds batch=1"
	expect_covered 0 fill 20000
	mv "$scratch/took" "$scratch/baseline"
	expect_covered 1 fill 5000000
	expect_equal difference "$(column diff_ns strategy=sg+5000000)" \
		"$(paste "$scratch/took" "$scratch/baseline" | awk '{ print $1 - $2 }' | sort -n |
			sed -n 6p)"
	# rounds that are much alike have no interval, however far apart the arms are
	verdict=slower
	[ -n "$(column speedup_lo strategy=sg+5000000)" ] || verdict=unclear
	expect_equal verdict "$(column verdict strategy=sg+5000000)" $verdict
	expect_equal 'second opinion' "$(column mw strategy=sg+5000000)" slower
}

# expect_clock CLOCK UNIT: a run with it names the unit in its columns.
expect_clock()
{
	run "noop clock=$1 iterations=6"
	expect_awk "p50_$2" "$(column "p50_$2" strategy=page) >= 0"
	expect_match 'header of samples.csv' "$(head -n 1 "$D/bench/samples.csv")" \
		"round,arm,phase,strategy,order_in_round,$2,cpu,flags,thread,buffer"
	expect_equal 'environment' "$(environment clock)" "$1"
}

# The clocks that every kernel has count ns.
test_clocks()
{
	expect_clock monotonic ns
	expect_clock raw ns
	run 'delay clock=raw strategies=20000,60000 iterations=11'
	expect_awk 'p50_ns of 60000' "$(column p50_ns phase=spun strategy=60000) >= 60000"
	refuse EINVAL bench/clock sundial sundial
}

# Hardware counters name their unit in the columns, or are refused with the reason.
test_hardware_counters()
{
	missing=
	for clock in cycles instructions; do
		answer=$(put bench/run "noop clock=$clock iterations=6")
		if [ "$answer" = EOPNOTSUPP ]; then
			read_refusals
			expect_match 'the reason' "$refusal" "*counter*accepted: monotonic, raw*"
			missing="$missing $clock"
			continue
		fi
		expect_clock $clock $clock
	done
	[ -z "$missing" ] || skip "a CPU with counters of$missing"
}

# Threads of a round share what disturbs it, so they are one figure, not many: one
# round has no interval however many threads it has.
test_threads_are_one_figure()
{
	run 'vmap size=1M strategies=sg,sg threads=8 iterations=1 warmup=1'
	expect_equal 'lower ends of the intervals of one round' "$(column p50_lo_ns | sort -u)" ''
	expect_equal 'lower ends of the speedup' "$(column speedup_lo | sort -u)" ''
	expect_equal 'verdicts' "$(column verdict | sort -u | tr '\n' ' ')" 'baseline unclear '
	expect_equal 'samples' "$(sample ns phase=total arm=0 | count_lines)" 8
	run 'vmap size=1M strategies=sg,sg threads=3 iterations=7 warmup=1'
	read=$(column overhead_ns phase=vunmap | head -n 1)
	for round in 0 1 2 3 4 5 6; do
		sample ns phase=vunmap arm=0 round=$round | sort -n | sed -n 2p
	done | sort -n >"$scratch/medians"
	expect_equal 'p50 of the median threads' "$(column p50_ns phase=vunmap | head -n 1)" \
		$(($(sed -n 4p "$scratch/medians") - read))
}

# The header says what disturbs a sample on this kernel: if timer ticks do, each
# sample that is several ticks long is disturbed.
test_disturbed_by()
{
	run 'delay strategies=30000000 iterations=10 warmup=0 cpu=0'
	by=$(environment disturbed_by)
	interrupted=$(sample flags phase=op | grep -c interrupted)
	note "disturbed_by=$by: $interrupted of 10 samples of 30 ms were interrupted"
	case $by in
	switched,migrated,device_irqs) ;;
	switched,migrated,device_irqs,timer_irqs*)
		expect_equal 'interrupted samples' "$interrupted" 10
		expect_awk 'disturbed' "$(column disturbed phase=op) >= 10" ;;
	*) complain "disturbed_by=$by" ;;
	esac
}

# Each thread has its own samples and its own buffer.
test_threads()
{
	for op in pages vmap mmap; do
		run "$op size=1M threads=3 iterations=7 warmup=1"
		expect_equal "threads of $op" "$(column threads strategy=sg | sort -u)" 3
		expect_equal "threads in samples.csv of $op" \
			"$(sample thread arm=0 round=0 | sort -u | tr '\n' ' ')" '0 1 2 '
		phases=$(column phase strategy=sg | count_lines)
		expect_equal "rows of $op" "$(sample ns | count_lines)" $((7 * 2 * 3 * phases))
		expect_awk "interval of $op" "$(column p50_lo_ns strategy=sg | head -n 1) > 0"
	done
	refuse ERANGE bench/run 'vmap size=1G threads=64' 64
	refuse ERANGE bench/threads 65 65
	refuse ERANGE bench/threads 0 0
}

# states_of_threads: what /proc says of each thread of a run, a letter a line
states_of_threads()
{
	cat /proc/[0-9]*/stat 2>/dev/null | sed -n "s|^[0-9]* ($module/[0-9]*) \\(.\\).*|\\1|p"
}

# Threads that wait for their turn, which may be minutes away while the writer
# allocates, are not in state D: after two minutes in that the kernel reports a task
# as hung.
test_idle_threads()
{
	spawn "$test_dir/bin/put" "$D/bench/run" \
		'noop threads=8 iterations=125000 warmup=0 batch=1' >"$scratch/put"
	wait_until is_running || fail "no run: $(cat "$D/bench/status")"
	for _ in $(seq 1 50); do
		states_of_threads
	done >"$scratch/states"
	put bench/stop 1 >/dev/null
	wait "$pid"
	note "states: $(sort "$scratch/states" | uniq -c | tr -s '\n ' ' ')"
	grep -q S "$scratch/states" || complain 'no thread was seen waiting'
	# a real-time kernel may wait so for a lock, for a moment
	expect_awk 'threads in state D' "10 * $(grep -c D "$scratch/states") < \
		$(count_lines <"$scratch/states")"
}

# A run stays on the CPU that it was given.
test_cpu()
{
	run 'vmap size=1M cpu=0 iterations=50'
	expect_equal 'CPUs seen' "$(sample cpu | sort -u)" 0
	sample flags | grep -q migrated && complain 'a pinned run migrated'
	refuse ERANGE bench/cpu 4000 4000
	[ "$(nproc)" -gt 1 ] || return 0
	run 'vmap size=1M cpu=1 iterations=50'
	expect_equal 'CPUs seen' "$(sample cpu | sort -u)" 1
	grep -q Cpus_allowed_list /proc/self/status || return 0
	# this shell writes: a program would take its affinity with it
	echo 'vmap size=1M cpu=1 iterations=3' >"$D/bench/run"
	expect_equal 'CPUs of the writer afterwards' \
		"$(sed -n 's/^Cpus_allowed_list:[[:space:]]*//p' /proc/self/status)" 0-1
}

# Short ops are batched as the clock's resolution demands; other ops are called once.
test_batch()
{
	# code that has not run yet looks slow
	unload
	load
	run 'noop iterations=20'
	expect_awk 'batch of noop' "$(column batch strategy=page) > 1"
	raw=$(sample ns arm=0 | sort -n | sed -n 10p)
	floor=$((100 * $(column tick_ns strategy=page) / 2))
	expect_awk 'a raw sample' "$raw >= $floor"
	run 'noop iterations=20 batch=1'
	expect_equal 'batch as ordered' "$(column batch strategy=page)" 1
	expect_match 'flags' "$(column flags strategy=page)" '*below_floor*'
	run 'vmap size=1M iterations=6'
	expect_equal 'batch of vmap' "$(column batch | sort -u)" 1
	refuse EOPNOTSUPP bench/run 'vmap batch=2' batch
	refuse EOPNOTSUPP bench/run 'mmap batch=64' batch
}

# The warm-up ends by itself and says how.
test_warmup()
{
	run 'pages size=1M iterations=6 warmup=auto'
	expect_match 'end of the warm-up' "$(environment warmup_end)" '[sc][ea][tp]*'
	rounds=$(environment warmup_rounds)
	expect_awk 'warm-up rounds' "$rounds >= 10 && $rounds <= 40"
	run 'pages size=1M iterations=6 warmup=3'
	expect_equal 'end of the warm-up' "$(environment warmup_end)" fixed
	expect_equal 'warm-up rounds' "$(environment warmup_rounds)" 3
}

# lazy_after PURGE: sets lazy to the kB of address space that vunmap() leaves for
# later in a run. 200 rounds of two arms are less than what makes the kernel clear
# up by itself.
lazy_after()
{
	run 'vmap size=64k strategies=sg iterations=1 warmup=0 purge=sample'
	run "vmap size=64k strategies=sg,sg iterations=200 warmup=0 verify=0 purge=$1"
	lazy=$(awk '/unpurged vm_area/ { n += $2 } END { printf "%.0f", n / 1024 }' \
		/proc/vmallocinfo)
	note "purge=$1: $lazy kB left for later"
}

# purge=sample, round and block free lazily unmapped areas that often.
test_purge()
{
	[ "$page" = 4096 ] || skip 'pages of 4096 bytes'
	lazy_after none
	expect_awk 'kB left without a purge' "$lazy > 200 * 128"
	for purge in sample round; do
		lazy_after $purge
		expect_awk "kB left by purge=$purge" "$lazy < 8 * 128"
	done
	lazy_after block
	expect_awk 'kB left by purge=block' "$lazy >= 128 && $lazy < 32 * 128"
}

# A million rounds are kept, sample by sample, and nothing is lost.
test_million_samples()
{
	run 'noop strategies=page iterations=1000000 warmup=0 batch=1'
	expect_equal 'samples lost' "$(environment samples_lost)" 0
	expect_equal 'rounds' "$(column iterations)" 1000000
	expect_equal 'rows of samples.csv' "$(wc -l <"$D/bench/samples.csv")" 1000001
	expect_match 'last row' "$(tail -n 1 "$D/bench/samples.csv")" '999999,0,op,page,0,*'
}
