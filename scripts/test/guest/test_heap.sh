# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# guest: --mem 1G --append init_on_alloc=0
# The device node's ABI, as an existing client of a DMA-BUF heap sees it. The
# cases of the same names are in heap_abi.c, which knows nothing of the module.
# The guest's kernel does not clear memory by itself, so that a heap that does
# not would show.

: "${test_dir:?}"
# shellcheck source-path=SCRIPTDIR source=../case.sh
. "$test_dir/case.sh"

# Each heap has a node, and each node is held to the same ABI.
nodes='/dev/dma_heap/bench_*'

abi()
{
	for each in $nodes; do
		expect_true "heap_abi $each $*" helper heap_abi "$each" "$@"
	done
}

# There is a node for each heap that bench/heap names, for root only.
test_nodes()
{
	found=
	for each in $nodes; do
		found="$found ${each##*_}"
		expect_equal "$each" "$(stat -c '%F %a %u' "$each")" \
			'character special file 600 0'
	done
	for heap in system vmalloc; do
		expect_match 'nodes' "$found " "* $heap *"
		expect_match 'bench/heap' " $(tr -d '[]' <"$D/bench/heap") " "* $heap *"
	done
}

# Sizes are rounded up to whole pages.
test_sizes()
{
	abi sizes
}

# len=0 is refused.
test_zero_length()
{
	abi zero_length
}

# Flags beside the access mode and O_CLOEXEC are refused.
test_bad_fd_flags()
{
	abi bad_fd_flags
}

# Any heap flag is refused.
test_bad_heap_flags()
{
	abi bad_heap_flags
}

# The field fd has to be 0.
test_fd_field()
{
	abi fd_field
}

# Unknown commands are refused.
test_unknown_ioctl()
{
	abi unknown_ioctl
}

# O_CLOEXEC is honoured.
test_cloexec()
{
	abi cloexec
}

# The access mode is honoured by mmap.
test_access_mode()
{
	abi access_mode
}

# A client with an older, shorter argument works.
test_shorter_argument()
{
	abi shorter_argument
}

# A client with a newer, longer argument works and gets its rest back.
test_longer_argument()
{
	abi longer_argument
}

# Memory is zero, also when it was used before.
test_zeroed()
{
	abi zeroed
}

# DMA_BUF_IOCTL_SYNC works.
test_cpu_access()
{
	abi cpu_access
}

# Threads that allocate, map and close do not disturb each other.
test_churn()
{
	abi churn
}

# Another thread may close the descriptor as soon as it appears.
test_racing_close()
{
	abi racing_close
}

# refuse_alloc ERRNO LEN FD_FLAGS HEAP_FLAGS FD WORD: on $node
refuse_alloc()
{
	errno=$1 word=$6
	shift
	read_refusals
	failures=$(stat_of buffers_created)
	got=$(helper heap_abi "$node" try "$1" "$2" "$3" "$4")
	expect_refusal "len=$1 fd_flags=$2 heap_flags=$3 fd=$4" "$errno" "$got" \
		"$refusals" "${node##*/}" "$word"
	expect_equal buffers_created "$(stat_of buffers_created)" "$failures"
}

# Each refused allocation adds one line to error_log that says why.
test_refusals_are_logged()
{
	for node in $nodes; do
		refuse_alloc EINVAL 0 2 0 0 len=0
		refuse_alloc EINVAL 4096 0x402 0 0 fd_flags=0x402
		refuse_alloc EINVAL 4096 2 0x10 0 heap_flags=0x10
		refuse_alloc EINVAL 4096 2 0 7 fd=7
		refuse_alloc EINVAL 0xffffffffffffffff 2 0 0 len=18446744073709551615
		refuse_alloc ENOMEM 0x100000000000 2 0 0 17592186044416
	done
}

# Live buffers together stay under max_bytes; what is freed counts no more.
test_max_bytes()
{
	set_knob heap/max_bytes 4M
	for node in $nodes; do
		rm -f "$scratch/ready-cap"
		stay_under_4m
	done
}

stay_under_4m()
{
	refuse_alloc ENOMEM 4194305 2 0 0 max_bytes
	expect_equal '4M under a cap of 4M' \
		"$(helper heap_abi "$node" try 4194304 2 0 0)" ok
	spawn "$test_dir/bin/heap_abi" "$node" hold_fd 3145728 "$scratch/ready-cap"
	wait_until test -e "$scratch/ready-cap" || fail 'no buffer'
	expect_equal bytes_alive "$(stat_of bytes_alive)" 3145728
	refuse_alloc ENOMEM 1048577 2 0 0 max_bytes
	expect_equal '1M more' "$(helper heap_abi "$node" try 1048576 2 0 0)" ok
	end_jobs
	wait_until all_is_freed || complain 'the buffer is still alive'
	expect_equal '4M again' "$(helper heap_abi "$node" try 4194304 2 0 0)" ok
}

# The orders knob decides which chunks a buffer is made of.
test_orders()
{
	for orders in 0 '4 0' '8 4 0' '9 0'; do
		set_knob heap/orders "$orders"
		case $orders in
		0 | '9 0') want='0:273 ' exact='0:272 ' ;;
		'4 0') want='0:1 4:17 ' exact='4:17 ' ;;
		'8 4 0') want='0:1 4:1 8:1 ' exact='4:1 8:1 ' ;;
		esac
		expect_equal "chunks with orders $orders" "$(chunks_of 273)" "$want"
		# the last chunk is just as large as what is left
		expect_equal "chunks with orders $orders" "$(chunks_of 272)" "$exact"
	done
}

# chunks_of PAGES: "order:count " of what a buffer is made of
chunks_of()
{
	before=$(sed -n 's/^chunks_order_//p' "$D/heap/stats")
	helper heap_abi "$node" try $(($1 * page)) 2 0 0 >/dev/null
	echo "$before" | while IFS='=' read -r order count; do
		now=$(stat_of "chunks_order_$order")
		[ "$now" = "$count" ] || printf '%s:%s ' "$order" $((now - count))
	done
}

# Without order 0 a size that is no multiple of the last order is refused.
test_orders_without_zero()
{
	set_knob heap/orders 8
	expect_equal 'a chunk' "$(helper heap_abi "$node" try $((256 * page)) 2 0 0)" ok
	refuse_alloc ENOMEM $((257 * page)) 2 0 0 $((257 * page))
}

# Without a CMA region there is no heap of one, and README says why.
test_no_region()
{
	for path in /dev/dma_heap/bench_cma_*; do
		[ ! -e "$path" ] || skip 'a kernel without a CMA region'
	done
	why='this kernel has no CMA region that a module can reach: boot with cma=64M'
	grep -q '^CmaTotal:' /proc/meminfo ||
		why='this kernel is built without CONFIG_DMA_CMA'
	expect_match README "$(grep -A 1 '^  cma ' "$D/README")" "*not available: $why"
	expect_equal 'choices of bench/heap with cma' "$(grep -c -w cma "$D/bench/heap")" 0
	refuse EOPNOTSUPP bench/heap cma "${why%%:*}"
}

# A program written for /dev/dma_heap/system works with only the path changed.
test_unknowing_client()
{
	for each in $nodes; do
		expect_true "heap_client $each" helper heap_client "$each"
	done
}
