# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# The VM runner itself: a test that cannot fail is worth nothing, so each way
# of failing is tried here.
# shellcheck disable=SC2154 # kernel and arch come from run_tests.sh

: "${test_dir:?}"
# shellcheck source-path=SCRIPTDIR source=../case.sh
. "$test_dir/case.sh"

# run_guest ARGUMENT...: sets status to that of scripts/vm/guest.sh
run_guest()
{
	status=0
	"$test_dir/../vm/guest.sh" --kernel "$kernel" --arch "$arch" --mem 512M \
		--out "$scratch/runner" "$@" >"$scratch/runner.out" \
		2>"$scratch/runner.err" || status=$?
}

# guest STATUS ARGUMENT...: scripts/vm/guest.sh has to end with STATUS.
guest()
{
	wanted=$1
	shift
	run_guest "$@"
	expect_equal 'exit status of scripts/vm/guest.sh' "$status" "$wanted"
	[ "$status" = "$wanted" ] || tail -n 5 "$scratch/runner.err"
}

# Exit status, output, odd arguments and files come back as they were.
test_status_and_output()
{
	# shellcheck disable=SC2016 # for the guest
	guest 3 -- sh -c 'printf "%s|" "$@"; echo kept >/out/file; exit 3' \
		sh 'two words' "a'quote" '$HOME' ''
	expect_equal output "$(cat "$scratch/runner.out")" \
		"two words|a'quote|\$HOME||"
	expect_equal file "$(cat "$scratch/runner/file")" kept
}

# A line for each pattern of scripts/vm/trouble, which no other pattern matches,
# except that of a BUG:.
list_trouble()
{
	cat <<-END
	WARNING: planted
	BUG: planted
	Oops - planted
	KASAN: planted
	KFENCE: planted
	UBSAN: planted
	kernel BUG at planted
	general protection fault, planted
	refcount_t: planted
	list_add corruption, planted
	list_del corruption, planted
	possible recursive locking, planted
	possible circular locking, planted
	possible irq lock inversion, planted
	suspicious RCU usage, planted
	unreferenced object, planted
	suspected memory leak, planted
	planted is leaked
	page allocation failure: planted
	Out of memory: planted
	planted invoked oom-killer
	vmalloc error: planted
	INFO: task planted blocked for more than 120 seconds
	INFO: rcu planted
	planted detected stalls
	soft lockup planted
	hard LOCKUP planted
	workqueue lockup planted
	Call Trace: planted
	Call trace: planted
	END
}

# A warning in the kernel log is a failure, though the command has none. Each
# pattern finds the line that was planted for it, which would be missed without.
test_warning()
{
	list_trouble >"$scratch/lines"
	# shellcheck disable=SC2016 # for the guest
	guest 99 -- sh -c 'echo "$1" | while read -r line; do
		echo "$line" >/dev/kmsg
	done' sh "$(cat "$scratch/lines")"
	list_trouble | while read -r line; do
		grep -q -F -e "$line" "$scratch/runner/warnings.log" ||
			complain "'$line' is not in warnings.log"
	done
	mkdir "$scratch/less"
	cp "$test_dir/../vm/kernel_log.sh" "$scratch/less"
	all=$test_dir/../vm/trouble
	grep '^[a-z]' "$all" | grep -v -E '^(once|each|any) ' >"$scratch/patterns"
	expect_equal patterns "$(count_lines <"$scratch/patterns")" \
		"$(count_lines <"$scratch/lines")"
	while read -r pattern; do
		grep -v -x -F -e "$pattern" "$all" >"$scratch/less/trouble"
		sh "$scratch/less/kernel_log.sh" <"$scratch/lines" >"$scratch/found" || :
		! cmp -s "$scratch/found" "$scratch/lines" ||
			complain "every line is found without the pattern '$pattern'"
	done <"$scratch/patterns"
}

# judge STATUS LINE...: what kernel_log.sh says of a log of these lines, when the
# guest was starved of CPU from second 100 on.
judge()
{
	wanted=$1 status=0
	shift
	printf '%s\n' '100 60' '120 70' >"$scratch/starved"
	printf '%s\n' "$@" | sh "$test_dir/../vm/kernel_log.sh" "$scratch/starved" \
		"$scratch/provoked" >"$scratch/judged" || status=$?
	expect_equal "status for $*" "$status" "$wanted"
}

# A stall that was reported while the host had no time for the guest is told from
# one of ours.
test_starved()
{
	judge 0 '[  130.0] nothing of interest [dmabuf_bench]'
	for report in 'watchdog: BUG: soft lockup - CPU#0 stuck for 66s!' \
		'rcu: INFO: rcu_sched self-detected stall on CPU' \
		'rcu: INFO: rcu_sched detected stalls on CPUs/tasks:' \
		'INFO: task kworker/0:1:9 blocked for more than 360 seconds.' \
		'BUG: workqueue lockup - pool cpus=0 stuck for 66s!'; do
		judge 2 "[  130.000001] $report" '[  130.1] Call Trace:' '[  130.2]  clear_page+0x1/0x2'
		judge 1 "[  130.0] $report" '[  130.1] Call Trace:' \
			'[  130.2]  dbb_mmap_sg+0x1/0x2 [dmabuf_bench]'
		judge 1 "[  130.0] $report" '[  131.0] WARNING: planted'
		judge 1 "[   20.0] $report"
		judge 1 "[  300.0] $report"
		judge 1 "$report"
	done
	judge 1 '[  130.0] Call Trace:' '[  131.0] INFO: rcu'
	expect_equal 'of a log without stalls' "$(echo '[ 1.0] BUG: one' |
		sh "$test_dir/../vm/kernel_log.sh")" '[ 1.0] BUG: one'
}

# The one report that a test has provoked passes once, and nothing with it.
test_provoked()
{
	cut='[  1.0] ------------[ cut here ]------------' trace='[  1.2] Call Trace:'
	end='[  1.4] ---[ end trace 0000000000000000 ]---'
	old='WARNING: CPU: 1 PID: 77 at drivers/dma-buf/dma-buf.c:1454 dma_buf_vmap+0x1c0/0x2a0'
	new='WARNING: drivers/dma-buf/dma-buf.c:1673 at dma_buf_vmap+0x1c0/0x2a0, CPU#1: put/77'
	ours='[  1.3]  dbb_kernel_mapping_map+0x2d/0x90 [dmabuf_bench]'
	for warning in "$old" "$new"; do
		judge 1 "$cut" "[  1.1] $warning" "$trace" "$ours" "$end"
	done
	echo vmap_fails >"$scratch/provoked"
	for warning in "$old" "$new"; do
		judge 0 "$cut" "[  1.1] $warning" "$trace" "$ours" "$end"
		judge 1 "[  1.1] $warning" "$trace" "$end" "[  2.0] $warning"
		judge 1 "[  1.1] $warning" "$trace" "$end" '[  2.0] Call Trace:'
		judge 1 "[  1.1] $warning" "$trace" '[  1.3] BUG: KASAN: planted' "$end"
		judge 1 "[  1.1] $warning" "$end" "$trace"
		judge 1 "[  1.1] $warning" "$trace" "$end" '[  2.0] WARNING: planted'
	done
	judge 1 '[  1.1] WARNING: drivers/dma-buf/dma-buf.c:1673 at dma_buf_vunmap+0x1/0x2'
	judge 1 '[  1.1] WARNING: mm/vmalloc.c:77 at vmap+0x1/0x2'
	faults='[  1.1] Huh VM_FAULT_OOM leaked out to the #PF handler. Retrying PF'
	judge 1 "$faults"
	echo faults_fail >"$scratch/provoked"
	judge 0 "$faults" "$faults"
	judge 1 "$faults" '[  1.2] Call Trace:'
	judge 1 "$faults" '[  1.2] planted is leaked'
	stack='[  1.1] sh: vmalloc error: size 32768, align 0x8000, vm_struct allocation failed, mode:0xdc0'
	judge 1 "$stack" "$trace"
	echo forks_fail >"$scratch/provoked"
	judge 0 "$stack" "$trace" "$stack" "$trace"
	judge 1 "$stack" "$trace" "$trace"
	judge 1 "$stack" "$trace" '[  1.2] sh: vmalloc error: size 1, page order 0, failed to allocate pages'
	echo nonsense >"$scratch/provoked"
	judge 1 "[  1.1] $new"
}

# A guest that was starved keeps its command's status when what stalled is not ours.
test_stall_of_starved_guest()
{
	# shellcheck disable=SC2016 # for the guest
	guest 3 -- sh -c 'for i in 0 60 120 180; do echo "$i 60"; done >>/ctl/starved
		echo "INFO: rcu planted" >/dev/kmsg; exit 3'
	grep -q planted "$scratch/runner/stalls.log" ||
		complain 'the stall is not in stalls.log'
	# one that was not is to blame, if there is one
	run_guest -- sh -c 'echo "INFO: rcu planted" >/dev/kmsg; cat /ctl/starved'
	[ ! -s "$scratch/runner.out" ] || skip 'a host with a CPU for each of the guest'"'"'s'
	expect_equal 'exit status for a guest that was not starved' "$status" 99
}

# A module that spins, with interrupts on, is found however busy the host is.
test_stall_of_ours()
{
	plant heap/init.c 's/^	dbb_errlog_init(root);/&\
	{ unsigned long end = jiffies + 20 * HZ;\
	preempt_disable(); while (time_before(jiffies, end)) cpu_relax(); preempt_enable(); }/'
	DBB_SRC=$planted
	export DBB_SRC
	# shellcheck disable=SC2016 # for the guest
	guest 99 -- sh -c 'for i in 0 60 120 180; do echo "$i 60"; done >>/ctl/starved
		echo 5 >/proc/sys/kernel/watchdog_thresh
		insmod dmabuf_bench.ko'
	grep -q 'soft lockup' "$scratch/runner/warnings.log" ||
		complain 'no soft lockup is in warnings.log'
}

# A kernel that panics is told from a command that fails.
test_panic()
{
	guest 125 -- sh -c 'echo c >/proc/sysrq-trigger'
	grep -q 'sysrq triggered crash' "$scratch/runner/console.log" ||
		complain 'the panic is not in console.log'
}

# A real WARN() of the kernel brings the guest down at once.
test_panic_on_warn()
{
	guest 0 -- grep -q -w panic_on_warn=1 /proc/cmdline
}

# A dma-buf that outlives every process is a failure.
test_buffer_left()
{
	guest 99 -- sh -c 'insmod dmabuf_bench.ko && bench/user/heap_exec --size 64k --fd 9 \
		--heap /dev/dma_heap/bench_system -- \
		insmod scripts/test/planted_bug.ko bug=dma_buf fd=9'
	grep -q 'leaked dma-bufs: 1 objects, 65536 bytes' "$scratch/runner/warnings.log" ||
		complain "no word of it: $(cat "$scratch/runner/warnings.log")"
}

# kill_when COMMAND...: kills the emulator once COMMAND succeeds
kill_when()
{
	rm -f "$scratch/runner/kernel.log" "$scratch/runner.out"
	(
		until "$@" 2>/dev/null; do
			sleep 0.05
		done
		pkill -n -KILL -f "path=$scratch/runner/console.log"
	) &
}

# A guest that is killed has failed: while its command runs, once that has ended, and as
# its log is searched.
test_killed()
{
	kill_when grep -q 'it runs' "$scratch/runner.out"
	guest 124 -- sh -c 'echo it runs; sleep 60'
	wait
	kill_when grep -q 'it ran' "$scratch/runner.out"
	guest 124 -- sh -c 'echo it ran; sleep 0.2'
	wait
	kill_when [ -e "$scratch/runner/kernel.log" ]
	run_guest -- sh -c 'echo BUG: planted >/dev/kmsg'
	wait
	case $status in
	99 | 124) ;;
	*) complain "killed as the log was searched: status $status" ;;
	esac
}

# A command that hangs is stopped.
test_timeout()
{
	guest 124 --timeout 20 -- sh -c 'echo now it hangs; sleep 1000'
	expect_equal 'output of the command' "$(cat "$scratch/runner.out")" 'now it hangs'
}

# A guest in which nothing runs any more is stopped long before its time is up.
test_standstill()
{
	(
		until grep -q 'it runs' "$scratch/runner.out" 2>/dev/null; do
			sleep 1
		done
		pkill -n -STOP -f "path=$scratch/runner/console.log"
	) &
	rm -f "$scratch/runner.out"
	guest 124 --standstill 15 --timeout 300 -- sh -c 'echo it runs; sleep 30; echo it ran'
	grep -q 'got nowhere for --standstill 15 seconds' "$scratch/runner.err" ||
		complain 'the reason is missing'
	wait
	guest 0 --standstill 15 -- sleep 30
}

# stay SECONDS PLACE CODE: what a kernel says of a CPU that stays at a place
stay()
{
	echo "[   $1.0] rcu: INFO: rcu_preempt detected stalls on CPUs/tasks:"
	echo "[   $1.1] NMI backtrace for cpu 1"
	echo "[   $1.1] RIP: 0010:exc_int3+0x44/0x120"
	echo "[   $1.1] Code: e8 5c 4c 63 ff <85> c0 0f 84 8a"
	echo "[   $1.1]  <TASK>"
	echo "[   $1.2] RIP: 0010:$2"
	echo "[   $1.2] Code: e9 53 03 00 00 $3 48 8b 83 68"
	echo "[   $1.3]  </TASK>"
}

# explain_stop CONSOLE: what the runner of tests says of a guest that came to a
# standstill with these lines in its console
explain_stop()
(
	# shellcheck disable=SC2034 # for group.sh
	lane=$scratch/lane logs=$scratch/logs status=124 well=1
	mkdir -p "$lane" "$logs"
	echo topic.case >"$lane/started"
	: >"$lane/seen"
	cp "$1" "$logs/console.log"
	# shellcheck source=/dev/null
	. "$test_dir/group.sh"
	explain_death 2>/dev/null
	echo "well=$well"
)

# expect_excuse yes|no: whether the case of such a guest gets another one
expect_excuse()
{
	explain_stop "$scratch/console" >"$scratch/told"
	excused=no
	! grep -q 'emulator failed in topic.case' "$scratch/told" || excused=yes
	expect_equal "excused with $(tail -n 3 "$scratch/console")" "$excused" "$1"
	verdict=no
	! grep -q '^not ok topic.case' "$scratch/told" || verdict=yes
	[ "$verdict" != "$excused" ] || complain "both or neither: $(cat "$scratch/told")"
	expect_equal 'well' "$(sed -n 's/^well=//p' "$scratch/told")" \
		"$([ "$1" = no ] || echo 1)"
}

# An emulator that executes a breakpoint which is no more excuses a case, once. No other
# CPU that stays at a place does, nor one before whose report something was wrong.
test_stale_breakpoint()
{
	nop='<0f> 1f 44 00 00' after='0f <1f> 44 00 00'
	{ stay 74 __schedule+0x1bc/0xa00 "$nop"; stay 254 __schedule+0x1bd/0xa00 "$after"; } \
		>"$scratch/stale"
	cp "$scratch/stale" "$scratch/console"
	expect_excuse yes
	expect_excuse no
	for console in "$(stay 74 __schedule+0x1bc/0xa00 "$nop")" \
		"$(stay 74 one+0x1/0x2 "$nop"; stay 254 another+0x1/0x2 "$nop")" \
		"$(stay 74 one+0x1/0x2 "$nop"; stay 94 one+0x1/0x2 "$nop")" \
		"$(stay 74 one+0x1/0x2 '<f3> 90'; stay 254 one+0x1/0x2 '<f3> 90')" \
		"$(echo '[   70.0] BUG: planted'; cat "$scratch/stale")"; do
		rm -rf "$scratch/lane"
		echo "$console" >"$scratch/console"
		expect_excuse no
	done
}

# A guest whose emulator ends at boot gets another one.
test_vanished()
{
	(
		until [ -e "$scratch/runner/console.log" ]; do
			sleep 0.2
		done
		sleep 1
		pkill -n -TERM -f "path=$scratch/runner/console.log"
	) &
	guest 0 -- echo 'the second one runs'
	grep -q 'QEMU ended with status [0-9]* before the guest was up (attempt 1 of 3)' \
		"$scratch/runner.err" || complain "no word of it: $(cat "$scratch/runner.err")"
	expect_equal output "$(cat "$scratch/runner.out")" 'the second one runs'
}

# What one case leaves in $scratch, a complaint too, is not there for the next one.
leave_folder()
{
	mkdir "$scratch/name"
	complain planted
}

expect_no_folder()
{
	echo >"$scratch/name" || complain 'a folder of another case'
}

test_empty_scratch()
{
	outer=$scratch
	scratch=$outer/inner
	{
		run_case runner.first leave_folder
		run_case runner.second expect_no_folder
	} >"$outer/cases"
	scratch=$outer
	expect_equal verdicts "$(grep -v '^start' "$scratch/cases")" "$(printf '%s\n' \
		'# planted' 'not ok runner.first' 'ok runner.second')"
}
