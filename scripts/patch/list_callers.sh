#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Who in a kernel tree calls what a patch changes.
set -eu

usage()
{
	cat <<'END_USAGE'
usage: list_callers.sh TREE OP|FUNCTION...
Prints callers.csv, with a header: for each op (vmap mmap attach sync alloc) and each
function where in the unpacked kernel sources TREE it is called or put into a table.
drivers/dma-buf/ is left out for ops, and Documentation/ and tools/ for all. Functions
are told apart by their names only. What user space calls is shown by the line of the
kernel that it comes in by.
END_USAGE
}

wrong()
{
	echo "list_callers.sh: $*" >&2
	exit 3
}

here=$(cd "$(dirname "$0")" && pwd)

# What callers of an op call
functions_of()
{
	case $1 in
	vmap) echo dma_buf_vmap dma_buf_vmap_unlocked ;;
	mmap) echo dma_buf_mmap ;;
	attach) echo dma_buf_attach dma_buf_dynamic_attach dma_buf_map_attachment \
		dma_buf_map_attachment_unlocked ;;
	sync) echo dma_buf_begin_cpu_access dma_buf_end_cpu_access ;;
	alloc) ;;
	*) return 1 ;;
	esac
}

# user_space OP: the line by which user space comes to it
user_space()
{
	case $1 in
	mmap) file=drivers/dma-buf/dma-buf.c name=mmap pattern='\.mmap[[:space:]]*=' ;;
	sync) file=include/uapi/linux/dma-buf.h name=DMA_BUF_IOCTL_SYNC pattern="define $name" ;;
	alloc) file=include/uapi/linux/dma-heap.h name=DMA_HEAP_IOCTL_ALLOC pattern="define $name" ;;
	*) return 0 ;;
	esac
	line=$(grep -n "$pattern" "$tree/$file" 2>/dev/null | head -n 1 | cut -d : -f 1)
	[ -z "$line" ] || printf '%s,%s,%s,%s,"by user space"\n' "$1" "$name" "$file" "$line"
}

# find_uses FOR:NAME...: rows, by file and line
find_uses()
{
	pairs=$*
	set --
	for pair in $pairs; do
		set -- "$@" -e "${pair#*:}"
	done
	(cd "$tree" && ls) | grep -v -x -e Documentation -e tools | sed "s|^|$tree/|" |
		xargs -d '\n' grep -r -l -w -F --include='*.[chS]' "$@" |
		LC_ALL=C sort |
		LC_ALL=C xargs -r -d '\n' awk -v names="$pairs" -v tree="$tree" \
			-f "$here/caller_lines.awk"
}

[ "${1:-}" != --help ] || { usage && exit; }
[ $# -ge 2 ] || wrong 'takes a tree and what to look for; see --help'
tree=${1%/}
shift
[ -d "$tree" ] || wrong "no folder '$tree'"
ops='' functions=''
for word; do
	case $word in
	*[!A-Za-z0-9_]*) wrong "'$word' is neither an op nor the name of a function" ;;
	esac
	if called=$(functions_of "$word"); then
		for name in $called; do
			ops="$ops $word:$name"
		done
	else
		functions="$functions $word:$word"
	fi
done
echo for,symbol,file,line,text
for word; do
	user_space "$word"
done
# shellcheck disable=SC2086 # lists
[ -z "$ops" ] || find_uses $ops | grep -v '^[^,]*,[^,]*,drivers/dma-buf/' || :
# shellcheck disable=SC2086 # lists
[ -z "$functions" ] || find_uses $functions
