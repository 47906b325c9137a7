#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# What run.sh runs in a guest: each topic with a freshly loaded module.
# usage: scripts/test/guest.sh TOPIC:CASE[,CASE...]...
set -u

test_dir=$(cd "$(dirname "$0")" && pwd)
scratch=$(mktemp -d)
# shellcheck disable=SC2034 # for lib.sh
in_guest=1
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$test_dir/lib.sh"

# Runs the named cases of one topic. Whatever state a case leaves the module in,
# the next one starts with it loaded and its knobs at their defaults.
run_topic()
(
	topic=$1
	# shellcheck source=/dev/null
	. "$test_dir/guest/$topic.sh"
	load
	save_knobs
	for name in $(echo "$2" | tr , ' '); do
		run_case "$topic.$name" "test_$name"
		[ "$name" = clean ] && continue
		is_loaded || load
		restore_knobs
	done
	# even when the case that should have done it was not asked for
	! is_loaded || unload
)

# The longest case takes a minute. One that takes ten times that takes the guest
# down, so that the others get another one, and shows where its CPUs are.
limit=600

watch()
{
	while sleep 5; do
		begin=$(cat "$scratch/begin" 2>/dev/null)
		[ $(($(date +%s) - ${begin:-$(date +%s)})) -gt $limit ] || continue
		echo "# no end after $limit s: rebooting"
		echo 8 >/proc/sys/kernel/printk
		# backtraces of the CPUs, blocked tasks, reboot
		for key in l w b; do
			echo $key >/proc/sysrq-trigger
		done
	done
}

watch &
watcher=$!
for argument; do
	run_topic "${argument%%:*}" "${argument#*:}"
done
kill "$watcher"
rm -rf "$scratch"
echo finished
