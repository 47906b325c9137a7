#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# The style gate behind "make check": every check that can be made without
# running the module. A check passes only when it has nothing to say.
# usage: scripts/check.sh [KERNEL [ARCH]]
set -eu

vm=$(cd "$(dirname "$0")/vm" && pwd)
# shellcheck source-path=SCRIPTDIR source=vm/lib.sh
. "$vm/lib.sh"

# Everything that git tracks or would track, one name a line.
list_files()
{
	git ls-files --cached --others --exclude-standard | sort -u |
		while read -r file; do
			[ ! -f "$file" ] || echo "$file"
		done
}

# Prints those of the files on standard input whose name matches, or "none".
pick()
{
	grep -E "$1" || [ $? = 1 ]
}

# checkpatch leaves a list of names in the folder that it runs in.
run_checkpatch()
{
	sed "s|^|$repo/|" | (
		cd "$scratch"
		xargs -r -d '\n' perl "$checkpatch/checkpatch.pl" --no-tree \
			--strict --terse --no-summary --show-types "$@" -f
	) | sed "s|^$repo/||"
}

check_kernel_style()
{
	pick '^(heap|bench)/[^/]*\.[ch]$|^trace/.*\.c$' <"$files" | run_checkpatch
	# The kernel's own trace headers open TP_STRUCT__entry( and its like at
	# the end of a line and align what follows by tabs.
	pick '^trace/.*\.h$' <"$files" |
		run_checkpatch --ignore OPEN_ENDED_LINE,PARENTHESIS_ALIGNMENT
}

check_user_style()
{
	pick '^(bench/user|scripts/test)/.*\.[ch]$' <"$files" | run_checkpatch
}

# A compiler of another release of the distribution comes without sparse. Apart
# from the build of run.sh, whose flags are other ones. The log is shown
# only when something is wrong, reduced to the messages when there are any.
check_build()
{
	DBB_QUIET=1 "$vm/build.sh" --tag check "$kernel" "$arch" \
		${sparse:+C=2 CF='-D__CHECK_ENDIAN__ -Wsparse-error'} KCFLAGS=-Werror \
		>"$scratch/build" 2>&1 && return
	grep -E ':[0-9]+:.*(error|warning):|^(ERROR|WARNING): modpost' \
		"$scratch/build" >"$scratch/lines" || cp "$scratch/build" "$scratch/lines"
	sed "s|$cache/build/[^/]*/src/||" "$scratch/lines"
}

# Scripts are known by their first line, parts of scripts by the directive
# that names their language.
list_scripts()
{
	while read -r file; do
		head -n 3 "$file" | grep -a -q -E "$1" && echo "$file"
	done <"$files" || :
}

check_scripts()
{
	list_scripts '^#!.*[/ ]sh( |$)|^# shellcheck shell=sh$' |
		xargs -r -d '\n' shellcheck -s sh -x -f gcc
	list_scripts '^#!.*[/ ]bash( |$)' |
		xargs -r -d '\n' shellcheck -s bash -x -f gcc
}

check_licences()
{
	{
		pick '\.([chS]|sh|mk|awk)$|(^|/)(Kbuild|Makefile)$' <"$files"
		list_scripts '^#!'
	} | sort -u | while read -r file; do
		head -n 3 "$file" | grep -q 'SPDX-License-Identifier: ' ||
			echo "$file: no SPDX-License-Identifier in its first lines"
	done
}

# Prints the lines of the files on standard input that match, and why not.
forbid()
{
	xargs -r -d '\n' grep -n -H -E "$1" | sed "s|\$|  <- $2|" || :
}

check_versions()
{
	pick '\.([ch]|mk)$|(^|/)Kbuild$' <"$files" | grep -v '^heap/compat\.' |
		grep -v '^bench/user/\|^scripts/' |
		forbid 'LINUX_VERSION_CODE|KERNEL_VERSION *\(' \
			'only heap/compat.* may know of versions'
}

check_layers()
{
	include='^[[:space:]]*#[[:space:]]*include[[:space:]]*["<]'
	pick '^heap/.*\.[ch]$' <"$files" |
		forbid "$include([^\">]*/)?bench/" 'heap/ must not know of bench/'
	pick '^trace/.*\.[ch]$' <"$files" |
		forbid "$include([^\">]*/)?(heap|bench)/" \
			'trace/ must know of nothing else'
	pick '^bench/[^/]*\.[ch]$' <"$files" |
		forbid "$include([^\">]*/)?heap/([^h]|h[^e]|hea[^p]|heap[^.])" \
			'bench/ may know of heap/heap.h only'
}

check_top_level()
{
	for name in $top_level; do
		[ -e "$name" ] || echo "$name: missing at the top level"
	done
	sed 's|/.*||' "$files" | sort -u | grep -v '^\.' | while read -r name; do
		case " $top_level " in
		*" $name "*) ;;
		*) echo "$name: does not belong at the top level;" \
			"accepted: $top_level" ;;
		esac
	done
}

top_level='Makefile Kbuild heap bench trace scripts README.md LICENSE'

# Runs one check and prints what it says.
run_check()
{
	count=$((count + 1))
	"$1" >"$scratch/messages" 2>&1 || echo "$1 failed" >>"$scratch/messages"
	if [ -s "$scratch/messages" ]; then
		failed=$((failed + 1))
		sed 's/^/# /' "$scratch/messages"
		echo "not ok $count - $2"
	else
		echo "ok $count - $2"
	fi
}

cd "$repo"
kernel=${1:-6.1} arch=${2:-amd64}
read_kernel "$kernel" "$arch"
sparse=' and sparse'
[ -z "$compiler_suite" ] || sparse=
"$vm/deps.sh" "$kernel" "$arch" check
"$vm/fetch.sh" "$kernel" "$arch"
checkpatch=$("$vm/checkpatch.sh" "$kernel" "$arch")
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
files=$scratch/files
list_files >"$files"
count=0 failed=0

echo 'KTAP version 1'
echo '1..8'
run_check check_kernel_style 'checkpatch --strict: module'
run_check check_user_style 'checkpatch --strict: user programs'
run_check check_build "no warning from $compiler W=1$sparse, kernel $kernel $arch"
run_check check_scripts 'shellcheck'
run_check check_licences 'SPDX lines'
run_check check_versions 'kernel versions only in heap/compat.*'
run_check check_layers 'includes follow the layers'
run_check check_top_level 'top level'
echo "$((count - failed)) passed, $failed failed, 0 skipped"
[ "$failed" = 0 ]
