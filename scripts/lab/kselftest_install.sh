#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Makes a folder that the kernel's run_kselftest.sh takes: the collection dmabuf_bench
# with the module, the programs and what they need. "make kselftest-install DIR=" calls it.
set -eu

lab=$(cd "$(dirname "$0")" && pwd)
tree=$(cd "$lab/../.." && pwd)

usage()
{
	cat <<'END_USAGE'
usage: scripts/lab/kselftest_install.sh [OPTION...] DIR
  --linux TREE   source of a kernel, from which run_kselftest.sh and kselftest/ are
                 taken when DIR has none (default: Debian's linux-source of 7.3,
                 150 MB, which is fetched when the cache has none)
  --module FILE  dmabuf_bench.ko (default: that of this tree)
  --programs DIR the programs of bench/user (default: those of this tree)
DIR may be one that the kernel's "make -C tools/testing/selftests install" has made:
collections that are there stay, and ours is added to kselftest-list.txt.
Exit status: 0 done; 3 used wrongly, or something is missing.
END_USAGE
}

die()
{
	printf '%s: %s\n' "${0##*/}" "$*" >&2
	exit 3
}

parse()
{
	linux='' module=$tree/dmabuf_bench.ko programs=$tree/bench/user
	while [ $# -gt 0 ]; do
		case $1 in
		--linux | --module | --programs) [ $# -ge 2 ] || die "$1 needs a value; see --help" ;;
		esac
		case $1 in
		--linux) linux=$2 && shift ;;
		--module) module=$2 && shift ;;
		--programs) programs=$2 && shift ;;
		--help | -h) usage && exit ;;
		-*) die "unknown option '$1'; see --help" ;;
		*) break ;;
		esac
		shift
	done
	dir=${1:-}
	[ $# = 1 ] && [ -n "$dir" ] && return
	die 'wants one folder, as in make kselftest-install DIR=/tmp/kselftest'
}

check()
{
	[ -e "$module" ] || die "there is no $module: make it, or name another one with --module"
	[ ! -e "$dir/dmabuf_bench" ] ||
		die "$dir/dmabuf_bench is there already, maybe with results: give another DIR, or remove it"
	[ -z "$linux" ] || [ -e "$linux/tools/testing/selftests/run_kselftest.sh" ] ||
		die "$linux has no tools/testing/selftests/run_kselftest.sh: no source of a kernel"
}

install_runner()
{
	[ ! -e "$dir/run_kselftest.sh" ] || return 0
	[ -n "$linux" ] || linux=$("$lab/../vm/source.sh" 7.3 "$(dpkg --print-architecture)") ||
		die 'no source of a kernel: name one with --linux'
	mkdir -p "$dir/kselftest"
	cp "$linux"/tools/testing/selftests/kselftest/* "$dir/kselftest"
	cp "$linux/tools/testing/selftests/run_kselftest.sh" "$dir"
}

# The programs, each of which is a test.
list_tests()
{
	printf 'dmabuf_bench:%s\n' selftest_mappings.sh selftest_measurement.sh measurements.sh
}

install_collection()
{
	new=$dir/dmabuf_bench
	mkdir -p "$new/scripts" "$new/bench/user"
	cp "$module" "$new/dmabuf_bench.ko"
	cp "$lab/kselftest_config" "$new/config"
	cp "$lab/kselftest_settings" "$new/settings"
	cp "$lab/kselftest_case.sh" "$lab/selftest_mappings.sh" "$lab/selftest_measurement.sh" \
		"$lab/measurements.sh" "$lab/lava_test.yaml" "$new"
	cp "$lab/../bench.sh" "$new/scripts"
	cp -r "$lab/../device" "$new/scripts"
	mkdir "$new/scripts/lab"
	cp "$lab/cells.sh" "$lab/lava_results.sh" "$lab/lava_run.sh" "$new/scripts/lab"
	for program in heap_mmap heap_exec dmabuf_probe; do
		[ ! -e "$programs/$program" ] || cp "$programs/$program" "$new/bench/user"
	done
	list_tests >>"$dir/kselftest-list.txt"
}

parse "$@"
check
mkdir -p "$dir"
install_runner
install_collection
echo "$dir has the collection dmabuf_bench: copy it to the device, and there, as root:" \
	'./run_kselftest.sh -c dmabuf_bench'
