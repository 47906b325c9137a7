#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Prints the commands that tell LAVA each figure of results folders: a test set for each
# run, a measurement with its unit for each figure. In a LAVA job: lava_results.sh DIR | sh
# usage: lava_results.sh DIR...
set -u

here=$(cd "$(dirname "$0")" && pwd) || exit 3

# A run that was stopped is neither good nor bad.
print_commands()
{
	set_name=
	while read -r run name state value unit; do
		[ "$run" = "$set_name" ] || {
			[ -z "$set_name" ] || echo 'lava-test-set stop'
			echo "lava-test-set start $run"
			set_name=$run
		}
		result=pass
		[ "$state" = complete ] || result=unknown
		echo "lava-test-case $name --result $result" \
			${value:+--measurement "$value" --units "$unit"}
	done
	[ -z "$set_name" ] || echo 'lava-test-set stop'
}

[ $# -gt 0 ] || {
	echo 'usage: lava_results.sh DIR...' >&2
	exit 3
}
for dir; do
	cells=$(sh "$here/cells.sh" "$dir") || exit
	printf '%s\n' "$cells" | print_commands
done
