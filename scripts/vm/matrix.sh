#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Builds the module for every kernel and compiler of scripts/vm/kernels, with
# W=1 and no warning, loads it in a guest, and runs tests there. Prints KTAP, a
# table, and the line "N passed, N failed, N skipped". Logs and verdicts stay in a
# new folder of results/.
set -eu

vm=$(cd "$(dirname "$0")" && pwd)
# shellcheck source-path=SCRIPTDIR source=common.sh
. "$vm/common.sh"
# shellcheck source-path=SCRIPTDIR source=../device/results.sh
. "$vm/../device/results.sh"

usage()
{
	cat <<-END
	usage: scripts/vm/matrix.sh [OPTION...] [TEST...]
	  --rows REGEX     only rows whose "KERNEL ARCH COMPILER" matches
	  --tested REGEX   run the tests only on rows that match; 'none' on no row
	  --jobs N         rows at a time (default 2)
	  --list           print the rows
	TEST is as for scripts/test/run_tests.sh, or "all"; without one, those of
	scripts/vm/row_tests. The topic smoke is run on each row.
	END
}

list_rows()
{
	awk '!/^#/ && NF {
		count = split($4, compilers, ",")
		for (i = 1; i <= count; i++) {
			sub(/@.*/, "", compilers[i])
			print $1, $2, compilers[i]
		}
	}' "$vm/kernels" | grep -E -e "$rows" ||
		die "no row matches '$rows'; see --list"
}

# --- one row; everything it says goes to its folder ---

# step NAME COMMAND...: the cell NAME is ok or FAIL. The command is a child that
# a signal can be handed on to.
step()
{
	cell=$1
	shift
	"$@" >"$row_dir/$cell.log" 2>&1 &
	child=$!
	if wait "$child"; then
		echo ok >"$row_dir/$cell"
	else
		echo FAIL >"$row_dir/$cell"
		say "$row: $cell failed, see $row_dir/$cell.log"
		return 1
	fi
}

build_row()
{
	"$vm/fetch.sh" "$kernel" "$arch" &&
		exec "$vm/build.sh" "$kernel" "$arch"
}

# Prints the tests of scripts/vm/row_tests for this row.
list_row_tests()
{
	while read -r want_kernel want_arch want_compiler tests; do
		case $want_kernel in
		'' | '#'*) continue ;;
		esac
		# shellcheck disable=SC2254 # patterns
		case $kernel in $want_kernel) ;; *) continue ;; esac
		# shellcheck disable=SC2254
		case $arch in $want_arch) ;; *) continue ;; esac
		# shellcheck disable=SC2254
		case $compiler in $want_compiler) ;; *) continue ;; esac
		echo "$tests"
	done <"$vm/row_tests"
}

test_row()
{
	exec "$repo/scripts/test/run_tests.sh" --guests --jobs 1 --kernel "$kernel" --arch "$arch" \
		"$@" 2>"$row_dir/tests.progress"
}

# Runs test_row with what the row gets: one boot for all that fits into one guest.
run_tests_of_row()
{
	set -f
	if ! is_tested; then
		set -- smoke
	elif [ $# = 0 ]; then
		# shellcheck disable=SC2046 # a list of words
		set -- smoke $(list_row_tests)
	elif [ "$*" = all ]; then
		set --
	else
		set -- smoke "$@"
	fi
	step tests test_row "$@" || :
	if grep -q '^ok [0-9]* smoke.ops$' "$row_dir/tests.log"; then
		echo ok >"$row_dir/load"
	else
		echo FAIL >"$row_dir/load"
		rm "$row_dir/tests"
	fi
	is_tested || rm -f "$row_dir/tests"
}

is_tested()
{
	echo "$row" | grep -q -E -e "$tested"
}

# Later steps of a row do not run after a failed one.
run_row()
{
	begin=$(seconds)
	say "$row: begins"
	export DBB_COMPILER="$compiler"
	! step build build_row || run_tests_of_row "$@"
	echo $(($(seconds) - begin)) >"$row_dir/seconds"
	say "$row: done after $(cat "$row_dir/seconds") s"
}

# Takes rows that no other worker has taken: making the folder is the claim.
work()
{
	child=
	trap '[ -z "$child" ] || kill "$child" 2>/dev/null; exit 143' TERM
	while read -r kernel arch compiler; do
		row="$kernel $arch $compiler"
		row_dir=$out/$kernel-$arch-$compiler
		mkdir "$row_dir" 2>/dev/null || continue
		run_row "$@" </dev/null
	done <"$out/rows"
}

run_rows()
{
	for _ in $(seq "$jobs"); do
		work "$@" &
		workers="$workers $!"
	done
	wait
	workers=
}

# shellcheck disable=SC2317 # called by the trap
finish()
{
	code=$?
	trap - EXIT
	# shellcheck disable=SC2086 # a list of processes
	[ -z "$workers" ] || kill $workers 2>/dev/null || :
	exit "$code"
}

# --- report ---

read_cell()
{
	cat "$row_dir/$1" 2>/dev/null || echo "${2:--}"
}

# Sets tests_passed, tests_failed and tests_skipped from the last line of the
# tests, if they came so far.
count_tests()
{
	tests_passed=- tests_failed=- tests_skipped=-
	read -r tests_passed tests_failed tests_skipped <<-END || :
		$(tail -n 1 "$row_dir/tests.log" 2>/dev/null |
			sed -n 's/^\([0-9]*\) passed, \([0-9]*\) failed, \([0-9]*\) skipped$/\1 \2 \3/p')
	END
}

# report_cell NAME [REASON-FOR-A-SKIP]
report_cell()
{
	count=$((count + 1))
	case $(read_cell "$1") in
	ok)
		passed=$((passed + 1))
		echo "ok $count - $row: $1" ;;
	FAIL)
		failed=$((failed + 1))
		[ "$1" != build ] || tail -n 5 "$row_dir/$1.log" | sed 's/^/# /'
		echo "not ok $count - $row: $1" ;;
	*)
		skipped=$((skipped + 1))
		echo "ok $count - $row: $1 # SKIP $2" ;;
	esac
}

# What the tests of a row failed and skipped.
list_exceptions()
{
	grep -a -E '^not ok |^ok .*# SKIP' "$row_dir/tests.log" 2>/dev/null |
		sed 's/^/# /' || :
}

report_rows()
{
	echo 'KTAP version 1'
	echo "1..$((3 * $(wc -l <"$out/rows")))"
	while read -r kernel arch compiler; do
		row="$kernel $arch $compiler"
		row_dir=$out/$kernel-$arch-$compiler
		report_cell build
		report_cell load 'the build failed'
		list_exceptions
		if [ "$(read_cell load)" = ok ]; then
			report_cell tests "left out by --tested '$tested'"
		else
			report_cell tests 'the module was not loaded'
		fi
	done <"$out/rows"
}

print_row()
{
	printf '# %-9s %-6s %-9s %-6s %-5s %7s %7s %8s %8s\n' "$@"
}

print_table()
{
	print_row kernel arch compiler build load passed failed skipped seconds
	while read -r kernel arch compiler; do
		row_dir=$out/$kernel-$arch-$compiler
		count_tests
		print_row "$kernel" "$arch" "$compiler" "$(read_cell build)" \
			"$(read_cell load)" "${tests_passed:--}" \
			"${tests_failed:--}" "${tests_skipped:--}" \
			"$(read_cell seconds)"
	done <"$out/rows"
}

rows=. tested=. jobs=2 list='' workers='' command_line="matrix.sh $*"
while [ $# -gt 0 ]; do
	case $1 in
	--rows | --tested | --jobs)
		[ $# -ge 2 ] || die "$1 needs a value; see --help" ;;
	esac
	case $1 in
	--rows) rows=$2 && shift ;;
	--tested) tested=$2 && shift ;;
	--jobs) jobs=$2 && shift ;;
	--list) list=1 ;;
	--help) usage && exit ;;
	-*) die "unknown option '$1'; see --help" ;;
	*) break ;;
	esac
	shift
done

wanted_rows=$(list_rows)
[ -z "$list" ] || { echo "$wanted_rows" && exit; }
# shellcheck disable=SC2034 # for results.sh
here=$repo/scripts results_kernel="$(echo "$wanted_rows" | wc -l) rows"
new_results "$repo/results" matrix
out=$results_dir
index_results "$repo/results" "$command_line"
echo "$wanted_rows" >"$out/rows"
trap finish EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM
while read -r kernel arch compiler; do
	DBB_COMPILER=$compiler "$vm/deps.sh" "$kernel" "$arch" </dev/null
done <"$out/rows"
run_rows "$@"
count=0 passed=0 failed=0 skipped=0
report_rows
print_table
echo "# logs: $out"
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" = 0 ] && [ "$passed" -gt 0 ]
