# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# Kernels that are compiled for a patch, as far as nothing has to be compiled: the rows
# of DBB_KERNELS, configurations, the source with and without patches, the plan of runs
# and the figures. `make patch` does the rest.
# shellcheck disable=SC2016 # for other shells
# shellcheck disable=SC2034,SC2154 # test_dir and scratch come from run_tests.sh

: "${test_dir:?}"
# shellcheck source-path=SCRIPTDIR source=../case.sh
. "$test_dir/case.sh"

vm=$test_dir/../vm

# in_vm COMMAND: in a shell with the parts of fetch.sh, a cache of its own and a table of
# one more kernel, whose words after the compiler are $row.
in_vm()
{
	echo "mine amd64 trixie gcc-12 $row" >"$scratch/kernels"
	XDG_CACHE_HOME=$scratch DBB_KERNELS=$scratch/kernels vm=$vm sh -euc '
		. "$vm/common.sh"
		. "$vm/own_kernel.sh"
		arch=amd64 kernel=mine dest=/there
		'"$1"
}

known='linux-source-7.3 own_kernel.config own_kernel_amd64.config plain.config'

# The extra table is read after the one of this project, whose rows stay.
test_rows()
{
	row=$known
	expect_status 0 in_vm 'read_kernel mine amd64; echo "$suite $compiler $packages"'
	expect_output "^trixie gcc-12 $known\$"
	expect_status 0 in_vm 'read_kernel 6.1 amd64; echo "$suite"; list_kernels'
	expect_output '^bookworm-security$'
	expect_output '6.1 amd64, .*, mine amd64'
	expect_status 1 in_vm 'read_kernel other amd64'
	expect_output "no kernel 'other'.*mine amd64"
	expect_status 1 in_vm 'DBB_KERNELS=/nowhere; read_kernel mine amd64'
	expect_output '/nowhere, which cannot be read'
}

# What a row names has to be there and of a known kind.
test_refused_rows()
{
	for row in 'linux-source-7.3' 'linux-source-7.3 plain.config word' \
		'linux-source-7.3 plain.config fix.patch' 'linux-source-7.3 other.config' \
		"linux-source-7.3 plain.config $scratch/no.patch" "tree:$scratch plain.config"; do
		expect_status 1 in_vm 'read_kernel mine amd64; read_toolchain amd64; own_identify'
	done
	expect_output 'not the source of a kernel'
}

# A kernel is another one with other options or patches, and built in the same folder
# as long as the options are the same.
test_identity()
{
	row=$known
	ask='read_kernel mine amd64; read_toolchain amd64; own_identify; echo "${own##*/}"; echo "$identity"'
	in_vm "$ask" >"$scratch/one"
	echo one >"$scratch/a.patch"
	row="$known $scratch/a.patch"
	in_vm "$ask" >"$scratch/patched"
	echo two >"$scratch/a.patch"
	in_vm "$ask" >"$scratch/other"
	row='linux-source-7.3 own_kernel.config own_kernel_amd64.config debug.config'
	in_vm "$ask" >"$scratch/debug"
	expect_equal folder "$(head -n 1 "$scratch/patched")" "$(head -n 1 "$scratch/one")"
	for file in one patched other debug; do
		tail -n 1 "$scratch/$file"
	done | sort -u >"$scratch/identities"
	expect_equal identities "$(wc -l <"$scratch/identities")" 4
	[ "$(head -n 1 "$scratch/debug")" != "$(head -n 1 "$scratch/one")" ] ||
		complain 'other options in the same folder'
}

# No option stands in two files of one kernel, where the last one would win.
test_fragments()
{
	for arch in amd64 arm64; do
		for last in plain debug; do
			expect_equal "options of $arch $last that are there twice" \
				"$(cat "$vm/own_kernel.config" "$vm/own_kernel_$arch.config" \
				"$vm/$last.config" | sed -n 's/^\(CONFIG_[A-Z0-9_]*\)=.*/\1/p' |
				sort | uniq -d)" ''
		done
	done
}

make_source()
{
	mkdir -p "$scratch/own/src/mm"
	printf '%s\n' one two three four five >"$scratch/own/src/mm/a.c"
	echo gone >"$scratch/own/src/mm/old.c"
	cp -r "$scratch/own/src" "$scratch/pristine"
	echo here >"$scratch/own/source"
	cat >"$scratch/1.patch" <<-'END'
	--- a/mm/a.c	2026-01-01
	+++ b/mm/a.c	2026-01-01
	@@ -2,3 +2,3 @@
	 two
	-three
	+THREE
	 four
	--- /dev/null
	+++ b/mm/new.c
	@@ -0,0 +1 @@
	+new
	--- a/mm/old.c
	+++ /dev/null
	@@ -1 +0,0 @@
	-gone
	END
	sed 's/THREE/3/; s/^ two/ zwei/' "$scratch/1.patch" >"$scratch/2.patch"
}

patch_own()
{
	in_vm "own=$scratch/own patch_cksum=$1 own_patches=$2; own_patch"
}

# A patch comes and goes; one that does not apply leaves nothing behind; what was
# interrupted half-way is undone.
test_patches()
{
	row=$known
	make_source
	expect_status 0 patch_own 1 "$scratch/1.patch"
	expect_equal patched "$(tr '\n' ' ' <"$scratch/own/src/mm/a.c")" \
		'one two THREE four five '
	expect_equal files "$(cd "$scratch/own/src/mm" && echo *)" 'a.c new.c'
	touch -d @1 "$scratch/own/src/mm/a.c"
	expect_status 0 patch_own 1 "$scratch/1.patch"
	expect_equal 'time of what stays' "$(stat -c %Y "$scratch/own/src/mm/a.c")" 1
	expect_status 1 patch_own 2 "$scratch/2.patch"
	expect_output '2.patch does not apply to here'
	expect_true 'after a patch that does not apply' \
		diff -r "$scratch/pristine" "$scratch/own/src"
	expect_status 0 patch_own 1 "$scratch/1.patch"
	rm "$scratch/own/saved/patches"
	expect_status 0 patch_own '' ''
	expect_true 'after all' diff -r "$scratch/pristine" "$scratch/own/src"
	[ "$(stat -c %Y "$scratch/own/src/mm/a.c")" != 1 ] ||
		complain 'make would not see that the file of before is back'
}

# A tree of the user's: only sources are taken, and only what changed is new.
test_tree()
{
	row="tree:$scratch/mine plain.config"
	mkdir -p "$scratch/mine/mm" "$scratch/mine/include/generated" "$scratch/own"
	: >"$scratch/mine/Kconfig"
	for file in mm/a.c mm/b.c mm/a.o include/generated/x.h .config; do
		echo "$file" >"$scratch/mine/$file"
	done
	copy="own=$scratch/own; read_kernel mine amd64; own_from=\${packages%% *}
		own_identify_source; own_copy_tree"
	expect_status 0 in_vm "$copy"
	expect_equal files "$(cd "$scratch/own/src" && find . -type f | sort | tr '\n' ' ')" \
		'./Kconfig ./mm/a.c ./mm/b.c '
	touch -d @1 "$scratch/own/src/mm/a.c"
	rm "$scratch/mine/mm/b.c"
	echo longer >>"$scratch/mine/Kconfig"
	expect_status 0 in_vm "$copy"
	expect_equal 'files then' \
		"$(cd "$scratch/own/src" && find . -type f | sort | tr '\n' ' ')" \
		'./Kconfig ./mm/a.c '
	expect_equal 'what changed' "$(cat "$scratch/own/src/Kconfig")" longer
	expect_equal 'time of what did not' "$(stat -c %Y "$scratch/own/src/mm/a.c")" 1
}

# Each line is a target or a control; the worst case and the slopes come with an op.
test_plan()
{
	plan=". $test_dir/../patch/kernel_way.sh; files=mm/memory.c; kernel_way_plan"
	row=$known
	expect_status 0 in_vm "$plan"
	expect_equal runs "$(wc -l <"$scratch/output")" 37
	expect_output '^target|own|mmap size=512M$'
	expect_output '^worst|0|vmap size=4k$'
	expect_output '^slope|8 4 0|mmap size=128M$'
	expect_output '^control|own|pages size=512M$'
	expect_status 0 in_vm "lines='touch size=1M'; control_ops='touch'; $plan"
	expect_equal 'a control alone' "$(tr '\n' ' ' <"$scratch/output")" \
		'control|own|touch size=1M control|own|pages size=512M '
	# of a heap of the kernel, whose orders are its own
	expect_status 0 in_vm "${plan%; *}; files=drivers/dma-buf/heaps/system_heap.c; ${plan##*; }"
	expect_equal 'slopes of a heap' "$(grep -c '^slope' "$scratch/output")" 8
	expect_output '^slope|own|vmap size=96M$'
}

# boot NAME COST: the results of a boot in which each of six rounds costs about COST
boot()
{
	mkdir "$scratch/$1"
	for run in 01-target-own-mmap 02-control-own-pages; do
		cost=$2 strategy=exporter
		[ "$run" = 01-target-own-mmap ] || cost=1000000 strategy=sg
		{
			echo '# kernel=7.3'
			echo run,op,phase,strategy,heap,size_bytes,p50_ns,batch,flags
			echo "1,${run##*-},total,$strategy,fd3,4096,$cost,1,"
		} >"$scratch/$1/$run.csv"
		{
			echo round,arm,phase,strategy,order_in_round,ns
			for round in 1 2 3 4 5 6; do
				echo "$round,0,total,$strategy,0,$((cost + round * 10 + 15))"
			done
		} >"$scratch/$1/$run.samples.csv"
	done
}

# A patch that saves a fifth, and a control that does not move.
test_figures()
{
	command -v Rscript >/dev/null || skip 'no R here'
	boot before1 1250000
	boot before2 1250100
	boot after1 1000000
	boot after2 1000100
	Rscript --vanilla "$test_dir/../patch/kernel_figures.R" "$scratch" ||
		fail 'kernel_figures.R failed'
	grep '^target.*,after,' "$scratch/figures.csv" >"$scratch/output"
	expect_output '^target,mmap,total,own,4096,after,12,.*,1\.2[45][0-9]*,1.24[0-9]*,1.25[0-9]*,faster$'
	grep '^control.*,after,' "$scratch/figures.csv" >"$scratch/output"
	expect_output ',after,12,.*,1.000000,0.998000,1.002000,same$'
	expect_equal rows "$(wc -l <"$scratch/figures.csv")" 5
}
