# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# guest: --mem 2G --driver vivid --driver vgem
# dmabuf_probe: what it finds, what it prints, what it refuses, and that it sees wrong
# bytes. odd_exporter has the buffers with something wrong.

: "${test_dir:?}"
# shellcheck source-path=SCRIPTDIR source=../case.sh
. "$test_dir/case.sh"
# shellcheck source-path=SCRIPTDIR source-path=SCRIPTDIR/.. source=../../vm/guest_drivers.sh
. "$test_dir/../vm/guest_drivers.sh"

user=$test_dir/../../bench/user
probe=$user/dmabuf_probe
folder=$scratch/probe

# Few rounds, but so much time that each step works on the whole buffer.
quick='--quick --rounds 6 --seconds 100000'

# probe STATUS ARGUMENT...: a short run into $folder, which is new each time.
probe()
{
	rm -rf "$folder"
	wanted=$1
	shift
	# shellcheck disable=SC2086 # a list of words
	expect_status "$wanted" "$probe" $quick --out "$folder" "$@"
}

# cell COLUMN KEY=VALUE...: of the matching rows of the csv
cell()
{
	select_rows "$@" <"$folder/probe.csv"
}

# fact SOURCE KEY: what the csv says of a source
fact()
{
	sed -n "s/^# source=$1\( .*\)\{0,1\} $2=\([^ ]*\).*/\2/p" "$folder/probe.csv"
}

# expect_fact SOURCE KEY WANTED
expect_fact()
{
	expect_match "$2 of $1" "$(fact "$1" "$2")" "$3"
}

# phases_of SOURCE [KEY=VALUE...]: in the order of the rows, in one line
phases_of()
{
	heap=$1
	shift
	cell phase heap="$heap" "$@" | tr '\n' ' '
}

touch_phases='mmap first second munmap'
write_phases='write_1 write_4 write_8 write_16 write_64 write_stream copy_in'
read_phases='read_1 read_4 read_8 read_16 read_64 read_stream copy_out random'
sync_phases='begin_read end_read begin_write end_write begin_rw end_rw'

# expect_measured SOURCE: each step of the largest size has a figure.
expect_measured()
{
	expect_equal "phases of $1" "$(phases_of "$1" iterations=6 size_bytes=1048576)" \
		"alloc free $touch_phases $write_phases $read_phases $sync_phases "
	expect_equal "rows of $1 without a median" "$(cell p50_ns heap="$1" | grep -c '^$')" 0
	expect_fact "$1" verified yes
	expect_fact "$1" mmap ok
}

load_odd()
{
	insmod "$test_dir/odd_exporter.ko" || fail 'odd_exporter.ko cannot be loaded'
	wait_until test -e /dev/odd_unsynced || fail 'odd_exporter has no nodes'
}

unload_odd()
{
	wait_until rmmod odd_exporter || complain 'odd_exporter cannot be unloaded'
}

# Each heap is found, and what one gives beside ordinary memory is complete.
test_heaps()
{
	probe 0
	for heap in bench_system bench_vmalloc; do
		expect_measured "$heap"
		expect_fact "$heap" kind heap
		expect_fact "$heap" exporter dmabuf_bench
	done
	expect_equal 'ordinary memory is the baseline' "$(cell verdict strategy=anon | sort -u)" \
		baseline
	expect_equal 'sync of ordinary memory' \
		"$(cell flags strategy=anon op=sync | sort -u)" absent
	expect_fact bench_system second_faults_per_page 0.000
	expect_fact bench_system vm_flags '*wr*pf*io*'
	expect_output 'sources, about [0-9]* s'
	expect_output '^bench_system: copying out'
}

# A page that is mapped on its first touch is one fault, and no later one.
test_faults()
{
	for strategy in fault sg; do
		set_knob heap/mmap_strategy $strategy
		probe 0 $node
		faults=$(fact bench_system first_faults_per_page)
		note "$strategy: $faults faults a page"
		[ $strategy = fault ] && limits='>= 1' || limits='< 0.1'
		expect_awk "faults of $strategy" "${faults:-5} $limits"
		expect_fact bench_system second_faults_per_page 0.000
	done
}

# The columns are those of results.csv, and the bytes a second come last.
test_columns()
{
	probe 0 $node
	run 'noop iterations=3'
	columns=$(grep -v '^#' "$D/bench/results.csv" | head -n 1)
	expect_equal columns "$(grep '^run,' "$folder/probe.csv")" "${columns%,bytes_per_s},bytes_per_s"
	expect_equal 'rows of another length' "$(grep -v '^#' "$folder/probe.csv" |
		awk -F , 'NR == 1 { n = NF } NF != n' | wc -l)" 0
	cell bytes_per_s phase=copy_out heap=bench_system >"$scratch/rate"
	expect_equal 'bytes a second' "$(cat "$scratch/rate")" \
		"$(awk "BEGIN { printf \"%.0f\", int($(cell size_bytes phase=copy_out \
			heap=bench_system) * 1e9 / $(cell p50_ns phase=copy_out heap=bench_system)) }")"
	expect_equal 'steps with bytes a second' \
		"$(awk -F , '/^[0-9]/ && $NF != "" { print $2 }' "$folder/probe.csv" | sort -u)" access
	for name in 01-bench_system.csv 01-bench_system.samples.csv sizes-bench_system.csv \
		probe.csv probe.json probe.txt; do
		[ -s "$folder/$name" ] || complain "no $name"
	done
}

# Medians and ratios are those of the samples.
test_figures()
{
	probe 0 $node
	for phase in mmap copy_in random; do
		for arm in anon exporter; do
			select_rows ns phase=$phase strategy=$arm \
				<"$folder/01-bench_system.samples.csv" | sort -n >"$scratch/ns"
			overhead=$(cell overhead_ns phase=$phase strategy=$arm size_bytes=1048576)
			expect_equal "median of $phase of $arm" \
				"$(cell p50_ns phase=$phase strategy=$arm size_bytes=1048576)" \
				$(($(middle "$scratch/ns") - overhead))
		done
		speedup=$(cell speedup phase=$phase strategy=exporter size_bytes=1048576)
		lo=$(cell speedup_lo phase=$phase strategy=exporter size_bytes=1048576)
		hi=$(cell speedup_hi phase=$phase strategy=exporter size_bytes=1048576)
		note "$phase: $speedup [$lo, $hi]"
		[ -z "$lo" ] || expect_awk "interval of $phase" "$lo <= $speedup && $speedup <= $hi"
	done
	expect_equal 'arms that began a round' "$(select_rows strategy order_in_round=0 phase=mmap \
		<"$folder/01-bench_system.samples.csv" | count_lines)" 6
}

# The order of the arms is drawn in each round: both begin some of forty.
test_order()
{
	expect_status 0 "$probe" --quick --rounds 40 --seconds 600 --size 64k --seed 1 \
		--out "$folder" $node
	for strategy in anon exporter; do
		first=$(select_rows round order_in_round=0 phase=mmap strategy=$strategy \
			<"$folder/01-bench_system.samples.csv" | count_lines)
		note "$strategy begins $first rounds"
		expect_awk "rounds that $strategy begins" "$first > 5 && $first < 35"
	done
}

# Cost against size: four sizes on a line, with what a page costs.
test_lines()
{
	probe 0 --size 4M $node
	line=$(grep '^# line=bench_system strategy=exporter op=touch phase=second ' \
		"$folder/probe.csv")
	expect_match line "$line" '*sizes=4 fixed_ns=*per_page_ns=*off_pct=*'
	per_page=${line#*per_page_ns=}
	expect_awk 'a page costs something' "${per_page%% *} > 0"
	expect_equal 'sizes of alloc' "$(cell size_bytes phase=alloc heap=bench_system | sort -n |
		tr '\n' ' ')" '65536 262144 1048576 4194304 '
}

# make_user: whom nothing belongs to
make_user()
{
	grep -q '^probe:' /etc/passwd 2>/dev/null ||
		echo 'probe:x:1000:1000::/tmp:/bin/sh' >>/etc/passwd
	mkdir -m 777 "$scratch/user"
	chmod 755 "$scratch" "${scratch%/*}"
	cp "$probe" "$scratch/user"
}

# Without root: what may be opened is measured, and what may not is named.
test_user()
{
	make_user
	chmod 666 $node
	echo "id -u; $scratch/user/dmabuf_probe $quick --out $scratch/user/out" \
		>"$scratch/user/run"
	expect_status 0 env -i PATH=/bin su -s /bin/sh probe -c "sh $scratch/user/run"
	chmod 600 $node
	expect_output '^1000$'
	expect_output '^/dev/dma_heap/bench_vmalloc: EACCES, not measured'
	grep -q '^# not_measured=/dev/dma_heap/bench_vmalloc failed=open errno=EACCES$' \
		"$scratch/user/out/probe.csv" || complain 'the csv does not name it'
	mv "$scratch/user/out" "$folder"
	expect_equal uid "$(sed -n 's/^# uid=//p' "$folder/probe.csv")" 1000
	expect_measured bench_system
	expect_status 2 env -i PATH=/bin su -s /bin/sh probe -c \
		"$scratch/user/dmabuf_probe --quick /dev/dma_heap/bench_vmalloc"
}

# It needs no library, and takes less than 1 MiB.
test_static()
{
	expect_awk 'size' "$(stat -c %s "$probe") < 1048576"
	mkdir -p "$scratch/root"
	cp "$probe" "$scratch/root"
	expect_status 0 chroot "$scratch/root" /dmabuf_probe --help
	expect_output '^usage: dmabuf_probe'
}

# A descriptor that the program has inherited is only read, unless it may write.
test_fd()
{
	# shellcheck disable=SC2086 # a list of words
	expect_status 0 "$user/heap_exec" --size 1M --fd 5 --name 'a b' -- "$probe" $quick \
		--out "$folder" --fd 5
	expect_equal 'phases that only read' "$(phases_of fd5 size_bytes=1048576)" \
		"$touch_phases $read_phases begin_read end_read "
	expect_fact fd5 name a_b
	expect_fact fd5 writable not_allowed
	expect_fact fd5 vm_flags 'rd,sh*'
	expect_fact fd5 verified no
	rm -rf "$folder"
	# shellcheck disable=SC2086 # a list of words
	expect_status 0 "$user/heap_exec" --size 1M --fd 5 -- "$probe" $quick \
		--out "$folder" --fd 5 --write
	expect_equal 'phases that write' "$(phases_of fd5 size_bytes=1048576)" \
		"$touch_phases $write_phases $read_phases $sync_phases "
	expect_fact fd5 verified yes
	wait_until all_is_freed || complain 'the buffer is still alive'
}

# A descriptor of another process.
test_pid()
{
	spawn "$user/heap_exec" --size 1M --fd 7 -- sleep 1000
	wait_until test -e "/proc/$pid/fd/7" || fail 'no buffer'
	wait_until grep -q sleep "/proc/$pid/comm" || fail 'no command'
	probe 0 --pid "$pid" --fd 7
	expect_equal 'phases that only read' "$(phases_of "pid${pid}_fd7" size_bytes=1048576)" \
		"$touch_phases $read_phases begin_read end_read "
	expect_status 3 "$probe" --pid "$pid" --fd 99
	expect_output EBADF
	kill "$pid"
	wait "$pid" 2>/dev/null
	expect_status 3 "$probe" --pid "$pid" --fd 7
	expect_output pidfd_open
}

# Of a heap that has no memory in one piece of that size, a smaller buffer is measured.
test_smaller()
{
	set_knob heap/max_bytes 3M
	probe 0 --size 8M $node
	expect_fact bench_system measured_bytes 2097152
}

# Wrong bytes are seen: of a buffer that shows one page everywhere.
test_wrong()
{
	load_odd
	probe 1 /dev/odd_aliased
	expect_output 'odd_aliased, .* bytes: first shows 0x.*, but 0x.* was written'
	unload_odd
}

# What cannot be mapped, or cannot be written to, is measured as far as it goes.
test_odd()
{
	load_odd
	probe 0 /dev/odd_unmappable /dev/odd_readonly /dev/odd_faulting /dev/odd_unsynced $node
	expect_fact odd_unmappable mmap EINVAL
	expect_equal 'phases without a mapping' "$(phases_of odd_unmappable size_bytes=1048576)" \
		"alloc free $sync_phases "
	expect_output '^odd_unmappable: cannot be mapped: EINVAL'
	expect_fact odd_readonly writable EACCES
	expect_equal 'phases of what is only read' "$(phases_of odd_readonly size_bytes=1048576)" \
		"alloc free $touch_phases $read_phases $sync_phases "
	expect_fact odd_faulting dropped first:SIGBUS
	expect_fact odd_faulting mmap EFAULT
	expect_fact odd_unsynced sync EIO
	expect_measured bench_system
	unload_odd
}

# Each refusal has status 3, and leaves alone what was there.
test_refusals()
{
	mkdir "$scratch/there"
	echo mine >"$scratch/there/file"
	for arguments in '--size 4097' '--size 1000G' '--rounds 0' '--rounds x' '--format xml' \
		'--pid 1' '--write' '--fd 99' "--fd 0 $node" "--out $scratch/there" '--nonsense' \
		"$scratch/there/file" '--seconds 0'; do
		# shellcheck disable=SC2086 # a list of words
		expect_status 3 "$probe" $arguments
	done
	expect_status 3 "$probe" --size 4097
	expect_output '--size 4097: not a multiple of the page, [0-9]* bytes'
	expect_status 3 "$probe" --out "$scratch/there"
	expect_output EEXIST
	expect_status 3 "$probe" --fd 0
	expect_output 'not a dma-buf'
	expect_equal 'what was there' "$(cat "$scratch/there"/*)" mine
	expect_status 2 "$probe" /dev/dma_heap/nonsense
	expect_output 'ENOENT, not measured (open)'
}

# Ctrl-C prints the complete rounds, and says that they are not all.
test_ctrl_c()
{
	spawn "$test_dir/bin/foreground" "$scratch/group" "$probe" --size 1M --rounds 1000 \
		--out "$folder" $node >"$scratch/output" 2>&1
	wait_until grep -q 'source 1 of 1' "$scratch/output" || fail "$(cat "$scratch/output")"
	sleep 2
	kill -INT "-$(cat "$scratch/group")"
	wait "$pid"
	expect_equal status $? 130
	expect_equal complete "$(cell complete heap=bench_system | sort -u)" 0
}

# V4L2 devices with one plane or several.
test_v4l2()
{
	load_vivid
	[ $? != 2 ] || skip 'this kernel has no driver vivid'
	wait_until find_video vivid-001-vid-cap || fail 'vivid has no devices'
	multi=$video
	find_video vivid-000-vid-cap
	probe 0 "$video" "$multi"
	for name in "${video##*/}" "${multi##*/}"; do
		expect_fact "$name" kind v4l2
		expect_fact "$name" driver vivid
		expect_fact "$name" mmap ok
		expect_fact "$name" verified yes
		note "$name: $(fact "$name" planes) planes, $(fact "$name" measured_bytes) bytes"
		expect_equal "copies of $name" "$(cell iterations heap="$name" phase=copy_out)" 6
	done
}

# Dumb buffers of a DRM driver; nobody is kept from controlling the card.
test_drm()
{
	load_driver vgem
	[ $? != 2 ] || skip 'this kernel has no driver vgem'
	wait_until find_card vgem || fail 'no card of vgem'
	probe 0 "$card"
	expect_measured "${card##*/}"
	expect_fact "${card##*/}" kind drm
	expect_fact "${card##*/}" driver vgem
}

# The kernel's own exporters.
test_stock_exporters()
{
	nodes=
	for file in /dev/dma_heap/system /dev/udmabuf; do
		[ ! -e "$file" ] || nodes="$nodes $file"
	done
	[ -n "$nodes" ] || skip 'this kernel has no heap and no udmabuf of its own'
	# shellcheck disable=SC2086 # a list of nodes
	probe 0 $nodes
	for file in $nodes; do
		expect_measured "${file##*/}"
	done
}
