# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# Sourced by run.sh: the list of mutants, and the files that each one changes.
# shellcheck disable=SC2154 # run.sh and vm/common.sh set these

tab=$(printf '\t')

# Writes a line for each mutant to $work/mutants: name, files, tests, sample,
# "alone" and what is said of it if it survives, each "-" if it has none.
read_list()
{
	if [ "$generated" = 0 ]; then
		cat "$mutants"/list/*.list >"$work/list"
	else
		# a quarter of them compile to the same code, or not at all
		"$mutants/generate.sh" --count $((generated + generated / 3 + 5)) --seed "$seed" \
			>"$work/list"
	fi
	awk -v OFS='\t' '
	function finish()
	{
		if (name != "")
			print name, or_dash(files), or_dash(tests), or_dash(sample),
				or_dash(alone), or_dash(survives)
		files = tests = sample = alone = survives = ""
	}
	function or_dash(text) { return text == "" ? "-" : text }
	{ key = $1; value = $0; sub(/^[ \t]*[a-z]+[ \t]*/, "", value) }
	key == "mutant" { finish(); name = value }
	key == "file" && index(" " files " ", " " value " ") == 0 {
		files = files (files == "" ? "" : " ") value
	}
	key == "test" { tests = value }
	key == "sample" { sample = value }
	key == "alone" { alone = key }
	key == "survives" { survives = value }
	END { finish() }' "$work/list" >"$work/mutants"
}

# block NAME: the mutant's lines of the list
block()
{
	awk -v name="$1" '$1 == "mutant" { here = $2 == name } here' "$work/list"
}

# what NAME: the sentence on it
what_is()
{
	block "$1" | sed -n 's/^[[:space:]]*what[[:space:]]*//p'
}

# planted NAME FILE: prints the file of the tree with the mutant in it.
planted()
{
	awk -v mutant="$1" -v path="$2" -f "$mutants/edit.awk" "$work/list" "$repo/$2"
}

file_of_topic()
{
	for topic_file in "$repo/scripts/test/guest/test_$1.sh" \
		"$repo/scripts/test/host/test_$1.sh"; do
		[ ! -e "$topic_file" ] || return 0
	done
	return 1
}

# Says what is wrong with the list: each mutant has to apply, its tests have to be
# there, and have to want the same guest.
check_list()
{
	wrong=0
	cut -f 1 "$work/mutants" | sort | uniq -d >"$work/twice"
	[ ! -s "$work/twice" ] || complain_of_list "twice: $(paste -s -d ' ' "$work/twice")"
	"$repo/scripts/test/run_tests.sh" --list | sed 's/ .*//' >"$work/cases"
	while IFS=$tab read -r name files tests _ _ _; do
		[ "$files" != - ] || complain_of_list "$name has no file"
		[ "$tests" != - ] || complain_of_list "$name has no test"
		[ -n "$(what_is "$name")" ] || complain_of_list "$name has no sentence"
		for file in $files; do
			planted "$name" "$file" >/dev/null || wrong=$((wrong + 1))
		done
		for test in $tests; do
			grep -q -x -F "$test" "$work/cases" ||
				complain_of_list "$name: there is no test $test"
		done
		[ "$(guests_of "$tests" | sort -u | wc -l)" = 1 ] ||
			complain_of_list "$name: its tests want different guests"
	done <"$work/mutants"
	check_generated
	echo "$(wc -l <"$work/mutants") mutants, $wrong of them wrong"
	[ "$wrong" = 0 ]
}

# What is said of generated ones: the cases are there, and so are the survivors.
check_generated()
{
	while read -r pattern tests; do
		for test in $tests; do
			grep -q -x -e "$test" -e "$test\..*" "$work/cases" ||
				complain_of_list "generated.map, $pattern: there is no test $test"
		done
	done <"$mutants/list/generated.map"
	"$mutants/generate.sh" --names >"$work/names"
	while IFS=$tab read -r name _; do
		grep -q -x -F "$name" "$work/names" ||
			complain_of_list "survivors: no mutant $name is generated"
	done <"$mutants/list/survivors"
}

complain_of_list()
{
	echo "$*" >&2
	wrong=$((wrong + 1))
}

# guests_of TESTS: for each test, "here" or the options of its guest
guests_of()
{
	for test in $1; do
		file_of_topic "${test%%.*}" || continue
		case $topic_file in
		*/host/*) echo here ;;
		*) sed -n "s/^# guest\( $arch\)\{0,1\}: *//p" "$topic_file" |
			paste -s -d ' ' - | sed 's/^/guest /; s/ *$//' | grep . || echo guest ;;
		esac
	done
}

# What a verdict rests on: it is good as long as none of it has changed.
fingerprint()
{
	{
		block "$1" | grep -v -w -e what -e survives
		for file in $2; do
			cat "$repo/$file"
		done
		for test in $3; do
			file_of_topic "${test%%.*}" && cat "$topic_file"
		done
	} | cksum | tr -d ' '
}

# --- the module ---

run_make()
{
	make -j "$(nproc)" --no-print-directory -s -C "$headers" M="$src" ARCH="$karch" \
		CROSS_COMPILE="$cross" CC="$kernel_cc" CONFIG_DEBUG_INFO_BTF_MODULES= \
		modules >"$work/make.log" 2>&1
}

# The build of the tree as it is, to which each mutant adds one compilation.
prepare_module()
{
	[ -z "${prepared:-}" ] || return 0
	prepared=1
	headers=$cache/kernel/$kernel-$arch/headers
	built=$cache/mutants/$kernel-$arch-$compiler-$(printf '%s' "$repo" | cksum | cut -d ' ' -f 1)
	src=$built/src
	mkdir -p "$src"
	lock "mutants-${built##*/}"
	say 'building the module as it is'
	copy_tree "$src" Kbuild heap bench trace
	run_make || {
		cat "$work/make.log" >&2
		die 'the module does not build'
	}
	undefined_symbols >"$built/imports"
	code_of "$built/code"
}

# code_of FILE: the module's code, as it was compiled last
code_of()
{
	"${cross}strip" -g -o "$1" "$src/dmabuf_bench.o"
}

# Whether the mutant that was made last is other code than the tree.
differs()
{
	! cmp -s "$built/code" "$work/code"
}

# copy_tree TO FOLDER...: what is the same there stays untouched.
copy_tree()
{
	to=$1
	shift
	(cd "$repo" && find "$@" -type f) | while read -r file; do
		case $file in
		*.o | *.ko | *.mod | *.mod.c | *.cmd) continue ;;
		esac
		! cmp -s "$repo/$file" "$to/$file" || continue
		mkdir -p "$to/$(dirname "$file")"
		rm -f "$to/$file"
		cp "$repo/$file" "$to/$file"
	done
}

# Kbuild writes the command that made FILE beside it. Running it once more spares
# what make takes to find out that nothing else has changed.
run_saved()
{
	saved=$src/${1%/*}/.${1##*/}.cmd
	[ -e "$saved" ] || saved=$src/.$1.cmd
	command=$(sed -n '1s/^[a-z]*cmd_[^ ]* := //p' "$saved" | sed 's/\$\$/$/g; s/\\#/#/g')
	[ -n "$command" ] || return 1
	(cd "$headers" && sh -ec "$command") >>"$work/make.log" 2>&1
}

undefined_symbols()
{
	"${cross}nm" -u "$src/dmabuf_bench.o" | sort
}

# The list of imported symbols is that of the sound module: a mutant that needs one
# more goes the long way.
make_quickly()
{
	: >"$work/make.log"
	for file in $files; do
		run_saved "${file%.c}.o" || return 1
	done
	run_saved dmabuf_bench.o || return 1
	undefined_symbols | comm -13 "$built/imports" - | grep -q . && return 1
	run_saved dmabuf_bench.ko
}

# With their times, so that make does not compile the sound source again. What a
# header changed was compiled to objects that nobody has kept.
restore_sources()
{
	headers_too=
	for file in $files; do
		for kept in "$file" "${file%.c}.o"; do
			[ ! -e "$work/kept/$kept" ] || cp -p "$work/kept/$kept" "$src/$kept"
		done
		case $file in
		*.h)
			touch "$src/$file"
			headers_too=1 ;;
		esac
	done
	[ -z "$headers_too" ] || run_make || die 'the module does not build any more'
}

make_module()
{
	prepare_module
	rm -rf "$work/kept"
	for file in $files; do
		for kept in "$file" "${file%.c}.o"; do
			mkdir -p "$work/kept/${kept%/*}"
			[ ! -e "$src/$kept" ] || cp -p "$src/$kept" "$work/kept/$kept"
		done
	done
	for file in $files; do
		planted "$name" "$file" >"$work/planted" || return 1
		cp "$work/planted" "$src/$file"
	done
	made=0
	make_quickly || run_make || made=1
	[ "$made" != 0 ] || code_of "$work/code"
	[ "$made" != 0 ] ||
		"${cross}strip" -g -o "$out/files/$name/dmabuf_bench.ko" "$src/dmabuf_bench.ko"
	[ "$made" = 0 ] || cat "$work/make.log" >&2
	restore_sources
	return "$made"
}

# --- the rest ---

make_programs()
{
	rm -rf "$work/user"
	cp -r "$repo/bench/user" "$work/user"
	for file in $files; do
		planted "$name" "$file" >"$work/user/${file##*/}" || return 1
	done
	make --no-print-directory -s -C "$work/user" CC="$user_cc" \
		OUT="$out/files/$name/bench/user"
}

# make_files NAME FILES: what the guest gets, in $out/files/NAME
make_files()
{
	name=$1 files=$2
	rm -rf "$out/files/$name"
	mkdir -p "$out/files/$name"
	case $files in
	bench/user/*)
		make_programs ;;
	heap/* | bench/* | trace/*)
		make_module ;;
	*)
		for file in $files; do
			mkdir -p "$out/files/$name/${file%/*}"
			planted "$name" "$file" >"$out/files/$name/$file" || return 1
		done ;;
	esac
}
