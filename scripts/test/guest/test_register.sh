# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# guest: --mem 768M
# The module parameter register_heaps. A guest of its own, because the module
# cannot be unloaded after it.

: "${test_dir:?}"
# shellcheck source-path=SCRIPTDIR source=../case.sh
. "$test_dir/case.sh"

core_heap=/dev/dma_heap/bench_core_system

# Off, there is none of these heaps, and the module can go.
test_off()
{
	expect_equal register_heaps "$(cat /sys/module/$module/parameters/register_heaps)" N
	[ ! -e $core_heap ] || complain "$core_heap is there"
	unload || fail 'rmmod does not work'
}

# On, a kernel that does not export dma_heap_add() refuses the module with a
# reason; any other has the heaps, an existing client works with its path
# changed, and the module stays.
test_on()
{
	unload || fail 'rmmod does not work'
	if ! insmod "$test_dir/../../$module.ko" register_heaps=1 2>"$scratch/said"; then
		expect_match insmod "$(cat "$scratch/said")" '*not supported*'
		expect_match 'kernel log' "$(dmesg | grep register_heaps)" \
			'*register_heaps=1: this kernel exports no dma_heap_add()*'
		! is_loaded || complain 'the module is loaded'
		[ ! -e $node ] || complain "$node is there"
		skip 'this kernel exports no dma_heap_add()'
	fi
	for heap in system contig; do
		expect_true "heap_client of $heap" helper heap_client \
			"/dev/dma_heap/bench_core_$heap"
	done
	created=$(stat_of buffers_created)
	expect_true heap_client helper heap_client $core_heap
	expect_equal buffers_created "$(stat_of buffers_created)" $((created + 1))
	expect_true 'heap_client of our own node' helper heap_client $node
	expect_match rmmod "$(rmmod $module 2>&1)" '*Resource temporarily unavailable*'
}

# A refusal by way of the core is in error_log, too.
test_refusal()
{
	[ -e $core_heap ] || skip 'this kernel exports no dma_heap_add()'
	read_refusals
	expect_refusal '16T' ENOMEM "$(helper heap_abi $core_heap try 0x100000000000 2 0 0)" \
		"$refusals" bench_core_system max_bytes
}

# Nothing is left but the module itself.
test_clean()
{
	expect_nothing_left
	[ ! -e $core_heap ] || return 0
	unload || fail "rmmod: $(rmmod $module 2>&1)"
}
