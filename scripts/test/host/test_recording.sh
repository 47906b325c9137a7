# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# callers.sh --report on this machine, of a recording written here in the kernel's
# format: with the awk that is here, and with busybox's.
# shellcheck disable=SC2154 # test_dir and scratch come from run_tests.sh

recording=$scratch/recording
part=trace

# event NS TEXT: of task cam-50; both readings of the buffer
event()
{
	printf '%16s [000] ..... %5d.%06d: %s\n' cam-50 $(($1 / 1000000000)) \
		$(($1 / 1000 % 1000000)) "$2" >>"$recording/$part.txt"
	printf '50 0 %s type: 1234\n' "$1" >>"$recording/$part.times"
}

frames()
{
	printf ' => %s\n' "$@" >>"$recording/trace.txt"
}

# call NS TOOK RET: dma_buf_vmap of a driver that calls the core itself
call()
{
	event "$1" 'vmap: (dma_buf_vmap+0x0/0x110) buf=0xffff888001 size=8192 exp="system" cnt=0'
	event $(($1 + $2)) "vmap_ret: (cam_map+0x3a/0x70 [cam] <- dma_buf_vmap) ret=$3"
	event $(($1 + $2 + 1)) '<stack trace>'
	# arm64 returns by a breakpoint: its exception is on the stack, too
	frames 'kretprobe_trace_func+0x1/0x2' 'kretprobe_brk_handler+0x1/0x2' \
		'el1h_64_sync+0x1/0x2' 'cam_map+0x3a/0x70 [cam]' 'ksys_ioctl+0x1/0x2'
}

make_recording()
{
	rm -rf "$recording"
	mkdir "$recording"
	: >"$recording/drivers.txt"
	: >"$recording/buffers-before.txt"
	: >"$recording/buffers-after.txt"
	printf 'absent=\nunnamed=\nlost=0\n' >"$recording/recording.txt"
	event 1000000000 'tracing_mark_write+0xdd/0x240: begin'
	call 1100000000 3001 0
	call 1200000000 1001 -12
	call 1300000000 2001 0
	event 2000000000 'tracing_mark_write+0xdd/0x240: end'
}

# expect_row AWK: what a report made with it says
expect_row()
{
	make_recording
	mkdir -p "$scratch/awk"
	printf '#!/bin/sh\nexec %s "$@"\n' "$1" >"$scratch/awk/awk"
	chmod 755 "$scratch/awk/awk"
	PATH=$scratch/awk:$PATH sh "$test_dir/../callers.sh" --report "$recording" \
		>"$scratch/said" 2>&1 || complain "$1: status $?: $(tail -n 3 "$scratch/said")"
	expect_equal "row by $1" "$(grep '^dma_buf_vmap,' "$recording/callers.csv")" \
		dma_buf_vmap,cam_map,cam,cam,-,system,3,3,1,3.000,2001,3001,3001,8192,6003,24576,0.0006
	expect_equal "stack by $1" "$(cat "$recording/stacks.folded")" \
		'cam;ksys_ioctl;cam_map [cam];dma_buf_vmap 6003'
}

test_report()
{
	expect_row "$(command -v awk)"
	command -v busybox >/dev/null || skip busybox
	expect_row 'busybox awk'
}

# make_ruler NS...: calls of umask() that took so long each, within 90 us, and as many
# within 30 us without probes
make_ruler()
{
	rm -f "$recording"/ruler.* "$recording"/untraced.*
	part=ruler
	event 1000000 'tracing_mark_write+0xdd/0x240: begin'
	for took; do
		event 1010000 'ruler: (__x64_sys_umask+0x0/0x60) buf=0x1 size=1'
		event $((1010000 + took)) \
			'ruler_ret: (do_syscall_64+0x3a/0x70 <- __x64_sys_umask) ret=18'
	done
	event 1090000 'tracing_mark_write+0xdd/0x240: end'
	part=untraced
	event 2000000 'tracing_mark_write+0xdd/0x240: begin'
	event 2030000 'tracing_mark_write+0xdd/0x240: end'
	part=trace
}

# What the probes take is no part of any time; calls that took hardly more are said to
# be rough.
test_net()
{
	make_recording
	make_ruler 700 900 4000
	expect_status 0 sh "$test_dir/../callers.sh" --report "$recording"
	expect_equal row "$(grep '^dma_buf_vmap,' "$recording/callers.csv")" \
		dma_buf_vmap,cam_map,cam,cam,-,system,3,3,1,3.000,1101,2101,2101,8192,3303,24576,0.0003
	expect_equal stack "$(cat "$recording/stacks.folded")" \
		'cam;ksys_ioctl;cam_map [cam];dma_buf_vmap 3303'
	expect_output '^Tracing added 20000 ns to each call. The times are net of 900 ns'
	expect_output '^In 1 rows p50_ns is rough'
	grep -q -x '# probes_ns=900' "$recording/callers.csv" || complain 'no probes_ns'
	# the second call takes less than the probes now
	make_ruler 1500
	expect_status 0 sh "$test_dir/../callers.sh" --report "$recording"
	expect_equal row "$(grep '^dma_buf_vmap,' "$recording/callers.csv")" \
		dma_buf_vmap,cam_map,cam,cam,-,system,3,3,1,3.000,501,1501,1501,8192,2002,24576,0.0002
}

# guessed_call NS FIELDS: of a kernel without type information
guessed_call()
{
	event "$1" "vmap: (dma_buf_vmap+0x0/0x110) buf=0xffff888001 size=4096 ops=cam_ops+0x0/0x80 $2"
	event $(($1 + 5000)) 'vmap_ret: (cam_map+0x3a/0x70 [cam] <- dma_buf_vmap) ret=0'
}

# The exporter's name and the number of mappings are where the bytes are a name: here
# "dmabuf_bench", on the second place. Where no place has one, the functions name it.
test_guessed()
{
	make_recording
	garbage='exp64=0x220a41 more64=0x1 cnt40=9'
	guessed_call 1400000000 "$garbage exp88=0x625f667562616d64 more88=0x68636e65 \
exp96=0x0 more96=0x0 cnt72=0"
	guessed_call 1500000000 "$garbage exp88=0x625f667562616d64 more88=0x68636e65 \
exp96=0x0 more96=0x0 cnt72=3"
	guessed_call 1600000000 "$garbage exp88=0xffff888001020304 more88=0x0 \
exp96=0x20 more96=0x0 cnt72=0"
	event 2100000000 'tracing_mark_write+0xdd/0x240: end'
	expect_status 0 sh "$test_dir/../callers.sh" --report "$recording"
	for wanted in dmabuf_bench,2,1 cam_ops,1,-; do
		grep -q "^dma_buf_vmap,cam_map,cam,cam,-,$wanted," "$recording/callers.csv" ||
			complain "no $wanted in: $(grep '^dma_buf_vmap' "$recording/callers.csv")"
	done
}
