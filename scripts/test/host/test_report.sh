# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# The page of scripts/report.sh: its figures, its pictures, and what a browser says of it.
# shellcheck disable=SC2154 # test_dir and scratch come from run_tests.sh

# shellcheck source-path=SCRIPTDIR source=../report_cases.sh
. "$test_dir/report_cases.sh"

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
