# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# Programs that scripts on the host need beside the usual ones. Sourced.

# need_program PROGRAM PACKAGE PURPOSE: fails with a sentence when it is not
# there and may not be installed unasked.
need_program()
{
	command -v "$1" >/dev/null && return
	install_package "$2" "$3"
	command -v "$1" >/dev/null
}

install_package()
{
	if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
		echo "no $1 for $2: install $1" >&2
		return 1
	fi
	echo "Installing with apt-get, for $2: $1" >&2
	need_log=$(mktemp) || return
	# two topics of the tests may want something at once, and apt does not wait
	# shellcheck disable=SC2016 # for that shell
	flock /var/lib/apt/lists sh -c 'apt-get -qq update &&
		DEBIAN_FRONTEND=noninteractive apt-get -qq -y -o DPkg::Lock::Timeout=300 \
			--no-install-recommends install "$1"' sh "$1" >"$need_log" 2>&1 || {
		cat "$need_log" >&2
		echo "could not install $1" >&2
	}
	rm -f "$need_log"
}

# What is needed to look at patches: without its modules perl does not run checkpatch.
need_patch_tools()
{
	need_program patch patch 'applying patches' || return
	perl -MEncode -MTerm::ANSIColor -e 1 2>/dev/null && return
	install_package perl checkpatch
	perl -MEncode -MTerm::ANSIColor -e 1
}

need_r()
{
	need_program Rscript r-base-core 'the statistics'
}

need_gnuplot()
{
	need_program gnuplot gnuplot-nox 'the plots'
}

# Sets browser. The shell is the smallest of Debian's: 98 MB to fetch.
need_browser()
{
	for browser in chromium-headless-shell chromium; do
		! command -v "$browser" >/dev/null || return 0
	done
	browser=chromium-headless-shell
	need_program "$browser" "$browser" 'pictures of a page'
}

need_jq()
{
	need_program jq jq 'reading results'
}

need_miller()
{
	need_program mlr miller 'reading results'
}

# LAVA's own check of jobs, for the python3 of the distribution.
need_lava()
{
	[ -x /usr/bin/python3 ] && /usr/bin/python3 -c 'import lava_common' 2>/dev/null && return
	install_package lava-common 'checking LAVA jobs' &&
		/usr/bin/python3 -c 'import lava_common'
}

# benchcmp, which reads what benchstat does; Debian has no benchstat.
need_benchcmp()
{
	need_program benchcmp golang-golang-x-tools 'reading Go benchmarks (33 MB)'
}
