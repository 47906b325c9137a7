#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# What run_tests.sh runs in a guest: each topic with a freshly loaded module.
# usage: scripts/test/run_topics.sh [BUG] TOPIC:CASE[,CASE...]...
# A BUG is one of module/planted_bug.c, which the kernel has to find. With
# DBB_FIRST_FAILURE in the environment it ends with the first case that fails, and with 1.
set -u

test_dir=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
scratch=$work/case
# shellcheck disable=SC2034 # for case.sh
in_guest=1
# shellcheck source-path=SCRIPTDIR source=case.sh
. "$test_dir/case.sh"

has_enough()
{
	[ -n "${DBB_FIRST_FAILURE:-}" ] && [ -e "$scratch.failed" ]
}

# Runs the named cases of one topic. Whatever state a case leaves the module in,
# the next one starts with it loaded and its knobs at their defaults.
run_topic()
(
	topic=$1
	# shellcheck source=/dev/null
	. "$test_dir/guest/test_$topic.sh"
	load
	save_knobs
	for name in $(echo "$2" | tr , ' '); do
		run_case "$topic.$name" "test_$name"
		! has_enough || break
		[ "$name" = clean ] && continue
		is_loaded || load
		restore_knobs
	done
	# even when the case that should have done it was not asked for
	! is_loaded || unload
)

# The longest case takes a minute. One that takes ten times that, without the time
# in which the guest waited for a CPU of the host, takes the guest down: the others
# get another one, and it shows where its CPUs are.
limit=$((600 + ${DBB_STRESS_S:-0}))

watch()
{
	was_begin=
	while sleep 5; do
		read -r begin 2>/dev/null <"$scratch.begin" || continue
		[ "$begin" = "$was_begin" ] || lost_before=$(lost_s)
		was_begin=$begin
		read_uptime
		[ $((uptime - begin - $(lost_s) + lost_before)) -gt $limit ] || continue
		echo "# the case did not end within $limit s: rebooting"
		echo 8 >/proc/sys/kernel/printk
		# backtraces of the CPUs, blocked tasks, reboot
		for key in l w b; do
			echo $key >/proc/sysrq-trigger
		done
	done
}

watch &
watcher=$!
case ${1:-} in
*:*) ;;
*)
	insmod "$test_dir/planted_bug.ko" bug="$1"
	shift ;;
esac
for argument; do
	run_topic "${argument%%:*}" "${argument#*:}"
	! has_enough || break
done
kill "$watcher"
failed=0
! has_enough || failed=1
rm -rf "$work"
echo finished
exit $failed
