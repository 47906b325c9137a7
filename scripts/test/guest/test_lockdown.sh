# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# guest: --mem 1G --append lsm=lockdown
# config: SECURITY_LOCKDOWN_LSM
# A kernel that is locked down after the module was loaded, as nobody can undo until the
# next boot: what is closed, and that those who meet it say why.

: "${test_dir:?}"
# shellcheck source-path=SCRIPTDIR source=../case.sh
. "$test_dir/case.sh"

scripts=$test_dir/..
lockdown=/sys/kernel/security/lockdown

# The knobs cannot be written any more.
restore_knobs()
{
	:
}

# lock_down MODE: with a result and two files that were opened before. What is locked
# down further stays so.
lock_down()
{
	is_mounted || mount -t securityfs securityfs /sys/kernel/security ||
		fail 'securityfs cannot be mounted'
	if grep -q '\[none\]' $lockdown; then
		run 'noop iterations=3'
		exec 5<>"$D/bench/status" 6>"$D/bench/run"
	fi
	grep -q -e "\[$1\]" -e '\[confidentiality\]' $lockdown || echo "$1" >$lockdown ||
		fail "lockdown cannot be set to $1"
}

is_mounted()
{
	[ -e $lockdown ]
}


expect_closed()
{
	closed=0
	for file in "$D"/* "$D"/*/*; do
		[ ! -d "$file" ] || continue
		(: <"$file") 2>"$scratch/why" && complain "$file can be read"
		expect_match "reading $file" "$(cat "$scratch/why")" '*Operation not permitted*'
		(: >>"$file") 2>"$scratch/why" && complain "$file can be written"
		expect_match "writing $file" "$(cat "$scratch/why")" '*Operation not permitted*'
		closed=$((closed + 1))
	done
	expect_awk 'files that are closed' "$closed > 30"
	chmod 444 "$D/heap/stats" 2>/dev/null && complain 'the mode of a file can be changed'
}

# The heaps do not need debugfs.
expect_heaps()
{
	for each in /dev/dma_heap/bench_*; do
		expect_equal "heap_client $each" "$(helper heap_client "$each"; echo $?)" 0
	done
}

# expect_said MODE COMMAND...: is refused with status 3 and the reason.
expect_said()
{
	mode=$1
	shift
	expect_status 3 "$@"
	expect_output "kernel lockdown is on[ :(].*$mode"
}

# In mode integrity all files of debugfs are closed, whoever asks, and no unsigned module
# is loaded. The heaps, and files that were open, are as before.
test_integrity()
{
	lock_down integrity
	expect_closed
	echo 'noop iterations=4' >&6 || complain 'an open run takes no line'
	expect_match 'an open status' "$(cat <&5)" 'done run=2 *'
	expect_heaps
	expect_match 'a module' "$(insmod "$test_dir/slow_importer.ko" 2>&1)" \
		'*Operation not permitted*'
}

# Tracing is open to root in mode integrity.
test_integrity_tracing()
{
	lock_down integrity
	instance=$tracefs/instances/dbb_lockdown
	mkdir $instance || fail 'no tracing instance'
	echo 1 >$instance/events/dmabuf_bench/dbb_alloc/enable
	expect_heaps
	expect_awk 'events' "$(grep -c 'dbb_alloc: ' $instance/trace) >= 3"
	rmdir $instance
}

# Scripts that need debugfs say why they have to refuse; the others run.
test_integrity_scripts()
{
	lock_down integrity
	cd "$scratch" || exit
	expect_said integrity sh "$scripts/bench.sh" 'noop iterations=3'
	expect_said integrity sh "$scripts/trace.sh" 'noop iterations=3'
	expect_said integrity sh "$scripts/trace.sh" --functions 'noop iterations=3'
	expect_said integrity sh "$scripts/sweep.sh" --ops noop
	expect_said integrity "$scripts/../bench/user/heap_mmap" --size 1M --strategies page,sg
	expect_status 0 sh "$scripts/callers.sh" --seconds 1
	sh "$scripts/doctor.sh" --seconds 2 >"$scratch/output" 2>&1
	expect_awk 'status of doctor.sh' "$? < 3"
	expect_output '^bench_system: '
	expect_status 0 "$scripts/../bench/user/heap_mmap" --size 1M --repeat 3
	[ ! -e /sys/kernel/debug/swiotlb/io_tlb_used ] ||
		grep -q '^swiotlb_used=.* is closed by kernel lockdown (integrity)' \
			results/*-doctor/facts.txt || complain 'facts.txt does not name lockdown'
}

# Where securityfs is not mounted the kernel log says it.
test_integrity_unmounted()
{
	lock_down integrity
	umount /sys/kernel/security || fail 'securityfs cannot be unmounted'
	expect_said on sh "$scripts/bench.sh" 'noop iterations=3'
}

# In mode confidentiality tracing is closed, too.
test_confidentiality()
{
	lock_down confidentiality
	expect_closed
	expect_heaps
	mkdir $tracefs/instances/dbb_lockdown 2>/dev/null && complain 'a tracing instance was made'
	cd "$scratch" || exit
	expect_said confidentiality sh "$scripts/callers.sh" --seconds 1
	expect_output 'kprobe_events cannot be written'
	expect_said confidentiality sh "$scripts/bench.sh" 'noop iterations=3'
	expect_said confidentiality sh "$scripts/trace.sh" 'noop iterations=3'
}

# The module goes, and does not come back.
test_clean()
{
	lock_down integrity
	unload || fail "rmmod: $(rmmod $module 2>&1)"
	[ ! -e $node ] || complain "$node is still there"
	cd "$scratch" || exit
	expect_said '' sh "$scripts/bench.sh" 'noop iterations=3'
	expect_output 'insmod .*dmabuf_bench.ko failed'
	! is_loaded || complain 'an unsigned module was loaded'
}
