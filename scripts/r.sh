# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# R, for the scripts on the host that need statistics. Sourced.

# Fails with a sentence when R is not there and may not be installed unasked.
need_r()
{
	command -v Rscript >/dev/null && return
	if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
		echo 'this needs R: install r-base-core' >&2
		return 1
	fi
	echo 'Installing with apt-get, for the statistics: r-base-core' >&2
	r_log=$(mktemp) || return
	{
		apt-get -qq update &&
			DEBIAN_FRONTEND=noninteractive apt-get -qq -y \
				--no-install-recommends install r-base-core
	} >"$r_log" 2>&1 || {
		cat "$r_log" >&2
		echo 'could not install r-base-core' >&2
	}
	rm -f "$r_log"
	command -v Rscript >/dev/null
}
