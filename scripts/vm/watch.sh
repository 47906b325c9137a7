# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# Watches a guest that runs: how long it waited for a CPU of this machine, and
# whether it has to be stopped. Sourced by guest.sh, which sets these:
: "${run:=}" "${limit:=}" "${standstill:=}" "${guest:=}"

# An emulated kernel on a busy machine now and then fails to calibrate its
# clocks and waits for ever; one that is not up by now never will be.
boot_limit=120

# Sets ran and waited: how long the guest's threads have run so far and how long
# they were ready to, in ms. Kernels that do not count it say zero.
read_cpu_time()
{
	# shellcheck disable=SC2046 # two numbers
	set -- $(cat /proc/"$(cat "$run/pid" 2>/dev/null)"/task/*/schedstat 2>/dev/null |
		awk '{ ran += $1; waited += $2 }
			END { printf "%.0f %.0f\n", ran / 1e6, waited / 1e6 }')
	ran=$1 waited=$2
}

# Adds to lost the time of the last tick that went to other processes of this
# machine: its length, times the share of waiting.
add_lost_time()
{
	was_ran=$ran was_waited=$waited was_now=$now
	read_cpu_time
	now=$(($(date +%s%N) / 1000000))
	wait_ms=$((waited - was_waited)) ready_ms=$((waited - was_waited + ran - was_ran))
	[ "$wait_ms" -gt 0 ] && [ "$ready_ms" -gt 0 ] || return 0
	tick_lost=$(((now - was_now) * wait_ms / ready_ms))
	[ "$tick_lost" -le "$wait_ms" ] || tick_lost=$wait_ms
	lost=$((lost + tick_lost))
	window_wait=$((window_wait + wait_ms))
	window_ready=$((window_ready + ready_ms))
}

# Notes for kernel_log.sh that the guest waited for over a quarter of the last
# twenty seconds in which it had something to do.
note_starvation()
{
	[ $((now - window_begin)) -ge 20000 ] || return 0
	if [ $((window_wait * 4)) -gt "$window_ready" ] && [ "$window_wait" -gt 5000 ]; then
		echo "$(((now - start) / 1000)) $((window_wait * 100 / window_ready))" \
			>>"$run/ctl/starved"
	fi
	window_begin=$now window_wait=0 window_ready=0
}

# True when the guest's init, which touches a file every five seconds, has not done
# so for too long.
stands_still()
{
	was_beat=$beat
	beat=$(stat -c %Y "$run/ctl/beat" 2>/dev/null) || return
	[ "$beat" = "$was_beat" ] || beat_took=$took
	[ $((took - beat_took)) -ge "$standstill" ]
}

# Ends the guest when its time is up.
watch_guest()
{
	now=$(($(date +%s%N) / 1000000))
	ran=0 waited=0 lost=0 up='' start=$now
	window_begin=$now window_wait=0 window_ready=0 beat='' beat_took=0
	while sleep 1; do
		add_lost_time
		note_starvation
		echo $((lost / 1000)) >"$run/ctl/lost.new"
		mv "$run/ctl/lost.new" "$run/ctl/lost"
		took=$(((now - start - lost) / 1000))
		if [ -z "$up" ] && [ -e "$run/ctl/up" ]; then
			up=1
			say "guest up after $(((now - start) / 1000)) s"
		fi
		if [ -z "$up" ] && [ "$took" -ge "$boot_limit" ] &&
			[ "$limit" -gt "$boot_limit" ]; then
			: >"$run/stuck"
		elif [ "$took" -ge "$limit" ]; then
			: >"$run/expired"
		elif stands_still; then
			: >"$run/frozen"
		else
			continue
		fi
		kill "$guest"
		return
	done
}
