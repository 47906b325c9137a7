#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# What run.sh runs in a guest: the jobs of /out/queue, each with its files in
# place of those of the tree, and prints "begin NAME", what run_topics.sh says,
# and "end NAME". A line of the queue is a name, a limit in seconds and the
# arguments of run_topics.sh; the files are in /out/files/NAME, if there are any.
set -u

root=$(cd "$(dirname "$0")/../.." && pwd)
module=dmabuf_bench
sound=$(mktemp -d)
times=$(mktemp)

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

run_job()
{
	name=$1 limit=$2
	shift 2
	limit=$(limit_of "$limit" "$*")
	echo "begin $name"
	put_in_place "$name"
	read -r begin _ </proc/uptime
	begin=${begin%.*}
	sh "$root/scripts/test/run_topics.sh" "$@" &
	topics=$!
	while kill -0 $topics 2>/dev/null; do
		sleep 0.2
		read -r now _ </proc/uptime
		[ $((${now%.*} - begin)) -le "$limit" ] || leave "limit $name"
	done
	take_back "$name"
	unload || leave "stuck $name"
	read -r now _ </proc/uptime
	took=$((${now%.*} - begin))
	[ "$name" = "${name#=}" ] || echo "$took $*" >>"$times"
	echo "end $name $took"
}

while read -r line; do
	# shellcheck disable=SC2086 # words
	run_job $line </dev/null
done </out/queue
rm -rf "$sound" "$times"
echo all-done
