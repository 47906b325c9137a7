#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Derives mutants from the module's C sources and prints them as entries of a list,
# whose form is at the top of list/heap.list. A name is FILE.FUNCTION.RULE.N, so
# that it does not change when lines move.
set -eu

mutants=$(cd "$(dirname "$0")" && pwd)
repo=$(cd "$mutants/../.." && pwd)
tab=$(printf '\t')

usage()
{
	cat <<-END
	usage: scripts/mutants/generate.sh [--count N] [--seed S] [--rules|--names]
	  --count N   only N, spread over files and rules (default: all)
	  --seed S    which N (default 1)
	  --rules     only say how many there are of each rule
	  --names     only print all names
	END
}

die()
{
	echo "generate.sh: $*" >&2
	exit 3
}

parse()
{
	count=0 seed=1 only=''
	while [ $# -gt 0 ]; do
		case $1 in
		--count | --seed)
			[ $# -ge 2 ] || die "$1 needs a value"
			case $2 in
			'' | *[!0-9]*) die "$1 takes a number, not '$2'" ;;
			esac ;;
		esac
		case $1 in
		--count) count=$2 && shift ;;
		--seed) seed=$2 && shift ;;
		--rules | --names) only=${1#--} ;;
		--help | -h) usage && exit ;;
		*) die "unknown option '$1'; see --help" ;;
		esac
		shift
	done
}

# FILE FUNCTION RULE OLD NEW of each, with its name and a random number in front.
derive()
{
	(cd "$repo" && find heap bench -name '*.[ch]' ! -path 'bench/user/*' \
		! -name '*.mod.c' | LC_ALL=C sort |
		xargs awk -f "$mutants/generate.awk") |
		LC_ALL=C awk -F '\t' -v OFS='\t' -v begin="$seed" '
		BEGIN {
			for (i = 32; i < 127; i++)
				ord[sprintf("%c", i)] = i
		}
		function random_of(text,   i, h) {
			h = begin
			for (i = 1; i <= length(text); i++)
				h = (h * 31 + ord[substr(text, i, 1)]) % 2147483647
			for (i = 0; i < 4; i++)
				h = h * 16807 % 2147483647
			return h
		}
		{
			file = $1
			sub(/.*\//, "", file)
			sub(/\.c$/, "", file)
			sub(/\.h$/, "_h", file)
			verb = $2
			if (index(verb, "dbb_" file "_") == 1)
				verb = substr(verb, length(file) + 6)
			name = file "." verb "." $3
			name = name "." ++times[name]
			printf "%010d\t%s\t%s\n", random_of(name), name, $0
		}'
}

# Each time the one whose file and rule have been taken least so far; N + 1 are N and
# one more.
take()
{
	[ "$count" != 0 ] || count=1000000
	LC_ALL=C sort | awk -F '\t' -v OFS='\t' -v count="$count" '
		{ left[NR] = $0; file[NR] = $3; rule[NR] = $5 }
		END {
			for (n = 0; n < count && n < NR; n++) {
				best = 0
				for (i = 1; i <= NR; i++) {
					if (!(i in left))
						continue
					cost = 12 * of_file[file[i]] + of_rule[rule[i]] + \
						6 * of_both[file[i], rule[i]]
					if (!best || cost < least) {
						best = i
						least = cost
					}
				}
				print left[best]
				of_file[file[best]]++
				of_rule[rule[best]]++
				of_both[file[best], rule[best]]++
				delete left[best]
			}
		}' | cut -f 2-
}

# Prints TESTS with all cases of a topic in place of one that is named alone.
expand()
{
	for test in $1; do
		case $test in
		*.*) echo "$test" ;;
		*)
			sed -n "s/^test_\([a-z0-9_]*\)()\$/$test.\1/p" \
				"$mutants"/../test/*/"test_$test.sh"
			[ ! -e "$mutants/../test/guest/test_$test.sh" ] || echo "$test.clean" ;;
		esac
	done | awk '!seen[$0]++' | paste -s -d ' ' -
}

# The cases for a file: of the first line of generated.map whose pattern it fits.
tests_of()
{
	while read -r pattern tests; do
		# shellcheck disable=SC2254 # a pattern
		case $1 in
		$pattern) expand "$tests" && return ;;
		esac
	done <"$mutants/list/generated.map"
	die "list/generated.map has no tests for $1"
}

# sentence_of RULE
sentence_of()
{
	case $1 in
	flip) echo 'a comparison is flipped' ;;
	off) echo 'a one is lost' ;;
	limit) echo 'min and max are swapped' ;;
	unlock) echo 'a lock is kept' ;;
	free) echo 'something is not given back' ;;
	count) echo 'something is not counted' ;;
	assign) echo 'a member is not set' ;;
	negate) echo 'a condition is negated' ;;
	check) echo 'what ends the function early is passed over' ;;
	esac
}

print_entries()
{
	while IFS=$tab read -r name file function rule old new; do
		reason=$(sed -n "s/^$name$tab//p" "$mutants/list/survivors")
		printf 'mutant %s\nwhat   %s in %s\nfile   %s\nin     %s\nold    %s\nnew    %s\n' \
			"$name" "$(sentence_of "$rule")" "$function()" "$file" "$function" "$old" "$new"
		printf 'test   %s\n' "$(tests_of "$file")"
		printf 'sample generated\n%s\n' "${reason:+survives $reason
}"
	done
}

parse "$@"
case $only in
rules) derive | cut -f 5 | sort | uniq -c ;;
names) derive | cut -f 2 ;;
*) derive | take | print_entries ;;
esac
