# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# guest: --mem 1G --append init_on_alloc=0
# What was in memory before does not show in what the module gives out. The guest's
# kernel does not clear memory by itself, and most of it is filled with a mark first.

: "${test_dir:?}"
# shellcheck source-path=SCRIPTDIR source=../case.sh
. "$test_dir/case.sh"

# The mark of leftovers.c as numbers of 64 and 32 bits, and as text.
marks='6506928858327567681|1264209217|1515012434|5a4d4152|4b5a4d41|ZMARK|AMZKR'

fill_memory()
{
	helper leftovers fill 600
}

# a page of which a byte was asked for, some pages, and what no block of the kernel holds
any_size="1 $((page + 1)) $((273 * page)) $((2048 * page + 1))"

# expect_zero WHAT NODE: each word of buffers of $sizes, which leave the mark behind.
expect_zero()
{
	# shellcheck disable=SC2086 # a list of words
	expect_true "$1" helper leftovers "$2" $sizes
	looked=$((looked + 1))
}

# User mappings of buffers of each heap show zeroes, whatever the pages' orders are, how
# they are mapped and cached, and whoever had them before.
test_user_mappings()
{
	looked=0
	fill_memory
	for node in /dev/dma_heap/bench_*; do
		case $node in
		*cma* | *contig) sizes="1 $((page + 1)) $((273 * page))" ;;
		*) sizes=$any_size ;;
		esac
		for strategy in $(choices_of heap/mmap_strategy); do
			set_knob heap/mmap_strategy "$strategy"
			expect_zero "$node, $strategy" "$node"
		done
		expect_zero "$node again" "$node"
	done
	node=/dev/dma_heap/bench_system
	sizes=$any_size
	set_knob heap/shuffle 1
	fill_memory
	for orders in 0 '4 0' '8 4 0' '10 0'; do
		set_knob heap/orders "$orders"
		expect_zero "orders $orders" $node
	done
	for caching in $(choices_of heap/caching); do
		set_knob heap/caching "$caching"
		expect_zero "$caching" $node
	done
	note "$looked times three or four buffers"
}

# look_by_kernel NODE SIZE: ok, or the errno of why not
look_by_kernel()
{
	"$test_dir/../../bench/user/heap_exec" --heap "$1" --size "$2" --fd 3 -- \
		"$test_dir/bin/put" /sys/kernel/debug/kernel_words 3 2>/dev/null
}

# So do kernel mappings, of each heap by each strategy that it has.
test_kernel_mappings()
{
	is_loaded_words || insmod "$test_dir/kernel_words.ko" || fail 'kernel_words does not load'
	looked=0
	fill_memory
	for node in /dev/dma_heap/bench_*; do
		for strategy in $(choices_of heap/vmap_strategy); do
			set_knob heap/vmap_strategy "$strategy"
			for size in $page $((64 * page + 1)); do
				answer=$(look_by_kernel "$node" "$size")
				# a strategy that this heap lacks
				[ -n "$answer" ] || continue
				expect_equal "$node, $strategy, $size" "$answer" ok
				looked=$((looked + 1))
			done
			helper leftovers "$node" $((65 * page)) >/dev/null
		done
	done
	rmmod kernel_words
	note "$looked buffers"
	expect_awk 'buffers that were looked at' "$looked >= 40"
}

is_loaded_words()
{
	[ -d /sys/module/kernel_words ]
}

# Neither does it show in results and samples, of a run that was stopped, too.
test_results()
{
	fill_memory
	run 'vmap size=64k strategies=page,sg,array iterations=200 threads=2 buffers=4'
	cat "$D/bench"/results* "$D/bench/samples.csv" >"$scratch/files"
	fill_memory
	spawn "$test_dir/bin/put" "$D/bench/run" 'vmap size=64k iterations=100000 warmup=0' >/dev/null
	wait_until is_running || fail 'no run'
	put bench/stop 1 >/dev/null
	wait "$pid"
	expect_equal complete "$(column complete | sort -u)" 0
	cat "$D/bench"/results* "$D/bench/samples.csv" >>"$scratch/files"
	expect_equal 'rows of samples' "$(sample ns | count_lines)" \
		$((12 * $(column iterations phase=total strategy=sg)))
	expect_equal 'samples of nothing' "$(sample ns phase=total | grep -c -x 0)" 0
	grep -n -E "$marks" "$scratch/files" && complain 'the mark shows'
	:
}
