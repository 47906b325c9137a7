# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# guest: --mem 2G
# doctor.sh: names what slow_exporter does wrong, and nothing of buffers that are as they
# should be. How many of these: DBB_HEALTHY (default 20).

: "${test_dir:?}"
# shellcheck source-path=SCRIPTDIR source=../case.sh
. "$test_dir/case.sh"

doctor=$test_dir/../doctor.sh
user=$test_dir/../../bench/user
folder=$scratch/doctor

load_slow()
{
	# a case that was skipped leaves it
	[ -d /sys/module/slow_exporter ] || insmod "$test_dir/slow_exporter.ko" ||
		fail 'slow_exporter.ko cannot be loaded'
	wait_until test -e /dev/slow_bounced || fail 'slow_exporter has no nodes'
}

unload_slow()
{
	wait_until rmmod slow_exporter || complain 'slow_exporter cannot be unloaded'
}

# doctor STATUS ARGUMENT...: into $folder, which is new each time.
doctor()
{
	rm -rf "$folder"
	wanted=$1
	shift
	expect_status "$wanted" sh "$doctor" --out "$folder" "$@"
}

# causes_of SOURCE: the rules that its sentences name, in order
causes_of()
{
	sed -n "s/^$1[:,].* \[\([a-z_]*\)\]\$/\1/p" "$scratch/output" | tr '\n' ' '
}

# is_too_busy: the doctor says that it cannot tell, or the guest had to wait for a CPU of
# the host, which it does not know
is_too_busy()
{
	grep -q "^$source: cannot tell" "$scratch/output" || [ "$waited" -ge 2 ]
}

# first_cause RULE SOURCE COMMAND...: names it first. What the machine was too busy to
# tell is asked again, as a person would.
first_cause()
{
	rule=$1 source=$2
	shift 2
	for _ in 1 2 3 4 5; do
		rm -rf "$folder"
		waited=$(lost_s)
		"$@" >"$scratch/output" 2>&1
		status=$?
		waited=$(($(lost_s) - waited))
		case $(causes_of "$source") in
		"$rule "*) break ;;
		esac
		is_too_busy || break
	done
	note "$(grep "^$source" "$scratch/output" | head -n 2)"
	case $(causes_of "$source") in
	"$rule "*) ;;
	*) ! is_too_busy || skip 'a machine quiet enough for an interval, after five tries' ;;
	esac
	expect_equal status "$status" 1
	expect_match "causes of $source" "$(causes_of "$source")" "$rule *"
	grep "^$source: " "$scratch/output" >"$scratch/sentence"
}

# planted RULE NODE: by a run of its own.
planted()
{
	first_cause "$1" "$2" sh "$doctor" --out "$folder" --size 1M --seconds 12 "/dev/$2"
}

expect_words()
{
	grep -q -e "$1" "$scratch/sentence" || complain "no '$1' in: $(cat "$scratch/sentence")"
}

# The device copies: each new buffer is dear.
test_alloc()
{
	load_slow
	planted alloc slow_alloc
	expect_words 'us a page), most of it for each page: keep a pool'
	unload_slow
}

# What mmap() costs for each page, first touch, and each touch.
test_mappings()
{
	load_slow
	planted mmap slow_mmap
	expect_words 'mmap() of this buffer takes [0-9.]* ms, [0-9.]* % of a frame'
	planted faults slow_fault
	expect_words 'map the buffer once and keep the mapping'
	planted mappings_lost slow_zapped
	expect_words 'fault again'
	unload_slow
}

# The whole buffer is synchronised, whatever is used of it.
test_sync()
{
	load_slow
	planted sync_whole slow_sync
	expect_words 'us a page, whatever part of the buffer is used'
	unload_slow
}

# A device has the buffer when the CPU wants it.
test_fence()
{
	load_slow
	planted fence slow_fence
	expect_words 'poll() found it busy [0-9]* of [0-9]* times'
	unload_slow
}

# Synchronised for each attached device: root sees how many, others that it is not size.
test_attached()
{
	load_slow
	first_cause attached fd3 "$user/heap_exec" --heap /dev/slow_attached --size 1M --fd 3 -- \
		sh "$doctor" --out "$folder" --seconds 12 --fd 3 --write
	expect_words 'for each of 4 attached devices'
	planted sync_fixed slow_attached
	unload_slow
}

# A process that maps the buffer for each frame is caught at it, with what it costs.
test_mapped_each_frame()
{
	load_slow
	spawn "$user/heap_exec" --heap /dev/slow_mmap --size 1M --fd 3 -- \
		"$test_dir/bin/map_each_frame" 3 1048576
	wait_until grep -q dmabuf "/proc/$pid/maps" || fail 'it maps nothing'
	first_cause mapped_each_frame "pid${pid}_fd3" sh "$doctor" --out "$folder" --seconds 12 \
		--pid "$pid" --fd 3
	expect_words 'came, went or moved between [0-9]* of 24 looks'
	kill "$pid"
	wait "$pid" 2>/dev/null
	unload_slow
}

# One that keeps its mapping is not.
test_mapping_kept()
{
	spawn "$user/heap_exec" --size 1M --fd 3 -- sleep 1000
	wait_until test -e "/proc/$pid/fd/3" || fail 'no descriptor'
	rm -rf "$folder"
	sh "$doctor" --out "$folder" --seconds 6 --pid "$pid" --fd 3 >"$scratch/output" 2>&1
	kill "$pid"
	expect_equal causes "$(causes_of '.*')" ''
	expect_equal 'looks at its mappings' "$(grep -c '^sample' "$folder/maps.txt")" 25
}

# healthy_nodes COUNT: as many names of the heaps that are as they should be
healthy_nodes()
{
	rm -rf "$scratch/nodes"
	mkdir "$scratch/nodes"
	count=0
	while [ $count -lt "$1" ]; do
		for heap in bench_system bench_contig bench_vmalloc system; do
			[ -e "/dev/dma_heap/$heap" ] || continue
			[ $count -lt "$1" ] || break
			count=$((count + 1))
			ln -s "/dev/dma_heap/$heap" "$scratch/nodes/$heap-$count"
		done
	done
}

# No alarm of buffers of several sizes: that they are fine, or that one cannot tell.
test_healthy()
{
	left=${DBB_HEALTHY:-20} alarms=0 fine=0 unknown=0
	while [ "$left" -gt 0 ]; do
		for size in 1M 4M 256k 2M 512k; do
			[ "$left" -gt 0 ] || break
			some=$((left < 10 ? left : 10))
			left=$((left - some))
			healthy_nodes $some
			rm -rf "$folder"
			sh "$doctor" --out "$folder" --quiet --size $size --seconds $((some * 2)) \
				"$scratch"/nodes/* >"$scratch/output" 2>/dev/null
			grep '\]$' "$scratch/output" && alarms=$((alarms + 1))
			fine=$((fine + $(grep -c ': nothing is wrong: ' "$scratch/output")))
			unknown=$((unknown + $(grep -c ': cannot tell: ' "$scratch/output")))
		done
	done
	note "$fine are fine, of $unknown it cannot be told"
	expect_equal alarms $alarms 0
	expect_equal 'buffers' $((fine + unknown)) "${DBB_HEALTHY:-20}"
	[ "$fine" -gt 0 ] || complain 'none is fine'
}

# Where there is no awk, the folder is kept and says the same on another machine.
test_no_awk()
{
	expect_status 2 env DBB_AWK=none-here sh "$doctor" --out "$folder" --size 256k \
		--seconds 4 $node
	expect_output "no awk here; on another machine: scripts/doctor.sh --report $folder"
	sh "$doctor" --report "$folder" >"$scratch/sentences"
	[ $? != 3 ] || complain '--report refuses the folder'
	grep -q '^bench_system: ' "$scratch/sentences" || complain "$(cat "$scratch/sentences")"
	sh "$doctor" --report "$folder/probe/probe.csv" >"$scratch/of_csv"
	grep '^bench_system' "$scratch/of_csv" >"$scratch/a"
	grep '^bench_system' "$scratch/sentences" | cmp -s - "$scratch/a" ||
		complain 'the csv alone says something else'
}

# Nobody in particular, with busybox only: what is not for him is named.
test_user()
{
	grep -q '^doctor:' /etc/passwd 2>/dev/null ||
		echo 'doctor:x:1000:1000::/tmp:/bin/sh' >>/etc/passwd
	home=$(mktemp -d /tmp/doctor.XXXXXX)
	mkdir -p "$home/bench"
	cp -r "$test_dir/.." "$home/scripts"
	cp -r "$user" "$home/bench/user"
	chown -R 1000:1000 "$home"
	chmod 666 $node
	expect_status 0 env -i PATH=/bin su -s /bin/sh doctor -c \
		"id -u; cd $home && exec sh scripts/doctor.sh --size 256k --seconds 6 $node"
	chmod 600 $node
	expect_output '^1000$'
	expect_output '^bench_system: nothing is wrong: '
	expect_output '^Attached devices are not known: /sys/kernel/debug/dma_buf/bufinfo is for root'
	grep -q -e '-doctor,' "$home/results/index.csv" || complain 'not in the index'
	grep -q '^bench_system: ' "$home"/results/*-doctor/report.txt || complain 'no report.txt'
	expect_status 2 env -i PATH=/bin su -s /bin/sh doctor -c \
		"cd $home && exec sh scripts/doctor.sh /dev/dma_heap/bench_vmalloc"
	expect_output 'EACCES, not measured'
	rm -r "$home"
}

# Each refusal has status 3, and leaves alone what was there.
test_refusals()
{
	mkdir "$scratch/there"
	echo mine >"$scratch/there/file"
	for arguments in '--nonsense' '--seconds' '--seconds x' '--fd 99' '--pid 1' '--write' \
		"--report $scratch/there" "--report $scratch/none" "--report $scratch/there $node" \
		"--out $scratch/there $node" "$node;id" '--module x'; do
		# shellcheck disable=SC2086 # a list of words
		expect_status 3 sh "$doctor" --quiet $arguments
	done
	expect_equal 'what was there' "$(cat "$scratch/there"/*)" mine
	doctor 2 /dev/dma_heap/nonsense
	expect_output 'ENOENT'
}

# What cleaning caches takes is known where user space can do it.
test_clean_caches()
{
	doctor 0 --size 256k --seconds 4 $node
	cleaning=$(sed -n 's/^# clean_ns_per_page=//p' "$folder/probe/probe.csv")
	case $(uname -m) in
	aarch64) expect_awk 'ns a page' "${cleaning:-0} > 0" ;;
	*) expect_equal 'ns a page' "$cleaning" 0.0 ;;
	esac
}
