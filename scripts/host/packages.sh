# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# Programs that scripts on the host need beside the usual ones. Sourced.

# need_program PROGRAM PACKAGE PURPOSE: fails with a sentence when it is not
# there and may not be installed unasked.
need_program()
{
	command -v "$1" >/dev/null && return
	if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
		echo "no $1 for $3: install $2" >&2
		return 1
	fi
	echo "Installing with apt-get, for $3: $2" >&2
	need_log=$(mktemp) || return
	{
		apt-get -qq update &&
			DEBIAN_FRONTEND=noninteractive apt-get -qq -y \
				--no-install-recommends install "$2"
	} >"$need_log" 2>&1 || {
		cat "$need_log" >&2
		echo "could not install $2" >&2
	}
	rm -f "$need_log"
	command -v "$1" >/dev/null
}

need_r()
{
	need_program Rscript r-base-core 'the statistics'
}

need_gnuplot()
{
	need_program gnuplot gnuplot-nox 'the plots'
}
