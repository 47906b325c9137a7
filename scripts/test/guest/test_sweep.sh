# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# sweep.sh: a csv that is complete, whole at any time, and of one machine.
# shellcheck disable=SC2154 # read_status sets state, status_line

: "${test_dir:?}"
# shellcheck source-path=SCRIPTDIR source=../case.sh
. "$test_dir/case.sh"

csv=$scratch/sweep.csv

# sweep STATUS ARGUMENT...: of two strategies, unless others are asked for. Has to
# end with STATUS; what it says is in $scratch/output.
sweep()
{
	wanted=$1
	shift
	expect_status "$wanted" sh "$test_dir/../sweep.sh" --out "$csv" \
		--strategies 'page sg' "$@"
}

# Prints "op size orders strategy phase" of each row with figures, sorted.
keys_of()
{
	awk -F , '
	/^#/ { next }
	!header++ { for (i = 1; i <= NF; i++) at[$i] = i; next }
	$at["phase"] != "" {
		print $at["op"], $at["size_bytes"], $at["orders"], $at["strategy"], $at["phase"]
	}' "$1" | sort
}

# wanted_keys SIZES ORDERS STRATEGIES: what keys_of has to print for all three ops.
wanted_keys()
{
	for size in $1; do
		for orders in $2; do
			for strategy in $3; do
				echo "pages $size $orders $strategy fill"
				for phase in vmap vunmap total array fill map; do
					echo "vmap $size $orders $strategy $phase"
				done
				for phase in mmap touch munmap total; do
					echo "mmap $size $orders $strategy $phase"
				done
			done
		done
	done | sort
}

# Each row has as many fields as there are columns, and the last line an end.
expect_whole()
{
	expect_equal 'numbers of fields' \
		"$(grep -v '^#' "$csv" | awk -F , '{ print NF }' | sort -u | count_lines)" 1
	expect_equal 'the last byte' "$(tail -c 1 "$csv" | od -A n -t x1 | tr -d ' ')" 0a
	[ ! -e "$csv.new" ] || complain 'a temporary file is left'
}

# A row for each op, size, orders, strategy and phase; the environment once.
test_complete()
{
	set_knob heap/orders '6 2 0'
	sweep 0 --sizes '1M 2048k' --orders '8+4+0 0' --iterations 3 warmup=1 verify=0
	[ "$(keys_of "$csv")" = "$(wanted_keys '1048576 2097152' '8+4+0 0' 'page sg')" ] ||
		complain "the rows are not sizes x orders x strategies x ops: $(keys_of "$csv")"
	expect_whole
	expect_equal heap/orders "$(knob heap/orders)" '6 2 0'
	expect_equal 'lines of the kernel' "$(grep -c '^# kernel=' "$csv")" 1
	expect_equal 'header lines' "$(grep -c '^run,' "$csv")" 1
	expect_equal columns "$(grep '^run,' "$csv")" \
		"$(grep '^run,' "$D/bench/results.csv"),orders,refused"
	expect_equal 'rounds' "$(select_rows iterations <"$csv" | sort -u)" 3
	expect_equal 'chunks of one page' \
		"$(select_rows chunks op=mmap size_bytes=1048576 orders=0 <"$csv" | sort -u)" $((1048576 / page))
	# as many of order 4 where order 8 is larger
	chunks=1
	[ "$page" != 16384 ] || chunks=4
	expect_equal 'chunks of orders 8+4+0' \
		"$(select_rows chunks op=mmap size_bytes=1048576 orders=8+4+0 <"$csv" | sort -u)" $chunks
	expect_match params "$(environment params)" '*op=mmap*verify=0*'
	expect_output '^sweep: 1 of 12: pages 1M orders 8+4+0'
	expect_output '^sweep: 12 of 12: mmap 2048k orders 0'
}

# Without a list, all strategies that this kernel has.
test_all_strategies()
{
	sh "$test_dir/../sweep.sh" --out "$csv" --ops mmap --sizes 64k --orders 0 \
		--iterations 3 >"$scratch/output" 2>&1 || complain "status $?"
	expect_equal strategies "$(select_rows strategy phase=mmap <"$csv" | sort | tr '\n' ' ')" \
		"$(choices_of heap/mmap_strategy | tr ' ' '\n' | sort | tr '\n' ' ')"
}

# A second start finds nothing to do; more of a list adds only that.
test_nothing_twice()
{
	sweep 0 --ops pages --sizes 1M --orders 0 --iterations 3
	cp "$csv" "$scratch/first"
	sweep 0 --ops pages --sizes 1M --orders 0 --iterations 3
	cmp "$csv" "$scratch/first" || complain 'a second sweep changed the csv'
	sweep 0 --ops pages --sizes '1M 2M' --orders 0 --iterations 3
	head -c "$(wc -c <"$scratch/first")" "$csv" | cmp - "$scratch/first" ||
		complain 'what was there is not what it was'
	expect_equal rows "$(keys_of "$csv")" "pages 1048576 0 page fill
pages 1048576 0 sg fill
pages 2097152 0 page fill
pages 2097152 0 sg fill"
	expect_output '^sweep: 2 of 2: pages 2M orders 0'
	! grep -q '^sweep: 1 of 2' "$scratch/output" || complain 'the first cell was measured again'
}

# start_sweep ARGUMENT...: sets pid; the group of its processes is in $scratch/group.
start_sweep()
{
	rm -f "$csv" "$scratch/group"
	spawn "$test_dir/bin/foreground" "$scratch/group" sh "$test_dir/../sweep.sh" --strategies 'page sg' \
		--out "$csv" "$@" >"$scratch/output" 2>&1
	wait_until test -s "$scratch/group"
}

has_rows()
{
	[ -e "$csv" ] && [ "$(grep -c '^[0-9]' "$csv")" -ge "$1" ]
}

# Killed in the middle the csv is whole, and the next start makes it complete.
test_killed()
{
	start_sweep --sizes '1M 2M 4M' --orders '4+0 0' --iterations 60 warmup=1
	wait_until has_rows 20 || fail "no rows: $(cat "$scratch/output")"
	kill -KILL "-$(cat "$scratch/group")"
	wait "$pid"
	expect_whole
	cp "$csv" "$scratch/first"
	want=$(wanted_keys '1048576 2097152 4194304' '4+0 0' 'page sg')
	[ "$(keys_of "$csv")" != "$want" ] || fail 'it was complete before it was killed'
	note "$(keys_of "$csv" | count_lines) of $(echo "$want" | count_lines) rows when killed"
	sweep 0 --sizes '1M 2M 4M' --orders '4+0 0' --iterations 60 warmup=1
	[ "$(keys_of "$csv")" = "$want" ] ||
		complain "not complete after the second start: $(keys_of "$csv")"
	expect_whole
	head -c "$(wc -c <"$scratch/first")" "$csv" | cmp - "$scratch/first" ||
		complain 'what was there is not what it was'
}

# Ctrl-C lets the run end, whose rows are kept, and the knobs are put back.
test_ctrl_c()
{
	set_knob heap/orders '6 2 0'
	start_sweep --ops vmap --sizes '1M 2M' --orders '4+0 0' --iterations 3000
	wait_until is_running || fail "no run: $(cat "$scratch/output")"
	kill -INT "-$(cat "$scratch/group")"
	wait "$pid"
	expect_equal status $? 130
	expect_output 'stopping after this run'
	expect_output 'start the sweep again to continue'
	expect_whole
	expect_equal rows "$(keys_of "$csv" | count_lines)" 12
	expect_equal rounds "$(select_rows iterations <"$csv" | sort -u)" 3000
	expect_equal heap/orders "$(knob heap/orders)" '6 2 0'
	read_status
	expect_equal status "$state" 'done'
}

# A second Ctrl-C, or TERM, stops the run at once, and nothing of it is kept.
test_stopped_at_once()
{
	for signals in 'INT INT' TERM; do
		set_knob heap/orders '6 2 0'
		start_sweep --ops vmap --sizes 1M --orders 4+0 --iterations 1000000
		wait_until is_running || fail "no run: $(cat "$scratch/output")"
		for signal in $signals; do
			kill "-$signal" "-$(cat "$scratch/group")"
			sleep 0.5
		done
		wait "$pid"
		expect_equal "status after $signals" $? 130
		read_status
		expect_equal "status of the run after $signals" "$state" stopped
		expect_whole
		expect_equal 'rows' "$(keys_of "$csv")" ''
		expect_equal heap/orders "$(knob heap/orders)" '6 2 0'
	done
}

# refuse_csv SED-PROGRAM WORD...: a csv that differs in this is left alone.
refuse_csv()
{
	sed "$1" "$scratch/good" >"$csv"
	cp "$csv" "$scratch/first"
	sweep 3 --ops pages --sizes '1M 2M' --orders 0 --iterations 3
	shift
	for word; do
		expect_output "$word"
	done
	expect_output 'name another file with --out'
	cmp "$csv" "$scratch/first" || complain "a foreign csv was changed"
}

# A csv from elsewhere, of other runs or of another program is refused.
test_foreign_csv()
{
	sweep 0 --ops pages --sizes 1M --orders 0 --iterations 3
	mv "$csv" "$scratch/good"
	refuse_csv 's/^# kernel=.*/# kernel=1.2.3/' 'has kernel=1.2.3' "it is kernel=$(uname -r)"
	refuse_csv 's/^# arch=.*/# arch=pdp11/' 'has arch=pdp11'
	refuse_csv 's/^# machine=.*/# machine=phone/' 'has machine=phone'
	refuse_csv 's/^# module_srcversion=.*/# module_srcversion=1/' 'has module_srcversion=1'
	refuse_csv 's/^# keys=.*/# keys=verify=0/' 'has keys=verify=0'
	refuse_csv 's/^# iterations=.*/# iterations=4/' 'has iterations=4'
	refuse_csv '/^# machine=/d' 'has no "machine="'
	refuse_csv 's/^run,.*/run,op/' 'other columns'
	refuse_csv 's/,page,/,sg+1,/; t' 'has sg+1 as the baseline of pages, not page'
}

# A strategy that cannot be had is written down with the reason, the others run.
test_refused_strategy()
{
	sweep 0 --ops 'pages mmap' --sizes '1M 2M' --orders 0 --iterations 3 \
		--strategies 'page,nonsense,sg mmap:page,sg'
	expect_output 'refused: pages nonsense 1M orders 0: .*nonsense'
	expect_equal 'strategies of pages' "$(select_rows strategy op=pages phase=fill <"$csv" |
		tr '\n' ' ')" 'page sg page sg '
	expect_match reason "$(select_rows refused op=pages strategy=nonsense <"$csv" |
		head -n 1)" '*nonsense*accepted*EINVAL*'
	expect_equal 'figures of what was refused' \
		"$(select_rows p50_ns strategy=nonsense <"$csv" | tr -d '\n')" ''
	expect_equal 'rows of what was refused' "$(grep -c ',nonsense,' "$csv")" 2
	expect_equal 'strategies of mmap' "$(select_rows strategy op=mmap phase=mmap <"$csv" |
		tr '\n' ' ')" 'page sg page sg '
	expect_whole
	cp "$csv" "$scratch/first"
	sweep 0 --ops 'pages mmap' --sizes '1M 2M' --orders 0 --iterations 3 \
		--strategies 'page,nonsense,sg mmap:page,sg'
	cmp "$csv" "$scratch/first" || complain 'what was refused was tried again'
}

# Without its baseline a cell has nothing to say, and says so.
test_refused_baseline()
{
	sweep 0 --ops pages --sizes 1M --orders 0 --iterations 3 --strategies 'nonsense,page'
	expect_equal 'rows with figures' "$(keys_of "$csv")" ''
	expect_match reason "$(select_rows refused strategy=page <"$csv")" '*baseline nonsense*'
}

# A run that fails for another reason is no refusal: the sweep ends.
test_busy()
{
	spawn "$test_dir/bin/put" "$D/bench/run" 'vmap size=1M iterations=1000000 warmup=2' \
		>"$scratch/put"
	wait_until is_running || fail 'no run'
	sweep 3 --ops pages --sizes 1M --orders 0
	expect_output EBUSY
	[ ! -e "$csv" ] || complain 'there is a csv'
	put bench/stop 1 >/dev/null
	wait "$pid" || :
}

# More strategies than one run takes are measured in several, each once.
test_many_strategies()
{
	many=$(seq -s , -f 'sg+%g' 1 17 2>/dev/null) || many=
	[ -n "$many" ] || many=$(for i in $(seq 17); do printf 'sg+%s,' "$i"; done)
	sweep 0 --ops pages --sizes 1M --orders 0 --iterations 3 --strategies "page,$many"
	expect_equal strategies "$(select_rows strategy <"$csv" | sort -u | count_lines)" 18
	expect_equal rows "$(keys_of "$csv" | count_lines)" 18
	expect_equal runs "$(select_rows run <"$csv" | sort -u | count_lines)" 3
	expect_equal baselines "$(select_rows strategy verdict=baseline <"$csv")" page
}

# What this machine or these orders cannot have is left out, and said.
test_left_out()
{
	m=$pages4k
	set_knob heap/max_bytes $((3 * m))M
	sweep 0 --ops pages --sizes "${m}M $((2 * m))M $((3 * m))M $((4 * m))M 64G" \
		--orders '9 8 99' --iterations 3
	expect_output "left out: $((4 * m))M is more than heap/max_bytes, $((3145728 * m))"
	expect_output 'left out: 64G is more than'
	expect_output 'left out: orders 99: '
	expect_output "left out: ${m}M with orders 9: not a multiple of $((2048 * m))k"
	expect_equal cells "$(select_rows size_bytes strategy=sg <"$csv" | tr '\n' ' ')" \
		"$((256 * page)) $((512 * page)) $((512 * page)) $((768 * page)) "
}

# Mistakes are told from the start, with nothing measured.
test_mistakes()
{
	sweep 3 --ops vmpa
	expect_output "'vmpa' is not an op"
	sweep 3 nonsense=1
	expect_output nonsense
	for arguments in '--iterations x' '--iterations 0' '--iterations 1000001' \
		'--sizes 1' '--sizes 4T' '--sizes 99999G' '--sizes' '--nonsense' \
		'size=1M' 'nonsense'; do
		# shellcheck disable=SC2086 # two words
		sweep 3 $arguments
	done
	[ ! -e "$csv" ] || complain 'there is a csv'
}

# A device without R has the whole csv, and is told where the rest is done.
test_no_r()
{
	! command -v Rscript >/dev/null || skip 'a guest without R'
	sweep 0 --ops pages --sizes 1M --orders 0 --iterations 3
	expect_output '^no R here.*: scripts/sweep.sh --fit sweep.csv$'
	expect_equal rows "$(keys_of "$csv" | count_lines)" 2
	sweep 2 --ops pages --sizes '1M 2M' --orders 0 --iterations 3 --predict '4M 1G'
	expect_output '^no R here.*: scripts/sweep.sh --fit sweep.csv --predict 4M,1G$'
	expect_equal rows "$(keys_of "$csv" | count_lines)" 4
}

# It loads the module and unloads it again.
test_loads()
{
	unload || fail 'rmmod failed'
	sweep 0 --ops pages --sizes 1M --orders 0 --iterations 3
	! is_loaded || complain 'the module is still loaded'
	has_rows 2 || complain 'no rows'
}
