# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# A heap of the kernel, built as modules: before and after the patches, each once as it is,
# once for each order of its chunks, and once so that allocations can be made to fail. Only
# names and the table of orders differ from the kernel's source. Sourced by patch.sh.
# shellcheck disable=SC2034,SC2154 # what it shares with the other parts of patch.sh

# Names of one length, so that all else in the object files is the same: with another
# length, strings behind them would move.
sides='old new'

# read_heap FILE: sets heap (the node of the kernel's own), stem (what names of the
# modules' nodes begin with), rename (a program for sed, with @ for the name),
# orders_table, empty where it has none, and heap_append, what its guest's kernel is told.
read_heap()
{
	orders_table='' heap_append=norandmaps
	case $1 in
	drivers/dma-buf/heaps/system_heap.c)
		heap=/dev/dma_heap/system stem=/dev/dma_heap/system
		rename='s/"system\(_cc_shared\)\{0,1\}"/"system_@\1"/'
		orders_table='orders\[\] = {[^}]*}'
		;;
	drivers/dma-buf/heaps/cma_heap.c)
		heap=/dev/dma_heap/default_cma_region stem=/dev/dma_heap/cma
		heap_append='norandmaps cma=2G'
		rename='s/\(DEFAULT_CMA_NAME[[:space:]]*\)"[^"]*"/\1"cma_@"/
			s/\(add_cma_heap(cma, \)\(cma_get_name(cma)\)/\1kasprintf(GFP_KERNEL, "%s_@", \2)/'
		;;
	drivers/dma-buf/udmabuf.c)
		heap=/dev/udmabuf stem=/dev/udmabuf
		rename='s/\(\.name[[:space:]]*= \)"udmabuf"/\1"udmabuf_@"/'
		;;
	*) return 1 ;;
	esac
}

# write_source SIDE NAME [PROGRAM]: the source of a side, with its node's name changed
write_source()
{
	file=$scratch/before/$files
	[ "$1" = old ] || file=$scratch/after/$files
	sed "$(printf '%s' "$rename" | sed "s/@/$2/g")${3:+; $3}" "$file" >"$modules/src/heap_$2.c"
	! cmp -s "$file" "$modules/src/heap_$2.c" || return
	echo "obj-m += heap_$2.o" >>"$modules/src/Kbuild"
}

# A table of one order has as many entries as the kernel's, which has flags for each; the
# last is of single pages, for what is left over.
write_orders()
{
	chunk_orders=
	[ -n "$orders_table" ] || return 0
	for side in $sides; do
		grep -q "$orders_table" "$modules/src/heap_$side.c" || return 0
	done
	for order in 0 4 8; do
		for side in $sides; do
			write_source "$side" "${side}_$order" \
				"s/$orders_table/orders[] = {$order, $order, 0}/"
		done
	done
	chunk_orders='0 4 8'
}

write_failing()
{
	cp "$patch_dir/fail_nth.h" "$modules/src"
	for side in $sides; do
		write_source "$side" "${side}_fail"
		# shellcheck disable=SC2016 # for make
		echo "CFLAGS_heap_${side}_fail.o := -include \$(src)/fail_nth.h" \
			>>"$modules/src/Kbuild"
	done
}

# For changed_functions.awk: with a section for each function, one that grows moves no other.
write_compared()
{
	for side in $sides; do
		write_source "$side" "${side}_compared"
		echo "CFLAGS_heap_${side}_compared.o := -ffunction-sections" \
			>>"$modules/src/Kbuild"
	done
}

# Fails where a name was not found, as in a patch that changes it.
write_sources()
{
	rm -rf "$modules/src"
	mkdir -p "$modules/src"
	: >"$modules/src/Kbuild"
	for side in $sides; do
		write_source "$side" "$side" || return
	done
	write_orders
	write_failing
	write_compared
}

# symbols_missing: prints what modpost said it does not find.
symbols_missing()
{
	sed -n "s/.*modpost: \"\([^\"]*\)\" .*undefined.*/\1/p
		s/.*modpost: .*symbol '\([^']*\)' undefined.*/\1/p" "$modules/log" |
		sort -u | tr '\n' ' ' | sed 's/ $//'
}

# build_heaps: 0 built; 1 a heap of this kernel cannot be a module, and reason says why.
# What only the patched source brings ends it all.
build_heaps()
{
	headers=$cache/kernel/$kernel-$arch/headers
	modules=$cache/build/patch-$kernel-$arch-$compiler
	mkdir -p "$modules"
	lock "patch-$kernel-$arch-$compiler"
	reason="the name of the heap is not where it was"
	write_sources || return
	choose_compiler_arguments
	if DBB_QUIET=1 run_kbuild "$modules/src" >"$modules/log" 2>&1; then
		judge_warnings
		take_modules
		compare_objects
		unlock
		return
	fi
	reason="kernel $kernel $arch does not export $(symbols_missing)"
	[ -n "$(symbols_missing)" ] || refuse_build
	build_before || return
	reason=
	refuse builds "$files" "the patched $files needs what kernel $kernel does not export:" \
		"$modules/log"
}

# Without the patches, does it build?
build_before()
{
	sed -i '/_new/d' "$modules/src/Kbuild"
	DBB_QUIET=1 run_kbuild "$modules/src" >"$modules/log.before" 2>&1
}

# compiler_said SIDE: prints errors and warnings of the sources of a side.
compiler_said()
{
	grep -E "heap_$1[a-z0-9_]*\.c:[0-9]+:.*(error|warning):" "$modules/log" |
		sed "s|.*heap_$1[a-z0-9_]*\.c:|${files##*/}:|" | sort -u
}

refuse_build()
{
	compiler_said new >"$scratch/said"
	[ -s "$scratch/said" ] || cp "$modules/log" "$scratch/said"
	compiler_said old >"$scratch/said.before"
	[ ! -s "$scratch/said.before" ] || {
		cat "$scratch/said.before" >&2
		die "$files of $source_name does not build as a module without the patches either"
	}
	refuse builds "$files" "the patched $files does not compile:" "$scratch/said"
}

# Of those that the source has without the patches, nobody is told.
judge_warnings()
{
	compiler_said old | sed 's/:[0-9]*:[0-9]*:/:/' | sort -u >"$scratch/said.before"
	compiler_said new | while read -r line; do
		printf '%s\n' "$line" | sed 's/:[0-9]*:[0-9]*:/:/' |
			grep -q -x -F -f - "$scratch/said.before" || printf '%s\n' "$line"
	done >"$scratch/said"
	[ ! -s "$scratch/said" ] ||
		refuse builds "$files" "the patched $files compiles with warnings:" "$scratch/said"
	record builds "$files" ok "as a module for $(cat "$cache/kernel/$kernel-$arch/release")"
}

take_modules()
{
	mkdir -p "$results_dir/modules"
	for object in "$modules"/src/heap_*.ko; do
		case $object in
		*_compared.ko) continue ;;
		esac
		"${cross}strip" -g -o "$results_dir/modules/${object##*/}" "$object"
	done
}

# compare_objects: sets changed (functions) and touched (operations), of the machine code.
compare_objects()
{
	for side in $sides; do
		"${cross}objdump" -d -r --no-show-raw-insn --no-addresses \
			"$modules/src/heap_${side}_compared.o" >"$scratch/$side.dump"
	done
	awk -f "$patch_dir/changed_functions.awk" "$scratch/old.dump" "$scratch/new.dump" \
		"$modules/src/heap_new.c" >"$scratch/changed"
	changed=$(sed -n 's/^function //p' "$scratch/changed" | sort | tr '\n' ' ')
	touched=$(sed -n 's/^op //p' "$scratch/changed" | sort | tr '\n' ' ')
}
