# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# What the engine says of its own figures: its self-test, clocks, threads,
# batches, warm-up, and a great many samples.

: "${test_dir:?}"
# shellcheck source-path=SCRIPTDIR source=../lib.sh
. "$test_dir/lib.sh"

# Experiments with a known answer: equal arms do not differ, delays are found
# and measured.
test_selftest()
{
	expect_match 'before it was run' "$(cat "$D/selftest")" '*1..0 # SKIP*'
	# Its verdicts are samples themselves: each case has two tries.
	: >"$scratch/cases"
	for _ in 1 2; do
		expect_equal 'write to selftest' "$(put selftest measurement)" ok
		cat "$D/selftest"
		sed -n 's/^ok \([0-9]*\) .*/\1/p' "$D/selftest" >>"$scratch/cases"
		[ "$(sort -u "$scratch/cases" | count_lines)" -lt 3 ] || break
	done
	expect_equal 'cases passed' "$(sort -u "$scratch/cases" | tr '\n' ' ')" '1 2 3 '
	refuse EINVAL selftest mapings
}

# A delay is as long as it was ordered, and what it spun is what was measured.
test_delay()
{
	run 'delay strategies=20000,20400 iterations=101'
	for arm in 20000 20400; do
		spun=$(column p50_ns phase=spun strategy=$arm)
		expect_awk "spun of $arm" "$spun >= $arm"
		expect_awk "op of $arm" "$(column p50_ns phase=op strategy=$arm) >= $spun"
	done
	expect_equal verdict "$(column verdict phase=op strategy=20400)" slower
	refuse EINVAL bench/run 'delay strategies=page,sg' page
}

# A known delay in an arm of another op is its whole difference.
test_delayed_arm()
{
	run "pages size=$page strategies=sg+20000,sg+60000 iterations=101 batch=1"
	difference=$(column diff_ns strategy=sg+60000)
	note "40000 ns longer: $difference ns"
	expect_awk difference "$difference > 30000"
	expect_equal verdict "$(column verdict strategy=sg+60000)" slower
	expect_equal 'second opinion' "$(column mw strategy=sg+60000)" slower
}

# Each clock names its unit in the columns, or says why it is not to be had.
test_clocks()
{
	for clock in monotonic raw cycles instructions; do
		answer=$(put bench/run "noop clock=$clock iterations=6")
		if [ "$answer" = EOPNOTSUPP ]; then
			read_refusals
			note "$refusal"
			expect_match 'the reason' "$refusal" "*counter*accepted: monotonic, raw*"
			continue
		fi
		expect_equal "clock $clock" "$answer" ok
		case $clock in
		cycles | instructions) unit=$clock ;;
		*) unit=ns ;;
		esac
		expect_awk "p50_$unit" "$(column "p50_$unit" strategy=page) >= 0"
		expect_match 'header of samples.csv' "$(head -n 1 "$D/bench/samples.csv")" \
			"round,arm,phase,strategy,order_in_round,$unit,cpu,flags,thread"
		expect_equal 'environment' "$(environment clock)" $clock
	done
}

# Several threads, each with its own samples and buffer.
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
	expect_equal 'CPUs of the writer afterwards' \
		"$(sed -n 's/^Cpus_allowed_list:[[:space:]]*//p' /proc/self/status)" 0-1
}

# Short ops are called often enough for the clock, others once.
test_batch()
{
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

# A million rounds are kept, sample by sample, and nothing is lost.
test_million_samples()
{
	run 'noop strategies=page iterations=1000000 warmup=0 batch=1'
	expect_equal 'samples lost' "$(environment samples_lost)" 0
	expect_equal 'rounds' "$(column iterations)" 1000000
	expect_equal 'rows of samples.csv' "$(wc -l <"$D/bench/samples.csv")" 1000001
	expect_match 'last row' "$(tail -n 1 "$D/bench/samples.csv")" '999999,0,op,page,0,*'
}
