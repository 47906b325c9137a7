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

for argument; do
	run_topic "${argument%%:*}" "${argument#*:}"
done
rm -rf "$scratch"
echo finished
