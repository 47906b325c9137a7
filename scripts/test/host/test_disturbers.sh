# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# trace.sh --disturbers on traces written here, in the kernel's format.
# shellcheck disable=SC2154 # test_dir and scratch come from run_tests.sh

# line TASK CPU US EVENT: a line of a tracefs trace, US after second 100.
line()
{
	printf '%16s [%03d] d..2. %5d.%06d: %s\n' "$1" "$2" $((100 + $3 / 1000000)) \
		$(($3 % 1000000)) "$4" >>"$scratch/01-trace.txt"
}

begin_trace()
{
	rm -f "$scratch"/01-trace.*
	cat >"$scratch/01-trace.txt" <<'END'
# tracer: nop
#
# entries-in-buffer/entries-written: 30/30   #P:2
#
#                                _-----=> irqs-off/BH-disabled
#           TASK-PID     CPU#  |||||  TIMESTAMP  FUNCTION
#              | |         |   |||||     |         |
END
	line put-50 0 1 'dbb_run_begin: run=3 op=vmap size_bytes=1048576 arms=2 iterations=3'
}

# step US ROUND ARM NS WINDOW_US [switched=1] [interrupted=1]: a disturbed step of
# put-50 on $cpu, from $from
cpu=0 from=0
step()
{
	switched=0 interrupted=0
	case "$*" in *switched*) switched=1 ;; esac
	case "$*" in *interrupted*) interrupted=1 ;; esac
	line put-50 $cpu "$1" "dbb_disturbed: phase=vmap strategy=s$3 arm=$3 thread=0 ns=$4 window_ns=${5}000 from_cpu=$from cpu=$cpu switched=$switched interrupted=$interrupted"
}

# sample US ROUND ARM NS DISTURBED
sample()
{
	line put-50 0 "$1" "dbb_sample: run=3 op=vmap phase=vmap strategy=s$3 arm=$3 round=$2 order=0 ns=$4 cpu=0 thread=0 disturbed=$5"
}

# switch CPU US FROM-PID TO-PID
switch()
{
	line "$3" "$1" "$2" "sched_switch: prev_comm=${3%-*} prev_pid=${3##*-} prev_prio=120 prev_state=R ==> next_comm=${4%-*} next_pid=${4##*-} next_prio=120"
}

# explain: what it says is in $scratch/table, its csv in $rows
rows=$scratch/01-trace.disturbers.csv
explain()
{
	"$test_dir/../trace.sh" --disturbers "$scratch/01-trace.txt" >"$scratch/table" \
		2>"$scratch/explain.err" || complain "status $? $(cat "$scratch/explain.err")"
}

# expect_row ROW...: the csv has these and no others, in any order.
expect_rows()
{
	printf '%s\n' "$@" | sort >"$scratch/wanted"
	sed 1d "$rows" | sort >"$scratch/got"
	cmp -s "$scratch/wanted" "$scratch/got" || {
		complain 'other rows than expected (wanted -, got +):'
		diff "$scratch/wanted" "$scratch/got"
	}
}

expect_said()
{
	grep -q -e "$1" "$scratch/table" || {
		complain "no '$1' in:"
		cat "$scratch/table"
	}
}

# A timer interrupt and the softirq after it: each has what is its own, and what lies
# outside the window is nobody's.
test_interrupt()
{
	begin_trace
	line put-50 0 90 'local_timer_entry: vector=236'
	line put-50 0 95 'local_timer_exit: vector=236'
	line put-50 0 200 'local_timer_entry: vector=236'
	line put-50 0 210 'local_timer_exit: vector=236'
	line put-50 0 211 'softirq_entry: vec=1 [action=TIMER]'
	line put-50 0 215 'irq_handler_entry: irq=27 name=virtio1-input.0'
	line put-50 0 220 'irq_handler_exit: irq=27 ret=handled'
	line put-50 0 231 'softirq_exit: vec=1 [action=TIMER]'
	step 300 0 1 195000 200 interrupted
	line put-50 0 301 'local_timer_entry: vector=236'
	line put-50 0 302 'local_timer_exit: vector=236'
	sample 400 0 0 150000 0
	sample 401 0 1 195000 1
	explain
	expect_rows '3,0,1,0,vmap,s1,interrupted,vector,local_timer,1,10000' \
		'3,0,1,0,vmap,s1,interrupted,softirq,TIMER,1,15000' \
		'3,0,1,0,vmap,s1,interrupted,irq,27 virtio1-input.0,1,5000'
	expect_said '^softirq  *TIMER  *1  *15000  *1  *100.0$'
	expect_said '^1 samples were disturbed; nobody was found for 0 of them'
	expect_equal 'the worst comes first' "$(sed -n '2s/ .*//p' "$scratch/table")" softirq
}

# CPU 10 is neither 8 nor 0.
test_cpu()
{
	begin_trace
	line put-50 8 200 'irq_handler_entry: irq=8 name=eight'
	line put-50 8 205 'irq_handler_exit: irq=8 ret=handled'
	line put-50 10 210 'irq_handler_entry: irq=9 name=ten'
	line put-50 10 214 'irq_handler_exit: irq=9 ret=handled'
	cpu=10 from=10
	step 300 0 0 195000 200 interrupted
	cpu=0 from=0
	sample 400 0 0 195000 1
	explain
	expect_rows '3,0,0,0,vmap,s0,interrupted,irq,9 ten,1,4000'
	expect_each_awk
}

# arm64 has other events for the same.
test_ipi()
{
	begin_trace
	line put-50 0 200 'irq_handler_entry: irq=11 name=arch_timer'
	line put-50 0 203 'irq_handler_exit: irq=11 ret=handled'
	line put-50 0 210 'ipi_entry: (Function call interrupts)'
	line put-50 0 214 'ipi_exit: (Function call interrupts)'
	step 300 0 0 195000 200 interrupted
	sample 400 0 0 195000 1
	explain
	expect_rows '3,0,0,0,vmap,s0,interrupted,irq,11 arch_timer,1,3000' \
		'3,0,0,0,vmap,s0,interrupted,ipi,Function call interrupts,1,4000'
}

# A task that took the CPU twice, with an interrupt of its own; the measured task and
# what other CPUs do are not to blame. A name may have blanks and commas.
test_task()
{
	begin_trace
	switch 1 110 swapper/1-0 innocent-99
	switch 0 120 put-50 'busy, loop-77'
	line 'busy, loop-77' 0 130 'local_timer_entry: vector=236'
	line 'busy, loop-77' 0 134 'local_timer_exit: vector=236'
	switch 0 150 'busy, loop-77' put-50
	switch 0 160 put-50 'busy, loop-77'
	switch 0 180 'busy, loop-77' swapper/0-0
	switch 0 185 swapper/0-0 put-50
	step 300 0 0 195000 200 switched interrupted
	sample 400 0 0 195000 1
	explain
	expect_rows '3,0,0,0,vmap,s0,switched+interrupted,task,busy; loop,2,46000' \
		'3,0,0,0,vmap,s0,switched+interrupted,vector,local_timer,1,4000' \
		'3,0,0,0,vmap,s0,switched+interrupted,task,idle,1,5000'
}

# After it was moved, those of the new CPU count, and those of the old one before.
test_migrated()
{
	begin_trace
	switch 1 90 swapper/1-0 other-88
	switch 0 120 put-50 thief-77
	switch 1 170 other-88 put-50
	line put-50 1 180 'local_timer_entry: vector=236'
	line put-50 1 182 'local_timer_exit: vector=236'
	line thief-77 0 185 'local_timer_entry: vector=236'
	line thief-77 0 189 'local_timer_exit: vector=236'
	switch 0 250 thief-77 late-66
	cpu=1
	step 300 0 0 195000 200 switched
	cpu=0
	switch 0 350 late-66 swapper/0-0
	sample 400 0 0 195000 1
	explain
	# what thief had of CPU 0 is known when it gives it back
	expect_rows '3,0,0,0,vmap,s0,migrated+switched,task,thief,1,50000' \
		'3,0,0,0,vmap,s0,migrated+switched,vector,local_timer,1,2000'
}

# Steps of warm-up rounds are not samples; one that nobody disturbed visibly is said.
test_unknown()
{
	begin_trace
	line put-50 0 200 'local_timer_entry: vector=236'
	line put-50 0 210 'local_timer_exit: vector=236'
	step 300 0 0 111111 200 interrupted
	step 600 0 0 222222 200 interrupted
	sample 700 0 0 222222 1
	line put-50 0 800 'local_timer_entry: vector=236'
	line put-50 0 810 'local_timer_exit: vector=236'
	step 900 0 0 222222 200 interrupted
	sample 950 1 0 222222 1
	sample 951 1 1 222222 0
	explain
	expect_rows '3,0,0,0,vmap,s0,interrupted,unknown,,,' \
		'3,1,0,0,vmap,s0,interrupted,vector,local_timer,1,10000'
	expect_said '^vector  *local_timer  *1  *10000  *1  *50.0$'
	expect_said '^2 samples were disturbed; nobody was found for 1 of them'
}

# Lost events: who has the CPU is not guessed.
test_lost()
{
	begin_trace
	line put-50 0 110 'local_timer_entry: vector=236'
	echo 'CPU:0 [LOST 70 EVENTS]' >>"$scratch/01-trace.txt"
	line put-50 0 200 'irq_handler_entry: irq=9 name=acpi'
	line put-50 0 205 'irq_handler_exit: irq=9 ret=handled'
	line put-50 0 250 'local_timer_exit: vector=236'
	step 300 0 0 195000 200 interrupted
	sample 400 0 0 195000 1
	explain
	expect_rows '3,0,0,0,vmap,s0,interrupted,irq,9 acpi,1,5000'
}

# expect_each_awk: the same from every awk that is here
expect_each_awk()
{
	for awk in mawk gawk original-awk 'busybox awk'; do
		command -v "${awk%% *}" >/dev/null || continue
		# shellcheck disable=SC2086 # two words
		$awk -v csv="$scratch/other.csv" -f "$test_dir/../trace/disturbers.awk" \
			"$scratch/01-trace.txt" >"$scratch/other" || complain "$awk: status $?"
		cmp -s "$scratch/other.csv" "$rows" ||
			complain "$awk: $(diff "$rows" "$scratch/other.csv")"
		grep -v '^saved as' "$scratch/table" | cmp -s - "$scratch/other" ||
			complain "$awk: $(diff "$scratch/table" "$scratch/other")"
	done
}

# From a report of trace-cmd as from tracefs, by each awk.
test_report()
{
	test_task
	expect_each_awk
	sed -i -e '/^#/d' -e 's/ d\.\.2\. / /' -e 's/\(\.[0-9]*: [a-z_]*:\) /\1            /' \
		"$scratch/01-trace.txt"
	mv "$rows" "$scratch/first"
	explain
	cmp -s "$rows" "$scratch/first" || complain "$(diff "$scratch/first" "$rows")"
}

# Nothing that is there is overwritten, and nonsense is refused.
test_files()
{
	test_task
	"$test_dir/../trace.sh" --disturbers "$scratch/01-trace.txt" 2>"$scratch/explain.err"
	expect_equal 'status where the csv is' $? 3
	"$test_dir/../trace.sh" --disturbers "$scratch/none.txt" 2>"$scratch/explain.err"
	expect_equal 'status without a trace' $? 3
	begin_trace
	explain
	expect_said '^no sample was disturbed'
}
