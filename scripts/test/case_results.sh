# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# Runs, and what their files say. Sourced by case.sh.
: "${D:?}" "${scratch:?}"

csv_header=run,op,phase,strategy,heap,size_bytes,chunks,iterations,complete
csv_header=$csv_header,disturbed,overhead_ns,tick_ns,min_ns,p50_ns,p50_lo_ns
csv_header=$csv_header,p50_hi_ns,p90_ns,p99_ns,max_ns,mean_ns,mad_ns,speedup
csv_header=$csv_header,speedup_lo,speedup_hi,verdict

# run LINE: has to succeed.
run()
{
	expect_equal "run '$1'" "$(put bench/run "$1")" ok
}

# Sets status_line and the words of bench/status: state, rounds_done, total, eta_ms.
# shellcheck disable=SC2034 # for the topics
read_status()
{
	read -r status_line <"$D/bench/status"
	state=${status_line%% *} rounds_done='' total='' eta_ms=''
	for word in $status_line; do
		case $word in
		done=*) rounds_done=${word#*=} ;;
		total=*) total=${word#*=} ;;
		eta_ms=*) eta_ms=${word#*=} ;;
		esac
	done
}

# Past its warm-up, too.
is_running()
{
	read_status
	[ "$state" = running ] && [ "$rounds_done" -gt 100 ]
}

# environment KEY: of results.csv
environment()
{
	sed -n "s/^# $1=//p" "$D/bench/results.csv"
}

# column NAME [KEY=VALUE...]: of the matching rows of results.csv
column()
{
	select_rows "$@" <"$D/bench/results.csv"
}

# sample NAME [KEY=VALUE...]: of the matching rows of samples.csv
sample()
{
	select_rows "$@" <"$D/bench/samples.csv"
}

# Prints a column of the rows of a csv on standard input.
select_rows()
{
	wanted_column=$1
	shift
	awk -F , -v column="$wanted_column" -v conditions="$*" '
	/^#/ { next }
	!header++ {
		for (i = 1; i <= NF; i++)
			place[$i] = i
		n = split(conditions, condition, " ")
		for (i = 1; i <= n; i++) {
			split(condition[i], pair, "=")
			where[i] = place[pair[1]]
			what[i] = pair[2]
		}
		next
	}
	{
		for (i = 1; i <= n; i++)
			if ($where[i] != what[i])
				next
		print $place[column]
	}'
}

# interval_rank MEDIAN: of values in the order of the rounds, the rank of the lower end
# of the interval of their median, 0 for none: bench/stat/block.c once more.
interval_rank()
{
	awk -v p50="$1" '
	# busybox awk may lack sqrt()
	function root(x,   r) { r = x; while (r * r > x) r = int((r + int(x / r)) / 2); return r }
	function variance(size,   blocks, squares, b, j, sum) {
		blocks = int(n / size)
		for (b = 0; b < blocks; b++) {
			sum = 0
			for (j = 1; j <= size; j++)
				sum += sign[b * size + j]
			squares += sum * sum
		}
		return int(squares * n / ((blocks - 1) * size))
	}
	{ x[n = NR] = $1; below += $1 < p50; above += $1 > p50 }
	END {
		if (n < 6) { print 0; exit }
		m = split("6608 5987 5591 5318 5117 4965 4844 4747 4667 4600 4543 4494 4451 " \
			"4414 4381 4351 4325 4301 4279 4260 4242 4225 4210 4196 4183 4171", t2, " ")
		ties = n - below - above
		up = int((ties + below - above) / 2)
		for (i = 1; i <= n; i++) {
			sign[i] = x[i] < p50 ? -1 : 1
			if (x[i] == p50) {
				carry += up
				sign[i] = carry < ties ? -1 : 1
				if (sign[i] > 0)
					carry -= ties
			}
			if (i > 1)
				neighbours += sign[i] * sign[i - 1]
		}
		reach = 4 * n
		if (n < 30) {
			if (neighbours > 0 && neighbours * neighbours > 4 * (n - 1) && 5 * neighbours > n - 1) { print 0; exit }
			print int((n - root(reach)) / 2)
			exit
		}
		last = before = n
		for (size = 3; int(n / size) >= 6; size = 2 * size - 1) {
			quarter = before; before = last; last = variance(size)
			more = last > before ? last + int((last - before) / 2) : last
			i = int(n / size) - 5
			more = int(more * t2[i > m ? m : i] / 1000)
			reach = more > reach ? more : reach
			longest = size
		}
		quarter = quarter < n ? n : quarter
		rank = root(reach) < n - 1 ? int((n - root(reach)) / 2) : 0
		grows = 3 * last > n * (3 + longest) || 2 * last > 5 * quarter
		print grows ? 0 : rank
	}'
}

count_lines()
{
	wc -l | tr -d ' '
}

# The orders in which the arms ran, as one word for comparing.
order_of_arms()
{
	sample order_in_round | md5sum
}

# table_cell COLUMN ARM PHASE: of bench/results, its columns counted from 1.
table_cell()
{
	awk -v column="$1" -v arm="$2" -v phase="$3" \
		'$1 == arm && $2 == phase { print $column }' "$D/bench/results"
}

# expect_share ARM PHASE: share_pct is that of the medians, rounded.
expect_share()
{
	expect_equal "share_pct of $1 $2" "$(table_cell 9 "$1" "$2")" \
		"$(awk -v part="$(table_cell 5 "$1" "$2")" -v whole="$(table_cell 5 "$1" total)" '
			BEGIN {
				tenths = int(((part < 0 ? -part : part) * 1000 + int(whole / 2)) / whole)
				printf "%s%d.%d", part < 0 && tenths ? "-" : "",
					int(tenths / 10), tenths % 10
			}')"
}

# expect_shares ARM...: the medians of the parts of a vmap and the row rest are the
# total; the means of the parts, which add up on a busy machine too, are close to it.
expect_shares()
{
	for arm; do
		total=$(column p50_ns strategy="$arm" phase=total)
		mean=$(column mean_ns strategy="$arm" phase=total)
		sum=0 means=0
		for phase in array fill map vunmap; do
			ns=$(column p50_ns strategy="$arm" phase=$phase)
			sum=$(awk "BEGIN { printf \"%.0f\", $sum + $ns }")
			means=$(awk "BEGIN { printf \"%.0f\", $means + \
				$(column mean_ns strategy="$arm" phase=$phase) }")
			note "$arm $phase: $ns ns, $(table_cell 9 "$arm" $phase) %"
			expect_share "$arm" $phase
		done
		rest=$(awk "BEGIN { printf \"%.0f\", $total - $sum }")
		note "$arm: the parts are $sum ns, the total is $total ns"
		expect_equal "$arm: rest" "$(table_cell 5 "$arm" rest)" "$rest"
		expect_share "$arm" rest
		expect_awk "$arm: the means of the parts within 2 % of that of the total" \
			"$means >= $mean * 0.98 && $means <= $mean * 1.02"
	done
}

# middle FILE: the median of sorted numbers, rounded down
middle()
{
	awk '{ x[n = NR] = $1 }
		END {
			low = x[int((n + 1) / 2)]
			printf "%.0f\n", low + int((x[int(n / 2) + 1] - low) / 2)
		}' "$1"
}
