# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# Sourced by run.sh: runs the tests of the mutants and says what became of each.
# shellcheck disable=SC2154 # run.sh, plant.sh and vm/common.sh set these

# line_of NAME: sets what read_list() found out
line_of()
{
	IFS=$tab read -r name files tests _ alone survives <<-LINE
		$(last_of "$1" "$work/mutants")
	LINE
}

# last_of NAME FILE: the last line of FILE that begins with the field NAME
last_of()
{
	awk -F '\t' -v name="$1" '$1 == name { last = $0 } END { if (last != "") print last }' "$2"
}

# verdict NAME killed|survived|failed HOW: written down and printed
verdict()
{
	line_of "$1"
	printf '%s\t%s\t%s\t%s\n' "$1" "$2" "$(fingerprint "$1" "$files" "$tests")" "$3" \
		>>"$out/verdicts"
	print_verdict "$@"
}

print_verdict()
{
	line_of "$1"
	count=$((count + 1))
	case $2 in
	killed)
		killed=$((killed + 1))
		echo "ok $count $1 # killed by $3" ;;
	survived)
		if [ "$survives" != - ]; then
			explained=$((explained + 1))
			echo "ok $count $1 # SKIP survives: $survives"
		else
			failed=$((failed + 1)) survivors=$((survivors + 1))
			echo "not ok $count $1 # survives $3: $(what_is "$1")"
		fi ;;
	*)
		failed=$((failed + 1))
		echo "not ok $count $1 # $3" ;;
	esac
}

# has_verdict NAME: prints it, if it is of this list and tree
has_verdict()
{
	line_of "$1"
	IFS=$tab read -r _ known print how <<-LINE
		$(last_of "$1" "$out/verdicts")
	LINE
	case $known in
	killed | survived) ;;
	*) return 1 ;;
	esac
	[ "$print" = "$(fingerprint "$1" "$files" "$tests")" ] || return 1
	print_verdict "$1" "$known" "$how"
}

# words_of TESTS: as run_topics.sh takes them
words_of()
{
	for test in $1; do
		echo "${test%%.*} ${test#*.}"
	done | awk '
		$1 != topic { printf "%s%s:%s", separator, $1, $2; topic = $1; separator = " "; next }
		{ printf ",%s", $2 }'
}

# How the tests do without a mutant: "ok SECONDS", or what is wrong, or nothing.
soundness_of()
{
	awk -F '\t' -v tests="$1" '$1 == tests { last = $2 } END { print last }' "$work/sound"
}

# --- in guests ---

# queue_of OPTIONS: the jobs that are left of a kind of guest; those after which
# the guest is not what it was come last, each in its own.
queue_of()
{
	: >"$work/asked"
	for turn in first - alone; do
		while IFS=$tab read -r name files tests _ alone _; do
			grep -q -x -F "$name" "$work/pending" || continue
			[ "$(guests_of "$tests" | head -n 1)" = "$1" ] || continue
			case $turn in
			first) [ "$name" = "$first" ] || continue ;;
			"$alone") [ "$name" != "$first" ] || continue ;;
			*) continue ;;
			esac
			queue_job
			[ "$alone" != alone ] || return 0
		done <"$work/mutants"
	done
}

# What was generated has many tests, of which the first that fails says enough:
# only those are tried without a mutant, at the end.
queue_job()
{
	words=$(words_of "$tests")
	if [ "$generated" != 0 ]; then
		case $name in
		*.free.*) echo "%$name $generated_limit $words" ;;
		*) echo "+$name $generated_limit $words" ;;
		esac
		return
	fi
	sound=$(soundness_of "$tests")
	case $sound in
	'')
		grep -q -x -F "$tests" "$work/asked" ||
			echo "=$(echo "$tests" | tr ' ' ,) 600 $words"
		echo "$tests" >>"$work/asked"
		echo "$name 240 $words" ;;
	ok*) echo "$name $((30 + 4 * ${sound#ok })) $words" ;;
	*) echo "$name 240 $words" ;;
	esac
}

done_with()
{
	grep -v -x -F "$1" "$work/pending" >"$work/pending.new" || :
	mv "$work/pending.new" "$work/pending"
}

# What the guest says: sets job, the one that has begun last, and ended, when it
# needs no more.
follow()
{
	job='' ended='' finished='' jobs=0
	while read -r word rest; do
		printf '%s %s\n' "$word" "$rest" >>"$out/log"
		case $word in
		begin)
			job=$rest ended='' by='' passed=0
			case $job in
			=*) ;;
			*) jobs=$((jobs + 1)) ;;
			esac
			say "[$count/$planned] $job" ;;
		not) [ -n "$by" ] || by=${rest#ok } ;;
		ok) passed=$((passed + 1)) ;;
		end) conclude "${rest##* }" ;;
		limit)
			[ -n "$by" ] || by='no end in time'
			conclude 0 ;;
		stuck)
			[ -n "$by" ] || by='a module that cannot be unloaded'
			conclude 0 ;;
		all-done) finished=1 ;;
		esac
	done
}

# conclude SECONDS: the job has ended.
conclude()
{
	ended=1
	case $job in
	=*)
		tests=$(echo "${job#=}" | tr , ' ')
		if [ -n "$by" ]; then
			printf '%s\t%s\n' "$tests" "fails without a mutant: $by" >>"$work/sound"
		elif [ "$passed" = 0 ]; then
			printf '%s\t%s\n' "$tests" 'skipped here' >>"$work/sound"
		else
			printf '%s\t%s\n' "$tests" "ok $1" >>"$work/sound"
		fi
		return ;;
	esac
	done_with "$job"
	line_of "$job"
	sound=$(soundness_of "$tests")
	[ "$generated" = 0 ] || sound=ok
	[ -n "$by" ] || [ "$passed" != 0 ] || sound='skipped here'
	case $sound in
	ok*) ;;
	*)
		# a case that this kernel cannot run, which the list explains
		[ "$sound" != 'skipped here' ] || [ "$survives" = - ] ||
			{ verdict "$job" survived "$tests" && return; }
		verdict "$job" failed "$tests ${sound:-did not run}"
		return ;;
	esac
	if [ -n "$by" ]; then
		verdict "$job" killed "$by"
	else
		verdict "$job" survived "$tests"
	fi
}

# The guest died in the job at hand. That is its doing when no other mutant was
# there before it; else it is tried again in a guest of its own.
explain_death()
{
	case $job in
	'') return 1 ;;
	=*)
		by='the death of the guest'
		conclude 0 ;;
	*)
		if [ "$jobs" -gt 1 ]; then
			first=$job
		else
			by="the death of the guest: $(last_words)"
			conclude 0
		fi ;;
	esac
}

last_words()
{
	tr -d '\r' <"$boot/console.log" | sed 's/^\[ *[0-9.]*\] *//' | grep -m 1 -E \
		'BUG|WARNING|Oops|panic|general protection|Unable to handle|refcount|corruption' ||
		echo 'it says nothing'
}

# Boots a guest of the kind for what is left of it, until nothing is.
run_guests()
{
	options=${1#guest} first='' boots=0 fruitless=0
	while :; do
		queue_of "$1" >"$out/queue"
		[ -s "$out/queue" ] || break
		boots=$((boots + 1)) left=$(wc -l <"$work/pending")
		boot=$out/boot-$(echo "$options" | tr -c -s 'a-zA-Z0-9\n' -)-$boots
		mkdir -p "$boot"
		boot_guest
		if [ "$left" = "$(wc -l <"$work/pending")" ]; then
			fruitless=$((fruitless + 1))
		else
			fruitless=0
		fi
		[ "$fruitless" -lt 4 ] || break
	done
}

boot_guest()
{
	# shellcheck disable=SC2086 # words
	"$vm/guest.sh" --quiet --kernel "$kernel" --arch "$arch" --timeout 3600 --out "$out" \
		$options -- sh scripts/mutants/in_guest.sh >"$work/output" 2>"$boot/guest.err" &
	guest=$!
	follow <"$work/output"
	wait "$guest" || :
	guest=
	mv "$out/queue" "$out/console.log" "$out/kernel.log" "$boot/" 2>/dev/null || :
	if [ -z "$finished" ] && [ -z "$ended" ] && ! explain_death; then
		tail -n 3 "$boot/guest.err" >&2
	fi
}

# What a case that killed something says without a mutant, in the same kind of guest.
# A kill by a case that fails anyway is none.
confirm_kills()
{
	while IFS=$tab read -r name _ tests _; do
		[ "$(guests_of "$tests" | head -n 1)" = "$1" ] || continue
		how=$(awk -F '\t' -v name="$name" '
			$1 == name { how = $2 == "killed" ? $4 : "" } END { print how }' "$out/verdicts")
		case $how in
		kmemleak | memory_given_back*) echo "%=$(echo "$tests" | tr ' ' ,)" "$tests" ;;
		*[!a-z0-9_.]* | '') ;;
		*.*) echo "+=$how" "$how" ;;
		esac
	done <"$work/mutants.todo" | sort -u | while read -r sound tests; do
		echo "$sound $generated_limit $(words_of "$tests")"
	done >"$out/queue"
	[ -s "$out/queue" ] || return 0
	options=${1#guest} boot=$out/boot-sound
	mkdir -p "$boot"
	boot_guest
}

# --- here ---

# try_here TESTS: sets by, the first test that fails in the copy of the tree, and
# passed.
try_here()
{
	by='' passed=0
	# shellcheck disable=SC2086 # words
	timeout 1200 "$copy/scripts/test/run_tests.sh" --kernel "$kernel" --arch "$arch" $1 \
		>"$work/ktap" 2>"$work/ktap.err" </dev/null || :
	cat "$work/ktap" >>"$out/log"
	by=$(sed -n 's/^not ok [0-9]* \([^ ]*\).*/\1/p' "$work/ktap" | head -n 1)
	passed=$(grep '^ok ' "$work/ktap" | grep -c -v '# SKIP' || :)
}

run_here()
{
	copy=$cache/mutants/tree-$(printf '%s' "$repo" | cksum | cut -d ' ' -f 1)
	mkdir -p "$copy"
	lock "mutants-${copy##*/}"
	(cd "$repo" && { git ls-files 2>/dev/null || find . -type f; }) | while read -r file; do
		[ -e "$repo/$file" ] || continue
		! cmp -s "$repo/$file" "$copy/$file" || continue
		mkdir -p "$copy/$(dirname "$file")"
		cp "$repo/$file" "$copy/$file"
	done
	while IFS=$tab read -r name files tests _; do
		grep -q -x -F "$name" "$work/pending" || continue
		[ "$(guests_of "$tests" | head -n 1)" = here ] || continue
		job=$name
		say "[$count/$planned] $job"
		if [ -z "$(soundness_of "$tests")" ]; then
			try_here "$tests"
			job="=$(echo "$tests" | tr ' ' ,)"
			conclude 0
			job=$name
			line_of "$name"
		fi
		for file in $files; do
			planted "$name" "$file" >"$copy/$file"
		done
		try_here "$tests"
		line_of "$job"
		for file in $files; do
			cp "$repo/$file" "$copy/$file"
		done
		conclude 0
	done <"$work/mutants.todo"
}
