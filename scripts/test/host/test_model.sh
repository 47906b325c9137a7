# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# sweep.sh --fit on a csv made up here, of costs that are known.
# shellcheck disable=SC2154 # test_dir and scratch come from run_tests.sh

mib=1048576

# made_csv [KEY=VALUE...]: a csv of sweep.sh in $scratch/sweep.csv. Costs of op mmap,
# phase mmap, by strategy:
#   page    fixed + per_page * pages + per_chunk * chunks
#   insert  the same, and single more for each page of orders 0
#   apply   the same, and step more from "from" MiB on
# phase touch of fault: 1500 a page, 8 for each step of a search in the chunks. keep
# costs 195, whatever the size; born nothing. The keys: fixed, per_page, per_chunk,
# single, step, from, noise (percent, normal), interval (percent), sizes, orders.
made_csv()
{
	awk -v settings="$*" '
	# The same numbers from every awk.
	function uniform() {
		state = (state * 16807) % 2147483647
		return state / 2147483647
	}
	function normal() {
		return sqrt(-2 * log(uniform())) * cos(6.283185307179586 * uniform())
	}
	function row(phase, strategy, size, chunks, orders, cost) {
		cost *= exp(set["noise"] / 100 * normal())
		printf "1,mmap,%s,%s,system,%.0f,%.0f,7,1,%.0f,%.0f,%.0f,%.0f,1.000,%s,\n",
			phase, strategy, size, chunks, cost - 1, cost,
			cost * (1 - set["interval"] / 100),
			cost * (1 + set["interval"] / 100), orders
	}
	# the mean depth of a leaf
	function steps(n,   whole, power) {
		for (power = 1; power * 2 <= n; power *= 2)
			whole++
		return whole + 2 * (n - power) / n
	}
	function rows(size, orders,   order, pages, chunks, cost) {
		order = orders
		sub(/[+].*/, "", order)
		pages = size / 4096
		chunks = pages / 2 ^ order
		cost = set["fixed"] + set["per_page"] * pages + set["per_chunk"] * chunks
		row("mmap", "page", size, chunks, orders, cost)
		row("mmap", "insert", size, chunks, orders,
			cost + (order ? 0 : set["single"] * pages))
		row("mmap", "apply", size, chunks, orders,
			cost + (size >= set["from"] * 1048576) * set["step"])
		row("touch", "fault", size, chunks, orders,
			pages * (1500 + 8 * steps(chunks)))
		row("mmap", "keep", size, chunks, orders, 195)
		row("mmap", "born", size, chunks, orders, 0)
		printf ",mmap,,direct,,%.0f,,,0,,,,,,%s,cannot\n", size, orders
	}
	BEGIN {
		n = split("fixed=5000 per_page=35 per_chunk=24 single=-5 step=300000 from=64 noise=0 " \
			"interval=0 sizes=16,32,64,128,192,256,4096 orders=8+4+0,8,4,2,0 " \
			settings, word, " ")
		for (i = 1; i <= n; i++) {
			split(word[i], pair, "=")
			set[pair[1]] = pair[2]
		}
		state = 1000003
		for (i = 0; i < 10; i++)
			uniform()
		print "# kernel=6.1.0-test\n# page_size_bytes=4096"
		print "run,op,phase,strategy,heap,size_bytes,chunks,iterations,complete,min_ns," \
			"p50_ns,p50_lo_ns,p50_hi_ns,speedup,orders,refused"
		norders = split(set["orders"], orders, ",")
		nsizes = split(set["sizes"], sizes, ",")
		for (o = 1; o <= norders; o++)
			for (s = 1; s <= nsizes; s++)
				rows(sizes[s] * 1048576, orders[o])
	}' >"$scratch/sweep.csv"
}

# fit STATUS ARGUMENT...: of $scratch/sweep.csv; what it says is in $scratch/model.
fit()
{
	wanted=$1
	shift
	status=0
	"$test_dir/../sweep.sh" --fit "$scratch/sweep.csv" "$@" >"$scratch/model" \
		2>"$scratch/model.err" || status=$?
	if [ "$status" = 3 ] && grep -q 'install r-base-core' "$scratch/model.err"; then
		skip 'R (r-base-core) is not installed'
	fi
	[ "$status" = "$wanted" ] || {
		complain "status $status, expected $wanted, from: sweep.sh --fit $*"
		tail -n 5 "$scratch/model" "$scratch/model.err"
	}
}

# verdict_of STRATEGY: in the table of coefficients
verdict_of()
{
	awk -v strategy="$1" '
	$3 == strategy && $1 == "mmap" { print $NF == "linear" || $NF == "orders" ? $(NF - 1) " " $NF : $NF; exit }' \
		"$scratch/model"
}

# model COLUMN STRATEGY: of the table of coefficients; COLUMN.se is the se after it.
model()
{
	awk -v column="${1%.se}" -v after="$1" -v strategy="$2" '
	$1 == "op" { place = 0; for (i = 1; i <= NF; i++) if ($i == column) place = i }
	$1 == "op" && after ~ /[.]se$/ { place++ }
	$1 == "op" && $4 != "from" { exit }
	$3 == strategy { print $place }' "$scratch/model"
}

# guess COLUMN STRATEGY ORDERS SIZE: of the table of predictions
guess()
{
	awk -v column="$1" -v strategy="$2" -v how="$3" -v size="$4" '
	$1 == "op" { for (i = 1; i <= NF; i++) at[$i] = i }
	$1 == "op" { guesses = $4 == "orders" }
	guesses && $3 == strategy && $4 == how && $5 == size {
		print $at[column]
	}' "$scratch/model" | sed 's/^+//'
}

# expect_near WHAT VALUE WANTED PERCENT
expect_near()
{
	case $2 in
	'' | *[!0-9.+-]* | -)
		complain "$1: '$2', expected $3"
		return ;;
	esac
	expect_awk "$1 within $4 % of $3" \
		"($2 - $3) ^ 2 <= ($3 * $4 / 100) ^ 2"
}

# expect_model FIXED PER_PAGE PER_CHUNK: of page, as precise as it is printed
expect_model()
{
	expect_near fixed "$(model fixed page)" "$1" 0.1
	expect_near per_page "$(model per_page page)" "$2" 0.001
	expect_near per_chunk "$(model per_chunk page)" "$3" 0.01
}

# Known coefficients are found, with next to no error.
test_coefficients()
{
	made_csv
	fit 0 --up-to 256M
	expect_model 5000 35 24
	expect_equal 'from' "$(model from page)" 16MiB
	expect_equal 'rows of six sizes, five orders' "$(model rows page)" 30
	expect_awk 'se of per_page' "$(model per_page.se page) < 0.001"
	expect_awk 'the largest residual' "$(model off_% page) ^ 2 < 0.001 ^ 2"
	fit 0 --up-to 256M --figure min
	expect_near 'fixed of the least' "$(model fixed page)" 4999 0.01
	made_csv per_chunk=0
	fit 0 --up-to 256M
	expect_awk 'no cost per chunk' "$(model per_chunk page) ^ 2 < 0.01 ^ 2"
	expect_equal 'what costs the same for each size' "$(model fixed keep)" 195
	expect_awk 'keep per page' "$(model per_page keep) ^ 2 < 0.001 ^ 2"
	expect_equal 'verdict of keep' "$(verdict_of keep)" constant
	grep -q 'cost nothing somewhere: mmap mmap born' "$scratch/model" ||
		complain 'no word of what costs nothing'
}

# What the model says of vmap() where a page costs as much in each chunk, and where
# what it costs are chunks.
test_batching()
{
	for case in 'per_chunk=0:page by page' 'per_page=2 per_chunk=36:runs of pages at once'; do
		# shellcheck disable=SC2086 # settings
		made_csv ${case%%:*}
		sed -i 's/,mmap,mmap,page,/,vmap,map,page,/' "$scratch/sweep.csv"
		fit 0 --up-to 256M
		expect_equal "vmap() with ${case%%:*}" "${case#*:}" \
			"$(sed -n 's/^vmap() of page: .* this kernel maps //p' "$scratch/model")"
	done
	made_csv orders=4,2
	sed -i 's/,mmap,mmap,page,/,vmap,map,page,/' "$scratch/sweep.csv"
	fit 0 --up-to 256M
	grep -q 'would tell: --orders' "$scratch/model" || complain 'chunks that are too alike'
}

# The checks above see a coefficient that is not what it should be.
test_planted()
{
	for wrong in fixed=5050 per_page=35.05 per_chunk=24.1; do
		made_csv "$wrong"
		fit 0 --up-to 256M
		(expect_model 5000 35 24) >"$scratch/planted"
		[ -e "$scratch/complained" ] || fail "$wrong is not seen"
		rm -f "$scratch/complained"
		expect_equal "complaints of $wrong" "$(count_lines <"$scratch/planted")" 1
	done
}

# With noise the coefficients are within what their standard errors say, and the
# errors are those of such noise.
test_noise()
{
	made_csv noise=1 interval=2
	fit 0 --up-to 256M
	for pair in fixed=5000 per_page=35 per_chunk=24; do
		name=${pair%=*}
		expect_awk "$name within three standard errors" \
			"($(model "$name" page) - ${pair#*=}) ^ 2 < (3 * $(model "$name.se" page)) ^ 2"
		expect_awk "$name has an error" "$(model "$name.se" page) > 0"
	done
	expect_awk 'se of per_page, of 30 rows with 1 % each' \
		"$(model per_page.se page) > 0.05 && $(model per_page.se page) < 0.2"
	# 1 % of 16 MiB is 1440, of 256 MiB sixteen times that
	expect_awk 'se of fixed, which the small sizes tell' "$(model fixed.se page) < 1500"
	expect_equal 'verdict of page' "$(verdict_of page)" ok
	expect_equal 'verdict of keep' "$(verdict_of keep)" constant
	fit 0 --up-to 256M --predict 4G --limit 3
	for how in 0 8+4+0; do
		expect_awk "the interval at 4 GiB, orders $how, holds the truth" \
			"$(guess lo page $how 4GiB) < $(truth $how) && $(guess hi page $how 4GiB) > $(truth $how)"
	done
}

# truth ORDERS: what page costs at 4 GiB
truth()
{
	case $1 in
	0) echo $((5000 + 59 * mib)) ;;
	*) echo $((5000 + 35 * mib + 24 * mib / 256)) ;;
	esac
}

# What is sixteen times as large as all that was measured is predicted, and held
# against the figure where there is one.
test_prediction()
{
	made_csv
	fit 0 --up-to 256M --predict 4G,8G
	for how in 0 8+4+0; do
		expect_near "page at 4 GiB, orders $how" "$(guess predicted page $how 4GiB)" \
			"$(truth $how)" 0.001
		expect_equal 'measured' "$(guess measured page $how 4GiB)" "$(truth $how)"
		expect_equal 'what was not' "$(guess measured page $how 8GiB)" -
	done
	for strategy in page insert apply fault keep; do
		for how in 8+4+0 8 4 2 0; do
			expect_awk "error of $strategy, orders $how" \
				"$(guess error_% $strategy $how 4GiB) ^ 2 < 0.05 ^ 2"
		done
	done
	grep -q '^predictions: 50, of which 25 can be checked: 0 off by more than 1 %' \
		"$scratch/model" || complain "$(tail -n 1 "$scratch/model")"
	grep -q '^of totals 0 of 0 are off by more than 1 %' "$scratch/model" ||
		complain "$(tail -n 2 "$scratch/model")"
}

# Where pages that are chunks of their own cost less, a cost per chunk is not enough.
test_orders()
{
	made_csv
	fit 0 --up-to 256M
	expect_equal verdict "$(verdict_of insert)" 'by orders'
	grep -q '^mmap mmap insert: fixed 5000, 0 54.0000 se .*, 8 35.0938 se ' \
		"$scratch/model" || complain "$(grep '^mmap mmap insert:' "$scratch/model")"
}

# A fixed cost that only larger buffers have: the smaller ones are left out.
test_step()
{
	made_csv
	fit 0 --up-to 256M
	expect_equal from "$(model from apply)" 64MiB
	expect_near fixed "$(model fixed apply)" 305000 0.01
	expect_equal 'the others' "$(model from page)" 16MiB
}

# A search in all chunks is a cost of its own, which no line through the sizes has.
test_search()
{
	made_csv
	fit 0 --up-to 256M --predict 4G
	expect_near per_search "$(model per_search fault)" 8 0.01
	expect_near per_page "$(model per_page fault)" 1500 0.01
	sed 's/,fault,/,faulty,/' "$scratch/sweep.csv" >"$scratch/other.csv"
	mv "$scratch/other.csv" "$scratch/sweep.csv"
	fit 1 --up-to 256M --predict 4G --limit 0.5
	expect_equal 'verdict without it' "$(guess verdict faulty 0 4GiB)" OFF
}

# A size that costs more than the model says fails the prediction of it.
test_off()
{
	made_csv
	awk -F , -v OFS=, '$6 == 4294967296 && $4 == "page" && $15 == 4 { $11 *= 1.02 } { print }' \
		"$scratch/sweep.csv" >"$scratch/other.csv"
	mv "$scratch/other.csv" "$scratch/sweep.csv"
	fit 1 --up-to 256M --predict 4G
	expect_equal verdict "$(guess verdict page 4 4GiB)" OFF
	expect_equal 'another verdict' "$(guess verdict page 0 4GiB)" ok
	fit 0 --up-to 256M --predict 4G --limit 3
}

# An error that is no more than a step of the clock is none.
test_clock_step()
{
	made_csv
	awk -F , -v OFS=, '$6 == 4294967296 && $4 == "keep" { $11 += 12 } { print }' \
		"$scratch/sweep.csv" >"$scratch/other.csv"
	mv "$scratch/other.csv" "$scratch/sweep.csv"
	fit 1 --up-to 256M --predict 4G
	expect_equal 'verdict of keep' "$(guess verdict keep 0 4GiB)" OFF
	awk -F , -v OFS=, '/^#/ { print; next } { print $0, $1 == "run" ? "tick_ns" : 16 }' \
		"$scratch/sweep.csv" >"$scratch/other.csv"
	mv "$scratch/other.csv" "$scratch/sweep.csv"
	fit 0 --up-to 256M --predict 4G
	expect_equal 'verdict with steps of 16' "$(guess verdict keep 0 4GiB)" ok
}

# What costs next to nothing in chunks of one order, and much in all others, is no
# constant: huge's munmap() on arm64.
test_one_cheap_order()
{
	made_csv sizes=64,96,128,192,256,4096 orders=8+4+0,9,8,4,0
	awk -F , -v OFS=, '$4 == "insert" {
		$11 = 4600 + $6 / 4096 * ($15 == 9 ? 0.22 : 31) } { print }' \
		"$scratch/sweep.csv" >"$scratch/other.csv"
	mv "$scratch/other.csv" "$scratch/sweep.csv"
	fit 0 --up-to 256M --predict 4G
	expect_equal 'verdict of the model' "$(verdict_of insert)" 'by orders'
	for how in 9 8 4 0; do
		expect_equal "prediction, orders $how" "$(guess verdict insert $how 4GiB)" ok
	done
}

# Costs that are no line say so.
test_not_linear()
{
	made_csv sizes=16,64,256 orders=8,0
	awk -F , -v OFS=, '$4 == "page" { $11 *= ($6 / 16777216) ^ 0.2 } { print }' \
		"$scratch/sweep.csv" >"$scratch/other.csv"
	mv "$scratch/other.csv" "$scratch/sweep.csv"
	fit 0 --predict 1G
	expect_equal verdict "$(verdict_of page)" 'not linear'
}

# One list of orders cannot tell pages from chunks, and no coefficient is given;
# sizes of parts of a page table tell its cost.
test_collinear()
{
	made_csv orders=4
	fit 0 --up-to 256M --predict 4G
	expect_equal per_chunk "$(model per_chunk page)" -
	expect_near 'per page and chunk' "$(model per_page page)" 36.5 0.001
	expect_near prediction "$(guess predicted page 4 4GiB)" $((5000 + 365 * mib / 10)) 0.001
	! grep -q per_table "$scratch/model" || complain 'a cost per table from nowhere'
	made_csv sizes=1,3,5,16,64,256
	awk -F , -v OFS=, '$4 == "page" { $11 += 1000 * int(($6 + 2097151) / 2097152) } { print }' \
		"$scratch/sweep.csv" >"$scratch/other.csv"
	mv "$scratch/other.csv" "$scratch/sweep.csv"
	fit 0
	expect_near per_table "$(model per_table page)" 1000 0.1
	expect_near per_page "$(model per_page page)" 35 0.01
}

# What is no csv of a sweep, or has too few sizes, is said.
test_refused()
{
	made_csv sizes=16,64
	fit 2
	grep -q 'of fewer than 3 sizes are left out' "$scratch/model" ||
		complain "$(cat "$scratch/model")"
	echo 'a,b' >"$scratch/sweep.csv"
	fit 3
	grep -q 'is not a csv of sweep.sh' "$scratch/model.err" ||
		complain "$(cat "$scratch/model.err")"
	for arguments in '--limit x' '--predict 4' '--predict 5T' '--up-to 1M,2M' '--figure p90'; do
		# shellcheck disable=SC2086 # two words
		fit 3 $arguments
	done
	rm "$scratch/sweep.csv"
	fit 3
}
