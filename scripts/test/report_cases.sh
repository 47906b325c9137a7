# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# shellcheck disable=SC2034,SC2154 # what it shares with the topics, and they with it
# What the topics about scripts/report.sh share: results of make bench of two kernels and
# of patch.sh, which are kept, and a sweep and a recording that are written here.

kept=$test_dir/data/report

need_tools()
{
	# shellcheck source-path=SCRIPTDIR source=../host/packages.sh
	. "$test_dir/../host/packages.sh"
	for need in need_gnuplot need_r; do
		$need 2>"$scratch/tools.err" || skip "$(tail -n 1 "$scratch/tools.err")"
	done
}

# report STATUS ARGUMENT...: standard output is in $scratch/said
report()
{
	wanted=$1
	shift
	status=0
	sh "$test_dir/../report.sh" "$@" >"$scratch/said" 2>"$scratch/report.err" || status=$?
	[ "$status" = "$wanted" ] || {
		complain "status $status, expected $wanted, from: report.sh $*"
		tail -n 5 "$scratch/report.err"
	}
}

# page DIR...: is in $scratch/page.html
page()
{
	rm -f "$scratch/page.html"
	report 0 --out "$scratch/page.html" "$@"
	[ -s "$scratch/page.html" ] || fail "no page: $(cat "$scratch/report.err")"
}

# says PATTERN...: in the text, whatever its lines
says()
{
	tr -s '\n ' '  ' <"$scratch/said" >"$scratch/one_line"
	for pattern; do
		grep -q -e "$pattern" "$scratch/one_line" ||
			complain "no '$pattern' in: $(cat "$scratch/said" "$scratch/report.err")"
	done
}

# Copies of what is kept, which cases change: $scratch/old and $scratch/new
copy_runs()
{
	rm -rf "$scratch/old" "$scratch/new"
	cp -r "$kept/bench-6.1" "$scratch/old"
	cp -r "$kept/bench-7.3" "$scratch/new"
}

# Prints a csv of sweep.sh: vmap takes 5000 + 140 a page and 20 a chunk before, 110 a page
# after, of which fill; map is the same. made_sweep WORST: before / after of order 0
made_sweep()
{
	awk -v worst="$1" '
	function row(phase, strategy, size, chunks, orders, ns, gain,   verdict) {
		verdict = strategy == "page" ? "baseline" : gain > 1.01 ? "faster" : \
			gain < 0.99 ? "slower" : "same"
		printf "1,vmap,%s,%s,system,%.0f,%d,7,1,0,50,50,%.0f,%.0f,%.0f,%.0f,%.3f,%.3f,%.3f,%s,%s,\n", \
			phase, strategy, size, chunks, ns, ns, ns * 0.9999, ns * 1.0001, gain, \
			gain, gain, verdict, orders
	}
	function cells(size, order, orders,   pages, chunks, map, page, sg) {
		pages = size / 4096
		chunks = pages / 2 ^ order
		map = 1000 + 100 * pages
		page = 4000 + 40 * pages + 20 * chunks
		sg = 4000 + 10 * pages + 20 * chunks
		if (!order && worst != "")
			sg = page / worst
		row("fill", "page", size, chunks, orders, page, 1)
		row("map", "page", size, chunks, orders, map, 1)
		row("total", "page", size, chunks, orders, page + map, 1)
		row("fill", "sg", size, chunks, orders, sg, page / sg)
		row("map", "sg", size, chunks, orders, map, 1)
		row("total", "sg", size, chunks, orders, sg + map, (page + map) / (sg + map))
	}
	BEGIN {
		print "# kernel=6.1.0-57-amd64\n# arch=x86_64\n# page_size_bytes=4096\n# cpus=8"
		print "# governor=performance\n# preempt=none\n# virtualised=none\n# debug_options=none"
		print "# machine=Test board, device\n# iterations=7\n# keys=cpu=2"
		print "# params=op=vmap cpu=2 verify=1"
		print "run,op,phase,strategy,heap,size_bytes,chunks,iterations,complete,disturbed," \
			"overhead_ns,tick_ns,min_ns,p50_ns,p50_lo_ns,p50_hi_ns,speedup,speedup_lo," \
			"speedup_hi,verdict,orders,refused"
		for (size = 4194304; size <= 268435456; size *= 4) {
			cells(size, 0, "0")
			cells(size, 4, "4")
			cells(size, 8, "8")
			cells(size, 8, "8+4+0")
		}
	}'
}

made_tree()
{
	mkdir -p "$scratch/tree/drivers/dma-buf" "$scratch/tree/drivers/gpu"
	printf '%s\n' 'VERSION = 6' 'PATCHLEVEL = 1' 'SUBLEVEL = 9' >"$scratch/tree/Makefile"
	printf 'int f(void)\n{\n\treturn dma_buf_vmap(buf, &map);\n}\n' \
		>"$scratch/tree/drivers/gpu/a.c"
}

# made_recording: what callers.sh leaves, in $scratch/callers
made_recording()
{
	mkdir -p "$scratch/callers"
	printf '%s\n' 'date=2026-11-30' 'command=callers.sh --seconds 10' "machine=$1" \
		'kernel=Linux phone 6.1.0-57-amd64 #1 SMP aarch64' >"$scratch/callers/recording.txt"
	{
		sed 's/^/# /' "$scratch/callers/recording.txt"
		echo '# wall_ns=10000000000'
		echo function,caller,caller_module,process,driver,exporter,calls,real_calls,failed_calls,calls_per_s,p50_ns,p99_ns,max_ns,size_bytes,total_ns,bytes,share_of_wall_pct
		echo 'dma_buf_vmap,drm_gem_shmem_vmap,drm_shmem_helper,Xorg,udl,system,600,600,0,60.000,2000000,2100000,2500000,8388608,1200000000,5033164800,12.0000'
		echo 'dma_buf_mmap,cam_map,cam,cam,-,system,3,3,1,3.000,2001,3001,3001,8192,6003,24576,0.0006'
	} >"$scratch/callers/callers.csv"
	printf '%s\n' 'Xorg;ioctl;drm_ioctl;drm_gem_shmem_vmap;dma_buf_vmap 1200000000' \
		'cam;ksys_mmap;cam_map;dma_buf_mmap 300000000' >"$scratch/callers/stacks.folded"
	echo 'drm_gem_shmem_vmap [drm_shmem_helper] for the driver udl pays most: <dma_buf_vmap>' \
		>"$scratch/callers/report.txt"
}
