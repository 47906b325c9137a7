# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# What other programs say of the sources: checkpatch, shellcheck, sparse and the
# compiler. Sourced by scripts/check.sh, in the tree that it looks at.
# shellcheck disable=SC2016 # awk's dollars
# shellcheck disable=SC2154 # files, scratch and the kernel are check.sh's

# checkpatch leaves a list of names in the folder that it runs in, and takes
# time: it runs on as many files at once as there are CPUs.
run_checkpatch()
{
	sed "s|^|$tree/|" | (
		mkdir -p "$scratch/checkpatch"
		cd "$scratch/checkpatch" || exit
		xargs -r -d '\n' -n 8 -P "$(nproc)" \
			perl "$checkpatch/checkpatch.pl" --no-tree --strict --terse \
			--no-summary --show-types "$@" -f
	) | sed "s|^$tree/||" | sort -t : -k 1,1 -k 2,2n
}

check_kernel_style()
{
	pick '^heap/.*\.[ch]$|^bench/.*\.[ch]$|^trace/.*\.c$' <"$files" |
		grep -v '^bench/user/' | run_checkpatch
	# The kernel's own trace headers open TP_STRUCT__entry( and its like at
	# the end of a line and align what follows by tabs.
	pick '^trace/.*\.h$' <"$files" |
		run_checkpatch --ignore OPEN_ENDED_LINE,PARENTHESIS_ALIGNMENT
}

check_user_style()
{
	pick '^(bench/user|scripts/test)/.*\.[ch]$' <"$files" | run_checkpatch
}

# A compiler of another release of the distribution comes without sparse. This is
# the build that guest.sh boots, which is not made again for it. The log is shown
# only when something is wrong, reduced to the messages when there are any.
check_build()
{
	DBB_SRC=$tree DBB_QUIET=1 "$vm/build.sh" "$kernel" "$arch" \
		${sparse:+C=2 CF='-D__CHECK_ENDIAN__ -Wsparse-error'} \
		>"$scratch/build" 2>&1 && return
	grep -E ':[0-9]+:.*(error|warning):|^(ERROR|WARNING): modpost' \
		"$scratch/build" >"$scratch/lines" || cp "$scratch/build" "$scratch/lines"
	sed "s|$cache/build/[^/]*/src/||" "$scratch/lines"
}

check_mutants()
{
	"$tree/scripts/mutants/run.sh" --check >"$scratch/mutants" 2>&1 ||
		cat "$scratch/mutants"
}

# Scripts are known by their first line, parts of scripts by the directive
# that names their language.
list_scripts()
{
	xargs -r -d '\n' awk -v wanted="$1" '
		FNR > 3 { nextfile }
		$0 ~ wanted {
			print FILENAME
			nextfile
		}' <"$files"
}

check_shellcheck()
{
	list_scripts '^#!.*[/ ]sh( |$)|^# shellcheck shell=sh$' |
		xargs -r -d '\n' -n 8 -P "$(nproc)" shellcheck -s sh -x -f gcc
	list_scripts '^#!.*[/ ]bash( |$)' |
		xargs -r -d '\n' shellcheck -s bash -x -f gcc
}

check_licences()
{
	{
		pick '\.([chS]|sh|mk|awk|R)$|(^|/)(Kbuild|Makefile)$' <"$files"
		list_scripts '^#!'
	} | LC_ALL=C sort -u >"$scratch/sources"
	xargs -r -d '\n' awk '
		FNR > 3 { nextfile }
		/SPDX-License-Identifier: / {
			print FILENAME
			nextfile
		}' <"$scratch/sources" | LC_ALL=C sort -u >"$scratch/licensed"
	LC_ALL=C comm -23 "$scratch/sources" "$scratch/licensed" |
		sed 's/$/: no SPDX-License-Identifier in its first lines/'
}
