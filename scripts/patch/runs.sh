# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# What the guests of both ways of patch.sh do before a run. Sourced.

# shellcheck disable=SC2034 # for who sources this
D=/sys/kernel/debug/dmabuf_bench

# Free memory looks the same before each run.
settle()
{
	echo 3 >/proc/sys/vm/drop_caches
	echo 1 >/proc/sys/vm/compact_memory
	sleep 0.2
}

# word_of LINE KEY: prints the value of KEY in a line
word_of()
{
	for word in $1; do
		case $word in
		"$2"=*) echo "${word#*=}" ;;
		esac
	done
}
