# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# scripts/report.sh --text: what goes into a mail, and what it says is missing.
# shellcheck disable=SC2154 # test_dir and scratch come from run_tests.sh

# shellcheck source-path=SCRIPTDIR source=../report_cases.sh
. "$test_dir/report_cases.sh"

# The mail has what the messages of the two patches have, and intervals: of each loop
# and of the whole, with n and conditions; and it says what a list will miss.
test_text()
{
	need_tools
	report 1 --text "$kept/bench-6.1"
	row=$(grep '^2,vmap,fill,sg,' "$kept/bench-6.1/02-vmap.csv")
	field() { echo "$row" | cut -d , -f "$1"; }
	says "^Faster: with strategy sg in place of page, page array of 1 GiB takes " \
		'The same of vmap of 2 GiB:' \
		"fill .*after $(field 14) ($(field 15) to $(field 16)) before/after $(field 22) ($(field 23) to $(field 24))" \
		'the control vmap mmap did not move' 'The same of mmap of 512 MiB: mmap before [0-9]* (' \
		'6 rounds before and 6 after' 'Linux 6.1.0-57-amd64 (x86_64), QEMU -icount, 1 CPU' \
		'counts of instructions, not time' 'Every page of every mapping was verified' \
		'sh scripts/bench.sh "pages strategies=page,sg size=1073741824 iterations=6 warmup=1 purge=sample" "vmap ' \
		'This is not enough for the list. *$'
	for part in 1 2 3 6 7; do
		says "\[missing, part $part, "
	done
	expect_equal 'missing parts' "$(grep -c '^\[missing, part' "$scratch/said")" 5
	expect_equal 'lines too long for a mail' \
		"$(awk 'length($0) > 72 && !/^  sh /' "$scratch/said")" ''
	! grep -q apply "$scratch/said" || grep -q 'strategies=page,sg,apply' "$scratch/said" ||
		complain 'a strategy that was not asked for'
	report 1 --text --after apply "$kept/bench-6.1"
	says 'with strategy apply in place of page, mmap of 512 MiB takes 5.8[0-9]*x'
}

# With all parts a text may go to a list, and without any of them it may not.
test_list_ready()
{
	need_tools
	made_tree
	mkdir -p "$scratch/sweep"
	made_sweep '' >"$scratch/sweep/sweep.csv"
	tell='--text --seen 4.2_ms_of_a_frame --failing -ENOMEM,_nothing_left --tree'
	# shellcheck disable=SC2086 # words
	report 0 $tell "$scratch/tree" "$scratch/sweep"
	says 'with strategy sg in place of page, vmap of 256 MiB, orders mixed takes 1.[0-9]*x (.*) less time in total' \
		'Nanoseconds of vmap' '7 rounds before and 7 after' \
		'Linux 6.1.0-57-amd64 (x86_64), Test board, device, 8 CPUs, preemption none, governor performance, pinned to CPU 2' \
		'vmap before, orders 0, 4 and 8: 140 (140 to 140) a page 20 (20 to 20) a chunk' \
		'vmap after, orders 0, 4 and 8: 110 (110 to 110) a page 20 (' \
		'Worst case, chunks of one page: vmap of 4 MiB, orders 0 takes 1.[0-9]*x' \
		'Failing path: -ENOMEM,_nothing_left' 'Callers in Linux 6.1.9: drivers/gpu/a.c:3 f()' \
		'user sees of it: 4.2_ms_of_a_frame' 'sh scripts/sweep.sh --ops "vmap" --sizes "4096k 16384k 65536k 262144k" --orders "0 4 8 8+4+0" --strategies "vmap:page,sg" --iterations 7 cpu=2' \
		'This is enough for the list. *$'
	report 1 --text --failing x --tree "$scratch/tree" "$scratch/sweep"
	says '\[missing, part 2, '
	report 1 --text --seen x --tree "$scratch/tree" "$scratch/sweep"
	says '\[missing, part 7, '
	report 1 --text --seen x --failing x "$scratch/sweep"
	says '\[missing, part 1, '
	sed -i 's/^# governor=.*/# governor=unknown/' "$scratch/sweep/sweep.csv"
	# shellcheck disable=SC2086 # words
	report 1 $tell "$scratch/tree" "$scratch/sweep"
	says 'part 4, .*: the conditions are not known: governor\]'
	made_sweep 0.9 >"$scratch/sweep/sweep.csv"
	# shellcheck disable=SC2086 # words
	report 1 $tell "$scratch/tree" "$scratch/sweep"
	says 'part 6, .* vmap of 4 MiB, orders 0 takes 1.111x (.*) as much time in phase fill'
	made_sweep '' | sed 's/^# virtualised=.*/# virtualised=TCGTCGTCGTCG/' \
		>"$scratch/sweep/sweep.csv"
	# shellcheck disable=SC2086 # words
	report 1 $tell "$scratch/tree" "$scratch/sweep"
	says 'part 4, .*: times of an emulated CPU say nothing about a device'
	made_sweep '' | sed 's/^\(1,vmap,.*,268435456,.*,7\),1,0,50/\1,0,0,50/' \
		>"$scratch/sweep/sweep.csv"
	# shellcheck disable=SC2086 # words
	report 1 $tell "$scratch/tree" "$scratch/sweep"
	says 'part 4, .*: a run of vmap was stopped before its end'
}

# A phase that both strategies run alike moves: nobody can tell.
test_control()
{
	need_tools
	copy_runs
	sed -i '/^2,vmap,vunmap,sg,/s/,1.000,1.000,1.000,same,/,0.900,0.890,0.910,slower,/' \
		"$scratch/old/02-vmap.csv"
	report 2 --text "$scratch/old"
	says '^Control moved: vmap (vunmap, 0.900 (0.890 to 0.910)) of code that strategy sg does not change moved' \
		'Not for the list: control moved' 'This is not enough for the list. *$\|: this is not enough'
}

# A result of patch.sh has the text and the status of patch.sh's own report.
test_patch()
{
	need_tools
	cp -r "$kept/patch-vmap" "$scratch/patch"
	report 1 --text "$scratch/patch"
	sh "$test_dir/../patch/patch_report.sh" --print "$scratch/patch" mail >"$scratch/wanted" || :
	cmp -s "$scratch/wanted" "$scratch/said" || complain 'another text than patch.sh has'
	says '^Faster: with the patch vmap of 512 MiB takes 1.2552x' '\[missing, part 2, ' \
		'drivers/accel/amdxdna/amdxdna_cbuf.c:225'
	sed -i 's/^seen=.*/seen=4.2 ms of a frame/' "$scratch/patch/how"
	report 0 --text "$scratch/patch"
	says 'This is enough for the list. *$'
	page "$scratch/patch"
	grep -q '<tr class="faster"><td>total</td><td>after</td><td class="n">1.255164</td>' \
		"$scratch/page.html" || complain 'no row of the total after the patch'
}

# Repeated loads: the one with the least speedup is told, with the range of all.
test_repeats()
{
	need_tools
	copy_runs
	sed '/^2,vmap,total,sg,/s/,1\.331,1\.331,1\.331,/,1.250,1.240,1.260,/' \
		"$scratch/old/02-vmap.csv" >"$scratch/old/05-vmap.csv"
	report 1 --text "$scratch/old"
	says 'vmap of 2 GiB takes 1.250x (1.240 to 1.260) fewer instructions in total' \
		'all of them: vmap of 2 GiB: 1.250 to 1.331'
}

# A sweep beside a run of the same size gives slopes and what the run lacks, no more.
test_sweep_beside_run()
{
	need_tools
	copy_runs
	made_sweep '' >"$scratch/old/sweep.csv"
	rm "$scratch/old/02-vmap.results.txt"
	sed 's/size=2147483648/size=268435456/; s/,2147483648,2048,/,268435456,256,/' \
		"$scratch/old/02-vmap.csv" >"$scratch/old/05-vmap.csv"
	rm "$scratch/old/02-vmap.csv"
	report 1 --text "$scratch/old"
	says 'vmap of 256 MiB takes 1.331x (1.331 to 1.331) less time in total' \
		'vmap before, orders 0, 4 and 8: 140 ' 'Worst case, chunks of one page: vmap of 4 MiB'
	! grep -q -e 'Of repeated runs' -e '^The same of .*, orders mixed' "$scratch/said" ||
		complain 'what was measured is taken from the sweep, too'
}
