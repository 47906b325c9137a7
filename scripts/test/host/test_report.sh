# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# scripts/report.sh: on results of make bench of two kernels, which are kept beside it,
# on a result of patch.sh, and on a sweep and a recording that are written here.
# shellcheck disable=SC2154 # test_dir and scratch come from run_tests.sh

kept=$test_dir/../report/data

need_tools()
{
	# shellcheck source-path=SCRIPTDIR source=../../host/packages.sh
	. "$test_dir/../host/packages.sh"
	for need in need_gnuplot need_r; do
		$need 2>"$scratch/tools.err" || skip "$(tail -n 1 "$scratch/tools.err")"
	done
}

# report STATUS ARGUMENT...: standard output is in $scratch/said
report()
{
	wanted=$1
	shift
	status=0
	sh "$test_dir/../report.sh" "$@" >"$scratch/said" 2>"$scratch/report.err" || status=$?
	[ "$status" = "$wanted" ] || {
		complain "status $status, expected $wanted, from: report.sh $*"
		tail -n 5 "$scratch/report.err"
	}
}

# page DIR...: is in $scratch/page.html
page()
{
	rm -f "$scratch/page.html"
	report 0 --out "$scratch/page.html" "$@"
	[ -s "$scratch/page.html" ] || fail "no page: $(cat "$scratch/report.err")"
}

# says PATTERN...: in the text, whatever its lines
says()
{
	tr -s '\n ' '  ' <"$scratch/said" >"$scratch/one_line"
	for pattern; do
		grep -q -e "$pattern" "$scratch/one_line" ||
			complain "no '$pattern' in: $(cat "$scratch/said" "$scratch/report.err")"
	done
}

# Copies of what is kept, which cases change: $scratch/old and $scratch/new
copy_runs()
{
	rm -rf "$scratch/old" "$scratch/new"
	cp -r "$kept/bench-6.1" "$scratch/old"
	cp -r "$kept/bench-7.3" "$scratch/new"
}

# Prints the columns of the page from csv, a line for each row, with "|" between.
csv_rows()
{
	for csv; do
		grep -v '^#' "$csv" | awk -F , '
		FNR == 1 {
			for (i = 1; i <= NF; i++)
				at[$i] = i
			next
		}
		{
			line[++n] = $0
			if ($at["phase"] == "total")
				total[$at["strategy"]] = $at["p50_ns"]
		}
		END {
			columns = split("phase strategy speedup speedup_lo speedup_hi verdict p50_ns " \
				"p50_lo_ns p50_hi_ns share iterations min_ns p90_ns p99_ns max_ns " \
				"mad_ns flags", name, " ")
			for (l = 1; l <= n; l++) {
				$0 = line[l]
				whole = total[$at["strategy"]]
				for (i = 1; i <= columns; i++)
					printf "%s|", name[i] != "share" ? $at[name[i]] : \
						whole ? sprintf("%.1f", 100 * $at["p50_ns"] / whole) : ""
				print ""
			}
		}'
	done | sort
}

# html_rows: those of the tables of runs in the page
html_rows()
{
	sed -n '/<th>share %/,/<\/table>/s/^<tr class/&/p' "$scratch/page.html" |
		sed 's/<\/*i>//g; s/<\/td>/|/g; s/<[^>]*>//g' | sort
}

# Each figure of a table is that of the csv, of all runs of two kernels.
test_numbers()
{
	need_tools
	page "$kept/bench-6.1" "$kept/bench-7.3"
	csv_rows "$kept"/bench-*/0?-pages.csv "$kept"/bench-*/0?-[vm]map.csv >"$scratch/wanted"
	csv_rows "$kept"/bench-*/03-mmap.csv >"$scratch/mmap"
	expect_equal 'rows of the csv' "$(count_lines <"$scratch/wanted")" 52
	html_rows >"$scratch/shown"
	cmp -s "$scratch/wanted" "$scratch/shown" ||
		complain "other figures: $(diff "$scratch/wanted" "$scratch/shown" | head -n 6)"
}

# plotted: the rows of the pictures of speedups, "SPEEDUP LO HI", from where they are drawn;
# the tics 1 and 2 give the axis
plotted()
{
	awk '
	/<svg role="img"/ { wanted = /Speedup over/; split("", tic) }
	!wanted { next }
	/text-anchor="middle"/ {
		match($0, /translate\([0-9.]+/)
		x = substr($0, RSTART + 10, RLENGTH - 10)
	}
	/<text>[12]<\/text>/ {
		text = /<text>1/ ? 1 : 2
		if (!(text in tic))
			tic[text] = x
	}
	/<path stroke=.var\(--c[0-9]\). *d=.M/ && !/dasharray/ {
		# the caps come last; without a width there is no line between them
		n = split($0, part, "M")
		lo = part[n - 1]
		hi = part[n]
	}
	/<use .*gpPt6.*transform/ {
		split($0, part, /[(,]/)
		printf "%.4f %.4f %.4f\n", value(part[2]), value(lo + 0), value(hi + 0)
	}
	function value(at) { return 2 ^ ((at - tic[1]) / (tic[2] - tic[1])) }' \
		"$scratch/page.html"
}

# Points and intervals are drawn where the csv has them, all on one axis.
test_intervals()
{
	need_tools
	page "$kept/bench-6.1" "$kept/bench-7.3"
	plotted >"$scratch/drawn"
	for csv in "$kept"/bench-*/0?-????.csv "$kept"/bench-*/0?-?????.csv; do
		echo "$csv"
	done | sort -u | while read -r csv; do
		awk -F , '/^[0-9]/ && $25 != "baseline" { print $22, $23, $24 }' "$csv"
	done >"$scratch/wanted"
	expect_equal 'rows drawn' "$(count_lines <"$scratch/drawn")" \
		"$(count_lines <"$scratch/wanted")"
	paste -d ' ' "$scratch/drawn" "$scratch/wanted" | awk '{
		for (i = 1; i <= 3; i++)
			if ($i / $(i + 3) > 1.006 || $i / $(i + 3) < 0.994)
				print "row " NR ": drawn at " $i ", the csv has " $(i + 3)
	}' >"$scratch/off"
	[ ! -s "$scratch/off" ] || complain "$(head -n 5 "$scratch/off")"
	grep -c 'aria-label="Speedup' "$scratch/page.html" >"$scratch/pictures"
	expect_equal 'pictures of speedups' "$(cat "$scratch/pictures")" 6
	expect_equal 'axes' "$(awk '/<svg role="img"/ { wanted = /Speedup over/ }
		wanted && /text-anchor="middle"/ { match($0, /translate\([0-9.]+/); x = substr($0, RSTART, RLENGTH) }
		wanted && /<text>2</ { print x }' "$scratch/page.html" | sort -u |
		count_lines)" 1
}

# The page needs nothing else, no script runs, and no name is there twice.
test_self_contained()
{
	need_tools
	page "$kept/bench-6.1" "$kept/patch-vmap"
	! grep -n -i -E '<script|<link|<img|src=|url\(|@import|href=.[^#]| on[a-z]+=\"' \
		"$scratch/page.html" | head -n 3 | grep . || complain 'something of outside'
	expect_equal 'addresses' "$(grep -o -E 'https?://[a-z0-9./]*' "$scratch/page.html" |
		sort -u | tr '\n' ' ')" 'http://www.w3.org/1999/xlink http://www.w3.org/2000/svg '
	grep -q "Content-Security-Policy.*default-src 'none'" "$scratch/page.html" ||
		complain 'the browser is not told to fetch nothing'
	expect_equal 'names that are there twice' \
		"$(grep -o -E ' id=.[^ >]*' "$scratch/page.html" | sort | uniq -d | head -n 3)" ''
	grep -o -E "(fill|stroke|color)=.(black|white|rgb\(|#[0-9a-f])[^ >]*" "$scratch/page.html" |
		sort -u >"$scratch/fixed"
	expect_equal 'colours that are not those of the page' "$(cat "$scratch/fixed")" ''
}

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

# Prints a csv of sweep.sh: vmap takes 5000 + 140 a page and 20 a chunk before, 110 a page
# after, of which fill; map is the same. made_sweep WORST: before / after of order 0
made_sweep()
{
	awk -v worst="$1" '
	function row(phase, strategy, size, chunks, orders, ns, gain,   verdict) {
		verdict = strategy == "page" ? "baseline" : gain > 1.01 ? "faster" : \
			gain < 0.99 ? "slower" : "same"
		printf "1,vmap,%s,%s,system,%.0f,%d,7,1,0,50,50,%.0f,%.0f,%.0f,%.0f,%.3f,%.3f,%.3f,%s,%s,\n", \
			phase, strategy, size, chunks, ns, ns, ns * 0.9999, ns * 1.0001, gain, \
			gain, gain, verdict, orders
	}
	function cells(size, order, orders,   pages, chunks, map, page, sg) {
		pages = size / 4096
		chunks = pages / 2 ^ order
		map = 1000 + 100 * pages
		page = 4000 + 40 * pages + 20 * chunks
		sg = 4000 + 10 * pages + 20 * chunks
		if (!order && worst != "")
			sg = page / worst
		row("fill", "page", size, chunks, orders, page, 1)
		row("map", "page", size, chunks, orders, map, 1)
		row("total", "page", size, chunks, orders, page + map, 1)
		row("fill", "sg", size, chunks, orders, sg, page / sg)
		row("map", "sg", size, chunks, orders, map, 1)
		row("total", "sg", size, chunks, orders, sg + map, (page + map) / (sg + map))
	}
	BEGIN {
		print "# kernel=6.1.0-57-amd64\n# arch=x86_64\n# page_size_bytes=4096\n# cpus=8"
		print "# governor=performance\n# preempt=none\n# virtualised=none\n# debug_options=none"
		print "# machine=Test board, device\n# iterations=7\n# keys=cpu=2"
		print "# params=op=vmap cpu=2 verify=1"
		print "run,op,phase,strategy,heap,size_bytes,chunks,iterations,complete,disturbed," \
			"overhead_ns,tick_ns,min_ns,p50_ns,p50_lo_ns,p50_hi_ns,speedup,speedup_lo," \
			"speedup_hi,verdict,orders,refused"
		for (size = 4194304; size <= 268435456; size *= 4) {
			cells(size, 0, "0")
			cells(size, 4, "4")
			cells(size, 8, "8")
			cells(size, 8, "8+4+0")
		}
	}'
}

made_tree()
{
	mkdir -p "$scratch/tree/drivers/dma-buf" "$scratch/tree/drivers/gpu"
	printf '%s\n' 'VERSION = 6' 'PATCHLEVEL = 1' 'SUBLEVEL = 9' >"$scratch/tree/Makefile"
	printf 'int f(void)\n{\n\treturn dma_buf_vmap(buf, &map);\n}\n' \
		>"$scratch/tree/drivers/gpu/a.c"
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

# Two kernels: the page and the text have the figures of compare.sh.
test_two_kernels()
{
	need_tools
	copy_runs
	page "$scratch/old" "$scratch/new"
	sh "$test_dir/../compare.sh" --force "$scratch/old" "$scratch/new" >"$scratch/table" || :
	awk '$1 == "op" { on = 1; next }
		/^$/ { on = 0 }
		on { gsub(/ +/, "|"); print $0 "|" }' "$scratch/table" | sort >"$scratch/wanted"
	expect_equal 'cells compared' "$(count_lines <"$scratch/wanted")" 26
	sed -n '/<th>old p50/,/<\/table>/s/^<tr class/&/p' "$scratch/page.html" |
		sed 's/<\/*i>//g; s/<\/td>/|/g; s/<[^>]*>//g' | sort >"$scratch/shown"
	cmp -s "$scratch/wanted" "$scratch/shown" ||
		complain "other figures: $(diff "$scratch/wanted" "$scratch/shown" | head -n 6)"
	for text in 'kernel: 6.1.0-57-amd64 in OLD, 7.3.4+deb13-amd64 in NEW' \
		'<td>kernel</td><td>6.1.0-57-amd64</td><td>7.3.4+deb13-amd64</td>' \
		'<b>Linux 6.1.0-57-amd64</b>: faster: ' '<b>Linux 7.3.4+deb13-amd64</b>: faster: '; do
		grep -q -F "$text" "$scratch/page.html" || complain "no '$text' in the page"
	done
	report 1 --text "$scratch/old" "$scratch/new"
	old=$(awk '$1 $2 $3 == "mmaptotalsg" { print $11, "->", $12, $13, "%" }' "$scratch/table")
	says "mmap sg $old (" 'Linux 6.1.0-57-amd64 (x86_64)' 'Linux 7.3.4+deb13-amd64 (x86_64)' \
		'note: unlike environments: kernel'
}

# A sweep is drawn with its lines, whose terms are those that the costs were made of.
test_sweep()
{
	need_tools
	made_sweep '' >"$scratch/sweep.csv"
	page "$scratch/sweep.csv"
	expect_equal 'pictures' "$(grep -c '<svg role="img"' "$scratch/page.html")" 12
	for text in 'page: 4000 + 60.000 a page, off by 0.00 %' \
		'sg: 4000 + 30.000 a page, off by 0.00 %' 'page: 4000 + 40.078 a page' \
		'vmap  fill   page' 'page: 1000 + 100.000 a page'; do
		grep -q -F -e "$text" "$scratch/page.html" || complain "no '$text' in the page"
	done
}

# made_recording: what callers.sh leaves, in $scratch/callers
made_recording()
{
	mkdir -p "$scratch/callers"
	printf '%s\n' 'date=2026-11-30' 'command=callers.sh --seconds 10' "machine=$1" \
		'kernel=Linux phone 6.1.0-57-amd64 #1 SMP aarch64' >"$scratch/callers/recording.txt"
	{
		sed 's/^/# /' "$scratch/callers/recording.txt"
		echo '# wall_ns=10000000000'
		echo function,caller,caller_module,process,driver,exporter,calls,real_calls,failed_calls,calls_per_s,p50_ns,p99_ns,max_ns,size_bytes,total_ns,bytes,share_of_wall_pct
		echo 'dma_buf_vmap,drm_gem_shmem_vmap,drm_shmem_helper,Xorg,udl,system,600,600,0,60.000,2000000,2100000,2500000,8388608,1200000000,5033164800,12.0000'
		echo 'dma_buf_mmap,cam_map,cam,cam,-,system,3,3,1,3.000,2001,3001,3001,8192,6003,24576,0.0006'
	} >"$scratch/callers/callers.csv"
	printf '%s\n' 'Xorg;ioctl;drm_ioctl;drm_gem_shmem_vmap;dma_buf_vmap 1200000000' \
		'cam;ksys_mmap;cam_map;dma_buf_mmap 300000000' >"$scratch/callers/stacks.folded"
	echo 'drm_gem_shmem_vmap [drm_shmem_helper] for the driver udl pays most: <dma_buf_vmap>' \
		>"$scratch/callers/report.txt"
}

# Who calls: rows, a flame graph whose widths are times, and what a user sees of it, but
# not when the recording is of an emulated machine.
test_callers()
{
	need_tools
	made_recording 'Phone, 8 CPUs'
	page "$scratch/callers" "$kept/bench-6.1"
	for text in '<b>Callers on Phone, 8 CPUs</b>: drm_gem_shmem_vmap' '&lt;dma_buf_vmap&gt;' \
		'<td>udl</td><td>Xorg</td>' 'sh scripts/callers.sh --seconds 10' '>drm_ioctl<'; do
		grep -q -F "$text" "$scratch/page.html" || complain "no '$text' in the page"
	done
	expect_equal 'width of the two processes, as a ratio' "$(awk '
		/aria-label="Where the time/ { wanted = 1 }
		wanted && /var\(--c7\)/ && /polygon|path/ {
			while (match($0, /[0-9.]+,[0-9.]+/)) {
				split(substr($0, RSTART, RLENGTH), xy, ",")
				$0 = substr($0, RSTART + RLENGTH)
				seen[++n] = xy[1]
			}
		}
		/<\/svg>/ { wanted = 0 }
		END {
			for (i = 1; i <= n; i++)
				count[seen[i]]++
			low = high = seen[1]
			for (i = 1; i <= n; i++) {
				low = seen[i] < low ? seen[i] : low
				high = seen[i] > high ? seen[i] : high
			}
			for (i = 1; i <= n; i++)
				if (seen[i] > low + 1 && seen[i] < high - 1)
					inner = seen[i]
			printf "%.0f", (inner - low) / (high - inner)
		}' "$scratch/page.html")" 4
	report 1 --text "$scratch/callers" "$kept/bench-6.1"
	says 'user sees of it: on Phone, 8 CPUs, Linux 6.1.0-57-amd64, drm_gem_shmem_vmap \[drm_shmem_helper\] for the driver udl: dma_buf_vmap took 1200.000 ms of 10.000 s in 600 calls; one call takes 2.000 ms (p50), 12.00 % of a frame at 60 Hz'
	made_recording 'Standard PC (Q35 + ICH9, 2009), 1 CPUs'
	report 1 --text "$scratch/callers" "$kept/bench-6.1"
	says '\[missing, part 2, '
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
	! grep -q -e 'Of repeated runs' -e 'mixed takes' "$scratch/said" ||
		complain 'what was measured is taken from the sweep, too'
}

# Wrong use is refused with the value and what is accepted; nothing is overwritten.
test_refused()
{
	need_tools
	report 3
	report 3 --nonsense "$kept/bench-6.1"
	report 3 --unit hours "$kept/bench-6.1"
	grep -q "'hours': accepted are ns and instructions" "$scratch/report.err" ||
		complain 'no word of what is accepted'
	mkdir "$scratch/empty"
	report 3 "$scratch/empty"
	grep -q 'holds no results: accepted are folders of bench.sh' "$scratch/report.err" ||
		complain 'no word of what is accepted'
	report 3 "$scratch/nothing"
	report 3 --text --after swift "$kept/bench-6.1"
	grep -q "'swift': no run of .* it has page, sg, apply$" "$scratch/report.err" ||
		complain 'no word of the strategies that there are'
	report 3 "$kept/bench-6.1/01-pages.csv"
	report 3 --text --tree "$scratch/empty" "$kept/bench-6.1"
	echo mine >"$scratch/mine.html"
	report 3 --out "$scratch/mine.html" "$kept/bench-6.1"
	expect_equal 'a file of before' "$(cat "$scratch/mine.html")" mine
	copy_runs
	report 0 "$scratch/old"
	report 0 "$scratch/old"
	expect_equal 'the second page' "$(cat "$scratch/said")" "$scratch/old/report-2.html"
	expect_true 'both are there' test -s "$scratch/old/report.html"
}

# browse NAME WIDTH [OPTION...] PAGE: a picture of the page in $pictures/NAME.png. Its
# console is in $scratch/NAME.err, what it asked the network for in $scratch/NAME.json.
browse()
{
	name=$1 width=$2
	shift 2
	rm -rf "$scratch/profile"
	timeout 120 "$browser" --no-sandbox --disable-gpu --user-data-dir="$scratch/profile" \
		--hide-scrollbars --enable-logging=stderr --log-net-log="$scratch/$name.json" \
		--window-size="$width,4000" --screenshot="$pictures/$name.png" "$@" \
		>"$scratch/$name.err" 2>&1 || complain "$name: $browser ended with status $?"
	[ -s "$pictures/$name.png" ] || fail "no picture $name: $(tail -n 3 "$scratch/$name.err")"
}

# asked_for NAME: prints what the page NAME asked the network for
asked_for()
{
	grep -o -E '"(url|host)":"[^"]*"' "$scratch/$1.json" | sort -u
}

said_in_console()
{
	grep ':CONSOLE' "$scratch/$1.err"
}

# brightness NAME: 0 to 255, the mean of red in a picture
brightness()
{
	gnuplot -e "set table '$scratch/points'; plot '$pictures/$1.png' binary filetype=png \
		every 7:7 with rgbimage" 2>&1
	awk '$NF == "i" { sum += $3; n++ } END { print n ? int(sum / n) : -1 }' "$scratch/points"
}

# A browser has no complaint, fetches nothing, and shows a light and a dark page, on a
# desktop and on a phone. The pictures stay with the logs of the run.
test_browser()
{
	need_tools
	need_browser 2>"$scratch/tools.err" || skip "$(tail -n 1 "$scratch/tools.err")"
	pictures=${log_dir:-$scratch}/report
	mkdir -p "$pictures"
	made_sweep '' >"$scratch/sweep.csv"
	made_recording 'Phone, 8 CPUs'
	page "$kept/bench-6.1" "$kept/bench-7.3" "$scratch/sweep.csv" "$scratch/callers"
	shown=file://$scratch/page.html
	browse light-desktop 1280 "$shown"
	browse dark-phone 390 --blink-settings=preferredColorScheme=0 "$shown"
	for name in light-desktop dark-phone; do
		expect_equal "what $name asked for" "$(asked_for $name)" ''
		expect_equal "what $name complained of" "$(said_in_console $name)" ''
	done
	expect_awk 'a light page' "$(brightness light-desktop) > 200"
	expect_awk 'a dark page' "$(brightness dark-phone) < 90"
	note "pictures: $pictures"
	# would it have been seen?
	protocol=http
	sed "s|</h1>|&<img src=\"$protocol://127.0.0.1:9/x.png\" alt=\"\">|" "$scratch/page.html" \
		>"$scratch/asks.html"
	sed 's/<meta http-equiv[^>]*>//' "$scratch/asks.html" >"$scratch/bad.html"
	pictures=$scratch
	browse bad 390 "file://$scratch/bad.html"
	expect_match 'a page that asks' "$(asked_for bad)" '*127.0.0.1*'
	browse refused 390 "file://$scratch/asks.html"
	expect_equal 'what the page forbids itself' "$(asked_for refused)" ''
	expect_match 'and says so' "$(said_in_console refused)" '*Content*Security*Policy*'
}
