# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# The tracepoints tell what the results tell.

: "${test_dir:?}"
# shellcheck source-path=SCRIPTDIR source=../case.sh
. "$test_dir/case.sh"

command -v trace-cmd >/dev/null || trace_cmd_is_missing=1

# Once an instance was resized, as trace.sh does, the kernel takes the page or two that
# the top level has from the boot for its full size.
echo 1408 >"$tracefs/buffer_size_kb"

# record LINE: runs it under trace-cmd; $scratch/report gets the events.
record()
{
	[ -z "${trace_cmd_is_missing:-}" ] || skip 'trace-cmd'
	for _ in 1 2 3; do
		# shellcheck disable=SC2016 # for the inner shell
		timeout -s KILL 120 trace-cmd record -q -e dmabuf_bench -o /out/trace.dat \
			sh -c 'sleep 0.5; exec "$@"' sh \
			"$test_dir/bin/put" "$D/bench/run" "$1" >"$scratch/record" 2>&1
		status=$?
		# a recorder may wait for ever for events that will not come
		if [ $status = 137 ]; then
			note 'trace-cmd did not end: again'
			pkill -KILL trace-cmd
			continue
		fi
		[ $status = 0 ] || fail "trace-cmd record: $(cat "$scratch/record")"
		grep -q -x ok "$scratch/record" || complain "$1: $(cat "$scratch/record")"
		trace-cmd report -i /out/trace.dat >"$scratch/report" \
			2>"$scratch/report.err" ||
			fail "trace-cmd report: $(cat "$scratch/report.err")"
		lost_a_cpu || return 0
	done
}

# A recorder of trace-cmd that gets no time before the run is over saves none of
# its CPU's events, and the report says that the CPU is empty.
lost_a_cpu()
{
	sed -n 's/^CPU \([0-9]*\) is empty$/\1/p' "$scratch/report" \
		"$scratch/report.err" >"$scratch/empty"
	sample cpu | sort -u | grep -x -f "$scratch/empty" >"$scratch/lost" || return 1
	note "trace-cmd lost the events of CPU $(cat "$scratch/lost"): again"
}

# expect_events NAME COUNT [TEXT]
expect_events()
{
	expect_equal "$1 ${3:-}" "$(grep "$1: " "$scratch/report" | grep -c -F "${3:-}")" "$2"
}

# expect_samples: a dbb_sample for each row of samples.csv, and the same.
expect_samples()
{
	sed -n 's/.*dbb_sample: .*phase=\([^ ]*\) strategy=\([^ ]*\) arm=\([^ ]*\) round=\([^ ]*\) order=\([^ ]*\) ns=\([^ ]*\) cpu=\([^ ]*\) thread=\([^ ]*\) disturbed=\([01]\)$/\4,\3,\1,\2,\5,\6,\7,\8,\9/p' \
		"$scratch/report" | sort >"$scratch/traced"
	sed 1d "$D/bench/samples.csv" | sed 's/,[a-z][a-z+]*,\([0-9]*\),0$/,\1,1/; s/,,\([0-9]*\),0$/,\1,0/' |
		sort >"$scratch/samples"
	expect_equal 'number of dbb_sample' "$(count_lines <"$scratch/traced")" \
		"$(count_lines <"$scratch/samples")"
	cmp -s "$scratch/traced" "$scratch/samples" || {
		complain 'dbb_sample and samples.csv differ (trace -, samples +):'
		diff "$scratch/traced" "$scratch/samples" | head -n 10
	}
	expect_events dbb_sample "$(count_lines <"$scratch/samples")" \
		"run=$(column run | head -n 1) "
}

# A traced vmap run: each sample with the same ns, each step in its number.
test_vmap()
{
	record 'vmap size=16M strategies=page,sg iterations=6 warmup=2'
	expect_samples
	expect_equal traced "$(environment traced)" 1
	for arm in page sg; do
		expect_events dbb_vmap 8 "strategy=$arm size_bytes=16777216"
		expect_events dbb_vunmap 8 "strategy=$arm size_bytes=16777216"
		expect_events dbb_fill 8 "strategy=$arm size_bytes=16777216"
	done
	expect_events dbb_alloc 1
	expect_events dbb_alloc 1 'heap=system size_bytes=16777216 chunks='$((16 / pages4k))
	expect_events dbb_free 1 'heap=system size_bytes=16777216'
	expect_events dbb_run_begin 1
	expect_events dbb_run_begin 1 'op=vmap size_bytes=16777216 arms=2 iterations=6'
	expect_events dbb_run_end 1
	expect_events dbb_run_end 1 'op=vmap rounds=6'
	expect_events dbb_mmap 0
	expect_equal 'events with an errno' "$(grep -c 'err=-' "$scratch/report")" 0
}

# A traced mmap run.
test_mmap()
{
	record 'mmap size=16M strategies=page,sg iterations=6 warmup=2'
	expect_samples
	expect_equal traced "$(environment traced)" 1
	for arm in page sg; do
		expect_events dbb_mmap 8 "strategy=$arm size_bytes=16777216 pgoff=0"
	done
	expect_events dbb_vmap 0
}

# A traced pages run.
test_pages()
{
	record 'pages size=16M strategies=page,sg iterations=20 warmup=0 batch=1'
	expect_samples
	expect_events dbb_fill 20 strategy=page
	expect_events dbb_fill 20 strategy=sg
	expect_events dbb_vmap 0
}

# The time in dbb_fill lies inside the sample's.
test_event_times()
{
	record 'pages size=16M strategies=sg iterations=20 warmup=0 batch=1'
	expect_events dbb_fill 20
	sed -n 's/.*dbb_fill: .*ns=\([0-9]*\).*/inner \1/p' "$scratch/report" >"$scratch/times"
	sample ns >>"$scratch/times"
	awk '$1 == "inner" { inner[fills++] = $2; next }
		inner[samples++] > $1 {
			print "dbb_fill took " inner[samples - 1] " ns inside a sample of " $1 " ns"
			bad = 1
		}
		END { exit bad || samples != fills }' "$scratch/times" ||
		complain "$(grep -c inner "$scratch/times") dbb_fill do not fit their samples"
}

# What disturbed a step is told as soon as it is over: of each sample with a flag, and
# of no other, with the same flags.
test_disturbed()
{
	echo >"$tracefs/trace"
	echo 1 >"$tracefs/events/dmabuf_bench/enable"
	# many ticks long, so that each sample has a flag, and far shorter ones
	run 'delay strategies=50000000 iterations=10 warmup=0 batch=1'
	cut -d , -f 2,3,6,8,9 "$D/bench/samples.csv" >"$scratch/rows"
	expect_equal traced "$(environment traced)" 0
	run 'noop strategies=page iterations=300 warmup=0 batch=1'
	cut -d , -f 2,3,6,8,9 "$D/bench/samples.csv" >>"$scratch/rows"
	echo 0 >"$tracefs/events/dmabuf_bench/enable"
	cat "$tracefs/trace" >"$scratch/report"
	# the flag migrated is that the CPUs differ
	sed -n 's/.*dbb_disturbed: phase=\([^ ]*\) .*arm=\([^ ]*\) thread=\([^ ]*\) ns=\([^ ]*\) window_ns=\([^ ]*\) from_cpu=\([^ ]*\) cpu=\([^ ]*\) switched=\([01]\) interrupted=\([01]\)$/\2 \1 \4 \6 \7 \8 \9 \3 \5/p' \
		"$scratch/report" | awk '{
			flags = ($4 != $5 ? "+migrated" : "") ($6 ? "+switched" : "") ($7 ? "+interrupted" : "")
			print $1 "," $2 "," $3 "," substr(flags, 2) "," $8
			if ($9 < $3)
				print "a window of " $9 " ns"
		}' | sort >"$scratch/traced"
	grep ',op,' "$scratch/rows" | grep -v ',,[0-9]*$' | sort >"$scratch/flagged"
	[ "$(count_lines <"$scratch/flagged")" -ge 10 ] || complain 'the delays were not disturbed'
	cmp -s "$scratch/traced" "$scratch/flagged" || {
		complain 'dbb_disturbed and the flags differ (trace -, samples +):'
		diff "$scratch/traced" "$scratch/flagged" | head -n 10
	}
	echo 'disturbed == 1' >"$tracefs/events/dmabuf_bench/dbb_sample/filter"
	echo >"$tracefs/trace"
	echo 1 >"$tracefs/events/dmabuf_bench/dbb_sample/enable"
	run 'delay strategies=50000000 iterations=3 warmup=0 batch=1'
	run 'noop strategies=page iterations=300 warmup=0 batch=1'
	echo 0 >"$tracefs/events/dmabuf_bench/dbb_sample/enable"
	echo 0 >"$tracefs/events/dmabuf_bench/dbb_sample/filter"
	# the phases op and spun
	expect_equal 'samples of noop with disturbed == 1' \
		"$(grep -c 'dbb_sample: .* op=noop' "$tracefs/trace")" \
		"$(sed 1d "$D/bench/samples.csv" | grep -c -v ',,[0-9]*,0$')"
	expect_equal 'samples of delay with disturbed == 1' \
		"$(grep -c 'dbb_sample: .* op=delay' "$tracefs/trace")" 6
}

# A run after the trace is not marked as traced.
test_untraced()
{
	run 'vmap size=1M iterations=3'
	expect_equal traced "$(environment traced)" 0
	! grep -q traced: "$D/bench/results" || complain 'the table says traced'
}

# A refused allocation and mapping are traced with their errno.
test_failures()
{
	echo >"$tracefs/trace"
	echo 1 >"$tracefs/events/dmabuf_bench/enable"
	# a chunk of order 8 fits, four do not
	set_knob heap/max_bytes $((512 * page))
	helper heap_abi $node try $((1024 * page)) 2 0 0 >/dev/null
	helper map_check $node private_mapping 8:1
	echo 0 >"$tracefs/events/dmabuf_bench/enable"
	cat "$tracefs/trace" >"$scratch/report"
	expect_events dbb_alloc 1 "ino=0 heap=system size_bytes=$((1024 * page)) chunks=0"
	expect_events dbb_alloc 1 err=-12
	expect_events dbb_mmap 1 err=-22
	expect_events dbb_free 1
}

# A histogram alone gives a profile: its sums are those of samples.csv. It fires
# between the timed windows only, so the run is not marked as traced.
test_histogram()
{
	trigger=$tracefs/events/dmabuf_bench/dbb_sample/trigger
	hist=hist:keys=strategy,phase:vals=ns
	echo "$hist" >"$trigger" || skip 'CONFIG_HIST_TRIGGERS'
	run 'vmap size=1M strategies=page,sg iterations=10'
	cp "${trigger%trigger}hist" "$scratch/hist"
	echo "!$hist" >"$trigger"
	expect_equal traced "$(environment traced)" 0
	for arm in page sg; do
		for phase in vmap vunmap total array fill map; do
			sum=$(sample ns strategy=$arm phase=$phase |
				awk '{ sum += $1 } END { printf "%.0f", sum }')
			got=$(grep "strategy: $arm .*phase: $phase " "$scratch/hist" |
				sed 's/.*hitcount: *\([0-9]*\).*ns: *\([0-9]*\).*/\1 \2/')
			expect_equal "hitcount and ns of $arm $phase" "$got" "10 $sum"
		done
	done
}

# A filter takes the words that a user knows.
test_filter()
{
	event=$tracefs/events/dmabuf_bench/dbb_sample
	echo 'strategy == "sg" && phase == "fill"' >"$event/filter"
	echo >"$tracefs/trace"
	echo 1 >"$event/enable"
	run 'vmap size=1M strategies=page,sg iterations=5'
	echo 0 >"$event/enable"
	echo 0 >"$event/filter"
	expect_equal 'events' "$(grep -c dbb_sample: "$tracefs/trace")" 5
	expect_equal 'other events' "$(grep dbb_sample: "$tracefs/trace" |
		grep -c -v 'phase=fill strategy=sg')" 0
}
