# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# guest: --icount --mem 5G
# Instruction counts, which repeat, and so may decide: one ns is one instruction
# of the guest. Chunks are of order 8 where nothing else is said.

: "${test_dir:?}"
# shellcheck source-path=SCRIPTDIR source=../case.sh
. "$test_dir/case.sh"

# speedup_of LINE PHASE LEAST
speedup_of()
{
	set_knob heap/orders 8
	run "$1"
	got=$(column speedup strategy=sg phase="$2")
	note "$1: phase $2: speedup $got" \
		"[$(column speedup_lo strategy=sg phase="$2")," \
		"$(column speedup_hi strategy=sg phase="$2")]," \
		"$(column p50_ns strategy=page phase="$2") ->" \
		"$(column p50_ns strategy=sg phase="$2") instructions"
	expect_awk "speedup of $2" "${got:-0} >= $3"
	expect_equal "verdict of $2" "$(column verdict strategy=sg phase="$2")" faster
}

# Filling the page array: sg takes a fifth of the instructions or less, on arm64 a
# seventh.
fill_least()
{
	case $(uname -m) in
	aarch64) echo 7 ;;
	*) echo 5 ;;
	esac
}

test_pages()
{
	speedup_of 'pages size=1G strategies=page,sg iterations=6' fill "$(fill_least)"
}

# The user mapping: how much sg saves hangs on the kernel. With PAT, x86 looks the
# memory type of each page up in both.
test_mmap()
{
	case $(uname -m)-$(uname -r) in
	aarch64-6.1.*) least=11 ;;
	aarch64-*) least=8 ;;
	*-5.10.*) least=1.6 ;;
	*) least=1.7 ;;
	esac
	speedup_of 'mmap size=512M strategies=page,sg iterations=6' mmap "$least"
}

# instructions_of STRATEGY: of mapping, as the last run found.
instructions_of()
{
	column p50_ns strategy="$1" phase=mmap
}

# compare_auto ORDER: auto is within 5 % of the best that writes PTEs at once.
# Sets sg and auto to their instructions.
compare_auto()
{
	set_knob heap/orders "$1"
	run 'mmap size=512M strategies=sg,page,insert,apply,table,auto iterations=6 verify=0'
	sg=$(instructions_of sg) auto=$(instructions_of auto)
	note "order $1: auto $auto instructions, sg $sg, page $(instructions_of page)," \
		"insert $(instructions_of insert), apply $(instructions_of apply)," \
		"table $(instructions_of table)"
	for strategy in page sg insert apply table; do
		expect_awk "order $1: auto against $strategy" \
			"$auto <= 1.05 * $(instructions_of $strategy)"
	done
}

# What auto picks takes so many times fewer instructions than sg: with large chunks 38
# where x86 looks up memory types, with single pages 20; on arm64 2.6 and 6.5.
test_mmap_auto()
{
	case $(uname -m)-$(environment pat) in
	x86_64-on) large=38 single=20 ;;
	*) large=2.6 single=6.5 ;;
	esac
	compare_auto 8
	expect_awk 'order 8, against sg' "$large * $auto <= $sg"
	compare_auto 4
	compare_auto 0
	expect_awk 'order 0, against sg' "$single * $auto <= $sg"
}

# cost_of_touch ARM: instructions of the mapping and of what its first touch takes
# over the second one. Sets cost.
cost_of_touch()
{
	cost=$(($(column min_ns phase=mmap "strategy=$1") +
		$(column min_ns phase=first "strategy=$1") -
		$(column min_ns phase=stride "strategy=$1")))
	note "$1: $cost instructions"
}

# A huge fault maps its neighbours, too: mapping and first touch of 512 MiB take less
# than 120,000 instructions.
test_mmap_huge()
{
	reason=$(sed -n 's/^# huge: //p' "$D/heap/mmap_strategy")
	[ -z "$reason" ] || skip "$reason"
	set_knob heap/orders "$pmd_order"
	run 'touch size=512M strategies=sg,huge iterations=3 warmup=1 verify=0'
	cost_of_touch sg
	cost_of_touch huge
	expect_awk 'a mapping by huge faults' "$cost < 120000"
}

# Faults of a page table each take 1.3 times what mapping at once and touching take.
test_mmap_fault_table()
{
	set_knob heap/orders '8 4 0'
	run 'touch size=512M strategies=table,fault_table iterations=3 warmup=1 verify=0'
	for arm in table fault_table; do
		cost=$(($(column min_ns phase=mmap strategy=$arm) +
			$(column min_ns phase=first strategy=$arm)))
		note "$arm: $cost instructions, first touch included"
		[ $arm = fault_table ] || table_cost=$cost
	done
	expect_awk 'fault_table against table' "$cost <= 1.3 * $table_cost"
}

# stretch_of PHASE ARM AGAINST: what ARM takes for PHASE beyond AGAINST. Sets stretch.
stretch_of()
{
	stretch=$(($(column min_ns "phase=$1" "strategy=$2") -
		$(column min_ns "phase=$1" "strategy=$3")))
	note "$2: $stretch instructions without a point where the task may be preempted"
}

# The most that is done with a lock of page tables held: 512 single pages, or as many
# PMDs. The mapping of one page table, and a fault that fills one, are little more.
test_longest_stretch()
{
	set_knob heap/orders 0
	run "mmap size=$((page << pmd_order)) strategies=table,fault_table iterations=9 verify=0"
	stretch=$(column min_ns phase=mmap strategy=table)
	note "table: $stretch instructions for the mapping of one page table"
	expect_awk 'mapping of a page table' "$stretch < 40000"
	stretch_of touch fault_table table
	expect_awk 'fault of a page table' "$stretch < 40000"
	[ -z "$(sed -n 's/^# huge: //p' "$D/heap/mmap_strategy")" ] || return 0
	set_knob heap/orders "$pmd_order"
	run 'mmap size=1G strategies=table,huge iterations=3 warmup=1 verify=0'
	stretch_of touch huge table
	expect_awk 'fault of a table of PMDs' "$stretch < 60000"
}

# The parts of a vmap are within 2 % of the total, whatever its parts are.
test_vmap_shares()
{
	set_knob heap/orders 8
	run 'vmap size=2G strategies=page,sg,array,ram iterations=6'
	expect_shares page sg array ram
}

# A vmap with its vunmap: sg takes 1.25 times fewer instructions or less; on arm64
# from 6.12 on 1.15 times: vmap() itself is over 0.8 of what sg takes there.
test_vmap_total()
{
	case $(uname -m)-$(uname -r) in
	aarch64-5.* | aarch64-6.1.* | x86_64-*) least=1.25 ;;
	*) least=1.15 ;;
	esac
	speedup_of 'vmap size=2G strategies=page,sg iterations=6' total $least
}

# Only filling the array depends on the strategy; allocating and mapping do not.
test_vmap_phases()
{
	speedup_of 'vmap size=1G strategies=page,sg iterations=6' fill "$(fill_least)"
	for phase in array map; do
		got=$(column speedup strategy=sg phase=$phase)
		note "phase $phase: speedup $got"
		expect_awk "speedup of $phase" "${got:-0} > 0.95 && ${got:-0} < 1.05"
	done
}

# under_2000 LINE: each vmap with its vunmap, clock reads included, as long as
# no interrupt came in between.
under_2000()
{
	run "$1"
	most=$(sample ns phase=total flags= | sort -n | tail -n 1)
	note "$1: $(column p50_ns phase=total) instructions, at most $most" \
		"in $(sample ns phase=total flags= | count_lines) of 31 samples"
	expect_awk "instructions of $1" "${most:-2000} < 2000"
}

# born and direct at any time, and keep from the second time on, take under
# 2000 instructions.
test_vmap_mapped_before()
{
	set_knob heap/orders 8
	under_2000 'vmap heap=vmalloc size=2G strategies=born iterations=31 warmup=0'
	under_2000 'vmap size=512M strategies=born iterations=31 warmup=0'
	under_2000 'vmap heap=vmalloc size=2G strategies=auto iterations=31 warmup=0'
	under_2000 "vmap size=$((256 * page)) strategies=direct iterations=31 warmup=0"
	under_2000 "vmap size=$((256 * page)) strategies=auto iterations=31 warmup=0"
	under_2000 'vmap size=2G strategies=keep iterations=31 warmup=1'
}

# The same strategy twice makes no difference.
test_same_strategy()
{
	set_knob heap/orders 8
	run 'pages size=64M strategies=sg,sg iterations=21'
	note "speedup $(column speedup | tail -n 1), verdict $(column verdict | tail -n 1)"
	expect_equal verdict "$(column verdict | tail -n 1)" same
}

# Parts of a frame add up, and each is what the op that has it alone says.
test_replay_parts()
{
	set_knob heap/orders 8
	run 'vmap size=4M strategies=sg iterations=6'
	vmap=$(column p50_ns phase=vmap) vunmap=$(column p50_ns phase=vunmap)
	run 'sync size=4M strategies=system iterations=6'
	sync=$(column p50_ns phase=total)
	run 'replay size=4M preset=attach,map|begin,vmap,read:64k,vunmap,end strategies=sg iterations=6'
	note "vmap $vmap, vunmap $vunmap, sync $sync;" \
		"in a frame $(column phase | tr '\n' ' ')$(column p50_ns | tr '\n' ' ')"
	expect_awk 'vmap in a frame' "$(column p50_ns phase=vmap) > 0.98 * $vmap &&
		$(column p50_ns phase=vmap) < 1.02 * $vmap"
	expect_awk 'vunmap in a frame' "$(column p50_ns phase=vunmap) > 0.98 * $vunmap &&
		$(column p50_ns phase=vunmap) < 1.02 * $vunmap"
	expect_awk 'sync in a frame' "$(column p50_ns phase=sync) > 0.7 * $sync &&
		$(column p50_ns phase=sync) < 1.3 * $sync + 100"
	# 64 KiB are 8192 words, a load and a step of the loop each at least
	expect_awk 'access in a frame' "$(column p50_ns phase=access) > 2 * 8192"
	expect_equal 'import in a frame' "$(column p50_ns phase=import)" 0
	sum=0
	for phase in import vmap vunmap sync access; do
		sum=$((sum + $(column p50_ns phase=$phase)))
	done
	expect_awk 'sum of the parts' "$sum > 0.98 * $(column p50_ns phase=frame) &&
		$sum < 1.02 * $(column p50_ns phase=frame)"
}

# callers.sh says of dma_buf_vmap what the module's own tracepoint says of the same
# calls, and what they take without any tracing: within 5 %.
test_callers()
{
	for strategy in page sg; do
		line="vmap size=8M strategies=$strategy iterations=21 warmup=0 batch=1"
		run "$line"
		untraced=$(column p50_ns phase=vmap)
		echo 1408 >"$tracefs/buffer_size_kb"
		echo 1 >"$tracefs/events/$module/dbb_vmap/enable"
		sh "$test_dir/../callers.sh" --out "$scratch/callers-$strategy" \
			-- sh -c "echo '$line' >$D/bench/run" >"$scratch/report" ||
			fail "callers.sh: $(tail -n 1 "$scratch/report")"
		echo 0 >"$tracefs/events/$module/dbb_vmap/enable"
		sed -n 's/.* dbb_vmap: .* ns=\([0-9]*\).*/\1/p' "$tracefs/trace" |
			sort -n >"$scratch/traced"
		echo >"$tracefs/trace"
		traced=$(middle "$scratch/traced")
		found=$(select_rows p50_ns function=dma_buf_vmap \
			<"$scratch/callers-$strategy/callers.csv")
		note "$strategy: callers.sh $found, dbb_vmap $traced, untraced $untraced"
		for truth in "$traced" "$untraced"; do
			expect_awk "p50 of $strategy" \
				"${found:-0} > 0.95 * $truth && ${found:-0} < 1.05 * $truth"
		done
	done
}

# probe_says PHASE, module_says PHASE: instructions, of the buffer that both measured last
probe_says()
{
	select_rows p50_ns strategy=exporter size_bytes=$((mib << 20)) phase="$1" \
		<"$scratch/probe.csv"
}

module_says()
{
	column p50_ns phase="$1"
}

# measure_twice STRATEGY MIB LINE: a buffer by the module and by dmabuf_probe
measure_twice()
{
	set_knob heap/mmap_strategy "$1"
	set_knob heap/orders 8
	mib=$2
	shift
	# shellcheck disable=SC2016 # for the inner shell
	"$test_dir/../../bench/user/heap_exec" --size "${mib}M" -- sh -c 'echo "$1" >"$2" &&
		"$3" --fd 3 --write --size "$4M" --rounds 7 --seconds 600 --format csv' \
		sh "$2" "$D/bench/run" "$test_dir/../../bench/user/dmabuf_probe" "$mib" \
		>"$scratch/probe.csv" 2>"$scratch/progress" || fail "$2: $(cat "$scratch/progress")"
}

# expect_near WHAT MODULE PROBE PERCENT
expect_near()
{
	note "$1: module $2, dmabuf_probe $3"
	expect_awk "$1 within $4 %" "$3 > (1 - $4 / 100) * $2 && $3 < (1 + $4 / 100) * $2"
}

# dmabuf_probe says what the module says of mapping, unmapping and first touch. A mapping
# of it may take one page table more, and each of its faults comes from user mode.
test_probe_maps()
{
	measure_twice sg 16 'touch strategies=fd3 iterations=7 warmup=1'
	expect_near 'mmap, sg' "$(module_says mmap)" "$(probe_says mmap)" 2
	expect_near 'munmap, sg' "$(module_says munmap)" "$(probe_says munmap)" 2
	measure_twice fault 16 'touch strategies=fd3 iterations=7 warmup=1'
	pages=$((16384 / (page / 1024)))
	module=$((($(module_says first) - $(module_says stride)) / pages))
	probe=$((($(probe_says first) - $(probe_says second)) / pages))
	expect_near 'a fault, fault' $module $probe 10
	expect_awk 'a fault from user mode takes more' "$probe > $module"
}

# Of synchronising, the difference is the system call: as much at the beginning as at the
# end, though these are not the same. Op sync has the buffer attached and dmabuf_probe has
# not, which is next to nothing for one chunk and a device that sees the caches.
test_probe_syncs()
{
	measure_twice sg 1 'sync strategies=fd3 iterations=7 warmup=1'
	begin=$(($(probe_says begin_rw) - $(module_says begin)))
	end=$(($(probe_says end_rw) - $(module_says end)))
	note "begin: module $(module_says begin), dmabuf_probe $(probe_says begin_rw);" \
		"end: $(module_says end), $(probe_says end_rw)"
	expect_awk 'begin and end by the same' "$begin > 0.95 * $end &&
		$begin < 1.05 * $end && $begin > 100 && $begin < 2000"
}
