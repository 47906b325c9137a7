# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# guest: --mem 1G
# guest amd64: --append cma=64M
# heap/caching: how buffers are mapped. The test module page_attributes reads it back, on
# x86 from the page tables and the PAT, on arm64 by the CPU's own translation.

: "${test_dir:?}"
# shellcheck source-path=SCRIPTDIR source=../case.sh
. "$test_dir/case.sh"

# shellcheck source-path=SCRIPTDIR source=../page_attributes.sh
. "$test_dir/page_attributes.sh"

contig=/dev/dma_heap/bench_contig

# The file lists what this machine has, and says of the rest why not.
test_choices()
{
	expect_equal 'the default' "$(knob heap/caching)" cached
	if is_arm64; then
		expect_equal choices "$(head -n 1 "$D/heap/caching")" '[cached] wc'
		expect_equal remarks "$(grep -c '^# uncached: .*unaligned' "$D/heap/caching")" 1
		refuse EOPNOTSUPP heap/caching uncached uncached unaligned
	elif run 'noop iterations=2' && [ "$(environment pat)" = on ]; then
		expect_equal choices "$(cat "$D/heap/caching")" '[cached] wc uncached'
	fi
	for choice in $(other_cachings) cached; do
		set_knob heap/caching "$choice"
		expect_equal 'the choice' "$(knob heap/caching)" "$choice"
	done
	refuse EINVAL heap/caching writeback
	refuse EINVAL heap/caching 'wc uncached'
	refuse EINVAL heap/caching ''
	grep -q '^  heap/caching ' "$D/README" || complain 'README lacks heap/caching'
}

# User and kernel mappings have the attributes that were asked for, by each strategy, also
# after mprotect(), mremap() and fork().
test_mmap_strategies()
{
	load_reader
	for caching in cached $(other_cachings); do
		set_knob heap/caching "$caching"
		for strategy in $(choices_of heap/mmap_strategy); do
			set_knob heap/mmap_strategy "$strategy"
			what="mmap strategy $strategy"
			if is_arm64 && [ "$strategy" = insert ] && [ "$caching" != cached ]; then
				refused $node insert "$caching" 'linear map'
				continue
			fi
			set_knob heap/orders '4 2 0'
			expect_shown $node "$caching" 39
			# a PMD and a few pages
			set_knob heap/orders "$pmd_order 0"
			expect_shown $node "$caching" $(((1 << pmd_order) + 3))
		done
	done
}

# So do kernel mappings by each strategy; the ones that cannot are refused.
test_vmap_strategies()
{
	load_reader
	for caching in cached $(other_cachings); do
		set_knob heap/caching "$caching"
		for strategy in $(choices_of heap/vmap_strategy); do
			set_knob heap/vmap_strategy "$strategy"
			what="vmap strategy $strategy"
			each=$node pages=39
			case $strategy in
			direct) each=$contig ;;
			esac
			case $strategy-$caching in
			ram-wc | ram-uncached)
				refused $node ram "$caching" 'vm_map_ram()'
				continue
				;;
			direct-wc | direct-uncached)
				if is_arm64; then
					refused $contig direct "$caching" 'linear map'
					continue
				fi
				;;
			esac
			expect_shown "$each" "$caching" $pages
		done
	done
}

# Each heap has it but vmalloc, whose own mapping cannot be changed.
test_heaps()
{
	load_reader
	for caching in $(other_cachings); do
		set_knob heap/caching "$caching"
		for each in /dev/dma_heap/bench_*; do
			what=${each##*/}
			case $each in
			*_vmalloc) refused "$each" vmalloc "$caching" ;;
			*)
				expect_shown "$each" "$caching" 1
				expect_shown "$each" "$caching" 300
				note "$caching: ${each##*/}"
				;;
			esac
		done
	done
}

# A buffer keeps what it was allocated with, whatever the knob says later.
test_live_buffer()
{
	load_reader
	is_arm64 && skip 'a linear map that can be changed'
	before=$(linear_of_all)
	first=$(other_cachings | awk '{ print $1 }')
	set_knob heap/caching "$first"
	spawn "$test_dir/bin/map_attributes" $node hold $((100 * page)) "$scratch/ready"
	wait_until test -e "$scratch/ready" || fail 'no buffer'
	during=$(linear_of_all)
	expect_equal 'the linear map' "$during" "$first=100 $before"
	for caching in $(other_cachings) cached; do
		set_knob heap/caching "$caching"
		expect_equal "the linear map, knob $caching" "$(linear_of_all)" "$during"
	done
	end_jobs
	: >"$scratch/pids"
	wait_until all_is_freed || complain 'it is still alive'
	expect_equal 'the linear map' "$(linear_of_all)" "$before"
}

# After 1,000 buffers of each kind, all pages of memory are as before.
test_restored()
{
	load_reader
	before=$(linear_of_all)
	for caching in $(other_cachings); do
		set_knob heap/caching "$caching"
		for each in $node:800 $contig:200; do
			expect_true "churn on ${each%:*}, $caching" helper map_attributes \
				"${each%:*}" churn "${each#*:}" $((600 * page))
		done
		wait_until all_is_freed || complain 'something is still alive'
		expect_equal "the linear map after $caching" "$(linear_of_all)" "$before"
	done
	expect_all_seen
}

# So they are after an allocation that a strategy refused, and one that was killed.
test_restored_after_failure()
{
	load_reader
	before=$(linear_of_all)
	for caching in $(other_cachings); do
		set_knob heap/caching "$caching"
		set_knob heap/orders 0
		set_knob heap/vmap_strategy ram
		what=ram
		refused $node ram
		set_knob heap/vmap_strategy sg
		set_knob heap/max_bytes 600M
		for delay in 0.3 0.6 0.9 1.2; do
			spawn "$test_dir/bin/map_attributes" $node hold $((500 * 1048576)) \
				"$scratch/never"
			sleep $delay
			kill -KILL "$pid"
			wait "$pid" 2>/dev/null
		done
		wait_until all_is_freed || complain 'something is still alive'
		expect_equal "the linear map after $caching" "$(linear_of_all)" "$before"
	done
}

# All mappings show the same bytes with each caching.
test_selftest()
{
	for caching in $(other_cachings); do
		set_knob heap/caching "$caching"
		expect_equal "selftest, $caching" "$(put selftest mappings)" ok
		cat "$D/selftest" >"$scratch/ktap"
		grep -B 1 '^not ok ' "$scratch/ktap" && complain "$caching: mappings are wrong"
		expect_match "$caching: the last line" "$(tail -n 1 "$scratch/ktap")" \
			'# Totals: pass:[1-9]* fail:0 skip:*'
		# those of page and sg are none of the skipped ones
		for heap in system contig; do
			expect_equal "$caching, $heap: page and sg" "$(grep -c -E \
				"^ok .*heap=$heap mmap=(page|sg) vmap=(page|sg) size_bytes=" \
				"$scratch/ktap")" 4
		done
		expect_equal "$caching: said of" "$(grep -c "^# caching: $caching\$" \
			"$scratch/ktap")" 1
	done
}

# traced PROBE LINE: the values of the one argument that a kprobe shows during a run.
traced()
{
	instance=$tracefs/instances/caching
	echo "p:dbb_caching $1" >"$tracefs/kprobe_events"
	mkdir "$instance"
	echo 1 >"$instance/events/kprobes/dbb_caching/enable"
	run "$2"
	echo 0 >"$instance/events/kprobes/dbb_caching/enable"
	sed -n 's/.* value=\([0-9]*\)$/\1/p' "$instance/trace" >"$scratch/traced"
	rmdir "$instance"
	echo >"$tracefs/kprobe_events"
}

has_function()
{
	grep -q " [tT] $1\$" /proc/kallsyms
}

# An importer maps such a buffer without cache maintenance, DMA_ATTR_SKIP_CPU_SYNC.
test_importers()
{
	has_function dma_map_sgtable || skip 'dma_map_sgtable() that can be traced'
	for caching in cached $(other_cachings); do
		set_knob heap/caching "$caching"
		want=32
		[ "$caching" != cached ] || want=0
		# shellcheck disable=SC2016 # $arg4 is the tracer's
		traced 'dma_map_sgtable value=$arg4:u64' \
			'attach strategies=system size=1M iterations=6 warmup=0'
		expect_equal "attributes, $caching" "$(sort -u "$scratch/traced")" $want
	done
}

# On arm64 each byte of a new buffer is cleaned from the caches, once; nothing is
# maintained around CPU access then.
test_maintenance()
{
	is_arm64 || skip 'caches that the kernel has to maintain'
	sync=__dma_sync_sg_for_cpu
	has_function $sync || sync=dma_sync_sg_for_cpu
	for caching in cached wc; do
		set_knob heap/caching $caching
		# shellcheck disable=SC2016 # $arg4 is the tracer's
		traced 'dma_map_page_attrs value=$arg4:u64' \
			'pages size=5M strategies=sg iterations=3 warmup=0 verify=0'
		cleaned=$(awk '{ n += $1 } END { print n + 0 }' "$scratch/traced")
		# shellcheck disable=SC2016 # $arg3 is the tracer's
		traced "$sync value=\$arg3:u64" 'sync strategies=system iterations=4 warmup=0'
		synced=$(wc -l <"$scratch/traced")
		note "$caching: $cleaned bytes cleaned, $synced syncs"
		case $caching in
		cached)
			expect_equal 'bytes cleaned, cached' "$cleaned" 0
			expect_equal 'syncs, cached' "$synced" 4
			;;
		*)
			expect_equal 'bytes cleaned, wc' "$cleaned" 5242880
			expect_equal 'syncs, wc' "$synced" 0
			;;
		esac
	done
}

# What a process can do to a mapping, with each caching.
test_user_mappings()
{
	cases=borders,written_through,partial_munmap,remap,fork_child,change_protection
	for caching in $(other_cachings); do
		set_knob heap/caching "$caching"
		for strategy in $(choices_of heap/mmap_strategy); do
			! is_arm64 || [ "$strategy" != insert ] || continue
			set_knob heap/mmap_strategy "$strategy"
			expect_true "$caching, $strategy" helper map_check $node "$cases" \
				4:3 0:2
		done
		set_knob heap/mmap_strategy sg
		expect_true "$caching: zeroed" helper heap_abi $node zeroed
		expect_true "$caching: cpu_access" helper heap_abi $node cpu_access
	done
}

# Each op runs on such buffers, and its result says what they are.
test_runs()
{
	for caching in cached $(other_cachings); do
		set_knob heap/caching "$caching"
		for line in 'vmap strategies=page,sg,array,keep' 'mmap strategies=page,sg,table' \
			'touch strategies=sg' 'vtouch strategies=sg' 'alloc strategies=system,contig' \
			'attach strategies=system,contig' 'sync strategies=system' \
			'vmap strategies=page,sg buffers=3'; do
			run "$line size=1M iterations=6 verify=1"
			expect_equal "caching of $line" "$(environment caching)" "$caching"
		done
	done
}

# Cached is what the mapping of a page is again for the next owner of its memory: the
# kernel says so when a type that it noted differs from the one that is asked for.
test_next_owner()
{
	for caching in $(other_cachings) cached; do
		set_knob heap/caching "$caching"
		run 'mmap size=4M strategies=page,sg iterations=6'
		run 'mmap heap=contig size=1M strategies=page,sg iterations=6'
	done
	! dmesg | grep 'x86/PAT: .*\(map pfn\|reserve_ram\)' || complain 'the kernel found another type'
}

# Pages of several types are not mapped together, wherever the types change; those of one
# type are.
test_several_types()
{
	types=/sys/kernel/debug/memory_types
	[ -e "$test_dir/memory_types.ko" ] || skip 'no memory types beside those of mappings here'
	[ -n "$(other_cachings)" ] || skip 'no memory types for modules on this kernel'
	run 'noop iterations=2'
	[ "$(environment pat)" = on ] || skip 'PAT is off'
	[ -e $types ] || insmod "$test_dir/memory_types.ko" ||
		fail 'memory_types.ko cannot be loaded'
	for row in cc wwww uuuuuuuu cw wc uw ccccccccw wwwwwwwwc cwwwwwwww; do
		echo "ram $row" 1<>$types || complain "ram $row: refused"
		case $row in
		*c*w* | *w*c* | *u*w*) expect_equal "$row" "$(cat $types)" -22 ;;
		*) expect_equal "$row" "$(cat $types)" "$row" ;;
		esac
	done
	rmmod memory_types
}

# The module that reads attributes goes, too.
test_clean()
{
	unload_reader
	expect_nothing_left
	unload || fail "rmmod: $(rmmod "$module" 2>&1)"
}
