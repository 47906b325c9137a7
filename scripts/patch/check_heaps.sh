#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Run in guests of patch.sh: does the patched heap still do what the heap did? Prints rows
# of checks.csv, "STEP,SUBJECT,OUTCOME,TEXT". What the heap fails without the patches too
# is no fault of theirs. Exit status: 0 nothing failed, 1 something did.
# usage: check_heaps.sh STEM MODULES STEP..., as heap_modules.sh names them; STEP is abi,
# pages, leaks or failing
set -u

here=$(cd "$(dirname "$0")" && pwd)
test_dir=$here/../test
user=$here/../../bench/user
D=/sys/kernel/debug/dmabuf_bench
stem=$1 modules=$2
shift 2
worst=0

# row STEP SUBJECT OUTCOME TEXT: the beginning of the text, on one line and without quotes
row()
{
	printf '%s,"%s",%s,"%s"\n' "$1" "$2" "$3" \
		"$(printf '%s' "$4" | head -n 2 | tr '\n"' ";'" | cut -c 1-300)"
	[ "$3" != failed ] || worst=1
}

# both STEP SUBJECT COMMAND...: on the old and the new heap; NODE stands for its node.
both()
{
	checked=$1 subject=$2
	shift 2
	for side in old new; do
		said=$(eval "$(printf '%s' "$*" | sed "s|NODE|${stem}_$side|g")" 2>&1 </dev/null)
		status=$?
		[ "$side$status" != old0 ] || continue
		[ $status != 0 ] || break
		if [ $side = old ]; then
			row "$checked" "$subject" absent "fails without the patches too: $said"
		else
			row "$checked" "$subject" failed "$said"
		fi
		return
	done
	row "$checked" "$subject" ok ''
}

# The cases that a heap of the kernel passes; huge_length wakes the OOM killer there.
check_abi()
{
	case $stem in
	/dev/dma_heap/*) ;;
	*) return 0 ;;
	esac
	for name in sizes zero_length bad_fd_flags bad_heap_flags fd_field unknown_ioctl \
		cloexec access_mode shorter_argument longer_argument readonly_argument \
		no_free_descriptor zeroed cpu_access churn; do
		both abi $name "$test_dir/bin/heap_abi NODE $name"
	done
}

# Two sizes: all that a table of page tables has is in the larger one.
check_pages()
{
	for name in other_views every_window written_through past_the_end read_only populate \
		partial_munmap remap fork_child fork_untouched change_protection placed \
		closed_descriptor; do
		both pages $name "$user/heap_exec --heap NODE:172k -- \
			$test_dir/bin/map_check fd3 $name 4:2 2:2 0:3"
	done
	for name in other_views borders written_through fork_child placed; do
		both pages "$name, 11 MiB" "$user/heap_exec --heap NODE:11468k -- \
			$test_dir/bin/map_check fd3 $name 8:11 4:3 0:3"
	done
}

# run_line SIDE SIZE LINE: runs it with the buffer of a side as fd3; prints what refused it.
run_line()
{
	# shellcheck disable=SC2016 # for the inner shell
	"$user/heap_exec" --heap "${stem}_$1:$2" -- sh -c 'echo "$1" >"$2"' sh \
		"$3 strategies=fd3 size=$2 verify=0 warmup=0" "$D/bench/run" 2>/dev/null && return
	tail -n 1 "$D/error_log"
	return 1
}

# Pages in use, vmalloc areas of the heap's modules, and objects of each slab cache
count_memory()
{
	echo 3 >/proc/sys/vm/drop_caches
	sleep 0.3
	awk '$1 == "nr_free_pages" { print "pages", -$2 }' /proc/vmstat
	echo "vmalloc_areas $(grep -c '\[heap_' /proc/vmallocinfo)"
	awk 'NR > 2 { print $1, $2 }' /proc/slabinfo
}

rounds=400

# grown SIDE OP: prints what grew by at least three of four rounds. Status 1: the op does
# not run, and why is printed.
grown()
{
	run_line "$1" 1M "$2 iterations=8" || return
	count_memory >/tmp/memory.before
	run_line "$1" 1M "$2 iterations=$rounds" || return
	count_memory >/tmp/memory.after
	awk -v least=$((rounds * 3 / 4)) '
		NR == FNR { before[$1] = $2; next }
		$2 - before[$1] >= least { print $1 " by " $2 - before[$1] }' \
		/tmp/memory.before /tmp/memory.after
}

# grown_by_patches OP: prints what grows with the patches alone. Statuses: 1 the op runs
# with neither, 2 with the old heap only; why is printed.
grown_by_patches()
{
	grown old "$1" >/tmp/grown.old || {
		cat /tmp/grown.old
		return 1
	}
	grown new "$1" >/tmp/grown.new || {
		cat /tmp/grown.new
		return 2
	}
	# the first file may be empty
	awk 'FILENAME ~ /old$/ { known[$1]; next } !($1 in known)' /tmp/grown.old /tmp/grown.new
}

# Caches grow at times; a leak does again.
check_leaks()
{
	for op in vmap mmap attach sync; do
		said=$(grown_by_patches $op)
		status=$?
		if [ $status = 0 ] && [ -n "$said" ]; then
			said=$(grown_by_patches $op)
			status=$?
		fi
		case $status$said in
		0) row leak $op ok "$rounds rounds leave nothing behind" ;;
		0*) row leak $op failed "$rounds rounds of $op leave memory behind: $(
			echo "$said" | tr '\n' ' ')" ;;
		1*) row leak $op absent "$said" ;;
		*) row leak $op failed "$said" ;;
		esac
	done
}

# fail_one OP N: the op with its Nth allocation failing, then once more without. Sets
# failed_name to what failed, and said. Status: 1 it does not work any more; 8 it did not
# need what failed; 9 it makes fewer.
fail_one()
{
	knobs=/sys/module/heap_${side}_fail/parameters failed_name=
	# shellcheck disable=SC2016 # for the inner shell
	said=$("$user/heap_exec" --heap "${stem}_${side}_fail:1M" -- sh -c '
		echo 0 >"$1/fail_count"
		echo "$2" >"$1/fail_nth"
		echo "$3" >"$4"
		status=$?
		echo 0 >"$1/fail_nth"
		[ "$(cat "$1/fail_count")" -ge "$2" ] || exit 9
		[ $status != 0 ] || exit 8
		tail -n 1 "${4%/bench/run}/error_log" | grep -o "errno [0-9]*, -E[A-Z]*"
		echo "$3" >"$4" || { echo "it fails for good"; exit 1; }' sh "$knobs" "$2" \
		"$1 strategies=fd3 size=1M verify=0 warmup=0 iterations=1" "$D/bench/run" 2>/dev/null)
	status=$?
	[ $status = 9 ] || failed_name=$(cut -d '(' -f 1 "$knobs/fail_name")
	return $status
}

# The core of dma-buf warns, once, of a vmap that fails.
allow_warning()
{
	echo 0 >/proc/sys/kernel/panic_on_warn
}

# Each allocation of an op in turn; what the module's vmalloc areas were, they are again.
check_failing()
{
	allow_warning
	for op in vmap mmap attach; do
		for side in old new; do
			n=0 names='' faults=''
			areas=$(grep -c '\[heap_' /proc/vmallocinfo)
			while [ $n -lt 40 ]; do
				n=$((n + 1))
				fail_one $op $n
				case $? in
				0) names="$names $failed_name: ${said##*, };" ;;
				8) ;;
				9) break ;;
				*) faults="$faults after $failed_name failed $said;" ;;
				esac
			done
			left=$(($(grep -c '\[heap_' /proc/vmallocinfo) - areas))
			[ $left = 0 ] || faults="$faults $left vmalloc areas are left behind;"
			[ $side = new ] || old_faults=$faults
		done
		if [ -n "$faults" ] && [ "$faults" != "$old_faults" ]; then
			row failing $op failed "${faults% }"
		elif [ -n "$names" ]; then
			row failing $op ok "each of its allocations made to fail:${names%;}"
		else
			row failing $op absent 'none of its own allocations could be made to fail'
		fi
	done
}

for side in old new; do
	insmod "$modules/heap_$side.ko" && insmod "$modules/heap_${side}_fail.ko" || exit 3
	[ -e "${stem}_$side" ] && [ -e "${stem}_${side}_fail" ] || exit 3
done
for step; do
	"check_$step"
	[ $worst = 0 ] || exit 1
done
