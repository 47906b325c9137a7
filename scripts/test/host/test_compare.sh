# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# scripts/compare.sh on results made up here.
# shellcheck disable=SC2154 # test_dir and scratch come from run_tests.sh

# result DIR [KEY=VALUE...]: results of one run as bench.sh leaves them, with
# samples from a lognormal distribution. The keys: n, arms, phases, median
# (net), spread (the deviation in percent), buffers (the rounds are divided between so
# many), between (the deviation of buffers in percent), threads (odd; all share a
# round's deviation), draw (a number for each random
# sequence), slow (percent that the last arm's last phase is slower), overhead,
# batch, kernel, verify, srcversion, boot, load, file.
result()
{
	directory=$1
	shift
	mkdir -p "$directory"
	awk -v directory="$directory" -v settings="$*" '
	# The same numbers from every awk.
	function uniform() {
		state = (state * 16807) % 2147483647
		return state / 2147483647
	}
	function normal() {
		return sqrt(-2 * log(uniform())) * cos(6.283185307179586 * uniform())
	}
	function middle(values, n,   i, j, t, sorted) {
		for (i = 1; i <= n; i++) {
			t = values[i]
			for (j = i; j > 1 && sorted[j - 1] > t; j--)
				sorted[j] = sorted[j - 1]
			sorted[j] = t
		}
		return int((sorted[int((n + 1) / 2)] + sorted[int(n / 2) + 1]) / 2)
	}
	BEGIN {
		n = split("n=31 arms=2 phases=2 median=1000000 spread=0.5 draw=1 slow=0 " \
			"buffers=1 between=0 threads=1 overhead=50 batch=1 kernel=6.1 verify=1 srcversion=A " \
			"boot=b load=1 " \
			"file=01-vmap " settings, word, " ")
		for (i = 1; i <= n; i++) {
			split(word[i], pair, "=")
			set[pair[1]] = pair[2]
		}
		state = set["draw"] * 1000003 % 2147483646 + 1
		for (i = 0; i < 10; i++)
			uniform()
		csv = directory "/" set["file"] ".csv"
		samples = directory "/" set["file"] ".samples.csv"
		print "# kernel=" set["kernel"] "\n# arch=x86_64\n# cpus=2" >csv
		print "# module_srcversion=" set["srcversion"] >csv
		print "# boot_id=" set["boot"] "\n# module_loaded_ms=" set["load"] >csv
		print "# params=op=vmap heap=system strategies=s1,s2 size=1048576" \
			" iterations=" set["n"] " verify=" set["verify"] \
			" seed=" set["draw"] >csv
		print "run,op,phase,strategy,heap,size_bytes,chunks,iterations," \
			"complete,overhead_ns,tick_ns,p50_ns,batch,flags,threads,buffers" >csv
		print "round,arm,phase,strategy,order_in_round,ns,cpu,flags,thread,buffer" >samples
		for (arm = 0; arm < set["arms"]; arm++)
			for (phase = 1; phase <= set["phases"]; phase++) {
				centre = set["median"]
				if (arm == set["arms"] - 1 && phase == set["phases"])
					centre *= 1 + set["slow"] / 100
				each = set["n"] / set["buffers"]
				for (i = 0; i < set["n"]; i++) {
					if (i % each == 0)
						one = centre * exp(set["between"] ? \
							normal() * set["between"] / 100 : 0)
					ns = one * exp(normal() * set["spread"] / 100)
					ns = int(ns * set["batch"] + set["overhead"] + 0.5)
					raw[i % each + 1] = ns
					buffer = int(i / each)
					for (thread = 0; thread < set["threads"]; thread++)
						print i "," arm ",p" phase ",s" arm + 1 ",0," \
							ns + 100 * (thread - (set["threads"] - 1) / 2) \
							",0,," thread "," buffer >samples
					if (i % each == each - 1)
						medians[buffer + 1] = middle(raw, each)
				}
				p50 = middle(medians, set["buffers"]) - set["overhead"]
				printf "1,vmap,p%d,s%d,system,1048576,1,%d,1,%d,1,%d,%d,,%d,%d\n",
					phase, arm + 1, set["n"], set["overhead"],
					p50 / set["batch"], set["batch"], set["threads"],
					set["buffers"] >csv
			}
	}'
}

fresh()
{
	rm -rf "$scratch/old" "$scratch/new"
}

# compare STATUS ARGUMENT...
compare()
{
	wanted=$1
	shift
	status=0
	"$test_dir/../compare.sh" "$@" >"$scratch/compare.out" \
		2>"$scratch/compare.err" || status=$?
	expect_equal "exit status of compare.sh $*" "$status" "$wanted"
	[ "$status" = "$wanted" ] ||
		cat "$scratch/compare.out" "$scratch/compare.err"
	if [ "$status" = 3 ] && grep -q 'install r-base-core' "$scratch/compare.err"; then
		rm -f "$scratch/complained"
		skip 'R (r-base-core) is not installed'
	fi
}

expect_line()
{
	grep -q -E -e "$1" "$scratch/compare.out" "$scratch/compare.err" || {
		complain "no line has '$1'"
		cat "$scratch/compare.out" "$scratch/compare.err"
	}
}

# Cells with this verdict.
verdicts()
{
	grep -c " $1\$" "$scratch/compare.out"
}

# Two draws of the same thing: no regression, and sure of it.
test_equal()
{
	fresh
	result "$scratch/old" draw=1
	result "$scratch/new" draw=2 srcversion=B
	compare 0 "$scratch/old" "$scratch/new"
	expect_equal 'cells that are ok' "$(verdicts ok)" 4
}

# 5 % slower is found, named, and no loss the other way round.
test_slower()
{
	fresh
	result "$scratch/old" draw=1
	result "$scratch/new" draw=2 slow=5
	compare 1 "$scratch/old" "$scratch/new"
	expect_line '^vmap +p2 +s2 .* \+[45]\.[0-9]+ .* regressed$'
	expect_equal 'cells that regressed' "$(verdicts regressed)" 1
	compare 0 "$scratch/new" "$scratch/old"
}

# --max-regress is the limit that the interval is held to.
test_limit()
{
	fresh
	result "$scratch/old" draw=1 n=101
	result "$scratch/new" draw=2 n=101 slow=1
	compare 0 "$scratch/old" "$scratch/new"
	compare 1 --max-regress 0.5 "$scratch/old" "$scratch/new"
	compare 0 --max-regress 0.5 --phase p1 "$scratch/old" "$scratch/new"
}

# Noise as large as the limit decides nothing.
test_noisy()
{
	fresh
	result "$scratch/old" draw=1 spread=30 n=11
	result "$scratch/new" draw=2 spread=30 n=11
	compare 2 "$scratch/old" "$scratch/new"
}

# Fewer than six samples have no interval.
test_few()
{
	fresh
	result "$scratch/old" n=5
	result "$scratch/new" n=5
	compare 2 "$scratch/old" "$scratch/new"
}

# Samples without any spread, as instruction counts are.
test_constant()
{
	fresh
	result "$scratch/old" spread=0
	result "$scratch/new" spread=0
	compare 0 "$scratch/old" "$scratch/new"
	result "$scratch/new" spread=0 slow=5
	compare 1 "$scratch/old" "$scratch/new"
}

# Unlike environments are refused with both values, unless forced.
test_environment()
{
	fresh
	result "$scratch/old" draw=1
	result "$scratch/new" draw=2 kernel=6.12
	compare 3 "$scratch/old" "$scratch/new"
	expect_line 'kernel: 6\.1 in OLD, 6\.12 in NEW'
	compare 0 --force "$scratch/old" "$scratch/new"
	expect_line 'note: .*kernel: 6\.1 in OLD, 6\.12 in NEW'
	result "$scratch/new" draw=2 verify=0
	compare 3 "$scratch/old" "$scratch/new"
	expect_line 'parameter verify: 1 in OLD, 0 in NEW'
}

# A cell that NEW has not measured cannot be called good; an extra one can.
test_missing()
{
	fresh
	result "$scratch/old" draw=1
	result "$scratch/new" draw=2 arms=1
	compare 2 "$scratch/old" "$scratch/new"
	expect_line '^only in OLD: vmap p2 s2, heap system, 1048576 bytes'
	compare 0 "$scratch/new" "$scratch/old"
	expect_line '^only in NEW: vmap p2 s2'
	result "$scratch/old" draw=3 file=02-vmap
	compare 2 "$scratch/old" "$scratch/new"
	expect_line ' 62/31 '
}

# A hundred comparisons of a thing with itself: by chance some interval leaves
# the limit, and Holm's correction knows that. One true regression among them
# is still found.
test_holm()
{
	fresh
	result "$scratch/old" draw=1 arms=10 phases=10 spread=5
	result "$scratch/new" draw=2 arms=10 phases=10 spread=5
	compare 2 --max-regress 0 "$scratch/old" "$scratch/new"
	expect_equal 'cells that regressed' "$(verdicts regressed)" 0
	alarms=$(awk '$NF == "unclear" && $(NF - 2) > 0' "$scratch/compare.out" | count_lines)
	note "$alarms of 100 without the correction"
	[ "$alarms" -gt 0 ] || complain 'the correction had nothing to do'
	result "$scratch/new" draw=2 arms=10 phases=10 spread=5 slow=20
	compare 1 --max-regress 0 "$scratch/old" "$scratch/new"
	expect_equal 'cells that regressed' "$(verdicts regressed)" 1
	expect_line '^vmap +p10 +s10 .* regressed$'
}

# The folder of trace.sh, which has a csv of another kind, is compared as any other.
test_traced()
{
	fresh
	result "$scratch/old" draw=1
	result "$scratch/new" draw=2
	echo run,round,arm,thread,phase,strategy,flags,kind,name,count,ns \
		>"$scratch/new/02-trace.disturbers.csv"
	compare 0 "$scratch/old" "$scratch/new"
	expect_equal 'cells that are ok' "$(verdicts ok)" 4
}

# Batched samples are of so many calls.
test_batch()
{
	fresh
	result "$scratch/old" draw=1 median=1000 batch=100
	result "$scratch/new" draw=2 median=1000 batch=100 slow=5
	compare 1 "$scratch/old" "$scratch/new"
	expect_line '^vmap +p2 +s2 .* 100 +31/31 +rounds +(999|100[0-9]) +10[45][0-9] .* regressed$'
}

# What is lost in the clock says nothing, and does not count.
test_floor()
{
	fresh
	result "$scratch/old" draw=1 median=20
	result "$scratch/new" draw=2 median=30
	compare 0 "$scratch/old" "$scratch/new"
	expect_equal 'cells below the floor' "$(verdicts below_floor)" 4
}

# Threads of a round are one figure: three threads are no more samples than one.
test_threads()
{
	fresh
	result "$scratch/old" draw=1 threads=3
	result "$scratch/new" draw=2 threads=3
	compare 0 "$scratch/old" "$scratch/new"
	expect_line '^vmap +p2 +s2 .* 3 +1 +31/31 +rounds '
	expect_line '^note: 4 cells are of rounds of fewer than 6 buffers'
}

# Buffers that differ are a figure each, however many rounds they have; as rounds of
# one buffer the same samples are a difference that is none.
test_buffers()
{
	fresh
	result "$scratch/old" draw=11 n=210 buffers=7 between=3
	result "$scratch/new" draw=12 n=210 buffers=7 between=3
	status=0
	"$test_dir/../compare.sh" --max-regress 0 "$scratch/old" "$scratch/new" \
		>"$scratch/compare.out" 2>"$scratch/compare.err" || status=$?
	expect_equal 'exit status for equal sides' "$status" 2
	expect_line '^vmap +p2 +s2 .* 7/7 +buffers '
	expect_line '^note: buffers varied most in 4 of 4 cells'
	result "$scratch/new" draw=12 n=210 buffers=7 between=1 slow=20
	compare 1 "$scratch/old" "$scratch/new"
	expect_equal 'cells that regressed' "$(verdicts regressed)" 1
}

# Runs in one folder have a buffer each.
test_buffers_of_runs()
{
	fresh
	for run in 1 2 3 4 5 6; do
		result "$scratch/old" draw=$run file=0$run-vmap
		result "$scratch/new" draw=1$run file=0$run-vmap
	done
	compare 0 "$scratch/old" "$scratch/new"
	expect_line '^vmap +p2 +s2 .* 6/6 +buffers '
	expect_line '^note: rounds varied most in [34] of 4 cells'
	expect_line '^note: all is of one load and one boot on each side'
}

# Each load is one figure where there are six; loads that differ are no regression.
test_loads()
{
	fresh
	for load in 1 2 3 4 5 6 7; do
		for side in old new; do
			result "$scratch/$side" draw=$load$load file=0$load-vmap n=60 buffers=4 \
				between=0.2 load=$load median=$((1000000 + 40000 * (load * 3 % 7)))
		done
	done
	result "$scratch/new" draw=88 file=08-vmap n=60 buffers=4 between=0.2 load=8 \
		median=1240000
	compare 2 --max-regress 0 "$scratch/old" "$scratch/new"
	expect_line '^vmap +p2 +s2 .* 7/8 +loads '
	expect_line '^note: loads varied most in 4 of 4 cells'
	expect_line '^note: all is of one boot on each side'
}

# Buffers of two loads that differ say nothing of the third.
test_few_loads()
{
	fresh
	for load in 1 2; do
		for side in old new; do
			result "$scratch/$side" draw=$load$load file=0$load-vmap n=60 buffers=4 \
				between=0.2 load=$load median=$((1000000 + 40000 * load))
		done
	done
	compare 2 "$scratch/old" "$scratch/new"
	expect_equal 'unclear cells' "$(verdicts unclear)" 4
	expect_line '^vmap +p2 +s2 .* 8/8 +buffers '
	expect_line '^note: 4 cells are unclear because loads differ, and there are fewer than 6'
	for load in 1 2; do
		for side in old new; do
			result "$scratch/$side" draw=$load$load file=0$load-vmap n=60 buffers=4 \
				between=0.2 load=$load
		done
	done
	compare 0 "$scratch/old" "$scratch/new"
	expect_equal 'cells of equal loads that are ok' "$(verdicts ok)" 4
}

# The same of boots; of six of them each is one figure.
test_boots()
{
	fresh
	for boot in 1 2 3 4 5 6; do
		for side in old new; do
			result "$scratch/$side" draw=$boot$boot file=0$boot-vmap load=$boot \
				boot=b$((boot % 3)) median=$((1000000 + 40000 * (boot % 3)))
		done
	done
	compare 2 "$scratch/old" "$scratch/new"
	expect_line '^vmap +p2 +s2 .* 6/6 +loads '
	expect_line '^note: 4 cells are unclear because boots differ, and there are fewer than 6'
	for boot in 1 2 3 4 5 6; do
		for side in old new; do
			result "$scratch/$side" draw=$boot$boot file=0$boot-vmap load=1 \
				boot=b$boot median=$((1000000 + 40000 * (boot % 3)))
		done
	done
	compare 2 --max-regress 0 "$scratch/old" "$scratch/new"
	expect_line '^vmap +p2 +s2 .* 6/6 +boots '
	expect_line '^note: boots varied most in 4 of 4 cells'
}

# Garbage is refused, with the file's name.
test_garbage()
{
	fresh
	result "$scratch/old"
	compare 3 "$scratch/old" "$scratch/none"
	mkdir "$scratch/new"
	compare 3 "$scratch/old" "$scratch/new"
	expect_line "$scratch/new has no NN-op.csv"
	result "$scratch/new"
	rm "$scratch/new/01-vmap.samples.csv"
	compare 3 "$scratch/old" "$scratch/new"
	expect_line '01-vmap\.samples\.csv is missing'
	for text in '' 'what' 'a,b
1,2' 'round,arm,phase,strategy,ns
0,0,p1,s1,many'; do
		printf '%s' "$text" >"$scratch/new/01-vmap.samples.csv"
		compare 3 "$scratch/old" "$scratch/new"
		expect_line '01-vmap\.samples\.csv'
	done
	result "$scratch/new"
	head -n 8 "$scratch/new/01-vmap.samples.csv" >"$scratch/short"
	mv "$scratch/short" "$scratch/new/01-vmap.samples.csv"
	compare 3 "$scratch/old" "$scratch/new"
	expect_line 'does not have the samples of p1 s1'
	head -c 300 /dev/urandom >"$scratch/new/01-vmap.csv"
	compare 3 "$scratch/old" "$scratch/new"
	compare 3 --max-regress much "$scratch/old" "$scratch/old"
	compare 3 --oops "$scratch/old" "$scratch/old"
	compare 3 "$scratch/old"
}
