# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# callers.sh --report on this machine, of a recording written here in the kernel's
# format: with the awk that is here, and with busybox's.
# shellcheck disable=SC2154 # test_dir and scratch come from run_tests.sh

recording=$scratch/recording

# event NS TEXT: of task cam-50; both readings of the buffer
event()
{
	printf '%16s [000] ..... %5d.%06d: %s\n' cam-50 $(($1 / 1000000000)) \
		$(($1 / 1000 % 1000000)) "$2" >>"$recording/trace.txt"
	printf '50 0 %s type: 1234\n' "$1" >>"$recording/trace.times"
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
	frames 'kretprobe_trace_func+0x1/0x2' 'arch_rethook_trampoline+0x1/0x2' \
		'cam_map+0x3a/0x70 [cam]' 'ksys_ioctl+0x1/0x2'
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
