#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# What soak.sh runs in a guest: soak for some seconds, then a sample of the memory that
# is in use when nothing is left, and again. Loads the module anew at every fourth.
# usage: scripts/test/soak/soak_guest.sh OUT SAMPLES SECONDS
set -u

test_dir=$(cd "$(dirname "$0")/.." && pwd)
D=/sys/kernel/debug/dmabuf_bench
out=$1 samples=$2 seconds=$3

# meminfo NAME: in kB
meminfo()
{
	awk -v name="$1:" '$1 == name { print $2 }' /proc/meminfo
}

# Pages that CPUs keep for themselves, in kB: these are free, too.
read_cached_pages()
{
	awk -v page="$(($(sed -n 's/^KernelPageSize: *\([0-9]*\) kB$/\1/p' /proc/self/smaps |
		head -n 1)))" '$1 == "count:" { n += $2 } END { print n * page }' /proc/zoneinfo
}

# What is alive in the caches whose name is that, in kB.
read_slabs()
{
	awk -v name="$1" 'NR > 2 && $1 ~ name { bytes += $2 * $4 }
		END { printf "%d\n", bytes / 1024 }' /proc/slabinfo
}

# Others' buffers would be there, too, but in this guest there are none.
count_dmabufs()
{
	sed -n 's/^Total \([0-9]*\) objects.*/\1/p' /sys/kernel/debug/dma_buf/bufinfo
}

stat_of()
{
	sed -n "s/^$1=//p" "$D/heap/stats"
}

# Freed memory comes back after a grace period, from lists of CPUs, and from what KASAN
# keeps of it, which shrinking a cache gives back.
settle()
{
	sync
	sleep 1
	echo 3 >/proc/sys/vm/drop_caches
	for file in /sys/kernel/slab/*/shrink; do
		echo 1 >"$file"
	done
	[ ! -w /proc/sys/vm/compact_memory ] || echo 1 >/proc/sys/vm/compact_memory
	echo 3 >/proc/sys/vm/drop_caches
	sleep 1
} 2>/dev/null

columns=sample,seconds,runs,free_kb,slab_kb,unreclaimable_kb,kmalloc_kb,vmalloc_kb,percpu_kb
columns=$columns,tables_kb,stacks_kb,buffers,bytes,dmabufs

write_sample()
{
	settle
	read -r uptime _ </proc/uptime
	cat /proc/slabinfo >"$out/slabs-$i" 2>/dev/null
	printf '%s,%s,%s,%s,%s,%s,%s,%s,%s,%s,%s,%s,%s,%s\n' $i "${uptime%.*}" $runs \
		$(($(meminfo MemFree) + $(read_cached_pages))) "$(read_slabs .)" \
		"$(meminfo SUnreclaim)" "$(read_slabs '^kmalloc-[0-9k]*$')" \
		"$(meminfo VmallocUsed)" "$(meminfo Percpu)" "$(meminfo PageTables)" \
		"$(meminfo KernelStack)" "$(stat_of buffers_alive)" "$(stat_of bytes_alive)" \
		"$(count_dmabufs)" >"$out/row"
	cat "$out/row" >>"$out/soak.csv"
}

insmod "$test_dir/../../dmabuf_bench.ko" || exit 126
echo $columns >"$out/soak.csv"
runs=0 i=0
while [ $i -lt "$samples" ]; do
	i=$((i + 1))
	if [ $((i % 4)) = 0 ]; then
		rmmod dmabuf_bench || exit 1
		insmod "$test_dir/../../dmabuf_bench.ko" || exit 1
	fi
	said=$("$test_dir/bin/soak" $i "$seconds" $D /dev/dma_heap/bench_) || {
		echo "soak $i: $said"
		exit 1
	}
	new=${said##*runs=}
	runs=$((runs + ${new%% *}))
	write_sample
	echo "sample $i of $samples, $runs runs, about $(((samples - i) * (seconds + 5) / 60)) minutes left"
done
rmmod dmabuf_bench
