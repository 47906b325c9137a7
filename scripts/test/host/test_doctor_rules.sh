# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# The rules of doctor.sh on figures that people have reported (whose, is said in each
# case), and on near misses. A guest can plant what a driver does, but no slow memory.
# shellcheck disable=SC2154 # test_dir and scratch come from run_tests.sh

# given: makes $scratch/doctor, as a measurement leaves it, of a text for doctor_csv.awk
given()
{
	rm -rf "$scratch/doctor"
	mkdir -p "$scratch/doctor/probe"
	awk -f "$test_dir/doctor_csv.awk" >"$scratch/doctor/probe/probe.csv"
	echo bufinfo=read >"$scratch/doctor/facts.txt"
}

# says STATUS RULE...: these rules are named, in this order
says()
{
	wanted=$1
	shift
	"$test_dir/../doctor.sh" --report "$scratch/doctor" >"$scratch/output" 2>&1
	status=$?
	[ "$status" = "$wanted" ] || complain "status $status, expected $wanted: $(cat "$scratch/output")"
	expect_equal rules "$(sed -n 's/.* \[\([a-z_]*\)\]$/\1/p' "$scratch/output" | tr '\n' ' ')" \
		"$*${1:+ }"
}

# unsure DOUBT: nothing is named, and DOUBT may be it
unsure()
{
	says 2
	expect_output "cannot tell: it may be .*$1"
}

# chojs23/concord#317: a linear buffer of amdgpu is read at 23 MB/s; writes are as fast as
# the bus. A cached heap was measured beside it.
test_write_combined()
{
	given <<-END
		env clean_ns_per_page 1000
		source card0 8388608
		reads 23
		writes 4000
		read_1 1000 4.6
		read_stream 5000 23
		source system 8388608
		begin_read 0 300
		end_read 0 200
	END
	says 1 write_combined
	expect_output '^card0: reads of this buffer run at 23.0 MB/s, 217 x slower than ordinary memory (5000 MB/s)'
	expect_output '^card0: .*writes at 4000 MB/s are not slow: it is mapped write-combined'
	# 510 us at the most, of 42.6 ns a byte at the least and 0.2 at the most
	expect_output '^card0: .*that wins from 11.7 KiB read a frame on, where synchronising system takes 510 us'
	# and 2048 pages cleaned
	expect_output '^card0: .*for a device that is not coherent it takes 2.56 ms, and wins from 58.9 KiB on'
	expect_output '^system: nothing is wrong: '
	! grep -q 'streaming' "$scratch/output" || complain 'praises streaming loads that are no faster'
}

# The same with loads that go past the caches, as drivers of x86 copy from such memory.
test_streaming()
{
	given <<-END
		source card0 8388608
		reads 100
		read_stream 5000 900
	END
	says 1 write_combined
	expect_output 'until then read it by streaming loads of whole lines, 8.65 x faster here'
}

# sipeed/LicheeRV-Nano-Build#33: 38 MB/s out of ION. Alone, it knows its own sync only.
test_uncached()
{
	given <<-END
		source ion 3145728
		reads 38
		writes 60
	END
	says 1 uncached
	expect_output 'and writes run at 60.0 MB/s, 83.3 x slower: it is mapped uncached'
	expect_output 'where synchronising ion takes'
	given <<-END
		source ion 3145728
		reads 38
		writes 60
		begin_read 0 -
		end_read 0 -
	END
	says 1 uncached
	expect_output 'no synchronisation was measured: give a node of a cached heap'
}

# bmartini/zynq-xdma#10: 64 MB/s; a descriptor that may only be read.
test_not_cached()
{
	given <<-END
		source fd3 2097152
		fact writable not_allowed
		reads 64
		copy_in 0 -
		write_1 0 -
		write_8 0 -
		write_64 0 -
		write_stream 0 -
	END
	says 1 not_cached
	expect_output 'uncached or write-combined;'
}

# A synchronisation that takes longer than all reads, as of a small part of a large buffer.
test_no_crossover()
{
	given <<-END
		source card0 1048576
		reads 500
		writes 5000
		source system 1048576
		begin_read 0 5000
		end_read 0 3000
	END
	says 1 write_combined sync_whole
	expect_output '^card0: .*but that does not win, as synchronising system takes more than reading all 1.00 MiB'
}

# Slower, but not by a factor of three; and too little of it to be felt.
test_fast_enough()
{
	given <<-END
		source system 8388608
		reads 2000
		writes 2000
	END
	says 0
	expect_output '^system: nothing is wrong: copying out of 8.00 MiB runs at 2000 MB/s, ordinary memory at 5000 MB/s'
	given <<-END
		source small 16384
		reads 23
		writes 23
		read_1 1000 4
		write_1 1000 4
	END
	says 0
}

# ikwzm/udmabuf#16: 250 MB/s instead of 800, where that is not certain.
test_uncertain()
{
	for spread in 20 none; do
		given <<-END
			source udmabuf0 8388608
			spread $spread
			copy_out 800 250
			read_8 800 250
		END
		unsure write_combined
		given <<-END
			source udmabuf0 8388608
			spread $spread
			begin_read 0 500
			end_read 0 500
		END
		unsure sync_whole
	done
	given <<-END
		source udmabuf0 8388608
		copy_out 800 250
		read_8 800 250
	END
	says 1 write_combined
}

# Copies are slow and loads are not: no memory is like that.
test_contradiction()
{
	given <<-END
		source odd 8388608
		copy_out 5000 100
	END
	unsure contradiction
	given <<-END
		source odd 8388608
		writes 100
	END
	unsure unexplained
}

# dimforge/kiss3d#397: scalar reads of write-combined memory at 10 MB/s, rows copied out
# first are 18 times as fast. Bytes that cost little more than in ordinary memory are not
# named.
test_bytes()
{
	given <<-END
		source card0 8388608
		reads 180
		writes 4000
		read_1 1000 10
	END
	says 1 write_combined bytes_read
	expect_output '^card0, also: reading byte by byte runs at 10.0 MB/s, by 64 bytes at 180 MB/s'
	given <<-END
		source a 8388608
		read_1 1000 100
		write_1 1000 100
	END
	says 1 bytes_read bytes_written
	given <<-END
		source a 8388608
		read_1 1000 600
		write_1 1000 600
	END
	says 0
	given <<-END
		source a 8388608
		spread none
		read_1 1000 100
	END
	says 0
}

# Random reads are slow and linear ones are not; with huge pages, or less slow, it is
# not for the TLB.
test_tlb()
{
	given <<-END
		source a 16777216
		fact pagemap shown
		fact chunks 4096
		random 6000 1500
	END
	says 1 tlb
	expect_output '(4096 chunks for 4096 pages)'
	given <<-END
		source a 16777216
		fact huge_kib 16384
		random 6000 1500
	END
	says 0
	given <<-END
		source a 16777216
		random 6000 3600
	END
	says 0
	given <<-END
		source a 16777216
		reads 100
		writes 5000
		random 6000 1500
	END
	says 1 write_combined
}

# raspberrypi/linux#5286: 200 us became 6000 us for 20 rows, when each page faulted.
test_faults()
{
	given <<-END
		source vcsm 8388608
		fact first_faults_per_page 1.000
		first 2000 6000
	END
	says 1 faults
	given <<-END
		source vcsm 8388608
		fact first_faults_per_page 1.000
		first 2000 3500
	END
	says 0
	given <<-END
		source vcsm 8388608
		fact first_faults_per_page 1.000
		fact second_faults_per_page 1.000
		first 2000 6000
		second 20 6000
		reads 1100
		read_1 1000 500
		read_stream 5000 1100
	END
	says 1 mappings_lost
	given <<-END
		source vcsm 8388608
		fact first_faults_per_page 1.000
		fact second_faults_per_page 1.000
		second 200 600
	END
	says 0
}

# The mmap patch: 6.98 s for 512 MiB by remap_pfn_range() a page.
test_mmap()
{
	given <<-END
		source system 536870912
		mmap 2 6980000
	END
	echo pat=yes >>"$scratch/doctor/facts.txt"
	says 1 mmap
	expect_output 'mmap() of this buffer takes 6.98 s, .* (53.3 us a page), .* with an x86 PAT look-up each'
	given <<-END
		source system 536870912
		mmap 2 6980000
	END
	says 1 mmap
	! grep -q PAT "$scratch/output" || complain 'PAT, without facts'
	given <<-END
		source system 536870912
		mmap 2 198000
	END
	says 0
}

# raspberrypi/picamera2#1090: mapped for each frame.
test_mapped_each_frame()
{
	frames='source pid9_fd4 8388608
		fact inode 77
		mmap 2 900'
	given <<-END
		$frames
	END
	says 0
	{
		echo sample 1
		echo '7f10000000-7f10800000 rw-s 00000000 00:0c 77 /dmabuf:'
		echo sample 2
		echo sample 3
		echo '7f10000000-7f10800000 rw-s 00000000 00:0c 77 /dmabuf:'
	} >"$scratch/maps"
	cp "$scratch/maps" "$scratch/doctor/maps.txt"
	says 1 mapped_each_frame
	expect_output 'came, went or moved between 2 of 2 looks'
	# another buffer
	sed 's/ 77 / 78 /' "$scratch/maps" >"$scratch/doctor/maps.txt"
	says 0
}

# ikwzm/udmabuf#129, amd/xdna-driver#1541: 1056 us to synchronise any range.
test_sync_whole()
{
	given <<-END
		source udmabuf0 8388608
		begin_read 0 528
		end_read 0 528
	END
	says 1 sync_whole
	expect_output 'takes 1.06 ms, 6.34 % of a frame at 60 Hz, 516 ns a page, whatever part'
	expect_output 'use buffers no larger than what is read'
	given <<-END
		source udmabuf0 8388608
		fact partial_sync known_to_this_kernel
		begin_rw 0 2000
		end_rw 0 2000
		begin_read 0 300
	END
	says 1 sync_whole
	expect_output "use this kernel's ioctl for a part of a buffer.*say READ where you only read, which takes 301 us"
	given <<-END
		source fd3 8388608
		fact fixed_size 1
		begin_read 0 1056
	END
	says 1 sync_whole
	expect_output 'not known, as its size is fixed'
	given <<-END
		source udmabuf0 8388608
		begin_read 0 400
		end_read 0 400
	END
	says 0
}

# The same for each size, and nobody is at work: not cache maintenance.
test_sync_fixed()
{
	given <<-END
		source a 8388608
		begin_read 0 2000
		fixed begin_read 0.9
	END
	says 1 sync_fixed
}

# As many devices as bufinfo lists, each synchronised.
test_attached()
{
	for count in 1 3; do
		given <<-END
			source fd3 8388608
			fact inode 815
			fact fixed_size 1
			begin_read 0 3000
		END
		{
			printf '\nDma-buf Objects:\nsize    \tflags   \tmode    \tcount   \texp_name\tino     \tname\n'
			printf '08388608\t00000002\t00080007\t00000003\tsystem\t00000815\t<none>\n'
			printf '\tAttached Devices:\n\tgpu\n'
			printf 'Total %s devices attached\n\n' $count
			printf 'Total 1 objects, 8388608 bytes\n'
		} >"$scratch/doctor/bufinfo.txt"
		if [ $count = 1 ]; then says 1 sync_whole; else says 1 attached; fi
	done
	expect_output 'each of 3 attached devices, 1.00 ms each'
}

# On a kernel command line that forces bounce buffers; not if nobody is attached.
test_bounced()
{
	given <<-END
		source a 8388608
		begin_read 0 3000
	END
	echo swiotlb=force >>"$scratch/doctor/facts.txt"
	says 1 bounced
	given <<-END
		source a 8388608
	END
	echo swiotlb=force >>"$scratch/doctor/facts.txt"
	says 0
}

# Most calls of poll() say that a device still writes, or few do.
test_fence()
{
	given <<-END
		source a 8388608
		fact busy_polls 95
		begin_read 0 9000
		fixed begin_read 1
	END
	says 1 fence
	expect_output 'poll() found it busy 95 of 100 times'
	given <<-END
		source a 8388608
		fact busy_polls 9
		begin_read 0 9000
	END
	says 1 sync_whole
}

# 1 GiB/s of zeroes; a pool would help. Four times what ordinary memory takes is enough.
test_alloc()
{
	given <<-END
		source a 8388608
		alloc 2000 12000
	END
	says 1 alloc
	expect_output 'most of it for each page: keep a pool of buffers'
	given <<-END
		source a 8388608
		alloc 2000 7000
	END
	says 0
	given <<-END
		source a 8388608
		alloc 2000 12000
		fixed alloc 0.9
	END
	says 0
}

# DisplayLink/evdi#591: vmap and mmap of a buffer fail.
test_unmappable()
{
	given <<-END
		source card0 8388608
		fact mmap EOPNOTSUPP
		copy_out 0 -
		read_8 0 -
	END
	says 1 unmappable
	expect_output 'mmap() fails with EOPNOTSUPP'
}

# The dearest comes first; what only some programs pay, last.
test_order()
{
	given <<-END
		source a 8388608
		reads 100
		writes 5000
		alloc 2000 200000
		begin_read 0 3000
	END
	says 1 write_combined sync_whole alloc
	given <<-END
		source a 8388608
		reads 1600
		writes 5000
		begin_read 0 30000
	END
	says 1 sync_whole write_combined
}

# What cannot be told at all, and what it is not about.
test_limits()
{
	given <<-END
		env accel tcg
		source a 8388608
	END
	echo 'bufinfo=/sys/kernel/debug/dma_buf/bufinfo is for root' >"$scratch/doctor/facts.txt"
	says 0
	expect_output "^These times are an emulated machine's (accel=tcg), not a device's\.\$"
	expect_output '^Attached devices are not known: .*bufinfo is for root'
	given </dev/null
	says 2
	expect_output '^Nothing was measured'
	given <<-END
		source a 8388608
	END
	echo probe_status=1 >>"$scratch/doctor/facts.txt"
	says 1
	expect_output '^Wrong bytes were read'
}

# All awks agree, and the csv alone says the same.
test_awks()
{
	given <<-END
		source card0 8388608
		reads 23
		read_1 1000 4
		source a 8388608
		begin_read 0 2000
	END
	"$test_dir/../doctor.sh" --report "$scratch/doctor/probe/probe.csv" >"$scratch/csv"
	for one in busybox mawk gawk original-awk; do
		command -v $one >/dev/null || continue
		awk=$one
		[ $one != busybox ] || {
			awk=$scratch/awk
			ln -sf "$(command -v busybox)" "$awk"
		}
		DBB_AWK=$awk "$test_dir/../doctor.sh" --report "$scratch/doctor" >"$scratch/$one"
		cmp "$scratch/csv" "$scratch/$one" || complain "$one says something else"
	done
}
