#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# What run.sh runs in a guest: the jobs of /out/queue, each with its files in
# place of those of the tree, and prints "begin NAME", what run_topics.sh says,
# and "end NAME". A line of the queue is a name, a limit in seconds and the
# arguments of run_topics.sh; the files are in /out/files/NAME, if there are any.
# A job that begins with + ends with its first failure, and has to give back its
# pages; with % kmemleak looks for the rest, too, which takes half a minute.
set -u

root=$(cd "$(dirname "$0")/../.." && pwd)
module=dmabuf_bench
sound=$(mktemp -d)
times=$(mktemp)
kmemleak=/sys/kernel/debug/kmemleak

list_files()
{
	[ ! -d "/out/files/$1" ] || (cd "/out/files/$1" && find . -type f)
}

put_in_place()
{
	list_files "$1" | while read -r file; do
		mkdir -p "$sound/$(dirname "$file")"
		cp -p "$root/$file" "$sound/$file"
		cp "/out/files/$1/$file" "$root/$file"
		[ ! -x "$sound/$file" ] || chmod +x "$root/$file"
	done
}

take_back()
{
	list_files "$1" | while read -r file; do
		cp -p "$sound/$file" "$root/$file"
	done
}

# Nothing of what a mutant broke can be trusted: the others get another guest.
leave()
{
	echo "$1"
	sleep 1
	echo b >/proc/sysrq-trigger
	sleep 60
}

is_loaded()
{
	[ -d /sys/module/$module ]
}

unload()
{
	for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
		is_loaded || return 0
		rmmod $module 2>/dev/null
		sleep 0.2
	done
	! is_loaded
}

# limit_of LIMIT TOPICS: four times what they took without a mutant in this guest, if
# they ran in it, and what a guest takes to begin with.
limit_of()
{
	took=$(sed -n "s/^\([0-9]*\) $2\$/\1/p" "$times" | tail -n 1)
	[ -z "$took" ] || set -- $((30 + 4 * took))
	echo "$1"
}

# Sets now: seconds, without those in which the guest waited for a CPU.
read_time()
{
	read -r now _ </proc/uptime
	read -r lost 2>/dev/null </ctl/lost || lost=0
	now=$((${now%.*} - lost))
}

free_kb()
{
	echo 3 >/proc/sys/vm/drop_caches
	sleep 0.5
	sed -n 's/^MemFree: *\([0-9]*\) kB/\1/p' /proc/meminfo
}

# Before the tests: what is free, and what kmemleak knows already.
weigh()
{
	free_before=$(free_kb)
	[ "$mark" != % ] || [ ! -e $kmemleak ] || echo clear >$kmemleak
}

# After them. kmemleak takes an object for lost that two scans did not find, and that
# was not used for five seconds. It knows no pages.
weigh_again()
{
	free_now=$(free_kb)
	lost_kb=$((free_before - free_now))
	[ "$lost_kb" -le 16384 ] || echo "not ok memory_given_back $lost_kb kB"
	[ "$mark" = % ] && [ -e $kmemleak ] || return 0
	sleep 6
	echo scan >$kmemleak
	echo scan >$kmemleak
	[ -z "$(head -c 100 $kmemleak)" ] || {
		head -n 12 $kmemleak | sed 's/^/# /'
		echo 'not ok kmemleak'
	}
}

# After a report lockdep is off, KASAN silent, and memory may be anything.
is_spent()
{
	[ -e /proc/lockdep_stats ] || [ "${lost_kb:-0}" -gt 16384 ] || return 1
	[ "${lost_kb:-0}" -gt 16384 ] || grep -q '^ *debug_locks: *0' /proc/lockdep_stats ||
		dmesg | grep -q -e 'KASAN: ' -e 'BUG: ' -e 'DMA-API: '
}

run_job()
{
	name=$1 limit=$2
	shift 2
	mark=${name%"${name#[+%]}"} lost_kb=0
	name=${name#[+%]}
	limit=$(limit_of "$limit" "$*")
	echo "begin $name"
	put_in_place "$name"
	[ -z "$mark" ] || weigh
	read_time
	begin=$now
	DBB_FIRST_FAILURE=$mark sh "$root/scripts/test/run_topics.sh" "$@" &
	topics=$!
	while kill -0 $topics 2>/dev/null; do
		sleep 0.2
		read_time
		[ $((now - begin)) -le "$limit" ] || leave "limit $name"
	done
	take_back "$name"
	unload || leave "stuck $name"
	[ -z "$mark" ] || ! wait $topics || weigh_again
	read_time
	took=$((now - begin))
	[ "$name" = "${name#=}" ] || echo "$took $*" >>"$times"
	echo "end $name $took"
	! is_spent || leave 'spent'
}

while read -r line; do
	# shellcheck disable=SC2086 # words
	run_job $line </dev/null
done </out/queue
rm -rf "$sound" "$times"
echo all-done
