# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# trace.sh --functions: the profile of timed steps, and the tracer that it borrows.

: "${test_dir:?}"
# shellcheck source-path=SCRIPTDIR source=../case.sh
. "$test_dir/case.sh"

scripts=$test_dir/..
line="mmap size=$((256 * page)) strategies=page,sg iterations=4 warmup=1"

# What the tracer's files say, apart from the trace. The size of the buffer has a
# remark, once it was allocated.
tracer_state()
{
	for file in current_tracer tracing_on set_graph_function set_event trace_clock \
		set_ftrace_filter; do
		echo "$file: $(cat "$tracefs/$file")"
	done
	sed 's/ .*//' "$tracefs/buffer_size_kb"
	grep -v '^funcgraph' "$tracefs/trace_options"
}

# profile OUT LINE [OPTION...]: few functions, so that switching the tracer on is quick.
profile()
{
	out=$scratch/$1
	shift
	expect_status 0 sh "$scripts/trace.sh" --functions --out "$out" \
		--filter 'remap_pfn_range vm_mmap*' "$@"
	csv=$(echo "$out"/*-functions.csv)
}

expect_tracer_back()
{
	expect_equal 'the tracer afterwards' "$(tracer_state)" "$before"
	! grep -q -v '^#' "$tracefs/trace" || complain 'the trace is not empty'
	expect_equal 'tracing instances left' "$(ls "$tracefs/instances")" ''
}

need_tracer()
{
	grep -q -w function_graph "$tracefs/available_tracers" ||
		skip 'this kernel has no tracer function_graph'
	echo >"$tracefs/trace"
	before=$(tracer_state)
}

# calls PHASE STRATEGY FUNCTION: of all samples
calls()
{
	select_rows calls phase="$1" strategy="$2" function="$3" <"$csv"
}

# A function that a strategy calls for each page, or each chunk, is counted so often in
# the samples of that arm and step, without those of warm-up; and nothing in others.
test_counts()
{
	need_tracer
	set_knob heap/orders 4
	profile counts "$line"
	expect_equal 'calls of page' "$(calls mmap page remap_pfn_range)" $((4 * 256))
	expect_equal 'calls of sg' "$(calls mmap sg remap_pfn_range)" $((4 * 16))
	expect_equal 'calls of munmap' "$(calls munmap sg remap_pfn_range)" ''
	expect_equal samples "$(select_rows samples <"$csv" | sort -u)" 4
	expect_output '^mmap mmap, strategy page: 4 samples, [0-9]* functions$'
	# functions that are not looked at count as part of what calls them
	expect_equal 'functions of mmap' "$(select_rows function phase=mmap strategy=sg <"$csv" |
		grep -v dbb_ | sort -u | tr '\n' ' ')" 'remap_pfn_range vm_mmap vm_mmap_pgoff '
	expect_tracer_back
	mv "$csv" "$scratch/first"
	expect_status 0 sh "$scripts/trace.sh" --profile "${csv%.csv}.txt"
	cmp -s "$csv" "$scratch/first" || complain 'another profile from the saved text'
}

# Without a filter of one's own: what the functions of a step took without their callees
# is what the function of the step took with them.
test_sums()
{
	need_tracer
	expect_status 0 sh "$scripts/trace.sh" --functions --out "$scratch/sums" \
		"vmap size=$((256 * page)) strategies=sg iterations=4 warmup=1"
	awk -F , 'NR > 1 && $2 == "vmap" { self += $8; if ($9 > most) most = $9 }
		END { printf "%.0f %.0f\n", self, most }' "$scratch/sums"/*-functions.csv \
		>"$scratch/sum"
	read -r self most <"$scratch/sum"
	note "self $self ns, the longest $most ns"
	expect_awk 'sum of self' "$most > 0 && $self > 0.98 * $most && $self < 1.02 * $most"
}

# While somebody traces, it is refused, and that session is not touched.
test_refused()
{
	need_tracer
	open_session
	expect_status 3 sh "$scripts/trace.sh" --functions --out "$scratch/refused" "$line"
	expect_output 'events are on'
	expect_session
	expect_status 3 sh "$scripts/trace.sh" --functions --out "$scratch/refused" "$line"
	expect_output 'holds events'
	grep -q sched_process_exec "$tracefs/trace" || complain 'the trace of somebody is gone'
	echo >"$tracefs/trace"
	before=$(tracer_state)
	expect_status 3 sh "$scripts/trace.sh" --functions --filter no_such_function \
		--out "$scratch/refused" "$line"
	expect_output "no function 'no_such_function'"
	expect_tracer_back
}

# A signal ends it in order.
test_signal()
{
	need_tracer
	spawn sh "$scripts/trace.sh" --functions --filter 'vm_mmap*' --buffer-kb 64 \
		--out "$scratch/signal" 'noop iterations=1000000' >"$scratch/output" 2>&1
	wait_until is_running || fail "no run: $(cat "$scratch/output")"
	kill -TERM "$pid"
	wait "$pid"
	expect_equal status $? 130
	expect_tracer_back
}
