# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# guest: --icount --mem 8G --driver vgem
# config: DMABUF_HEAPS_SYSTEM UDMABUF
# The kernel's own exporters beside our strategies, in one run: one ns is one
# instruction of the guest.

: "${test_dir:?}"
# shellcheck source-path=SCRIPTDIR source=../case.sh
. "$test_dir/case.sh"
# shellcheck source-path=SCRIPTDIR source-path=SCRIPTDIR/.. source=../../vm/guest_drivers.sh
. "$test_dir/../vm/guest_drivers.sh"

stock=/dev/dma_heap/system
udmabuf=/dev/udmabuf

need_stock()
{
	[ -e $stock ] || skip "no $stock: this kernel has no CONFIG_DMABUF_HEAPS_SYSTEM"
}

# run_beside EXPORTER SIZE LINE: a run whose heap fd is a buffer of EXPORTER.
run_beside()
{
	# shellcheck disable=SC2016 # for the inner shell
	"$test_dir/../../bench/user/heap_exec" --heap "$1" --size "$2" -- \
		sh -c 'echo "$1 fd=$DMABUF_FD" >"$2"' sh "$3" "$D/bench/run" ||
		fail "run '$3' beside $1: $(tail -n 1 "$D/error_log")"
}

# count_of PHASE HEAP STRATEGY: the fewest instructions
count_of()
{
	column min_ns phase="$1" heap="$2" strategy="$3"
}

# expect_alike WHAT COUNT COUNT: to 1 %
expect_alike()
{
	note "$1: $2 and $3 instructions"
	expect_awk "$1 within 1 %" "${2:-0} >= ${3:-1} * 0.99 && ${2:-0} <= ${3:-1} * 1.01"
}

# The system heap maps to user space page by page up to 6.18, and by scatterlist
# entry later.
test_mmap()
{
	need_stock
	run_beside $stock 512M \
		'mmap strategies=fd:exporter,system:page,system:sg iterations=3 warmup=1'
	expect_equal heaps "$(column heap phase=mmap | tr '\n' ' ')" 'fd system system '
	case $(uname -r) in
	6.12*) like=page ;;
	7.3*) like=sg ;;
	*) skip "how the system heap of $(uname -r) maps is not written down here" ;;
	esac
	expect_alike "stock heap and $like" "$(count_of mmap fd exporter)" \
		"$(count_of mmap system $like)"
}

# The system heap fills its page array page by page, and sg is 1.25 times faster.
test_vmap()
{
	need_stock
	run_beside $stock 2G \
		'vmap strategies=fd:exporter,page,sg iterations=6 warmup=1'
	expect_alike 'stock heap and page' "$(count_of total fd exporter)" \
		"$(count_of total system page)"
	note "sg against the stock heap: $(column speedup phase=total strategy=sg)"
	expect_awk 'speedup of sg' "$(column speedup phase=total strategy=sg) >= 1.25"
}

# run_mmap ORDERS: auto with chunks of ORDERS beside the stock heap, map only.
run_mmap()
{
	set_knob heap/orders "$1"
	run_beside $stock 512M \
		'mmap strategies=fd:exporter,system:auto iterations=3 warmup=1 verify=0'
	stock_count=$(count_of mmap fd exporter) auto_count=$(count_of mmap system auto)
	note "orders $1: auto $auto_count instructions, stock heap $stock_count"
}

# What auto picks takes no more instructions than the stock heap with large chunks, and
# where x86 looks up memory types 38 times fewer; then even single pages take 10 times
# fewer than the stock heap's large chunks.
test_auto()
{
	need_stock
	run_mmap 8
	[ "$(environment pat)" = on ] && least=38 || least=1
	expect_awk 'order 8' "$least * $auto_count <= $stock_count"
	[ "$least" = 38 ] || return 0
	run_mmap 0
	expect_awk 'order 0' "10 * $auto_count <= $stock_count"
}

# Mapping and first touch with huge take a twentieth of the stock heap's.
test_huge()
{
	need_stock
	reason=$(sed -n 's/^# huge: //p' "$D/heap/mmap_strategy")
	[ -z "$reason" ] || skip "$reason"
	set_knob heap/orders 9
	run_beside $stock 512M \
		'touch strategies=fd:exporter,system:huge iterations=3 warmup=1 verify=0'
	for arm in 'fd exporter' 'system huge'; do
		# shellcheck disable=SC2086 # two words
		cost=$(($(count_of mmap $arm) + $(count_of first $arm) - $(count_of stride $arm)))
		note "$arm: $cost instructions"
		[ "$arm" = 'system huge' ] || stock_count=$cost
	done
	expect_awk 'a twentieth' "20 * $cost <= $stock_count"
}

# A udmabuf is measured like any other exporter.
test_udmabuf()
{
	[ -e $udmabuf ] || skip "no $udmabuf: this kernel has no CONFIG_UDMABUF"
	for op in mmap vmap; do
		run_beside $udmabuf 32M "$op strategies=fd:exporter,page,sg iterations=3"
		expect_equal "complete $op" "$(column complete | sort -u)" 1
		note "$op: $(count_of total fd exporter) instructions;" \
			"page $(count_of total system page), sg $(count_of total system sg)"
	done
	expect_true 'size of the udmabuf' [ "$(column size_bytes heap=fd phase=total)" = 33554432 ]
}

# run_together LINE: the buffers of three exporters are at descriptors 3 to 5.
run_together()
{
	expect_equal "'$1'" "$("$test_dir/../../bench/user/heap_exec" --size 32M --heap $stock \
		--heap $udmabuf --heap "$card" -- "$test_dir/bin/put" "$D/bench/run" "$1")" ok
	expect_equal "complete of '$1'" "$(column complete | sort -u)" 1
}

# speedup_of HEAP: of the total
speedup_of()
{
	column speedup phase=total heap="$1"
}

# compare_apart OP BASELINE ARM...: ratios to the baseline in one run of all arms, within
# 2 % of those of a run for each arm, which has new buffers. They have three decimals.
compare_apart()
{
	op=$1 first=$2
	shift 2
	run_together "$op strategies=$first,$(echo "$*" | tr ' ' ,) iterations=6 warmup=2 purge=sample"
	expect_equal "intervals of $op" "$(column speedup_lo phase=total | grep -c .)" $(($# + 1))
	for arm; do
		speedup_of "${arm%:*}" >"$scratch/$op.${arm%:*}"
	done
	note "$op, exporters of the run: $(environment exporter_fd3) $(environment exporter_fd4)" \
		"$(environment exporter_fd5)"
	for arm; do
		run_together "$op strategies=$first,$arm iterations=6 warmup=2 purge=sample"
		together=$(cat "$scratch/$op.${arm%:*}") apart=$(speedup_of "${arm%:*}")
		note "$op $arm: $together together, $apart apart"
		expect_awk "$op $arm" "$together >= 0.98 * $apart - 0.001 &&
			$together <= 1.02 * $apart + 0.001"
	done
}

# Buffers of three exporters, ours and ordinary memory are arms of one run.
test_together()
{
	need_stock
	[ -e $udmabuf ] || skip "no $udmabuf: this kernel has no CONFIG_UDMABUF"
	load_driver vgem || skip 'this kernel has no vgem'
	find_card vgem || fail 'vgem has no card'
	set_knob heap/orders 8
	compare_apart mmap fd3 fd4 fd5 system:sg anon
	compare_apart vmap fd3 fd4 fd5 system:sg
}
