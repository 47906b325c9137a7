#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Do the tests see a defect? Plants those of list/ one by one and runs the tests
# that have to fail. Prints KTAP: a mutant that its tests kill is ok, one that
# survives is not.
set -eu

mutants=$(cd "$(dirname "$0")" && pwd)
vm=$mutants/../vm
# shellcheck source-path=SCRIPTDIR source=../vm/common.sh
. "$vm/common.sh"
# shellcheck source-path=SCRIPTDIR source=plant.sh
. "$mutants/plant.sh"
# shellcheck source-path=SCRIPTDIR source=judge.sh
. "$mutants/judge.sh"

usage()
{
	cat <<-END
	usage: scripts/mutants/run.sh [OPTION...] [NAME...]
	  --part N/M       the N-th of M equal parts of the list
	  --sample WORD    those that the list puts into this sample, such as ci
	  --generated N    not those of the list, but N that generate.sh derives
	  --seed S         which N (default 1)
	  --resume DIR     go on there: what has a verdict is not run again
	  --out DIR        where to put verdicts and logs (default: a new folder in
	                   results/, named after the time)
	  --check          only say whether each mutant applies and has its tests
	  --list           only print the names, the tests and what each one is
	  --kernel K       a kernel of scripts/vm/kernels (default 6.1)
	  --arch A         amd64 or arm64 (default amd64)
	Each test is run without a mutant first, and has to pass. Exit status: 0 all
	were killed, or the list explains why not; 1 one survived; 2 nothing can be
	said of some; 3 usage.
	END
}

parse()
{
	kernel=6.1 arch=amd64 part=1/1 sample='' out='' resume='' only='' wanted=''
	generated=0 seed=1
	while [ $# -gt 0 ]; do
		case $1 in
		--part | --sample | --resume | --out | --kernel | --arch | --generated | --seed)
			[ $# -ge 2 ] || usage_error "$1 needs a value" ;;
		esac
		case $1 in
		--part) part=$2 && shift ;;
		--sample) sample=$2 && shift ;;
		--generated) generated=$2 && shift ;;
		--seed) seed=$2 && shift ;;
		--resume) resume=$2 && shift ;;
		--out) out=$2 && shift ;;
		--kernel) kernel=$2 && shift ;;
		--arch) arch=$2 && shift ;;
		--check) only=check ;;
		--list) only=list ;;
		--help | -h) usage && exit ;;
		-*) usage_error "unknown option '$1'" ;;
		*) wanted="$wanted $1" ;;
		esac
		shift
	done
	case $part in
	[1-9]/[1-9] | [1-9]/[1-9][0-9] | [1-9][0-9]/[1-9][0-9]) ;;
	*) usage_error "--part '$part' is not N/M" ;;
	esac
	generated_limit=240
	case $kernel in
	*debug*) generated_limit=900 ;;
	esac
	case $generated$seed in
	*[!0-9]*) usage_error '--generated and --seed take a number' ;;
	esac
	[ "${part%/*}" -le "${part#*/}" ] || usage_error "there is no part $part"
	[ -z "$resume" ] || [ -e "$resume/verdicts" ] ||
		usage_error "$resume holds no verdicts to go on with"
}

# Writes the lines of $work/mutants that are asked for to $work/mutants.todo.
select_mutants()
{
	for word in $wanted; do
		cut -f 1 "$work/mutants" | grep -q -x -F "$word" ||
			usage_error "no mutant '$word'; see --list"
	done
	awk -F '\t' -v n="${part%/*}" -v parts="${part#*/}" -v sample="$sample" \
		-v wanted="$wanted " '
		sample != "" && index(" " $4 " ", " " sample " ") == 0 { next }
		wanted != " " && index(wanted, " " $1 " ") == 0 { next }
		i++ % parts == n - 1' "$work/mutants" >"$work/mutants.todo"
	[ -s "$work/mutants.todo" ] || usage_error 'no mutant is asked for'
}

# Without those whose tests this kernel cannot run; test topics say what they need.
leave_out_missing()
{
	test_dir=$repo/scripts/test config=$cache/kernel/$kernel-$arch/headers/.config
	# shellcheck source-path=SCRIPTDIR source=../test/cases.sh
	. "$test_dir/cases.sh"
	while IFS=$tab read -r name files tests rest; do
		file_of_topic "${tests%%.*}"
		missing=$(missing_of "$topic_file")
		if [ -n "$missing" ]; then
			say "without $name: $missing"
		else
			printf '%s\t%s\t%s\t%s\n' "$name" "$files" "$tests" "$rest"
		fi
	done <"$work/mutants.todo" >"$work/mutants.runnable"
	[ -s "$work/mutants.runnable" ] || exit 2
	mv "$work/mutants.runnable" "$work/mutants.todo"
}

list_mutants()
{
	while IFS=$tab read -r name files tests _; do
		printf '%-28s %s\n%28s %s: %s\n' "$name" "$tests" '' "$files" "$(what_is "$name")"
	done <"$work/mutants.todo"
}

make_folder()
{
	[ -z "$resume" ] || out=$resume
	[ -n "$out" ] || out=$repo/results/$(date +%Y%m%d-%H%M%S)-mutants
	[ -n "$resume" ] || [ ! -e "$out/verdicts" ] ||
		usage_error "$out has verdicts; go on with --resume"
	mkdir -p "$out/files"
	out=$(cd "$out" && pwd)
	[ -e "$out/verdicts" ] || : >"$out/verdicts"
	[ -e "$out/kinds" ] || : >"$out/kinds"
	: >"$work/sound"
}

# Writes to $work/pending what has no verdict yet, and makes its files.
prepare_mutants()
{
	while IFS=$tab read -r name files tests _; do
		has_verdict "$name" || echo "$name"
	done <"$work/mutants.todo" >"$work/fresh"
	grep -v '^\(not \)\{0,1\}ok ' "$work/fresh" >"$work/pending" || :
	grep '^\(not \)\{0,1\}ok ' "$work/fresh" || :
	cp "$work/pending" "$work/names"
	while read -r each; do
		line_of "$each"
		[ "$(guests_of "$tests" | head -n 1)" != here ] || continue
		[ ! -d "$out/files/$each" ] || [ "$generated" = 0 ] || continue
		say "making $each"
		make_files "$each" "$files" && continue
		done_with "$each"
		verdict "$each" failed 'does not apply, or does not build'
	done <"$work/names"
}

# Of what was generated, keeps in $work/mutants.todo the first that are mutants: they
# compile, and to other code than the tree. Says how many were not.
keep_mutants()
{
	chosen=0 others=0
	while IFS=$tab read -r name files tests _ && [ "$chosen" -lt "$generated" ]; do
		if is_mutant; then
			last_of "$name" "$work/mutants" >&4
			chosen=$((chosen + 1))
		else
			others=$((others + 1))
		fi
	done <"$work/mutants.todo" 4>"$work/mutants.kept"
	mv "$work/mutants.kept" "$work/mutants.todo"
	echo "# $others more do not compile, or to the same code: no mutants"
}

# The line of NAME is read. What it was before is remembered with the verdicts.
is_mutant()
{
	print=$(fingerprint "$name" "$files" '')
	IFS=$tab read -r _ was known <<-LINE
		$(last_of "$name" "$out/kinds")
	LINE
	[ "$was" = "$print" ] || known=
	if [ -z "$known" ] || { [ "$known" = mutant ] && [ ! -d "$out/files/$name" ]; }; then
		say "making $name"
		known=mutant
		make_files "$name" "$files" 2>"$work/why" && differs || known=none
		printf '%s\t%s\t%s\n' "$name" "$print" "$known" >>"$out/kinds"
		[ "$known" = mutant ] || rm -rf "$out/files/${name:?}"
	fi
	[ "$known" = mutant ]
}

# Kills by cases that fail without a mutant, too, are none.
take_back_kills()
{
	while IFS=$tab read -r name _ _ _; do
		IFS=$tab read -r _ known _ how <<-LINE
			$(last_of "$name" "$out/verdicts")
		LINE
		[ "$known" = killed ] || continue
		case $how in
		kmemleak | memory_given_back*) line_of "$name" && how=$tests ;;
		esac
		case $(soundness_of "$how") in
		'' | ok*) continue ;;
		esac
		killed=$((killed - 1)) count=$((count - 1))
		verdict "$name" failed "$how $(soundness_of "$how")"
	done <"$work/mutants.todo"
}

summarise()
{
	while read -r each; do
		verdict "$each" failed 'did not run'
	done <"$work/pending"
	echo "# verdicts and logs: $out"
	[ "$explained" = 0 ] || echo "# explained survivors count as skipped"
	echo "$killed passed, $failed failed, $explained skipped"
}

# shellcheck disable=SC2317 # called by the trap
finish()
{
	code=$?
	trap - EXIT
	[ -z "$guest" ] || kill "$guest" 2>/dev/null || :
	rm -rf "$work"
	exit "$code"
}

parse "$@"
guest='' count=0 killed=0 failed=0 survivors=0 explained=0
work=$(mktemp -d)
trap finish EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM
read_kernel "$kernel" "$arch"
read_toolchain "$arch"
read_list
if [ "$only" = check ]; then
	check_list
	exit
fi
select_mutants
if [ "$only" = list ]; then
	list_mutants
	exit
fi
"$vm/deps.sh" "$kernel" "$arch"
"$vm/fetch.sh" "$kernel" "$arch"
leave_out_missing
make_folder
mkfifo "$work/output"
echo 'KTAP version 1'
[ "$generated" = 0 ] || keep_mutants
planned=$(wc -l <"$work/mutants.todo")
echo "1..$planned"
prepare_mutants
while IFS=$tab read -r _ _ tests _; do
	guests_of "$tests" | head -n 1
done <"$work/mutants.todo" | sort -u >"$work/guests"
while read -r kind; do
	case $kind in
	here) run_here ;;
	*)
		run_guests "$kind"
		[ "$generated" = 0 ] || confirm_kills "$kind" ;;
	esac
done <"$work/guests"
[ "$generated" = 0 ] || take_back_kills
summarise
[ "$survivors" = 0 ] || exit 1
[ "$failed" = 0 ] || exit 2
