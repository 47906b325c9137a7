# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# How scripts on the host say that they cannot go on. Sourced by scripts that have a
# usage().

die()
{
	printf '%s: %s\n' "${0##*/}" "$*" >&2
	exit 3
}

usage_error()
{
	printf '%s: %s\n' "${0##*/}" "$*" >&2
	usage >&2
	exit 3
}
