# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# scripts/check.sh: each case plants one violation in a copy of the tree, and
# exactly the check of that rule has to fail and name the file.
# shellcheck disable=SC2154 # test_dir and scratch come from run_tests.sh

# What needs neither a compiler nor anything that is fetched.
gate_checks=licences,layers,compat_leaf,circles,versions,functions,base_names
gate_checks=$gate_checks,top_level,commands,readmes,prose,words,hosts,figures
layout_checks=layers,circles,versions,base_names,top_level

# Sets $copy to a new copy of the tree.
copy_tree()
{
	clean=$scratch/gate.clean copy=$scratch/gate
	if [ ! -d "$clean" ]; then
		mkdir "$clean"
		(
			cd "$test_dir/../.." || exit
			if [ -e .git ]; then
				git ls-files --cached --others --exclude-standard
			else
				find . -type f
			fi | xargs -r -d '\n' cp --parents -p -t "$clean" 2>/dev/null
		)
	fi
	rm -rf "$copy"
	cp -r -p "$clean" "$copy"
}

gate()
{
	"$test_dir/../check.sh" --tree "$copy" --only "$1" >"$scratch/gate.said" 2>&1
}

# plant FILE [LINE]: into a new copy, at the end of FILE, which may be new.
plant()
{
	copy_tree
	plant_more "$@"
}

plant_more()
{
	mkdir -p "$copy/$(dirname "$1")"
	[ $# -lt 2 ] || printf '%s\n' "$2" >>"$copy/$1"
	[ $# -gt 1 ] || : >>"$copy/$1"
}

# caught CHECK PATTERN...: CHECK fails with a message for each pattern, and none
# of the other checks of the layout does.
caught()
{
	check=$1
	shift
	gate "$check,$layout_checks" && complain "nothing failed: $check"
	for pattern; do
		grep -q -E "^# .*$pattern" "$scratch/gate.said" ||
			complain "no message of $check that matches $pattern"
	done
	[ "$(grep -c '^not ok' "$scratch/gate.said")" = 1 ] ||
		complain 'not exactly one check failed'
	grep '^#\|^not ok\|^check.sh' "$scratch/gate.said" | head -n 12
}

# forbidden FILE INCLUDE FILE INCLUDE...: all in one copy; the check of layers
# says so of each, and names the file.
forbidden()
{
	copy_tree
	: >"$scratch/gate.planted"
	while [ $# -gt 1 ]; do
		plant_more "$1" "#include $2"
		echo "$1:$(wc -l <"$copy/$1"): $2" >>"$scratch/gate.planted"
		shift 2
	done
	gate layers && complain 'nothing failed: layers'
	while read -r where what; do
		grep -q "^# $where " "$scratch/gate.said" ||
			complain "accepted: $what at $where"
	done <"$scratch/gate.planted"
}

# permitted FILE INCLUDE FILE INCLUDE...
permitted()
{
	copy_tree
	while [ $# -gt 1 ]; do
		plant_more "$1" "#include $2"
		shift 2
	done
	gate layers || {
		complain 'refused what is allowed'
		cat "$scratch/gate.said"
	}
}

test_clean()
{
	copy_tree
	gate "$gate_checks" || {
		complain 'the tree as it is does not pass'
		grep '^#\|^not ok\|^check.sh' "$scratch/gate.said"
	}
	expect_match 'last line' "$(tail -n 1 "$scratch/gate.said")" '* passed, 0 failed, 0 skipped'
}

# --- who may know of whom ---

test_heap()
{
	forbidden heap/stats.c '"../bench/arm.h"' \
		heap/mmap_sg.c '"../bench/stat/summary.h"' \
		heap/heap.h '<bench/arm.h>'
}

test_compat_includes()
{
	forbidden heap/compat.h '"heap.h"' \
		heap/compat.h '"../trace/dbb_trace.h"'
}

test_compat_names()
{
	plant heap/compat.h 'static inline void leak(struct dbb_buffer *buffer) { }'
	plant_more heap/compat.h '#define dbb_compat_leak(x) dbb_errlog_add(x)'
	caught compat_leaf 'heap/compat\.h:.*dbb_buffer' 'heap/compat\.h:.*dbb_errlog_add'
}

# However the path is written.
test_bench()
{
	forbidden bench/env.c '"../heap/buffer.h"' \
		bench/run.c '"./../heap/fragment.h"' \
		bench/arm.h '"buffer.h"' \
		bench/selftest/ktap.c '"../../heap/buffer.h"' \
		bench/selftest/page_tags.h '"../op/../../heap/fault_chunk.h"' \
		bench/report/json.c '"../../heap/buffer.h"' \
		bench/env.c '"user/ranks.h"'
	permitted bench/env.c '"../heap/heap.h"' \
		bench/env.c '"../heap/compat.h"'
}

test_op()
{
	set --
	for header in run rounds worker sample result status; do
		set -- "$@" bench/op/op_noop.c "\"../$header.h\""
	done
	forbidden "$@"
	forbidden bench/op/op_noop.c '"../../heap/buffer.h"' \
		bench/op/op_noop.c '"../stat/summary.h"' \
		bench/op/op_noop.c '"../selftest/ktap.h"'
	permitted bench/op/op_noop.c '"../param.h"'
}

# By way of a header that an operation may include.
test_op_reaches()
{
	plant bench/stop.h '#include "status.h"'
	caught layers 'bench/op/.*: reaches bench/status\.h by way of bench/stop\.h'
}

test_stat()
{
	forbidden bench/stat/modes.c '"../clock.h"' \
		bench/stat/modes.c '"../../heap/heap.h"' \
		bench/stat/summary.h '"../../trace/dbb_trace.h"'
}

test_report()
{
	forbidden bench/report/csv.c '"../run.h"' \
		bench/report/csv.c '"../op/op.h"' \
		bench/report/csv.c '"../../heap/heap.h"'
	permitted bench/report/csv.c '"../stat/summary.h"'
}

test_selftest()
{
	forbidden bench/run.c '"selftest/selftest.h"' \
		bench/op/op.h '"../selftest/page_tags.h"' \
		bench/report/json.c '"../selftest/ktap.h"'
	permitted bench/main.c '"selftest/ktap.h"'
}

test_user()
{
	forbidden bench/user/common.c '"../clock.h"' \
		bench/user/ranks.c '"../stat/summary.h"' \
		bench/user/common.c '<linux/slab.h>'
	permitted bench/user/common.c '<linux/dma-buf.h>'
}

test_trace()
{
	forbidden trace/trace.c '"../heap/heap.h"' \
		trace/dbb_trace.h '"../bench/clock.h"'
}

test_scripts()
{
	forbidden scripts/test/program/put.c '"../../heap/heap.h"' \
		scripts/test/fuzz/fuzz.c '"../../bench/stat/summary.h"'
}

test_unresolved()
{
	forbidden bench/env.c '"no_such_file.h"' \
		bench/env.c 'SOME_MACRO'
}

test_circle()
{
	plant bench/clock.h '#include "env.h"'
	plant_more bench/env.h '#include "clock.h"'
	caught circles 'circle: bench/clock bench/env$'
	plant bench/sample.h '#include "report/report.h"'
	caught circles 'circle: bench/report/report .*bench/sample'
	plant bench/clock.c 'void planted(void) { dbb_env_planted(); }'
	plant_more bench/env.c 'void dbb_env_planted(void)
{
	dbb_clock_planted();
}'
	plant_more bench/clock.c 'void dbb_clock_planted(void)
{
}'
	caught circles 'circle: .*bench/clock bench/env'
}

test_version()
{
	plant bench/env.c '#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 1, 0)'
	plant_more heap/mmap_sg.c '#ifdef DBB_HAVE_PFN_T'
	caught versions 'bench/env\.c:' 'heap/mmap_sg\.c:'
}

# --- where files belong, and names ---

test_function_name()
{
	plant bench/env.c 'void dbb_clock_of_env(void)
{
}'
	plant_more heap/mmap_sg.c 'int
walk(void)
{
}'
	caught functions 'bench/env\.c:.*dbb_clock_of_env' 'heap/mmap_sg\.c:.*walk\(\)'
}

test_second_file()
{
	plant heap/clock.c
	plant_more scripts/vm/case.sh
	caught base_names '(heap|bench)/clock\.c' 'scripts/(vm|test)/case\.sh'
}

test_top_level()
{
	plant notes.txt 'x'
	plant_more docs/manual.md 'x'
	plant_more .planted 'x'
	rm "$copy/LICENSE"
	caught top_level 'notes\.txt: ' 'docs: ' '\.planted: ' 'LICENSE: missing'
}

test_command()
{
	plant scripts/part.sh '#!/bin/sh
exit 0'
	chmod +x "$copy/scripts/part.sh"
	plant_more scripts/list.txt 'x'
	chmod -x "$copy/scripts/compare.sh"
	caught commands 'scripts/part\.sh: --help' 'scripts/list\.txt' \
		'scripts/compare\.sh: cannot be executed'
}

test_readme()
{
	copy_tree
	rm -f "$copy/bench/op/README.md"
	plant_more heap/more/deep.c '/* SPDX-License-Identifier: GPL-2.0 */'
	plant_more README.md "$(yes '' | head -n 151 | sed 's/$/x/')"
	caught readmes 'bench/op: ' 'heap/more: ' 'README\.md: '
}

test_prose()
{
	plant heap/README.md "$(yes word | head -n 40 | tr '\n' ' ')"
	caught prose 'heap/README\.md:'
}

test_words()
{
	plant heap/README.md 'This is what the second seed does.'
	plant_more scripts/bench.sh '# measures both seeds'
	caught words 'heap/README\.md:' 'scripts/bench\.sh:'
}

test_host_name()
{
	plant scripts/vm/apt.sh '# http:/''/mirror.example.net/debian'
	caught hosts 'scripts/vm/apt\.sh:'
}

test_licence()
{
	plant bench/new.c 'int x;'
	caught licences 'bench/new\.c:'
}

# The first figure between marks, another one; one outside of them; a picture of other
# counts.
test_typed_figure()
{
	copy_tree
	awk '/^<!-- figure/ { inside = 1 }
		inside && !done && match($0, /[0-9]/) && !/^</ {
			$0 = substr($0, 1, RSTART - 1) (substr($0, RSTART, 1) + 1) % 10 \
				substr($0, RSTART + 1)
			done = 1
		}
		{ print }' "$copy/scripts/exact/README.md" >"$scratch/readme"
	cmp -s "$scratch/readme" "$copy/scripts/exact/README.md" && fail 'scripts/exact/README.md has no figure'
	cp "$scratch/readme" "$copy/scripts/exact/README.md"
	plant_more heap/README.md 'A mapping took 12.5 ms, 35x less.'
	sed -i '$s/: [0-9]* /: 12 /' "$copy/scripts/figures/strategies.svg"
	caught figures 'scripts/exact/README\.md: .*differs' 'heap/README\.md:.*12\.5 ms' \
		'strategies\.svg: .*other counts'
}

# The text that a mutant replaces is gone. One mutant is enough, and faster.
test_mutants()
{
	copy_tree
	rm "$copy"/scripts/mutants/list/*.list
	sed -n '/^#/p; /^mutant zero-system$/,/^$/p' "$clean/scripts/mutants/list/heap.list" \
		>"$copy/scripts/mutants/list/heap.list"
	gate mutants || complain "the check fails without a violation: $(cat "$scratch/gate.said")"
	sed -i 's/__GFP_ZERO | __GFP_NOWARN/__GFP_NOWARN | __GFP_ZERO/' \
		"$copy/heap/backend_system.c"
	caught mutants 'zero-system'
}

# --- the front ---

test_options()
{
	"$test_dir/../check.sh" --only no_such >/dev/null 2>&1
	expect_equal 'status of an unknown check' $? 3
	"$test_dir/../check.sh" --no-such >/dev/null 2>&1
	expect_equal 'status of an unknown option' $? 3
	"$test_dir/../check.sh" no-kernel >/dev/null 2>&1
	expect_equal 'status of an unknown kernel' $? 3
	for name in $(echo "$gate_checks" | tr , ' '); do
		"$test_dir/../check.sh" --list | grep -q "^$name " || complain "not listed: $name"
	done
}
