# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# guest: --icount --mem 5G
# SIGKILL at any moment gives everything back within a second. One ns of the guest's clock
# is an instruction, so that other load of the machine does not count.

: "${test_dir:?}"
# shellcheck source-path=SCRIPTDIR source=../case.sh
. "$test_dir/case.sh"

free_kb()
{
	while read -r key value _; do
		[ "$key" != MemFree: ] || echo "$value"
	done </proc/meminfo
}

# All is in memory: the guest's clock runs on while its file server works.
prepare()
{
	cp "$test_dir/bin/put" "$test_dir/bin/heap_abi" "$scratch"
	gib=$((1024 * 1024 * 1024))
	set_knob heap/max_bytes $((4 * gib))
}

# kill_it WHAT: ends $pid. Within a second it is gone, no buffer is alive, and what memory
# it had is free.
kill_it()
{
	read -r before _ </proc/uptime
	kill -KILL "$pid" || complain "$1: over before it could be killed"
	wait "$pid" 2>/dev/null
	read -r gone _ </proc/uptime
	until all_is_freed; do
		read -r after _ </proc/uptime
		[ "${after%.*}" -lt $((${before%.*} + 30)) ] || break
	done
	read -r after _ </proc/uptime
	echo "$before $gone $after $1" >>"$scratch/kills"
	all_is_freed || complain "$1: $(stat_of bytes_alive) bytes are alive after 30 s"
	expect_awk "$1: $before s to $after s" "$after - $before < 1"
	sleep 0.1
	expect_awk "$1: kB that are free again" "$(free_kb) > $free - 131072"
}

note_longest()
{
	note "$(count_lines <"$scratch/kills") kills, the longest: $(awk '
		{ took = $3 - $1; $1 = $2 = $3 = ""; print took " s," $0 }' "$scratch/kills" |
		sort -n -r | head -n 2 | paste -s -d ';' -)"
}

# alive_or_ended BYTES: so many are alive, or the process is over
alive_or_ended()
{
	[ "$(stat_of bytes_alive)" -ge "$1" ] || ! kill -0 "$pid" 2>/dev/null
}

# line_of OP: a run of it that takes much longer than it is let run
line_of()
{
	case $1 in
	noop) echo 'noop iterations=1000000 warmup=0 batch=1' ;;
	delay) echo 'delay strategies=4000000000 iterations=60 warmup=0' ;;
	pages) echo 'pages size=1G batch=1000000 iterations=6 warmup=0' ;;
	replay) echo 'replay preset=vb2 size=256M iterations=100000 warmup=0' ;;
	*) echo "$1 size=1G iterations=100000 warmup=0" ;;
	esac
}

# Of each op, while it prepares its buffer, and in its rounds.
test_ops()
{
	prepare
	free=$(free_kb)
	for op in $(choices_of bench/op); do
		for pause in 0 0.2; do
			spawn "$scratch/put" "$D/bench/run" "$(line_of "$op")" >/dev/null
			while read_status && [ "$state" != running ]; do :; done
			sleep $pause
			kill_it "$op after $pause s"
			read_status
			expect_equal "$op after $pause s: state" "$state" stopped
			run 'noop iterations=1'
		done
	done
	note_longest
}

# Of threads, which are kernel threads, and of the self-test.
test_threads()
{
	prepare
	free=$(free_kb)
	for line in 'vmap size=256M threads=4 iterations=1000 warmup=0' \
		'alloc size=256M threads=4 iterations=1000 warmup=0' \
		'mmap size=64M threads=4 buffers=8 iterations=1000 warmup=0'; do
		spawn "$scratch/put" "$D/bench/run" "$line" >/dev/null
		while read_status && [ "$state" != running ]; do :; done
		sleep 0.3
		kill_it "$line"
	done
	spawn "$scratch/put" "$D/selftest" mappings >/dev/null
	wait_until alive_or_ended 1
	kill_it 'the self-test'
	run 'noop iterations=1'
	note_longest
}

# kill_allocation HEAP BYTES PAUSE: while it allocates that much
kill_allocation()
{
	spawn "$scratch/heap_abi" "/dev/dma_heap/bench_$1" hold_fd "$2" "$scratch/ready"
	until alive_or_ended "$2"; do :; done
	sleep "$3"
	[ ! -e "$scratch/ready" ] || complain "$1: the allocation was over"
	kill_it "$1, $2 bytes, orders $(knob heap/orders), after $3 s"
	rm -f "$scratch/ready"
}

# Of who allocates several GiB.
test_allocation()
{
	prepare
	free=$(free_kb)
	for pause in 0 0.2; do
		kill_allocation system $((4 * gib)) $pause
		# larger ones end no sooner than vmalloc() on kernels that do not look for signals
		kill_allocation vmalloc $gib $pause
	done
	set_knob heap/orders 0
	set_knob heap/shuffle 1
	kill_allocation system $((4 * gib)) 0.3
	set_knob heap/caching "$(choices_of heap/caching | cut -d ' ' -f 2)"
	kill_allocation system $((1 * gib)) 0.2
	note_longest
}

# Of who holds buffers of several GiB, mapped by each strategy.
test_holders()
{
	prepare
	free=$(free_kb)
	for strategy in $(choices_of heap/mmap_strategy); do
		set_knob heap/mmap_strategy "$strategy"
		spawn "$scratch/heap_abi" $node hold_map $gib "$scratch/ready"
		wait_until test -e "$scratch/ready" || fail "no mapping by $strategy"
		rm "$scratch/ready"
		kill_it "1 GiB mapped by $strategy"
	done
	set_knob heap/orders 0
	set_knob heap/mmap_strategy insert
	spawn "$scratch/heap_abi" $node hold_map $((2 * gib)) "$scratch/ready"
	wait_until test -e "$scratch/ready" || fail 'no mapping'
	kill_it '2 GiB of single pages mapped by insert'
	note_longest
}
