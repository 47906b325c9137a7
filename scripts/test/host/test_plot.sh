# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# scripts/plot.sh on a csv made up here.
# shellcheck disable=SC2154 # test_dir and scratch come from run_tests.sh

# Prints a csv of sweep.sh: ops pages and mmap, four sizes, orders 0, 9 and 8+4+0,
# strategies page, sg and huge; refused rows too. page costs 5000 + 100 a page, sg
# 3000 + 20 with "off" percent more at 256 MiB, huge the same for every size.
# made_csv [OFF [VIRTUALISED]]
made_csv()
{
	awk -v off="${1:-0}" -v virtualised="${2:-none}" '
	function row(op, phase, strategy, size, ns, orders) {
		printf "1,%s,%s,%s,system,%.0f,1,%.0f,%.0f,,,%.3f,,,%s,%s,\n", op, phase,
			strategy, size, ns - 10, ns, page / ns,
			strategy == "page" ? "baseline" : "unclear", orders
	}
	BEGIN {
		print "# kernel=6.1.0-test"
		print "# arch=x86_64"
		print "# page_size_bytes=4096"
		print "# virtualised=" virtualised
		print "run,op,phase,strategy,heap,size_bytes,complete,min_ns,p50_ns," \
			"p50_lo_ns,p50_hi_ns,speedup,speedup_lo,speedup_hi,verdict," \
			"orders,refused"
		split("9 8+4+0 0", orders, " ")
		for (o = 1; o <= 3; o++)
			for (size = 4294967296; size >= 67108864; size /= 4) {
				pages = size / 4096
				page = 5000 + 100 * pages
				sg = 3000 + 20 * pages
				if (size == 268435456)
					sg *= 1 + off / 100
				row("pages", "fill", "page", size, page, orders[o])
				row("pages", "fill", "sg", size, sg, orders[o])
				row("mmap", "mmap", "page", size, page, orders[o])
				row("mmap", "mmap", "huge", size, 700, orders[o])
				printf ",mmap,,born,,%.0f,0,,,,,,,,,%s,cannot\n", size, orders[o]
			}
	}'
}

# plot STATUS ARGUMENT...: the table is in $scratch/table.
plot()
{
	wanted=$1
	shift
	status=0
	"$test_dir/../plot.sh" "$@" >"$scratch/table" 2>"$scratch/plot.err" || status=$?
	[ "$status" = "$wanted" ] || {
		complain "status $status, expected $wanted, from: plot.sh $*"
		tail -n 5 "$scratch/plot.err"
	}
}

need_plots()
{
	# shellcheck source-path=SCRIPTDIR source=../../host/packages.sh
	. "$test_dir/../host/packages.sh"
	need_gnuplot 2>"$scratch/plot.err" || skip "$(tail -n 1 "$scratch/plot.err")"
}

# field NAME OP PHASE STRATEGY ORDERS: of the table
field()
{
	awk -v name="$1" -v cell="$2 $3 $4 $5" '
	$1 == "op" { for (i = 1; i < NF; i++) at[$i] = i }
	# the size before the verdict is two words
	$1 " " $2 " " $3 " " $4 == cell { print name == "verdict" ? $NF : $at[name] }' \
		"$scratch/table" | sed 's/^+//'
}

# curves FILE: how many curves an svg has, whose names are in their titles
curves()
{
	grep -c '<g id="gnuplot_plot_' "$1"
}

# The svg files are there, with a curve for each strategy in each panel.
test_svg()
{
	need_plots
	made_csv >"$scratch/sweep.csv"
	plot 0 "$scratch/sweep.csv" "$scratch/plots"
	for file in speedup cost-pages-fill cost-mmap-mmap; do
		[ -s "$scratch/plots/$file.svg" ] || fail "no $file.svg"
		tail -n 3 "$scratch/plots/$file.svg" | grep -q '</svg>' ||
			complain "$file.svg has no end"
	done
	expect_equal 'files' "$(find "$scratch/plots" -type f | count_lines)" 3
	# three orders, cost and cost per page, two strategies
	expect_equal 'curves of cost' "$(curves "$scratch/plots/cost-mmap-mmap.svg")" 12
	# two panels: the line of the baseline, the strategy and its intervals
	expect_equal 'curves of speedup' "$(curves "$scratch/plots/speedup.svg")" 6
	for word in 6.1.0-test x86_64 '4 GiB' '64 MiB' '>ns per page' milliseconds huge \
		'8+4+0'; do
		grep -q -F "$word" "$scratch/plots/cost-mmap-mmap.svg" ||
			complain "no '$word' in cost-mmap-mmap.svg"
	done
	! grep -q -E 'emulated|instructions|born' "$scratch/plots/"*.svg ||
		complain 'words that do not belong there'
	expect_equal 'messages of gnuplot' "$(cat "$scratch/plot.err")" ''
}

# The titles say what the figures are worth.
test_titles()
{
	need_plots
	made_csv 0 TCGTCGTCGTCG >"$scratch/sweep.csv"
	plot 0 "$scratch/sweep.csv" "$scratch/plots"
	grep -q 'emulated CPU: not a device' "$scratch/plots/speedup.svg" ||
		complain 'no word of emulation'
	plot 0 --unit instructions "$scratch/sweep.csv" "$scratch/plots"
	grep -q 'counted instructions' "$scratch/plots/speedup.svg" ||
		complain 'no word of instructions in the title'
	grep -q 'instructions per page' "$scratch/plots/cost-pages-fill.svg" ||
		complain 'no word of instructions at the axis'
	! grep -q -E 'emulated|milliseconds|>ns per page' "$scratch/plots/"*.svg ||
		complain 'instructions are called time'
}

# --format png draws png.
test_png()
{
	need_plots
	made_csv >"$scratch/sweep.csv"
	plot 0 --format png "$scratch/sweep.csv" "$scratch/pngs"
	expect_equal signature "$(head -c 4 "$scratch/pngs/speedup.png" | tail -c 3)" PNG
}

# Costs on a line are found there, with the line's own figures.
test_linear()
{
	made_csv >"$scratch/sweep.csv"
	plot 0 --no-plots --linear 0.001 "$scratch/sweep.csv"
	for how in 0 9 8+4+0; do
		expect_equal "constant $how" "$(field constant pages fill sg $how)" 3000
		expect_equal "per_page $how" "$(field per_page pages fill sg $how)" 20.000
		expect_equal "sizes $how" "$(field sizes pages fill sg $how)" 4
		expect_equal "verdict $how" "$(field verdict pages fill sg $how)" ok
		expect_awk "off_% $how" "$(field off_% pages fill sg $how)^2 < 0.001^2"
	done
	expect_equal page_small "$(field page_small pages fill page 0)" 100.31
	expect_equal page_large "$(field page_large pages fill page 0)" 100.00
	# no strategy that writes an entry for each page
	expect_equal 'verdict of huge' "$(field verdict mmap mmap huge 0)" -
	plot 2 --no-plots --linear 1 --pte huge "$scratch/sweep.csv"
	expect_equal 'verdict of huge' "$(field verdict mmap mmap huge 0)" constant
	plot 0 --no-plots --linear 0.001 --figure min "$scratch/sweep.csv"
	expect_equal 'constant of the least' "$(field constant pages fill sg 0)" 2990
}

# A size that costs 6 % more is found at its size, and fails a limit below it.
test_deviation()
{
	made_csv 6 >"$scratch/sweep.csv"
	plot 0 --no-plots "$scratch/sweep.csv"
	off=$(field off_% pages fill sg 0)
	# the line gives way by less than half of it
	expect_awk off_% "$off > 3 && $off < 6"
	grep -q 'furthest from its line by .*pages fill sg .* at 256 MiB' "$scratch/table" ||
		complain "the deviation is not where it was put: $(tail -n 2 "$scratch/table")"
	expect_awk 'off_% of page' "$(field off_% pages fill page 0)^2 < 0.001^2"
	plot 1 --no-plots --linear 2 "$scratch/sweep.csv"
	expect_equal 'verdict of sg' "$(field verdict pages fill sg 0)" EXCEEDED
	expect_equal 'verdict of page' "$(field verdict pages fill page 0)" ok
	plot 0 --no-plots --linear 6 "$scratch/sweep.csv"
	plot 0 --no-plots --linear 2 --pte page "$scratch/sweep.csv"
}

# A limit with nothing to hold against it cannot be judged, nor can another file.
test_plot_errors()
{
	made_csv | grep -E '^[#r]|,67108864,' >"$scratch/sweep.csv"
	plot 2 --no-plots --linear 2 "$scratch/sweep.csv"
	echo 'a,b,c' >"$scratch/other.csv"
	plot 3 --no-plots "$scratch/other.csv"
	grep -q 'not a csv of sweep.sh' "$scratch/plot.err" || complain 'no word of the reason'
	plot 3 --no-plots "$scratch/nonsense.csv"
	plot 3 --linear x "$scratch/sweep.csv"
	plot 3 --format gif "$scratch/sweep.csv"
	plot 3 --figure p99 "$scratch/sweep.csv"
	plot 3 --nonsense "$scratch/sweep.csv"
	plot 3
}
