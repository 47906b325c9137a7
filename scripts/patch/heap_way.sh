# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# The first way of patch.sh: a heap before and after the patches, as modules, beside the
# kernel's own in one boot. Sourced by patch.sh.
# shellcheck disable=SC2034,SC2154 # what it shares with the other parts of patch.sh

# Which ops are measured unless lines are given: those that the patches do not touch are
# the control.
heap_lines='vmap size=512M
mmap size=512M
attach size=512M
sync size=512M'

# is_heap_patch: one file, and one of those that can be a module
is_heap_patch()
{
	case $files in
	*' '*) return 1 ;;
	esac
	read_heap "$files"
}

# run_in_guest LIMIT OPTION... -- COMMAND...: sets status. What it prints is progress.
run_in_guest()
{
	limit=$1
	shift
	{
		code=0
		DBB_QUIET=1 "$vm/guest.sh" --kernel "$kernel" --arch "$arch" --mem 5G \
			--timeout "$limit" --out "$results_dir/guest" "$@" \
			2>"$results_dir/guest.log" || code=$?
		echo "$code" >"$scratch/status"
	} | tee "$results_dir/guest.said" | while read -r text; do
		say "  $(($(seconds) - begin)) s: $text"
	done
	status=$(cat "$scratch/status")
}

# The rows of checks.csv that the guest has found, and the first failure of them
take_checks()
{
	[ ! -e "$results_dir/guest/checks" ] ||
		cat "$results_dir/guest/checks" >>"$results_dir/checks.csv"
	failure=$(grep -m 1 ',failed,' "$results_dir/guest/checks" 2>/dev/null) || :
}

# What a failed step means, for a sentence
explain_step()
{
	case $1 in
	abi) echo "no longer does what the ABI of heaps asks for" ;;
	pages) echo "maps pages that are not those of the buffer, or not as before" ;;
	leak) echo "leaves memory behind" ;;
	failing) echo "does not do without memory as it should" ;;
	esac
}

# check_in_guest STEP...: refuses what fails one
check_in_guest()
{
	rm -f "$results_dir/guest/checks"
	run_in_guest 900 --append "$heap_append $append" -- sh -c "insmod dmabuf_bench.ko &&
		insmod scripts/test/same_pages.ko &&
		sh scripts/patch/check_heaps.sh $stem /out/modules $* >/out/checks"
	take_checks
	step=${failure%%,*}
	[ -z "$failure" ] || refuse "$step" "$files" \
		"the patched $files $(explain_step "$step"): $(printf '%s' "$failure" |
			sed 's/^[^,]*,"\([^"]*\)",failed,"\(.*\)"$/\1: \2/')"
	case $status in
	0) return ;;
	99)
		[ "$*" != failing ] || ! only_core_warns || return 0
		refuse pages "$files" "the guest's kernel complained of the patched $files:" \
			"$results_dir/guest/warnings.log" ;;
	124 | 125)
		tail -n 20 "$results_dir/guest.log" >"$scratch/said"
		refuse pages "$files" "the guest died of the patched $files:" "$scratch/said" ;;
	esac
	could_not 'the guest could not check the heap'
}

# The core of dma-buf warns, once, when an exporter's vmap fails.
only_core_warns()
{
	! grep -E 'WARNING:|BUG|Oops|KASAN|general protection' "$results_dir/guest/kernel.log" |
		grep -v 'WARNING: drivers/dma-buf/dma-buf.c:[0-9]* at dma_buf_vmap' |
		grep -q .
}

measure_in_guest()
{
	say "measuring, in a guest that counts instructions: a minute or two on an idle machine"
	printf '%s\n' "$lines" >"$results_dir/guest/lines"
	run_in_guest 1800 --icount --append "$heap_append $append" -- sh -c "insmod dmabuf_bench.ko
		for side in old new; do insmod /out/modules/heap_\$side.ko || exit; done
		sh scripts/patch/measure_heaps.sh $heap $stem /out/modules '$chunk_orders' \
			'$touched' </out/lines"
	[ "$status" = 0 ] || could_not 'the guest could not measure'
	mv "$results_dir/guest/runs" "$results_dir/runs"
	runs=$results_dir/runs
	Rscript --vanilla "$patch_dir/heap_figures.R" "$results_dir" ||
		could_not 'no figures'
}

# measure_heaps: the first way, after build_heaps
measure_heaps()
{
	lines=${lines:-$heap_lines}
	say "changed functions: ${changed:-none}; operations that have them: ${touched:-none}"
	mkdir -p "$results_dir/guest"
	mv "$results_dir/modules" "$results_dir/guest/modules"
	before_file=$results_dir/guest/modules/heap_old.ko
	after_file=$results_dir/guest/modules/heap_new.ko
	config_file=$headers/.config
	compiled_by=$(grep -a -o -m 1 'GCC: ([^)]*) [0-9.]*\|clang version [0-9.]*' \
		"$before_file" | head -n 1)
	release=$(cat "$cache/kernel/$kernel-$arch/release")
	say "checking the patched heap in a guest: half a minute"
	check_in_guest abi pages leaks
	say "making its allocations fail, in another one: half a minute"
	check_in_guest failing
	measure_in_guest
}
