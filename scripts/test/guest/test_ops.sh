# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# The ops alloc, attach, sync, touch and vtouch: what they leave in the results and in
# the counters, what they refuse, and that a stop leaves nothing.

: "${test_dir:?}"
# shellcheck source-path=SCRIPTDIR source=../case.sh
. "$test_dir/case.sh"

user=$test_dir/../../bench/user

# expect_phases OP PHASE...: a row for each arm and phase, in order, and no phase
# took no time.
expect_phases()
{
	op=$1
	shift
	run "$op size=$((3 * pages4k))M strategies=page,sg iterations=6 warmup=1"
	want=$(for arm in page sg; do
		for phase; do
			echo "$op,$phase,$arm"
		done
	done)
	expect_equal "rows of $op" \
		"$(grep -v '^#' "$D/bench/results.csv" | sed 1d | cut -d , -f 2,3,4)" "$want"
	expect_equal "complete of $op" "$(column complete | sort -u)" 1
	expect_equal "size_bytes of $op" "$(column size_bytes | sort -u)" $((3145728 * pages4k))
	# all of order 8
	expect_equal "chunks of $op" "$(column chunks | sort -u)" 3
	expect_equal "heap of $op" "$(column heap | sort -u)" system
	awk -F , 'NR > 1 && $6 <= 0' "$D/bench/samples.csv" >"$scratch/zero"
	[ ! -s "$scratch/zero" ] || complain "took no time: $(head -n 3 "$scratch/zero")"
}

# Each op completes, with its phases.
test_phases()
{
	expect_phases alloc alloc free total
	expect_phases attach attach map unmap detach total
	expect_phases sync begin end total
	expect_phases touch mmap first stride write read random munmap total
	expect_phases vtouch vmap stride write read random vunmap total
}

# The total is the sum of the steps, in each sample.
test_totals()
{
	for op in alloc attach sync touch vtouch; do
		run "$op size=1M strategies=page,sg iterations=6 warmup=0"
		sed 1d "$D/bench/samples.csv" | awk -F , -v op=$op '
			$3 != "total" { sum += $6; next }
			{ if (sum != $6) print op ": total " $6 ", sum " sum; sum = 0 }' \
			>"$scratch/sums"
		[ ! -s "$scratch/sums" ] || complain "$(cat "$scratch/sums")"
	done
}

# counted LINE NAME=DIFFERENCE...: what a run adds to heap/stats.
counted()
{
	line=$1
	shift
	for pair; do
		echo "${pair%=*} $(($(stat_of "${pair%=*}") + ${pair#*=}))"
	done >"$scratch/counters"
	run "$line"
	wait_until all_is_freed || complain "$line: $(stat_of bytes_alive) bytes are alive"
	while read -r name want; do
		expect_equal "$name after '$line'" "$(stat_of "$name")" "$want"
	done <"$scratch/counters"
}

# Seven rounds of two arms do it fourteen times, on one buffer unless it is the
# buffer that is made.
test_counters()
{
	arms='size=1M strategies=page,sg iterations=6 warmup=1'
	counted "alloc $arms" buffers_created=14 buffers_freed=14 attaches=0 mmaps_made=0
	counted "attach $arms" buffers_created=1 buffers_freed=1 attaches=14 detaches=14
	counted "sync $arms" buffers_created=1 buffers_freed=1 attaches=1 detaches=1
	counted "touch $arms" buffers_created=1 mmaps_made=14 mmaps_undone=14 attaches=0
	counted "vtouch $arms" buffers_created=1 vmaps_made=14 vmaps_undone=14 attaches=0
}

# Threads have a buffer, a device and a mapping each.
test_threads()
{
	arms='size=4M strategies=page,sg iterations=6 warmup=1 threads=2'
	counted "alloc $arms" buffers_created=28 buffers_freed=28
	counted "attach $arms" buffers_created=2 attaches=28 detaches=28
	counted "sync $arms" buffers_created=2 attaches=2 detaches=2
	counted "touch $arms" buffers_created=2 mmaps_made=28 mmaps_undone=28
	counted "vtouch $arms" buffers_created=2 vmaps_made=28 vmaps_undone=28
}

# Through every kind of kernel mapping; each page is looked at after it was written.
test_vtouch()
{
	run 'vtouch size=4M strategies=page,sg,array,ram,keep,auto iterations=3 warmup=1'
	run 'vtouch size=4M strategies=page,vmalloc:born,contig:direct iterations=3 warmup=1'
	expect_equal heaps "$(column heap phase=random | tr '\n' ' ')" 'system vmalloc contig '
}

# Sizes of one page, and of page counts that are no power of two, pass verification.
test_sizes()
{
	run 'noop iterations=1'
	for pages in 1 3 257 1025; do
		for op in alloc attach sync touch vtouch; do
			run "$op size=$((page * pages)) strategies=page,sg iterations=3 warmup=0"
		done
	done
}

# Chunks of all kinds pass the verification.
test_orders()
{
	for orders in 0 '4 0' '3 1 0'; do
		set_knob heap/orders "$orders"
		for op in alloc attach touch vtouch; do
			run "$op size=$((257 * page)) strategies=page,sg iterations=3 warmup=0"
		done
	done
}

# Buffers do not accumulate: a cap of one and a half buffers is enough.
test_no_pile()
{
	set_knob heap/max_bytes 12M
	counted 'alloc size=8M strategies=page,sg iterations=100 warmup=1' buffers_created=202 \
		buffers_freed=202 alloc_failures=0
	refuse ERANGE bench/run 'alloc size=8M threads=2' 'threads'
	run 'alloc size=4M threads=2 iterations=50 warmup=1'
}

# An allocation that fails ends the run, with what it was.
test_no_memory()
{
	set_knob heap/max_bytes 8M
	"$user/heap_exec" --heap $node --size 4M -- sleep 60 &
	echo $! >>"$scratch/pids"
	wait_until is_held || fail 'heap_exec holds no buffer'
	read_refusals
	expect_refusal 'alloc beside another buffer' ENOMEM \
		"$(put bench/run 'alloc size=8M iterations=3 warmup=0')" "$refusals" alloc 'errno 12,' \
		max_bytes
}

is_held()
{
	[ "$(stat_of bytes_alive)" = 4194304 ]
}

# Parameters that an op does not support are refused before anything is allocated.
test_refusals()
{
	run 'noop iterations=3'
	for op in alloc attach sync touch vtouch; do
		refuse EOPNOTSUPP bench/run "$op batch=2" batch "$op"
		refuse EINVAL bench/run "$op strategies=10,20" "$op"
	done
	refuse EOPNOTSUPP bench/run 'alloc heap=fd' alloc fd
}

# mapped_at BYTES: where the process $pid has a mapping of so many, in hex
mapped_at()
{
	while IFS=' -' read -r from to _; do
		[ $((0x$to - 0x$from)) != "$1" ] || echo "$from"
	done <"/proc/$pid/maps" | head -n 1
}

# scribble PAGE TIMES: writes to a page of the buffer that $pid has mapped, as a wrong
# mapping would, until the run ends or it was done so often. A write that comes before
# the op's own is lost, so one in many is seen.
scribble()
{
	times=0
	while [ $times -lt "$2" ]; do
		times=$((times + 1))
		read_status
		[ "$state" = running ] || return
		start=$(mapped_at $((1024 * page)))
		[ -n "$start" ] || continue
		printf scribbled | dd of="/proc/$pid/mem" bs="$page" conv=notrunc \
			seek=$((0x$start / page + $1)) 2>/dev/null
	done
	put bench/stop 1 >/dev/null
}

# With verify=1 a page that was written over is seen, the first as well as the
# last; with verify=0 it is not. Another process can write to the pages of insert and to
# those of ordinary memory.
test_verify_sees()
{
	for arm in mmap:insert touch:insert mmap:anon touch:anon; do
		for scribbled in 0 1023; do
			spawn "$test_dir/bin/put" "$D/bench/run" "${arm%:*} size=$((1024 * page)) \
				strategies=${arm#*:} iterations=100000 warmup=0" >"$scratch/put"
			wait_until is_on || fail "no run of $arm"
			scribble $scribbled 600
			wait "$pid"
			expect_equal "$arm, page $scribbled written over" \
				"$(cat "$scratch/put")" EIO
			read_refusals
			expect_match "$arm" "$refusal" "*${arm#*:}*page $scribbled *tag*"
		done
	done
	spawn "$test_dir/bin/put" "$D/bench/run" "touch size=$((1024 * page)) \
		strategies=insert iterations=100000 warmup=0 verify=0" >"$scratch/put"
	wait_until is_on || fail 'no run without verification'
	scribble 0 30
	wait "$pid"
	expect_equal 'not verified' "$(cat "$scratch/put")" EINTR
}

# start_stoppable LINE: a run that takes too long, well inside a sample.
start_stoppable()
{
	spawn "$test_dir/bin/put" "$D/bench/run" "$1" >"$scratch/put"
	wait_until is_on || fail "'$1' does not start"
	sleep 0.7
}

is_on()
{
	read_status
	[ "$state" = running ]
}

expect_stopped_clean()
{
	wait "$pid"
	expect_equal "$1" "$(cat "$scratch/put")" EINTR
	wait_until all_is_freed || complain "$1: $(stat_of bytes_alive) bytes are alive"
	for pair in buffers_freed:buffers_created mmaps_undone:mmaps_made detaches:attaches; do
		expect_equal "$1: ${pair%:*}" "$(stat_of "${pair%:*}")" "$(stat_of "${pair#*:}")"
	done
}

# A stop and a signal end a run inside a sample, and leave nothing.
test_stop()
{
	for op in alloc attach sync touch vtouch; do
		start_stoppable "$op size=768M strategies=page,sg iterations=1000000 warmup=0"
		expect_equal 'write to stop' "$(put bench/stop 1)" ok
		expect_stopped_clean "$op, stopped"
		start_stoppable "$op size=768M strategies=page,sg iterations=1000000 warmup=0"
		kill -INT "$pid"
		expect_stopped_clean "$op, SIGINT"
	done
}

# see_places N: $scratch/places gets where the run of $pid was seen to have its
# buffers, N places or more.
see_places()
{
	sed -n 's|^\([^ ]*\) .*/dmabuf.*|\1|p' "/proc/$pid/maps" >>"$scratch/places"
	[ "$(sort -u "$scratch/places" | count_lines)" -ge "$1" ]
}

# Buffers are mapped at multiples of 2 MiB, each thread's at its own.
test_alignment()
{
	[ "$page" = 4096 ] || skip 'pages of 4096 bytes'
	for line in 'mmap threads=1' 'touch threads=1' 'touch threads=2'; do
		start_stoppable "$line size=5M strategies=page,sg iterations=500000 warmup=0"
		: >"$scratch/places"
		wait_until see_places "${line#*=}" || complain "$line: too few places"
		for _ in 1 2 3 4 5 6 7 8; do
			see_places 1
		done
		put bench/stop 1 >/dev/null
		wait "$pid"
		expect_equal "$line: places" "$(sort -u "$scratch/places" | count_lines)" \
			"${line#*=}"
		while read -r place; do
			expect_match "$line" "$place" '*[02468ace]00000-*'
		done <"$scratch/places"
	done
}

# count_events EVENT LINE: how often EVENT fires in a run.
count_events()
{
	echo >"$tracefs/trace"
	echo 1 >"$tracefs/events/dmabuf_bench/$1/enable"
	run "$2"
	echo 0 >"$tracefs/events/dmabuf_bench/$1/enable"
	grep -c "$1:" "$tracefs/trace"
}

# The events of the heap fire for each call, and the results say that they did.
test_events()
{
	arms='size=1M strategies=page,sg iterations=6 warmup=1'
	for pair in dbb_attach:attach dbb_alloc:alloc dbb_free:alloc dbb_mmap:touch dbb_mmap:mmap \
		dbb_vmap:vtouch dbb_vmap:vmap dbb_vunmap:vmap dbb_fill:vmap; do
		expect_equal "${pair%:*}" "$(count_events "${pair%:*}" "${pair#*:} $arms")" 14
		expect_equal "traced, $pair" "$(environment traced)" 1
	done
	expect_equal dbb_fill "$(count_events dbb_fill "pages $arms batch=1")" 14
	expect_equal 'traced, dbb_fill:pages' "$(environment traced)" 1
	expect_equal dbb_sample "$(count_events dbb_sample "sync $arms")" 36
}

# Events that fire in no timed step of the op do not make the results say so: it has
# none of them, or fires them as it sets up.
test_other_events()
{
	arms='size=1M strategies=page,sg iterations=6 warmup=1'
	for pair in dbb_free:attach dbb_alloc:vmap dbb_attach:sync dbb_vmap:noop dbb_fill:noop \
		dbb_vmap:mmap dbb_fill:touch dbb_vunmap:pages dbb_mmap:vmap dbb_mmap:vtouch; do
		count_events "${pair%:*}" "${pair#*:} $arms" >/dev/null
		expect_equal "traced, $pair" "$(environment traced)" 0
	done
	count_events dbb_vmap 'delay strategies=100,200 iterations=6' >/dev/null
	expect_equal 'traced, dbb_vmap:delay' "$(environment traced)" 0
}
