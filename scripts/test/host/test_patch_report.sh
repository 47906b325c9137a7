# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# What patch.sh says of a result, of figures written here: the verdict, what is
# missing for a mail, slopes, the block of the test robot, and repro.sh.
# shellcheck disable=SC2154 # test_dir and scratch come from run_tests.sh

patch_parts=$test_dir/../patch

# made_result [KEY=VALUE...]: a result in $scratch/result. The keys: gain (before/after of
# phase vmap), unmap (of vunmap), control, rebuilt (before/builtin), worst (of the worst
# case), width (of the ratios' intervals, percent), per_page and per_chunk (instructions
# after), bend (of the costs before: a power of the pages more), step (more for the smallest
# size); slopes=1 for rows of role slope, whose fit takes a second.
made_result()
{
	result=$scratch/result
	rm -rf "$result"
	mkdir -p "$result/patches"
	echo '+	x();' >"$result/patches/01-vmap.patch"
	printf '%s\n' way=heaps kernel=7.3 arch=amd64 release=7.3.4-test \
		source='linux-source-7.3 7.3.4-1' compiler='gcc 14.2.0' \
		emulator='QEMU 7.2 TCG -icount' before_cksum=11 after_cksum=12 config_cksum=13 \
		module_srcversion=ABC files=drivers/dma-buf/heaps/system_heap.c \
		functions=system_heap_do_vmap page_size_bytes=4096 seen= \
		command='sh scripts/patch.sh --kernel 7.3 --line "vmap iterations=9" 01-vmap.patch' \
		>"$result/how"
	printf '%s\n' step,subject,outcome,text applies,01-vmap.patch,ok, \
		checkpatch,01-vmap.patch,ok,'"0 errors, 0 warnings"' pages,after,ok, \
		failing,vmap,ok,'"-ENOMEM, nothing left"' >"$result/checks.csv"
	printf '%s\n' for,symbol,file,line,text \
		'vmap,dma_buf_vmap,drivers/gpu/drm/a.c,85,"in f: ret = dma_buf_vmap(buf, &map);"' \
		>"$result/callers.csv"
	made_figures "$@" >"$result/figures.csv"
}

made_figures()
{
	awk -v settings="$*" '
	function row(role, op, phase, orders, size, arm, cost, ratio,   lo, hi, verdict) {
		lo = ratio * (1 - set["width"] / 100)
		hi = ratio * (1 + set["width"] / 100)
		verdict = lo > 1 ? "faster" : hi < 1 ? "slower" : \
			lo >= 0.99 && hi <= 1.01 ? "same" : "unclear"
		if (arm == "before")
			lo = hi = ratio = 1
		printf "%s,%s,%s,%s,%.0f,%s,61,%.3f,%.3f,%.3f,%.6f,%.6f,%.6f,%s\n", role, op, phase, \
			orders, size, arm, cost, cost * 0.9999, cost * 1.0001, ratio, lo, hi, \
			arm == "before" ? "baseline" : verdict
	}
	# arm by arm: what each phase costs, and the total
	function cell(role, op, orders, size, cost, undo, gain, unmap,   all) {
		all = cost + undo
		if (role == "target") {
			row(role, op, op, orders, size, "builtin", cost / set["rebuilt"], set["rebuilt"])
			row(role, op, "total", orders, size, "builtin", all / set["rebuilt"], set["rebuilt"])
		}
		row(role, op, op, orders, size, "before", cost, 1)
		row(role, op, "undo", orders, size, "before", undo, 1)
		row(role, op, "total", orders, size, "before", all, 1)
		row(role, op, op, orders, size, "after", cost / gain, gain)
		row(role, op, "undo", orders, size, "after", undo / unmap, unmap)
		row(role, op, "total", orders, size, "after", cost / gain + undo / unmap, \
			all / (cost / gain + undo / unmap))
	}
	function slopes(orders, order,   i, pages, chunks) {
		for (i = 2; i <= 128; i *= 4) {
			pages = i * 256
			chunks = pages / 2 ^ order
			row("slope", "vmap", "total", orders, pages * 4096, "before", \
				5000 + 35 * pages + 24 * chunks + (set["bend"] ? pages ^ set["bend"] : 0), 1)
			row("slope", "vmap", "total", orders, pages * 4096, "after", \
				5000 + set["per_page"] * pages + set["per_chunk"] * chunks + \
					(i == 2) * set["step"], 1)
		}
	}
	BEGIN {
		n = split("gain=1.28 unmap=1 control=1 rebuilt=1 worst=1 width=0.2 per_page=27 " \
			"per_chunk=30 bend=0 step=0 slopes=0 " settings, word, " ")
		for (i = 1; i <= n; i++) {
			split(word[i], pair, "=")
			set[pair[1]] = pair[2]
		}
		print "role,op,phase,orders,size_bytes,arm,n,p50_instructions,p50_lo_instructions," \
			"p50_hi_instructions,ratio,ratio_lo,ratio_hi,verdict"
		cell("target", "vmap", "own", 536870912, 18000000, 2000000, set["gain"], set["unmap"])
		cell("control", "mmap", "own", 536870912, 65000000, 5000000, set["control"], \
			set["control"])
		cell("worst", "vmap", "0", 4096, 900, 600, set["worst"], set["worst"])
		if (!set["slopes"])
			exit
		slopes("0", 0)
		slopes("4", 4)
		slopes("8", 8)
		slopes("mixed", 8)
	}'
}

# report STATUS [ARGUMENT...]: of $result; what it says is in $scratch/said_of
report()
{
	wanted=$1
	shift
	status=0
	sh "$patch_parts/patch_report.sh" --print "$result" "$@" >"$scratch/said_of" 2>&1 ||
		status=$?
	expect_equal 'status of the report' "$status" "$wanted"
}

says()
{
	for pattern; do
		grep -q -e "$pattern" "$scratch/said_of" ||
			complain "no line '$pattern' in: $(head -n 100 "$scratch/said_of")"
	done
}

# A patch that makes one phase faster: by how much, where, and that the control stays.
test_faster()
{
	made_result slopes=1
	report 1
	says '^faster: with the patch vmap of 512 MiB takes 1.2451x (1.2426 to 1.2476) fewer instructions in total, 1.2800x (1.2774 to 1.2826) fewer instructions in phase vmap; the control mmap did not move, before/after 1.0000 (0.9980 to 1.0020)$'
	says '^Linux 7.3.4-test (amd64), gcc 14.2.0; QEMU 7.2 TCG -icount, one CPU.$' \
		'^The patch changes system_heap_do_vmap in$' \
		'^  vmap of 512 MiB  *vmap  *90.0 %  *87.5 %$' '^  vmap of 512 MiB  *undo  *10.0 %' \
		'^  vmap of 512 MiB  *total  *20000000 -> 20000000, rebuilt/built-in 1.0000 (.*: same$' \
		'^  drivers/gpu/drm/a.c:85: in f: ret = dma_buf_vmap(buf, &map);$' \
		'^  ok  *vmap, -ENOMEM, nothing left$' '^  config_cksum: 13$' \
		'^  patch (cksum, bytes, name): [0-9]* 7 01-vmap.patch$'
	sed -i 's/^seen=.*/seen=4.2 ms of a frame/' "$result/how"
	report 0
	says 'have: 4.2 ms of a frame$' '^This is enough for the list.$'
}

# What got slower, what did not change, and what is not sure, each by its name.
test_verdicts()
{
	made_result gain=0.5
	report 1
	says '^slower: with the patch vmap of 512 MiB takes 1.9000x (1.8962 to 1.9038) as many instructions in total, 2.0000x (1.9960 to 2.0040) as many instructions in phase vmap; the control mmap did not move'
	made_result gain=1 unmap=0.98
	report 1
	says '^slower: with the patch vmap of 512 MiB takes 1.0020x .* in total, 1.0204x (1.0184 to 1.0225) as many instructions in phase undo;'
	made_result gain=1.5 unmap=0.9
	report 1
	says '^faster: .* fewer .* in total, 1.5000x .* fewer .* phase vmap, 1.1111x .* as many .* undo;'
	made_result gain=1
	report 1
	says '^same: with the patch vmap of 512 MiB takes as many instructions, before/after 1.0000 (0.9980 to 1.0020) in total; the control mmap did not move'
	made_result gain=1.01 width=3
	report 1
	says '^unclear: whether vmap of 512 MiB changes in phase vmap is not known, before/after 1.0100 (0.9797 to 1.0403); whether the control moved is not known: mmap'
	says '4 before .*: missing: the interval of vmap of 512 MiB, phase vmap, is too wide' \
		'5 a control .*: missing: the interval is too wide'
	made_result gain=2 unmap=0.5
	sed -i 's/^target,mmap.*//; s/^control,mmap,\(.*\),after,\(.*\),same$/target,mmap,\1,after,\2,slower/' \
		"$result/figures.csv"
	report 1
	says '^mixed: with the patch vmap .* fewer .* phase vmap, 2.0000x .* as many instructions in phase undo; mmap of 512 MiB takes' \
		'; no control was measured$'
}

# A phase without an interval, one that an arm does not have, and a second op.
test_gaps()
{
	made_result
	sed -i '/^target,vmap,vmap,.*,after,/{
		s/,[^,]*,[^,]*,\([^,]*\),[^,]*,[^,]*,faster$/,,,\1,,,unclear/
		p
		s/,vmap,vmap,/,vmap,array,/
		s/,[0-9.]*,,,unclear$/,,,,/
	}
	/^control,mmap,total/{
		p
		s/^control,mmap/target,attach/
	}' "$result/figures.csv"
	report 1
	says '^faster: .* in total; the control' \
		'4 before .*: missing: .*, phase vmap, is too wide: 1.2800 (no interval)' \
		'  after  *61  *14062500  *-  *-  *1.2800  *-  *-  unclear$'
	! grep -q ' array ' "$scratch/said_of" || complain 'a phase that is not there'
	sh "$patch_parts/patch_report.sh" "$result" >"$scratch/report" || :
	cp "$result/commit.txt" "$scratch/said_of"
	says '^           after        14062500 (no interval)$' \
		'^           before/after 1.2800 (no interval)$' '^The same of attach of 512 MiB:$' \
		'^  total    before       70000000 (69993000 to 70007000)$'
	sed -i 's/^way=.*/way=kernels/' "$result/how"
	report 1
	says 'one CPU. Two$' '^kernels, booted in the order before, after, after, before. These'
}

# A control that moves: no matter what else is there, nothing is ready.
test_control()
{
	made_result control=1.02
	sed -i 's/^seen=.*/seen=4.2 ms of a frame/' "$result/how"
	report 2
	says '^control moved: mmap (mmap, 1.0200 (.*)), .* moved, so nothing here may be called list-ready; faster: with' \
		'5 a control that does not move: missing: the control moved: mmap' \
		'^A control moved: this is not enough for the list.$'
	sh "$patch_parts/patch_report.sh" "$result" >/dev/null
	grep -q '^Not for the list: control moved: ' "$result/commit.txt" ||
		complain "the mail does not say so: $(head -n 3 "$result/commit.txt")"
	made_result rebuilt=1.01
	sed -i 's/^seen=.*/seen=4.2 ms of a frame/' "$result/how"
	report 1
	says '5 a control .*: missing: the heap that was only rebuilt does not cost .* 1.0100 (' \
		'20000000 -> 19801980\|19801980 -> 20000000'
}

# Each part of the mail that is not there is missed, and it is said how to get it.
test_missing()
{
	made_result worst=0.9
	sed -i 's/,ok,"-ENOMEM.*/,absent,"no fault injection"/' "$result/checks.csv"
	sed -i 1q "$result/callers.csv"
	sed -i '/^command=/d; /^compiler=/d' "$result/how"
	report 1
	says '1 who .*: missing: no caller in this tree: name the driver' \
		'2 what .*: missing: .* "sh scripts/bench.sh"' '3 the cause.*: missing: no sizes at' \
		'4 before .*: missing: the conditions are not known: compiler$' \
		'5 a control .*: have: mmap' \
		'6 the worst .*: missing: vmap of 4 KiB, orders 0 takes 1.1111x .* as many' \
		'7 the failing path: missing: absent: vmap, no fault injection$' \
		'8 the command .*: missing: the result does not say'
	expect_equal 'missing parts' "$(grep -c '^  [1-8] .*: missing: ' "$scratch/said_of")" 7
	made_result
	sed -i '/^worst/d' "$result/figures.csv"
	sed -i '/^failing/d' "$result/checks.csv"
	report 1
	says '6 the worst .*: missing: one page in one chunk was not measured$' \
		'7 the failing path: missing: no allocation was made to fail'
}

# A patch that was refused has no figures.
test_refused()
{
	made_result
	rm "$result/figures.csv" "$result/callers.csv"
	printf '%s\n' step,subject,outcome,text applies,01-vmap.patch,ok, \
		'builds,after,failed,"system_heap.c:12:3: error: ""x"" undeclared"' \
		>"$result/checks.csv"
	report 1
	says '^refused: step builds, after: system_heap.c:12:3: error: "x" undeclared$'
	! grep -q 'Before and after' "$scratch/said_of" || complain 'figures of a refused patch'
	report 1 lkp
	expect_equal 'the block of a refused patch' "$(cat "$scratch/said_of")" ''
	report 3 json
	rm "$result/how"
	report 3
}

# The costs that the figures were made of come back as a cost a page and a chunk.
test_slopes()
{
	command -v Rscript >/dev/null || skip 'R (r-base-core) is not installed'
	made_result slopes=1
	report 1
	for line in 'before 35 24 59 36.5 35.09' 'after 27 30 57 28.88 27.12'; do
		# shellcheck disable=SC2086 # words
		set -- $line
		says "^  vmap   total   $1  *all  *5000 (5000 to 5000)  *$2 ($2 to $2)  *$3 ($3 to $3)  *0 %\$" \
			"^  vmap   total   $1  *0  *5000 (5000 to 5000)  *$4 ($4 to $4)  *-  *0 %\$" \
			"^  vmap   total   $1  *4  *5000 .* $5 (" \
			"^  vmap   total   $1  *mixed  *5000 .* $6 ("
	done
	says '3 the cause.*: have: vmap before 35 (35 to 35) a page and 24 (24 to 24) a chunk; vmap after 27 '
	made_result slopes=1 step=9000
	report 1
	says '^  vmap   total   after   *all  *5000 (5000 to 5000)  *27 (27 to 27)  *30 (30 to 30)  *0 %$'
	made_result slopes=1 bend=1.5
	report 1
	says '^  vmap   total   before  *all .* %: does not fit, at [0-9]* bytes, orders ' \
		'3 the cause.*: missing: the costs are no line of pages and chunks'
}

# The test robot's columns: half an interval, percent, and a name for each figure.
test_lkp()
{
	made_result slopes=1
	report 1 lkp
	says '^         %half95     %change         %half95$' \
		'^   18000000 ± 0.01%     -21.9%    14062500 ± 0.01%  dmabuf.vmap.vmap.instructions$' \
		'^   20000000 ± 0.01%     -19.7%    16062500 ± 0.01%  dmabuf.vmap.total.instructions$' \
		'^   70000000 ± 0.01%      +0.0%    70000000 ± 0.01%  dmabuf.mmap.total.instructions$' \
		'^       1500 ± 0.01%      +0.0%        1500 ± 0.01%  dmabuf.vmap.order0.4KiB.total.instructions$'
	expect_equal 'lines of figures' "$(grep -c 'instructions$' "$scratch/said_of")" 9
}

# What is written stays, and a mail is lines of at most 72 characters.
test_texts()
{
	made_result slopes=1
	echo mine >"$result/cover.txt"
	sh "$patch_parts/patch_report.sh" "$result" >"$scratch/said_of" || :
	expect_equal 'a text of before' "$(cat "$result/cover.txt")" mine
	rm "$result/cover.txt"
	sh "$patch_parts/patch_report.sh" --print "$result" >/dev/null || :
	[ ! -e "$result/cover.txt" ] || complain '--print writes'
	sh "$patch_parts/patch_report.sh" "$result" lkp >"$scratch/lkp" || :
	expect_true 'the report is the one that was printed' cmp "$result/report.txt" "$scratch/said_of"
	expect_true 'the block is the one that was printed' cmp "$result/lkp.txt" "$scratch/lkp"
	head -n 1 "$result/report.txt" | cmp - "$result/verdict.txt" || complain 'two verdicts'
	for name in commit cover; do
		expect_equal "the longest line of $name.txt is too long" \
			"$(awk 'length($0) > 72 && !/^  sh /' "$result/$name.txt")" ''
		cp "$result/$name.txt" "$scratch/said_of"
		says '^  vmap     before       18000000 (17998200 to 18001800)$' \
			'^           before/after 1.2800 (1.2774 to 1.2826)$' \
			'^instructions, not time.$' '^Control, code that '
	done
	expect_equal 'slopes in the mail' "$(grep -c ' a page$' "$scratch/said_of")" 4
	says '^    27 (27 to 27) a page$' '^Worst case, one page' '^Failing path: vmap, -ENOMEM' \
		'^  drivers/gpu/drm/a.c:85 f()$' '^  sh scripts/patch.sh ' '^\[missing, part 2, '
	! grep -i apply_to_page_range "$result"/*.txt || complain 'apply_to_page_range is named'
	echo '+	apply_to_page_range(mm, a, b, f, d);' >>"$result/patches/01-vmap.patch"
	report 1
	says '^The patch calls apply_to_page_range(): mm maintainers want it out of drivers'
	# with its full stop this would make a line of 73
	sed -i "s/^seen=.*/seen=$(printf '%048d' 1)/" "$result/how"
	rm "$result"/*.txt
	sh "$patch_parts/patch_report.sh" "$result" >/dev/null || :
	grep -q -x 'What a user sees of it:' "$result/cover.txt" || complain 'a line of 73'
}

# Twenty callers stand in the report, all in the file.
test_many_callers()
{
	made_result
	for line in $(seq 25); do
		echo "vmap,dma_buf_vmap,drivers/b.c,$line,\"in g: dma_buf_vmap(b);\""
	done >>"$result/callers.csv"
	report 1
	expect_equal 'callers in the text' "$(grep -c '^  drivers/[^ ]*: in ' "$scratch/said_of")" 20
	says '^  and 6 more, see callers.csv$' '1 who .*: have: drivers/gpu/drm/a.c:85 and 25 more$'
}

# repro.sh says of each figure whether the new one lies inside the old interval, which
# is taken as no less than boots of one kernel differ by.
test_repro()
{
	made_result
	mv "$result" "$scratch/old"
	cp "$patch_parts/repro.sh" "$scratch/old/"
	made_result
	expect_status 0 sh "$scratch/old/repro.sh" --compare "$result"
	expect_output '^target vmap total own 536870912 after: p50 inside, ratio inside$'
	total=$(sed -n 's/^\([0-9]*\) of .*/\1/p' "$scratch/output")
	expect_output "^$total of $total figures inside their interval\$"
	expect_equal 'figures' "$total" "$(awk -F , 'NR > 1 { n += 1 + ($NF != "baseline") } END { print n }' "$result/figures.csv")"
	# within 0.2 %, though the interval of the p50 is narrower
	sed -i 's/,after,61,16062500.000,/,after,61,16090000.000,/' "$result/figures.csv"
	expect_status 0 sh "$scratch/old/repro.sh" --compare "$result"
	sed -i 's/,after,61,16090000.000,/,after,61,16100000.000,/' "$result/figures.csv"
	expect_status 1 sh "$scratch/old/repro.sh" --compare "$result"
	expect_output '^target .* after: p50 outside: 16100000 16062500 16030375 16094625, ratio inside$'
	expect_output "^$((total - 1)) of $total figures inside their interval\$"
	made_result gain=1.29
	expect_status 1 sh "$scratch/old/repro.sh" --compare "$result"
	expect_output 'vmap vmap .* ratio outside: 1.29 1.28 1.27744 1.28256$'
	made_result gain=1.27
	expect_status 1 sh "$scratch/old/repro.sh" --compare "$result"
	expect_output 'vmap vmap .* p50 outside: .*, ratio outside: 1.27 1.28 1.27744 1.28256$'
	made_result
	sed -i '/^worst,vmap,undo,.*after/d' "$result/figures.csv"
	expect_status 1 sh "$scratch/old/repro.sh" --compare "$result"
	expect_output '^worst vmap undo 0 4096 after: not in the new result$'
	expect_output "^$((total - 2)) of $total figures"
	expect_status 3 sh "$scratch/old/repro.sh" --compare "$scratch/none"
}

# It runs patch.sh of another checkout as the first run was, on the patches beside it.
test_repro_run()
{
	made_result
	cp "$patch_parts/repro.sh" "$result/"
	mkdir -p "$scratch/other/scripts" "$scratch/other/results/1-patch-old"
	cat >"$scratch/other/scripts/patch.sh" <<-END_FILE
	printf '%s\n' "\$@" >arguments
	mkdir -p results/2-patch-vmap
	cp "$result/figures.csv" results/2-patch-vmap
	exit 1
	END_FILE
	expect_status 0 sh "$result/repro.sh" "$scratch/other"
	expect_equal arguments "$(cat "$scratch/other/arguments")" "--kernel
7.3
--line
vmap iterations=9
$result/patches/01-vmap.patch"
	rm -r "$scratch/other/results/2-patch-vmap"
	sed -i 's|^command=.*|command=scripts/patch.sh --tree /none --format lkp x.patch|' "$result/how"
	expect_status 0 sh "$result/repro.sh" --tree "$scratch" "$scratch/other"
	expect_equal 'with a tree' "$(head -n 2 "$scratch/other/arguments")" "--tree
$scratch"
	expect_equal 'without the format' "$(wc -l <"$scratch/other/arguments")" 3
	echo 'exit 3' >"$scratch/other/scripts/patch.sh"
	expect_status 3 sh "$result/repro.sh" "$scratch/other"
	expect_output 'patch.sh ended with status 3$'
	expect_status 3 sh "$result/repro.sh" "$scratch"
}
