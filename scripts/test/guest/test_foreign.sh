# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# Memory that is not ours as arms: dma-bufs at descriptors, and ordinary memory.

: "${test_dir:?}"
# shellcheck source-path=SCRIPTDIR source=../case.sh
. "$test_dir/case.sh"

user=$test_dir/../../bench/user
stock=/dev/dma_heap/system

# with_fd COMMAND...: has a buffer of 4 MiB from $heap at descriptor 3
with_fd()
{
	"$user/heap_exec" --heap "$heap" --size 4M -- "$@"
}

# run_fd LINE: has to succeed with that buffer.
run_fd()
{
	expect_equal "'$1' with a buffer of $heap" \
		"$(with_fd "$test_dir/bin/put" "$D/bench/run" "$1")" ok
	expect_equal "complete of '$1'" "$(column complete | sort -u)" 1
	expect_equal "size of '$1'" "$(column size_bytes | sort -u)" 4194304
}

measure_fd()
{
	for op in attach sync; do
		run_fd "$op heap=fd fd=3 strategies=fd iterations=6 warmup=1"
		expect_equal "heap of $op" "$(column heap | sort -u)" fd
		expect_match "chunks of $op" "$(column chunks | sort -u)" '[1-9]*'
	done
	for op in mmap touch vmap vtouch; do
		run_fd "$op fd=3 strategies=fd:exporter,page,sg iterations=6 warmup=1"
		expect_equal "arms of $op" "$(column heap phase=total | tr '\n' ' ')" \
			'fd system system '
		expect_match "chunks of $op" "$(column chunks heap=fd | sort -u)" '[1-9]*'
	done
	note "$heap: $(column chunks heap=fd | sort -u) chunks"
	wait_until all_is_freed || complain "$(stat_of bytes_alive) bytes are alive"
}

# A buffer of our own heap is measured like any other exporter's.
test_own_as_fd()
{
	heap=$node
	set_knob heap/orders '8 0'
	measure_fd
	expect_equal 'chunks of fd' "$(column chunks heap=fd | sort -u)" $((4 / pages4k))
}

# A buffer of the kernel's own system heap is measured.
test_stock_heap()
{
	[ -e $stock ] || skip "$stock"
	heap=$stock
	measure_fd
}

# bench/fd and bench/heap set the descriptor of later runs.
test_fd_knob()
{
	heap=$node
	# shellcheck disable=SC2016 # for the inner shell
	expect_equal 'fd, heap, op, run' "$(with_fd sh -c '
		"$1" "$2/fd" 3; "$1" "$2/heap" fd; "$1" "$2/op" attach; "$1" "$2/run" 1
		' sh "$test_dir/bin/put" "$D/bench" | tr '\n' ' ')" 'ok ok ok ok '
	expect_equal bench/fd "$(cat "$D/bench/fd")" 3
	expect_equal op "$(column op | sort -u)" attach
	# in this process it is something else
	refuse EBADF bench/run 1 'fd 3'
	set_knob bench/fd none
	refuse EBADF bench/run 1 'no descriptor'
}

# Descriptors that are not dma-bufs of the writer are refused.
test_fd_refused()
{
	run 'noop iterations=3'
	refuse EBADF bench/fd 0 'fd 0'
	refuse EBADF bench/fd 999 'fd 999'
	refuse EINVAL bench/fd x x
	refuse EINVAL bench/fd -1
	refuse EBADF bench/run 'attach heap=fd' descriptor
	refuse EBADF bench/run 'attach heap=fd fd=0' 'fd=0'
}

# refuse_fd ERRNO LINE WORD...: with a buffer at descriptor 3
refuse_fd()
{
	errno=$1 text=$2
	shift 2
	read_refusals
	expect_refusal "$text" "$errno" \
		"$(with_fd "$test_dir/bin/put" "$D/bench/run" "$text")" "$refusals" accepted "$@"
}

# Runs that a foreign buffer cannot serve are refused.
test_fd_limits()
{
	heap=$node
	refuse_fd ERANGE 'attach heap=fd fd=3 size=1M' 1048576 4194304
	refuse_fd EOPNOTSUPP 'attach heap=fd fd=3 threads=2' threads
	refuse_fd EOPNOTSUPP 'pages heap=fd fd=3 strategies=exporter' pages
	refuse_fd EOPNOTSUPP 'alloc heap=fd fd=3' alloc
	refuse_fd EINVAL 'vmap heap=fd fd=3 strategies=page' exporter
	refuse_fd EINVAL 'vmap fd=3 strategies=system:exporter' exporter
}

# with_three COMMAND...: buffers of 4 MiB at descriptors 3 to 5, of chunks of order 8, of
# one chunk, and of chunks of order 4; the first has a name
with_three()
{
	set_knob heap/orders '8 0'
	# shellcheck disable=SC2016 # for the inner shell
	"$user/heap_exec" --heap "$node" --size 4M --fd 3 --name 'preview 1' -- \
		"$user/heap_exec" --heap "${node%_*}_contig:4M:4" -- \
		sh -c 'echo 4 >"$0" && exec "$@"' "$D/heap/orders" \
		"$user/heap_exec" --heap "$node" --size 4M --fd 5 -- "$@"
}

# run_three LINE: has to succeed with these buffers.
run_three()
{
	expect_equal "'$1'" "$(with_three "$test_dir/bin/put" "$D/bench/run" "$1")" ok
	expect_equal "complete of '$1'" "$(column complete | sort -u)" 1
}

# Several foreign buffers, ours and ordinary memory are arms of one run, each its own.
test_several()
{
	run_three 'touch strategies=anon,fd3,fd4:exporter,fd5,contig:page iterations=6 warmup=1'
	expect_equal heaps "$(column heap phase=total | tr '\n' ' ')" 'anon fd3 fd4 fd5 contig '
	expect_equal strategies "$(column strategy phase=total | tr '\n' ' ')" \
		'anon exporter exporter exporter page '
	expect_equal chunks "$(column chunks phase=total | tr '\n' ' ')" \
		"0 $((4 / pages4k)) 1 $((64 / pages4k)) 1 "
	expect_equal intervals "$(column speedup_lo phase=total | grep -c .)" 5
	expect_match params "$(environment params)" \
		'*strategies=anon,fd3:exporter,fd4:exporter,fd5:exporter,contig:page *'
	for op in mmap vmap vtouch; do
		run_three "$op strategies=fd5,fd3,sg iterations=6 warmup=1"
		expect_equal "heaps of $op" "$(column heap phase=total | tr '\n' ' ')" \
			'fd5 fd3 system '
	done
	for op in attach sync; do
		run_three "$op strategies=fd5,fd3,contig iterations=6 warmup=1"
		expect_equal "heaps of $op" "$(column heap phase=total | tr '\n' ' ')" \
			'fd5 fd3 contig '
	done
	wait_until all_is_freed || complain "$(stat_of bytes_alive) bytes are alive"
}

# An arm that names a descriptor has that buffer, also where another one is heap fd.
test_own_descriptor()
{
	run_three 'attach fd=5 heap=fd strategies=fd,fd4,fd5 iterations=3 warmup=0'
	expect_equal chunks "$(column chunks phase=total | tr '\n' ' ')" \
		"$((64 / pages4k)) 1 $((64 / pages4k)) "
}

# The results say who exported each buffer, and how it was called.
test_origins()
{
	run_three 'mmap strategies=fd3,fd4 iterations=3 warmup=0'
	expect_equal exporters "$(environment exporter_fd3) $(environment exporter_fd4)" \
		'dmabuf_bench dmabuf_bench'
	expect_equal names "$(environment buffer_name_fd3), $(environment buffer_name_fd4)" \
		'preview 1, none'
	run 'mmap size=1M strategies=sg iterations=3'
	expect_equal 'exporters of our own' "$(grep -c '^# exporter_' "$D/bench/results.csv")" 0
}

# refuse_three ERRNO LINE WORD...: with the three buffers
refuse_three()
{
	errno=$1 text=$2
	shift 2
	read_refusals
	expect_refusal "$text" "$errno" \
		"$(with_three "$test_dir/bin/put" "$D/bench/run" "$text")" "$refusals" accepted "$@"
}

# Descriptors that cannot be arms of one run are refused.
test_several_refused()
{
	refuse_three EBADF 'mmap strategies=fd3,fd9' 'fd 9'
	refuse_three EBADF 'mmap strategies=fd0:exporter' 'fd 0'
	refuse_three EINVAL 'mmap strategies=fd3:page' exporter
	refuse_three EINVAL 'mmap strategies=fdx:exporter' fdx 'fdN'
	refuse_three EINVAL 'mmap strategies=fd3x' fd3x
	refuse_three EOPNOTSUPP 'pages strategies=fd3' pages
	refuse_three EOPNOTSUPP 'mmap strategies=fd3,fd4 buffers=2' 'buffers=1'
	refuse_three EOPNOTSUPP 'mmap strategies=fd3,sg threads=2' 'threads=1'
	refuse_three ERANGE 'mmap strategies=fd3 size=1M' 1048576 4194304
	read_refusals
	expect_refusal 'two sizes' ERANGE \
		"$("$user/heap_exec" --heap "$node:1M:6" --heap "$node:2M:7" -- \
			"$test_dir/bin/put" "$D/bench/run" 'mmap strategies=fd6,fd7')" \
		"$refusals" accepted 'fd 7' 2097152 1048576
}

# Ordinary memory: new in each sample, whole pages, read back, in threads, too.
test_anon()
{
	for op in mmap touch; do
		run "$op size=2M strategies=anon,sg iterations=6 warmup=1"
		expect_equal "arms of $op" "$(column strategy phase=total | tr '\n' ' ')" 'anon sg '
		expect_equal "heaps of $op" "$(column heap phase=total | tr '\n' ' ')" 'anon system '
		run "$op size=64k heap=anon strategies=exporter iterations=6 threads=2"
		expect_equal "complete $op" "$(column complete | sort -u)" 1
	done
}

# Each page of anon is faulted in by its first write, and is not there before.
test_anon_faults()
{
	thp=/sys/kernel/mm/transparent_hugepage/enabled
	was=$(sed -n 's/.*\[\(.*\)\].*/\1/p' $thp 2>/dev/null)
	[ -z "$was" ] || echo never >$thp
	before=$(sed -n 's/^pgfault //p' /proc/vmstat)
	run 'mmap size=8M strategies=anon iterations=8 warmup=0 verify=0'
	faults=$(($(sed -n 's/^pgfault //p' /proc/vmstat) - before))
	[ -z "$was" ] || echo "$was" >$thp
	note "$faults faults"
	least=$((8 * 2048 / pages4k))
	expect_true "$least faults, and few more" [ "$faults" -ge $least ] &&
		expect_true "$least faults, not one more each" [ "$faults" -lt $((2 * least)) ]
}

# What needs a dma-buf refuses ordinary memory, and more than there is room for.
test_anon_refused()
{
	for op in vmap vtouch pages alloc attach sync tables replay; do
		refuse EOPNOTSUPP bench/run "$op heap=anon strategies=exporter" anon
	done
	refuse EINVAL bench/run 'mmap strategies=anon:page' exporter
	refuse EINVAL bench/run 'mmap heap=anon strategies=page,sg' exporter
	refuse EINVAL bench/run 'mmap strategies=system:exporter' system
}

# Bytes a second are those of phases that pass over the whole buffer, of a clock of ns.
test_bytes_per_s()
{
	run 'touch size=1M strategies=anon,page iterations=6'
	expect_equal 'phases with bytes_per_s' \
		"$(select_rows phase <"$D/bench/results.csv" >"$scratch/phases"
		column bytes_per_s | paste "$scratch/phases" - | sed -n 's/\t[0-9][0-9]*$//p' |
			sort -u | tr '\n' ' ')" 'read write '
	for phase in write read; do
		p50=$(column p50_ns phase=$phase strategy=page)
		expect_awk "bytes_per_s of $phase" "$(column bytes_per_s phase=$phase \
			strategy=page) == int(1024 * 1000000000 / $p50) * 1024"
	done
	run 'pages size=1M strategies=sg iterations=6 batch=1'
	expect_match 'bytes_per_s of fill' "$(column bytes_per_s)" '[1-9]*'
	run 'touch size=1M strategies=page iterations=6 clock=cycles'
	expect_equal 'bytes_per_s in cycles' "$(column bytes_per_s | tr -d '\n')" ''
}
