# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# How mappings are cached, as the test module page_attributes reads it back. Sourced by
# the topics of that, after case.sh.
: "${test_dir:?}" "${scratch:?}" "${D:?}" "${page:?}" "${refusals:=}" "${what:=}"

attributes=/sys/kernel/debug/page_attributes

# Loads the module that reads attributes; it stays for the other cases.
load_reader()
{
	[ -e $attributes ] || insmod "$test_dir/page_attributes.ko" ||
		fail 'page_attributes.ko cannot be loaded'
}

unload_reader()
{
	[ ! -e $attributes ] || rmmod page_attributes
}

is_arm64()
{
	[ "$(uname -m)" = aarch64 ]
}

# What mappings other than cached ones there are here.
other_cachings()
{
	choices_of heap/caching | sed 's/\<cached\>//'
}

# linear_of_all: how many pages of all memory the linear map has not cached. Those that it
# has not at all come and go with the kernel's own allocations.
linear_of_all()
{
	echo linear >$attributes
	sed -n 's/^linear //p' $attributes | tr ' ' '\n' | grep -v -E '^(cached|absent)=' |
		tr '\n' ' '
}

# The last linear_of_all has looked at all of memory.
expect_all_seen()
{
	seen=$(sed -n 's/^linear cached=\([0-9]*\).*/\1/p' $attributes)
	note "$seen pages are cached"
	expect_awk 'pages that were looked at' \
		"$seen >= $(sed -n 's/^MemTotal: *\([0-9]*\) kB/\1/p' /proc/meminfo) * 1024 / $page"
}

# expect_shown NODE CACHING PAGES: all of the three kinds of mapping have it; the linear
# map only where it can be changed.
expect_shown()
{
	linear=$2
	! is_arm64 || linear=cached
	for when in fresh protected moved forked; do
		echo "$when user $2=$3"
		echo "$when kernel $2=$3"
		echo "$when linear $linear=$3"
	done >"$scratch/wanted"
	helper map_attributes "$1" show $(($3 * page)) >"$scratch/shown"
	cmp -s "$scratch/shown" "$scratch/wanted" || {
		complain "$what, $2:"
		diff "$scratch/shown" "$scratch/wanted"
	}
}

# refused NODE WORD...: an allocation is refused, and the line says why.
refused()
{
	refused_node=$1
	shift
	read_refusals
	expect_refusal "$what" EOPNOTSUPP \
		"$(helper heap_abi "$refused_node" try $((3 * page)) 2 0 0)" "$refusals" \
		"${refused_node##*/}" accepted "$@"
	all_is_freed || complain "$what: something is left"
}
