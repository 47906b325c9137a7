# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# Who gets at the module: root, and nobody else; and that no file of it tells where
# anything is in the kernel's memory.

: "${test_dir:?}"
# shellcheck source-path=SCRIPTDIR source=../case.sh
. "$test_dir/case.sh"

# expect_denied WHAT LEAST PATH...: at least that many, none of which another user opens.
expect_denied()
{
	what=$1 least=$2
	shift 2
	expect_awk "number of $what" "$# >= $least"
	helper as_nobody "$@" >"$scratch/opened"
	expect_equal "$what that were tried" "$(count_lines <"$scratch/opened")" $#
	! grep -v ' EACCES EACCES$' "$scratch/opened" || complain "$what: not for root alone"
}

# A file that everybody may read shows that it is not the helper that fails.
test_nobody()
{
	expect_equal 'opened' "$(helper as_nobody /proc/version)" '/proc/version ok EACCES'
}

# The files are root's, also where the folder that debugfs is in lets everybody enter, as
# some systems have it.
test_files()
{
	# shellcheck disable=SC2046 # a list of words
	set -- $(find "$D" -type f)
	expect_denied 'files below a folder of root' 30 "$@"
	mount -o remount,mode=755 /sys/kernel/debug || fail 'debugfs cannot be remounted'
	expect_equal 'the folder of debugfs' "$(stat -c %a /sys/kernel/debug)" 755
	expect_denied 'files' 30 "$@"
	mount -o remount,mode=700 /sys/kernel/debug
}

# So are the nodes of the heaps.
test_nodes()
{
	expect_denied nodes 3 /dev/dma_heap/bench_*
}

# So are the tracepoints; parameters of the module are only read.
test_tracepoints()
{
	mount -o remount,mode=755 "$tracefs" || fail 'tracefs cannot be remounted'
	# shellcheck disable=SC2046 # a list of words
	expect_denied 'files of the events' 30 \
		$(find "$tracefs/events/dmabuf_bench" -type f)
	mount -o remount,mode=700 "$tracefs"
	for file in "/sys/module/$module/parameters"/*; do
		expect_equal "$file" "$(stat -c '%a %u' "$file")" '444 0'
	done
}

# expect_no_address WHAT: standard input has no word that could be one, hashed ones too:
# 16 hexadecimal digits, or as many decimal ones as that is, with a sign or without.
expect_no_address()
{
	cat >"$scratch/text"
	[ -s "$scratch/text" ] || complain "$1: nothing to look at"
	grep -n -E '(^|[^0-9A-Za-z])(0x)?[0-9a-f]{16}([^0-9A-Za-z]|$)' "$scratch/text" >"$scratch/seen"
	grep -n -E '0x[0-9a-fA-F]{9}|(^|[^0-9])18446[67][0-9]{14}([^0-9]|$)|-[0-9]{10}|ptrval' \
		"$scratch/text" >>"$scratch/seen"
	[ ! -s "$scratch/seen" ] || {
		complain "$1: this may be an address:"
		head -n 3 "$scratch/seen"
	}
}

# use_everything: each op, what goes wrong, and the self-test, with all events on.
use_everything()
{
	mkdir "$instance"
	echo 1 >"$instance/events/dmabuf_bench/enable"
	for op in $(choices_of bench/op); do
		strategies=page,sg
		[ "$op" != delay ] || strategies=1000,2000
		run "$op size=64k strategies=$strategies iterations=6 warmup=0"
		cat "$D/bench"/results* "$D/bench/samples.csv" "$D/bench/status"
	done
	put bench/run 'vmap size=64k strategies=born' >/dev/null
	put bench/run 'vmap size=64k strategies=page,nonsense' >/dev/null
	put bench/run 'attach heap=fd' >/dev/null
	helper heap_abi $node try 0 2 0 0 >/dev/null
	helper map_check $node private_mapping 0:4 >/dev/null
	put selftest mappings >/dev/null
}

# Neither does a file hold an address, nor an event, its format or the kernel's log, even
# where kptr_restrict lets root see them.
test_addresses()
{
	echo 0 >/proc/sys/kernel/kptr_restrict
	instance=$tracefs/instances/dbb_access
	unload && load
	use_everything >"$scratch/results"
	expect_no_address results <"$scratch/results"
	find "$D" -type f | grep -v -e /run -e /stop | while read -r file; do
		cat "$file"
	done | expect_no_address 'files of debugfs'
	grep -v '^#' "$instance/trace" >"$scratch/trace"
	expect_awk 'events' "$(count_lines <"$scratch/trace") > 100"
	for event in "$tracefs"/events/dmabuf_bench/*/; do
		expect_no_address "format of $event" <"$event/format"
	done
	expect_no_address events <"$scratch/trace"
	rmdir "$instance"
	{ echo "log of $module" && dmesg | grep "$module"; } | expect_no_address 'the kernel log'
	for file in "/sys/module/$module/parameters"/*; do
		cat "$file"
	done | expect_no_address parameters
}
