# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# shellcheck disable=SC2034,SC2154 # what the parts of trace.sh share
# The tracer function_graph for trace.sh --functions: it follows one function of the
# engine and what that calls. The kernel has one such filter for all, and before 6.12
# the tracer works in no instance, so it is taken while nobody else traces, and given
# back as it was. Sourced by trace.sh.

graphed=dbb_sample_take
# Without a filter all functions of the kernel call the tracer, on all CPUs. These are
# what mapping, allocation and faults are made of; a kernel has some of them.
graph_filter='dma_buf_* dma_resv_* *dma_map* *dma_unmap* *vmap* *vunmap* *vmalloc* vfree*
	*remap_* *insert_pfn* *insert_page* *track_pfn* *memtype* pat_* *page_range*
	*pte* *pmd* *pud* *p4d* *tlb* *alloc_pages* *free_pages* clear_page* unmap_* zap_*
	*do_mmap* *munmap* mmap_region* vm_mmap* handle_mm_fault do_fault* shmem_*'
graph_options='funcgraph-proc funcgraph-tail'
borrowed=

# write_graph FILE TEXT
write_graph()
{
	{ echo "$2" >"$DBB_TRACEFS/$1"; } 2>/dev/null ||
		die "--functions: '$2' cannot be written to $DBB_TRACEFS/$1"
}

need_graph()
{
	grep -q -w function_graph "$DBB_TRACEFS/available_tracers" ||
		die "--functions: this kernel has no tracer function_graph" \
			"(CONFIG_FUNCTION_GRAPH_TRACER)"
	read -r tracer <"$DBB_TRACEFS/current_tracer"
	[ "$tracer" = nop ] ||
		die "--functions: tracer $tracer is on in $DBB_TRACEFS; it has to be nop"
	[ -z "$(head -n 1 "$DBB_TRACEFS/set_event")" ] ||
		die "--functions: events are on in $DBB_TRACEFS; switch them off first"
	for file in set_graph_function set_ftrace_filter; do
		grep -q '^#### all functions' "$DBB_TRACEFS/$file" ||
			die "--functions: $DBB_TRACEFS/$file is in use"
	done
	! grep -q -v '^#' "$DBB_TRACEFS/trace" ||
		die "--functions: $DBB_TRACEFS/trace holds events of somebody; save them," \
			"then: echo > $DBB_TRACEFS/trace"
}

# open_graph KB: sets borrowed to what close_graph gives back, "FILE VALUE" a line, and
# instance to where stop_tracing finds the trace.
open_graph()
{
	need_graph
	borrowed='events/dmabuf_bench/dbb_sample/enable 0
current_tracer nop'
	borrow tracing_on 1
	borrow buffer_size_kb "$1"
	filter_graph
	write_graph set_graph_function "$graphed"
	write_graph current_tracer function_graph
	# these are there with their tracer only
	for option in $graph_options; do
		borrow "options/$option" 1
	done
	write_graph events/dmabuf_bench/dbb_sample/enable 1
	instance=$DBB_TRACEFS
}

# What the user names has to be there; of ours, a kernel has some.
filter_graph()
{
	set -f
	for glob in 'dbb_*' ${filter:-$graph_filter}; do
		{ echo "$glob" >>"$DBB_TRACEFS/set_ftrace_filter"; } 2>/dev/null ||
			[ -z "$filter" ] || die "--filter: no function '$glob'"
	done
	set +f
}

# borrow FILE TEXT
borrow()
{
	read -r before _ <"$DBB_TRACEFS/$1"
	borrowed="$1 $before
$borrowed"
	write_graph "$1" "$2"
}

close_graph()
{
	[ -n "$borrowed" ] || return 0
	instance=
	echo 0 >"$DBB_TRACEFS/tracing_on"
	echo >"$DBB_TRACEFS/trace"
	echo "$borrowed" | while read -r file value; do
		echo "$value" >"$DBB_TRACEFS/$file" || warn "$file stays as it is"
	done
	echo >"$DBB_TRACEFS/set_graph_function"
	echo >"$DBB_TRACEFS/set_ftrace_filter"
	borrowed=
}

# Where the time of the steps went.
say_functions()
{
	title "functions"
	reserve_number "$out" functions .txt || return
	cat "$scratch/trace" >>"$saved.txt" || return
	if ! command -v awk >/dev/null; then
		say "no awk here; on another machine: scripts/trace.sh --profile $saved.txt"
		return
	fi
	awk -v csv="$saved.csv" -f "$here/trace/profile.awk" "$saved.txt" || return
	say "saved as $saved.csv and .txt"
}
