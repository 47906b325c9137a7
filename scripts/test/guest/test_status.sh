# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# A run from outside: what status says of it, how it is stopped, and what it says
# when it fails.
# shellcheck disable=SC2154 # read_status sets state, rounds_done, total, eta_ms

: "${test_dir:?}"
# shellcheck source-path=SCRIPTDIR source=../case.sh
. "$test_dir/case.sh"

# start_long_run OP: sets pid; the writer's last word goes to $scratch/put.
start_long_run()
{
	spawn "$test_dir/bin/put" "$D/bench/run" \
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
	spawn "$test_dir/bin/put" "$D/bench/run" \
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
test_progress()
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
		spawn "$test_dir/bin/foreground" "$scratch/group" \
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
	spawn "$test_dir/bin/put" "$D/bench/run" 'vmap size=1M iterations=1000000 warmup=2' again \
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
	spawn "$test_dir/bin/heap_abi" $node hold_fd 3145728 "$scratch/ready-run"
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
