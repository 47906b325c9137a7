# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# Who may know of whom: the rules about includes, circles, and the one place of
# kernel versions. Sourced by scripts/check.sh, in the tree that it looks at.
# shellcheck disable=SC2016 # awk's dollars
# shellcheck disable=SC2154 # files, scratch and parts are check.sh's

module_sources='^(heap|trace|bench(/op|/stat|/report|/selftest)?)/[^/]*\.[ch]$'

# Prints each include of ours, with its target as a path of the tree.
list_includes()
{
	pick "$1" <"$files" |
		xargs -r -d '\n' awk -v list="$files" -f "$parts/includes.awk"
}

list_functions()
{
	pick "$module_sources" <"$files" | xargs -r -d '\n' awk -f "$parts/functions.awk"
}

check_layers()
{
	list_includes '\.[chS]$' >"$scratch/includes"
	awk -v asm="/usr/include/$(uname -m)-linux-gnu" -f "$parts/layers.awk" \
		"$scratch/includes"
}

# Every file of the module is compiled with compat.h, so a name of another file
# in it would make all files know of that one.
check_compat_leaf()
{
	list_functions >"$scratch/functions"
	pick "$module_sources" <"$files" | grep -v '^heap/compat\.' |
		xargs -r -d '\n' sed -n -E \
			-e 's/^(struct|enum|union) (dbb_[a-z0-9_]+) \{.*/\2/p' \
			-e 's/^[ \t]*#[ \t]*define[ \t]+([Dd][Bb][Bb]_[A-Za-z0-9_]+).*/\1/p' \
			>"$scratch/names"
	awk '$1 !~ /^heap\/compat\./ { print $3 }' "$scratch/functions" >>"$scratch/names"
	pick '^heap/compat\.[ch]$' <"$files" | xargs -r -d '\n' awk '
		FILENAME == ARGV[1] {
			theirs[$1] = 1
			next
		}
		/^[ \t]*(\*|\/\*|\/\/)/ { next }
		{
			text = $0
			while (match(text, /[Dd][Bb][Bb]_[A-Za-z0-9_]+/)) {
				name = substr(text, RSTART, RLENGTH)
				text = substr(text, RSTART + RLENGTH)
				if (name in theirs)
					print FILENAME ":" FNR ": names " name \
						" of another file; compat is a leaf"
			}
		}' "$scratch/names"
}

# The two halves of the CMA backend are one module: the part that needs what
# only some kernels export calls back into the other.
allowed_circle='heap/backend_cma heap/backend_cma_dev'

check_circles()
{
	list_includes "$module_sources" >"$scratch/includes"
	list_functions >"$scratch/functions"
	awk -v includes="$scratch/includes" -f "$parts/circles.awk" |
		sed 's/^/these include each other in a circle: /'
	pick "$module_sources" <"$files" | xargs -r -d '\n' \
		awk -v functions="$scratch/functions" -f "$parts/circles.awk" |
		grep -v -x "$allowed_circle" |
		sed 's/^/these call each other in a circle: /' || :
}

check_versions()
{
	pick '\.([ch]|mk)$|(^|/)Kbuild$' <"$files" |
		grep -v '^heap/compat\.\|^bench/user/\|^scripts/' |
		forbid 'LINUX_VERSION_CODE|LINUX_VERSION_(MAJOR|PATCHLEVEL)|KERNEL_VERSION *\(|DBB_HAVE_|linux/version\.h' \
			'only heap/compat.* may know of versions'
}
