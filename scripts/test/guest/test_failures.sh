# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# guest: --mem 2G --append cma=64M
# config: FAILSLAB
# The first, the second, the third ... allocation of each call fails, until the call has
# no more of them: fail_nth.c. Each time the call succeeds all the same or says ENOMEM,
# and leaves nothing behind.

: "${test_dir:?}"
# shellcheck source-path=SCRIPTDIR source=../case.sh
. "$test_dir/case.sh"

# to_both FILE VALUE: slab allocations, and those of pages
to_both()
{
	for fault in failslab fail_page_alloc; do
		echo "$2" >"/sys/kernel/debug/$fault/$1"
	done
}

# What may sleep, high memory and single pages fail, too; and nothing is logged of it.
set_up()
{
	to_both ignore-gfp-wait N
	to_both verbose 0
	to_both reject-start 0
	to_both reject-end 0
	to_both require-start 0
	to_both require-end 0xffffffffffffffff
	echo N >/sys/kernel/debug/failslab/cache-filter
	echo N >/sys/kernel/debug/fail_page_alloc/ignore-gfp-highmem
	echo 0 >/sys/kernel/debug/fail_page_alloc/min-order
	keep_blocks
	: >"$scratch/table"
}

# range_of SYMBOL: sets start and end, of the first function in the kernel of that name,
# whatever the compiler has added to it
range_of()
{
	sort /proc/kallsyms | awk -v symbol="$1" '
		start != "" { print start, $1; exit }
		$3 ~ "^" symbol "([.]|$)" && $3 !~ /[.]cold/ { start = $1 }' >"$scratch/range"
	read -r start end <"$scratch/range"
}

# 7.3 with DEBUG_VM dies when heap contig, which has no block of the buddy allocator, asks
# alloc_contig_pages() for pages and it comes to the first ones of the machine: it looks at
# page 0, which is in no zone, and reports that from within the report. So blocks of the
# buddy allocator do not fail.
keep_blocks()
{
	! range_of alloc_pages_exact_noprof || {
		echo "0x$start" >/sys/kernel/debug/fail_page_alloc/reject-start
		echo "0x$end" >/sys/kernel/debug/fail_page_alloc/reject-end
	}
}

# Without those of bench/env.c: they are the same in each run, and what cannot be read of
# the machine is left out of the results.
leave_out_environment()
{
	grep '\[dmabuf_bench\]' /proc/kallsyms | grep -i ' t ' | sort | awk '
		$3 ~ /^dbb_env_/ && start == "" { start = $1 }
		$3 !~ /^dbb_env_/ && start != "" { print start, $1; exit }' >"$scratch/environment"
	read -r start end <"$scratch/environment" || fail 'no function of bench/env.c'
	echo "0x$start" >/sys/kernel/debug/failslab/reject-start
	echo "0x$end" >/sys/kernel/debug/failslab/reject-end
}

# Once, the dma-buf core warns of an exporter's vmap that fails, which is a refusal like
# another.
expect_vmaps_to_fail()
{
	echo vmap_fails >>/ctl/provoked
	trap 'echo 1 >/proc/sys/kernel/panic_on_warn' EXIT
	echo 0 >/proc/sys/kernel/panic_on_warn
}

# restrict_to SYMBOL...: to what is called from the first of these functions there is
restrict_to()
{
	for symbol; do
		range_of "$symbol" || continue
		to_both require-start "0x$start"
		to_both require-end "0x$end"
		return
	done
	fail "no function $*"
}

# line KIND[+ERRNO] WORD...: one more of the table
line()
{
	echo "$*" >>"$scratch/table"
}

# Makes the allocations of the calls in the table fail. Each point is counted once for
# each line of all cases.
fail_all()
{
	# shellcheck disable=SC2086 # lists of words
	helper fail_nth "$D" $heap_knobs $bench_knobs <"$scratch/table" >"$scratch/failed" 2>&1 ||
		complain "fail_nth: status $?"
	grep -v '^[0-9]* [0-9]* [a-z]' "$scratch/failed"
	grep '^[0-9]* [0-9]* [a-z]' "$scratch/failed" >>"$scratch/points"
	: >"$scratch/table"
}

# Says how many points were reached, by kind; those of $scratch.points are of all cases.
count_points()
{
	awk '
		{ sub(/\+.*/, "", $3); points[$3] += $1; refused[$3] += $2; lines[$3]++ }
		END {
			for (kind in points)
				printf "%s: %d allocations failed in %d calls, %d refused\n", kind,
					points[kind], lines[kind], refused[kind]
		}' "$scratch/points"
	none=$(awk '!$1 { sub(/^0 0 /, ""); print }' "$scratch/points")
	[ -z "$none" ] || complain "no allocation failed in: $none"
	cat "$scratch/points" >>"$scratch.points"
}

# kmemleak knows no pages.
free_kb()
{
	echo 3 >/proc/sys/vm/drop_caches
	sleep 0.3
	sed -n 's/^MemFree: *\([0-9]*\) kB/\1/p' /proc/meminfo
}

heaps_here()
{
	for heap in $(choices_of bench/heap); do
		[ ! -e "/dev/dma_heap/bench_$heap" ] || echo "$heap"
	done
}

# insmod, each seventh allocation, as it takes seconds, and rmmod. Only what our own code
# calls fails there: the loader has hundreds of its own. All modules of this kernel are
# ours.
test_module()
{
	set_up
	unload || fail 'rmmod'
	to_both require-start 0xffffffffa0000000
	to_both require-end 0xffffffffff000000
	line insmod/7 "$test_dir/../../$module.ko"
	line rmmod "$test_dir/../../$module.ko"
	fail_all
	count_points
}

# DMA_HEAP_IOCTL_ALLOC of each heap: one block, single pages that are shuffled, and with
# each strategy and kind of memory.
test_alloc()
{
	set_up
	for heap in $(heaps_here); do
		line alloc "/dev/dma_heap/bench_$heap" $((16 * page))
	done
	fail_all
	set_knob heap/orders 0
	set_knob heap/shuffle 1
	line alloc $node $((130 * page))
	fail_all
	free_before=$(free_kb)
	line alloc $node $((130 * page))
	fail_all
	free_after=$(free_kb)
	note "$((free_before - free_after)) kB less are free after the failures of 130 pages"
	expect_awk 'kB that are gone' "$free_before - $free_after < 8192"
	for strategy in $(choices_of heap/vmap_strategy); do
		set_knob heap/vmap_strategy "$strategy"
		line alloc $node $((4 * page))
		fail_all
	done
	set_knob heap/vmap_strategy sg
	for strategy in $(choices_of heap/mmap_strategy); do
		set_knob heap/mmap_strategy "$strategy"
		line alloc $node $((4 * page))
		fail_all
	done
	for caching in $(choices_of heap/caching); do
		set_knob heap/caching "$caching"
		line alloc $node $((4 * page))
		fail_all
	done
	count_points
}

# mmap(), each page fault, munmap() of all or of a page in the middle, mremap(), with
# each strategy. Faults that lack memory are taken again, and the kernel says so.
test_map()
{
	set_up
	echo faults_fail >>/ctl/provoked
	set_knob heap/orders "$pmd_order 0"
	for strategy in $(choices_of heap/mmap_strategy); do
		set_knob heap/mmap_strategy "$strategy"
		for kind in map cut move; do
			line $kind $node $((4 * page))
		done
		line map $node $(((4 << pmd_order) * page))
		fail_all
	done
	count_points
}

# The copy of the mappings in fork(). A stack that cannot be had for the child would be in
# the kernel's log.
test_fork()
{
	set_up
	restrict_to dup_mmap dup_mm
	for strategy in $(choices_of heap/mmap_strategy); do
		set_knob heap/mmap_strategy "$strategy"
		line fork $node $((4 * page))
		fail_all
	done
	count_points
}

# CPU access and fences by ioctl.
test_sync()
{
	set_up
	for heap in $(heaps_here); do
		line sync "/dev/dma_heap/bench_$heap" $((16 * page))
	done
	fail_all
	count_points
}

# arms_of OP: words for strategies=. Ops that map in the same way need them only once. An
# op that is not listed takes all.
arms_of()
{
	case $1 in
	delay) echo 100 ;;
	noop | tables | alloc | attach | sync | pages | vtouch | replay) echo sg ;;
	touch) echo sg fault ;;
	vmap) choices_of heap/vmap_strategy ;;
	mmap) choices_of heap/mmap_strategy ;;
	*) echo "$(choices_of heap/vmap_strategy) $(choices_of heap/mmap_strategy)" ;;
	esac
}

short='iterations=1 warmup=0 batch=1'

# Each op with each of its strategies, whose buffer has several chunks.
test_ops()
{
	set_up
	expect_vmaps_to_fail
	set_knob heap/orders 0
	line run "noop $short"
	fail_all
	leave_out_environment
	for op in $(choices_of bench/op); do
		for arm in $(arms_of "$op"); do
			line run "$op $short size=$((4 * page)) strategies=$arm"
		done
	done
	fail_all
	count_points
}

# Buffers of each heap, of another exporter, and memory that is none.
test_heaps()
{
	set_up
	expect_vmaps_to_fail
	leave_out_environment
	for heap in $(heaps_here); do
		for op in vmap mmap attach; do
			[ "$heap" = system ] ||
				line run "$op $short size=$((16 * page)) heap=$heap strategies=sg"
		done
	done
	for op in vmap mmap attach; do
		line run "$op $short heap=fd fd=9 strategies=exporter"
	done
	for op in mmap touch; do
		line run "$op $short size=$((4 * page)) heap=anon strategies=exporter"
	done
	fail_all
	count_points
}

# What runs have besides: several arms, buffers, threads, clocks, a CPU.
test_runs()
{
	set_up
	expect_vmaps_to_fail
	leave_out_environment
	line run "vmap $short size=$((4 * page)) strategies=sg,system:page,contig:direct,vmalloc:born"
	line run "mmap $short size=$((4 * page)) strategies=sg,contig:page,anon:exporter"
	line run "vmap $short size=$((4 * page)) strategies=sg,page iterations=4 buffers=2"
	line run "noop iterations=3 warmup=auto batch=auto cpu=0 purge=sample"
	line run "vmap $short size=$((4 * page)) strategies=sg threads=2"
	line run "alloc $short size=$((4 * page)) strategies=sg threads=2 cpu=0"
	for clock in $(choices_of bench/clock); do
		line run "noop $short clock=$clock"
	done
	fail_all
	count_points
}

# Allocations that fail in the kernel threads of a run.
test_threads()
{
	set_up
	expect_vmaps_to_fail
	long='iterations=5000 warmup=0 batch=1 verify=0'
	for heap in system contig; do
		line thread "alloc $long size=$((4 * page)) heap=$heap strategies=sg"
	done
	for op in vmap mmap; do
		line thread "$op $long size=$((4 * page)) strategies=sg threads=2"
	done
	fail_all
	count_points
}

# value_for KNOB: one that it takes and has not
value_for()
{
	now=$(knob "$1")
	case $1 in
	*/fd) echo 9 ;;
	*/strategies) echo page,sg ;;
	*/orders) echo 4 0 ;;
	*/cpu | */verify) echo 0 ;;
	*/size | */max_bytes) echo $((now / 2)) ;;
	# its size would stay
	*/preset) echo "$now" ;;
	*)
		for word in $(choices_of "$1") 1 2; do
			[ "$word" = "$now" ] || {
				echo "$word"
				return
			}
		done
		;;
	esac
}

# Each knob is written, each file is read.
test_files()
{
	set_up
	for file in $heap_knobs $bench_knobs; do
		line write "$file" "$(value_for "$file")"
	done
	line order bench/stop 1
	run "vmap $short size=$((4 * page)) iterations=20 strategies=page,sg buffers=2"
	put bench/op nonsense >/dev/null
	(cd "$D" && find . -type f) | sed 's|^\./||' | sort >"$scratch/files"
	while read -r file; do
		case $file in
		bench/run | bench/stop) continue ;;
		esac
		line read "$file"
	done <"$scratch/files"
	for file in results results.bench results.csv results.json results.md samples.csv; do
		line first "bench/$file" "noop $short iterations=20 strategies=page,sg"
	done
	fail_all
	count_points
}

# In all, hundreds of points were reached. Nothing of the kernel's memory is lost.
test_leaks()
{
	[ -e "$scratch.points" ] || skip 'the other cases'
	awk '{ points += $1; refused += $2 }
		END {
			printf "%d allocations failed in %d calls, which were refused %d times\n",
				points, NR, refused
			exit points < 1000
		}' "$scratch.points" || complain 'these are few'
	expect_nothing_left
	unload || fail 'rmmod'
	[ -e /sys/kernel/debug/kmemleak ] || return 0
	for _ in 1 2; do
		sleep 6
		echo scan >/sys/kernel/debug/kmemleak
	done
	cat /sys/kernel/debug/kmemleak >"$scratch/leaks"
	[ ! -s "$scratch/leaks" ] || complain "$(head -n 20 "$scratch/leaks")"
}
