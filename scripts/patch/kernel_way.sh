# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# The second way of patch.sh, for any patch: the kernel is compiled twice from source with
# a small configuration, before and after the patch, and both are booted twice, in the
# order before, after, after, before, under -icount.
#
# Sourced by patch.sh after scripts/vm/common.sh and patch_files.sh (record, refuse). In:
#   kernel arch    a row of scripts/vm/kernels, whose source is taken
#   results_dir    its folder patches/ has the patches
#   lines          what is measured, an op with its size a line; empty: kernel_lines
#   files          those that the patch touches
#   control_ops    ops whose code the patch does not change (default: pages)
#   tree           a kernel tree of the user's, in place of the distribution's; or empty
#   append         more of the guests' kernel command line, such as nopat; or empty
# Then, in this order: kernel_way_build, kernel_way_measure, kernel_way_compare. They set
# what patch.sh writes to the file how.
# shellcheck disable=SC2154 # they are the sourcing script's

kernel_lines='vmap size=512M
mmap size=512M'
kernel_boots='before1 after1 after2 before2'
kernel_guest_options='--icount --mem 5G --timeout 1800'

# Sets source_package, source_suite and source_compiler: that of this machine's release,
# as the distribution's configuration is not used.
kernel_way_source()
{
	read_kernel "$kernel" "$arch"
	source_suite=$suite
	source_compiler=gcc-$(gcc -dumpversion)
	source_package=linux-source-${kernel%%-*}
	[ -z "$tree" ] || source_package=tree:$tree
}

# kernel_way_row NAME [PATCH...]
kernel_way_row()
{
	printf '%s %s %s %s %s own_kernel.config own_kernel_%s.config plain.config' \
		"$1" "$arch" "$source_suite" "$source_compiler" "$source_package" "$arch"
	shift
	[ $# = 0 ] || printf ' %s' "$@"
	echo
}

# Patches are named by what is in them, as words in a table may have no blanks. Sets
# before_kernel, after_kernel and DBB_KERNELS.
kernel_way_table()
{
	kernel_way_source
	sum=$(cat "$results_dir"/patches/* | cksum | cut -d ' ' -f 1)
	of=$(echo "$source_package $kernel" | cksum | cut -d ' ' -f 1)
	before_kernel=patch-${kernel%%-*}-$of-before
	after_kernel=patch-${kernel%%-*}-$of-$sum
	kept=$cache/patches/$sum
	mkdir -p "$kept"
	set --
	count=0
	for patch in "$results_dir"/patches/*; do
		count=$((count + 1))
		cp "$patch" "$kept/$(printf %02d "$count").patch"
		set -- "$@" "$kept/$(printf %02d "$count").patch"
	done
	DBB_KERNELS=$kept/kernels-$of-$arch
	export DBB_KERNELS
	{
		echo '# made by scripts/patch/kernel_way.sh'
		kernel_way_row "$before_kernel"
		kernel_way_row "$after_kernel" "$@"
	} >"$DBB_KERNELS"
}

# What earlier patches left, two weeks after it was last used.
kernel_way_prune()
{
	find "$cache/patches" -mindepth 1 -maxdepth 1 -mtime +14 -exec rm -rf {} +
	for old in "$cache"/kernel/patch-*; do
		[ -n "$(find "$old/used" -mtime +14 2>/dev/null)" ] || continue
		old=${old##*/}
		rm -rf "$cache/kernel/$old" "$cache/initrd/$old.cpio" "$cache/build/$old"-*
	done
}

# kernel_way_compile WHICH KERNEL: $compile_errors is what the compiler said.
kernel_way_compile()
{
	compile_errors=$results_dir/errors-$1.log
	DBB_BUILD_ERRORS=$compile_errors "$vm/fetch.sh" "$2" "$arch" || return
	cp "$cache/kernel/$2-$arch/errors" "$compile_errors"
	touch "$cache/kernel/$2-$arch/used"
}

# Warnings of the kernel after that the one before does not have; lines may have moved.
kernel_way_warnings()
{
	for which in before after; do
		grep -w -e warning "$results_dir/errors-$which.log" |
			sed 's/:[0-9]*:[0-9]*:/:/' | sort -u >"$results_dir/warnings-$which"
	done
	comm -13 "$results_dir/warnings-before" "$results_dir/warnings-after" \
		>"$results_dir/warnings.log"
	rm "$results_dir/warnings-before" "$results_dir/warnings-after"
	[ -s "$results_dir/warnings.log" ]
}

# What the report says of the two kernels
# shellcheck disable=SC2034 # read by patch.sh
kernel_way_facts()
{
	before_file=$cache/kernel/$before_kernel-$arch/kernel
	after_file=$cache/kernel/$after_kernel-$arch/kernel
	config_file=$results_dir/config
	cp "$cache/kernel/$before_kernel-$arch/config" "$config_file"
	release=$(cat "$cache/kernel/$before_kernel-$arch/release")
	compiled_by=$(sed -n 's/^compiler=//p' "$cache/kernel/$before_kernel-$arch/how")
}

kernel_way_build()
{
	kernel_way_table
	kernel_way_prune
	"$vm/deps.sh" "$before_kernel" "$arch" || exit 3
	say 'compiling the kernel before the patch'
	kernel_way_compile before "$before_kernel" || exit 3
	say 'compiling the kernel after the patch: what it changes, and what uses that'
	kernel_way_compile after "$after_kernel" ||
		refuse builds kernel "The kernel does not compile with the patch:" \
			"$compile_errors"
	! kernel_way_warnings ||
		refuse builds kernel "The compiler warns of the patch:" \
			"$results_dir/warnings.log"
	record builds kernel ok 'the kernel compiles before and after, without new warnings'
	kernel_way_facts
}

is_control()
{
	case " ${control_ops:-pages} " in
	*" $1 "*) ;;
	*) return 1 ;;
	esac
}

# kernel_way_slopes OP: a heap of the kernel has the orders that it has; ours has all.
kernel_way_slopes()
{
	case "$1 $files" in
	'vmap '*dma-buf/heaps/* | 'mmap '*dma-buf/heaps/*) all_orders=own ;;
	'vmap '* | 'mmap '*) all_orders='0,4,8,8 4 0' ;;
	*) return 0 ;;
	esac
	echo "$all_orders" | tr , '\n' | while read -r orders; do
		for size in 32M 64M 96M 128M; do
			echo "slope|$orders|$1 size=$size"
		done
	done
}

# The runs of a boot, ROLE|ORDERS|LINE each.
kernel_way_plan()
{
	planned=' '
	printf '%s\n' "${lines:-$kernel_lines}" | while read -r line; do
		op=${line%% *} role=target
		[ -n "$op" ] || continue
		! is_control "$op" || role=control
		echo "$role|own|$line"
		case $planned in
		*" $op "*) continue ;;
		esac
		planned="$planned$op "
		[ "$role" = target ] || continue
		echo "worst|0|$op size=4k"
		kernel_way_slopes "$op"
	done
	case ${lines:-$kernel_lines} in
	*pages\ *) ;;
	*) echo 'control|own|pages size=512M' ;;
	esac
}

kernel_way_boot()
{
	boot=$1
	[ "${boot%?}" = after ] && booted=$after_kernel || booted=$before_kernel
	set --
	while IFS='|' read -r role orders line; do
		set -- "$@" "$role" "$orders" "$line"
	done <"$results_dir/plan"
	say "boot $boot: kernel $booted $arch"
	# shellcheck disable=SC2086 # options
	DBB_QUIET=1 "$vm/guest.sh" --kernel "$booted" --arch "$arch" \
		$kernel_guest_options --append "norandmaps $append" \
		--out "$results_dir/$boot" -- \
		sh scripts/patch/measure_kernel.sh "$@" >"$results_dir/$boot.log" 2>&1 && return
	tail -n 20 "$results_dir/$boot.log" >&2
	die "boot $boot failed; see $results_dir/$boot.log"
}

kernel_way_measure()
{
	kernel_way_plan >"$results_dir/plan"
	for boot_name in $kernel_boots; do
		kernel_way_boot "$boot_name"
	done
	# shellcheck disable=SC2034 # read by patch.sh
	runs=$results_dir/before1
}

# Boots of one kernel in one folder, as compare.sh takes them: the first digit of a
# number says which boot.
kernel_way_merge()
{
	rm -rf "$results_dir/merged"
	mkdir -p "$results_dir/merged/before" "$results_dir/merged/after"
	for boot in $kernel_boots; do
		for file in "$results_dir/$boot"/*.csv; do
			cp "$file" "$results_dir/merged/${boot%?}/${boot#"${boot%?}"}${file##*/}"
		done
	done
}

# Its verdict is on single cells, and no refusal: a patch may make something slower.
kernel_way_compare()
{
	kernel_way_merge
	compared=0
	"$vm/../compare.sh" --max-regress 1 "$results_dir/merged/before" \
		"$results_dir/merged/after" >"$results_dir/compare.txt" 2>&1 || compared=$?
	[ "$compared" -lt 3 ] || {
		cat "$results_dir/compare.txt" >&2
		die 'the boots cannot be compared'
	}
	Rscript --vanilla "$vm/../patch/kernel_figures.R" "$results_dir" ||
		die "no figures of $results_dir"
}
