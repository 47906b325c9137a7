# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# What the files take, and how they refuse the rest: the errno of the contract,
# one line in error_log, nothing changed.

: "${test_dir:?}"
# shellcheck source-path=SCRIPTDIR source=../case.sh
. "$test_dir/case.sh"

# expect_choices FILE WORD...: all are listed, and one choice is in brackets.
expect_choices()
{
	file=$1
	shift
	choices=$(cat "$D/$file")
	for word; do
		set_knob "$file" "$word"
		expect_match "$file after '$word'" " $(head -n 1 "$D/$file") " \
			"* [[]${word}[]] *"
		expect_equal "$file after '$word', without brackets" \
			"$(tr -d '[]' <"$D/$file")" "$(echo "$choices" | tr -d '[]')"
	done
}

# A choice's file lists all choices with the active one in brackets.
test_choices()
{
	expect_choices bench/op pages mmap tables touch vtouch alloc attach sync replay noop vmap
	[ "$(uname -m)" != x86_64 ] || expect_choices bench/preset amdxdna_flush
	expect_choices bench/preset aov vb2 vb2_rotate apusys fbdev etnaviv vmwgfx \
		amdxdna_clear shadow
	expect_choices bench/heap contig vmalloc fd anon system
	# shellcheck disable=SC2046 # a list of words
	expect_choices heap/mmap_strategy $(choices_of heap/mmap_strategy)
	expect_choices heap/vmap_strategy page sg unrolled array ram keep direct born auto
}

# expect_value FILE TEXT VALUE: what is written to FILE reads as VALUE after.
expect_value()
{
	set_knob "$1" "$2"
	expect_equal "$1 after '$2'" "$(cat "$D/$1")" "$3"
}

# Valid values stick, with or without white space around them.
test_values()
{
	expect_value bench/size $page $page
	expect_value bench/size 64k 65536
	expect_value bench/size 64K 65536
	expect_value bench/size 3M 3145728
	expect_value bench/size 1g 1073741824
	expect_value bench/size 0x20000 131072
	expect_value bench/size '  128k
' 131072
	expect_value bench/iterations 1 1
	expect_value bench/iterations 1000000 1000000
	expect_value bench/warmup 0 0
	expect_value bench/warmup 100000 100000
	expect_value bench/verify 0 0
	expect_value bench/verify 1 1
	expect_value bench/seed 0 0
	expect_value bench/seed 4294967295 4294967295
	expect_value bench/strategies sg sg
	expect_value bench/strategies 'page sg' page,sg
	expect_value bench/strategies sg,page,sg sg,page,sg
	expect_value bench/strategies page,sg,page,sg,page,sg,page,sg \
		page,sg,page,sg,page,sg,page,sg
	expect_value heap/orders '9 3 1' '9 3 1'
	expect_value heap/orders 10 10
	expect_value heap/orders 4,0 '4 0'
	expect_value heap/max_bytes 64M 67108864
}

# Unknown words are refused, and the refusal names them.
test_unknown_words()
{
	run 'noop iterations=3'
	refuse EINVAL bench/op nonsense nonsense
	refuse EINVAL bench/op Vmap Vmap
	refuse EINVAL bench/op 'vmap mmap'
	refuse EINVAL bench/op '[vmap]'
	refuse EINVAL bench/heap nonsense nonsense
	refuse EINVAL bench/strategies page,nonsense nonsense
	refuse EINVAL bench/strategies pages
	refuse EINVAL heap/mmap_strategy nonsense nonsense
	refuse EINVAL heap/vmap_strategy nonsense nonsense
	refuse EINVAL bench/stop nonsense nonsense
	refuse EINVAL bench/stop 0
}

# Unknown words in a run line are refused.
test_unknown_words_in_line()
{
	run 'noop iterations=3'
	refuse EINVAL bench/run nonsense nonsense
	refuse EINVAL bench/run 'nonsense size=4096' nonsense
	refuse EINVAL bench/run 'vmap nonsense=3' nonsense
	refuse EINVAL bench/run 'vmap size' size
	refuse EINVAL bench/run 'vmap =3'
	refuse EINVAL bench/run 'vmap heap=nonsense' nonsense
	refuse EINVAL bench/run 'vmap strategies=page,nonsense' nonsense
	refuse EINVAL bench/run 'vmap strategies=' strategies
	refuse EINVAL bench/run 'vmap op=nonsense' nonsense
	refuse EINVAL bench/run 'size=1M vmap' vmap
	refuse EINVAL bench/run 0 0
	refuse EINVAL bench/run '1 1'
}

# Malformed numbers and empty text are refused.
test_malformed()
{
	run 'noop iterations=3'
	for text in '' ' ' x 4096x 4k2 4kk k 0x 1.5M '4 k' 4T --1; do
		refuse EINVAL bench/size "$text" "$text"
	done
	for file in bench/iterations bench/warmup bench/verify bench/seed; do
		for text in '' x 1x 1.0 '1 2' 0x; do
			refuse EINVAL "$file" "$text" "$text"
		done
	done
	for file in bench/op bench/heap bench/strategies heap/mmap_strategy \
		heap/vmap_strategy heap/orders heap/max_bytes bench/run \
		bench/stop; do
		refuse EINVAL "$file" ''
		refuse EINVAL "$file" '  '
	done
	refuse EINVAL bench/strategies ','
	refuse EINVAL heap/max_bytes x x
}

# Sizes that are 0, negative, too large or not a multiple of the page size are refused.
test_size_limits()
{
	run 'noop iterations=3'
	refuse ERANGE bench/size 0 '"0"'
	refuse ERANGE bench/size 1
	refuse EINVAL bench/size 1000001 1000001
	refuse EINVAL bench/size $((page + page / 2)) $((page + page / 2))
	refuse ERANGE bench/size 100000G 100000G
	refuse ERANGE bench/size 17179869184G 17179869184G
	refuse ERANGE bench/size 17179869185G 17179869185G
	refuse ERANGE bench/size 18446744073709551615 18446744073709551615
	refuse ERANGE bench/size 18446744073709551616 18446744073709551616
	refuse ERANGE bench/size 99999999999999999999G 99999999999999999999G
	refuse EINVAL bench/size -4096 -4096
	refuse ERANGE bench/run 'vmap size=0' size=0
	refuse EINVAL bench/run 'vmap size=1000001' size=1000001
	refuse ERANGE bench/run 'vmap size=17179869184G' 17179869184G
	set_knob heap/max_bytes 1M
	refuse ERANGE bench/size 2M 2M
}

# A number with too many digits is out of range, not malformed.
test_endless_digits()
{
	refuse ERANGE bench/size 100000000000000000000000000000000
	refuse ERANGE bench/iterations 100000000000000000000000000000000
	refuse ERANGE heap/max_bytes 100000000000000000000000000000000
}

# Other numbers outside their limits are refused.
test_number_limits()
{
	run 'noop iterations=3'
	refuse ERANGE bench/iterations 0
	refuse ERANGE bench/iterations 1000001 1000001
	refuse ERANGE bench/iterations 4294967296 4294967296
	refuse EINVAL bench/iterations -1 -1
	refuse ERANGE bench/warmup 100001 100001
	refuse EINVAL bench/warmup -1 -1
	refuse ERANGE bench/verify 2
	refuse ERANGE bench/seed 4294967296 4294967296
	refuse ERANGE bench/run 'noop iterations=0' iterations=0
	refuse ERANGE bench/run 'noop iterations=1000001' 1000001
	refuse ERANGE bench/run 'noop verify=2' verify=2
	refuse ERANGE heap/max_bytes 0
	refuse ERANGE heap/max_bytes 4095 4095
	refuse ERANGE heap/max_bytes 100000G 100000G
	refuse ERANGE heap/max_bytes 17179869184G 17179869184G
}

# More than twelve strategies are refused.
test_too_many_strategies()
{
	twelve=page,sg,page,sg,page,sg,page,sg,page,sg,page,sg
	refuse ERANGE bench/strategies $twelve,page $twelve,page
	refuse ERANGE bench/run "noop strategies=$twelve,page"
	run "noop iterations=1 strategies=$twelve"
}

# Orders that do not decrease, or that the page allocator lacks, are refused.
test_orders()
{
	refuse EINVAL heap/orders '0 8' '0 8'
	refuse EINVAL heap/orders '8 8 0' '8 8 0'
	refuse EINVAL heap/orders '8 4 5' '8 4 5'
	# the largest that the buddy allocator has, and one more
	case $page in
	4096) over=11 ;;
	16384) over=12 ;;
	*) over=14 ;;
	esac
	set_knob heap/orders $((over - 1))
	refuse ERANGE heap/orders $over $over
	refuse ERANGE heap/orders "$over 4 0" "$over 4 0"
	refuse EINVAL heap/orders x x
	refuse EINVAL heap/orders '8 x 0'
	refuse EINVAL heap/orders -1
	refuse EINVAL heap/orders ','
}

# A refused line leaves no part of itself behind.
test_line_is_atomic()
{
	run 'noop iterations=3'
	refuse ERANGE bench/run 'pages size=8M iterations=7 seed=5 verify=2'
	run 'size=1M iterations=2 op=noop'
	expect_equal 'size knob after a line with another' "$(cat "$D/bench/size")" 67108864
	expect_equal 'iterations knob after a line with another' \
		"$(cat "$D/bench/iterations")" 20
	expect_equal 'op knob after a line with another' "$(knob bench/op)" vmap
}

# A line that is too long is refused.
test_long_line()
{
	long=$(printf '%02000d' 0)
	for file in bench/run bench/size bench/strategies bench/op bench/stop \
		heap/orders heap/max_bytes heap/mmap_strategy; do
		refuse EINVAL "$file" "$long"
	done
	refuse EINVAL bench/strategies "$(printf '%0200d' 0 | sed 's/0/page,/g')sg"
}

# What was written shows in error_log without breaking its lines, and leaves
# room for what is accepted.
test_strange_bytes()
{
	refuse EINVAL bench/op "$(printf 'a\nb')"
	refuse EINVAL bench/op "$(printf '\033[2J\377\001')"
	refuse EINVAL bench/op "$(printf 'a"b')"
	refuse EINVAL bench/op '%s%n%p' %s%n%p
	refuse EINVAL bench/op "$(printf '%0150d' 0 | tr 0 '\001')"
	refuse EINVAL heap/orders "$(printf '%0150d' 0 | tr 0 '\001')"
	# a task has the name that it gives itself
	# shellcheck disable=SC2016 # for the inner shell
	sh -c 'printf "a\033[2Jb" >/proc/$$/comm; echo x >"$1"' sh "$D/bench/op" 2>/dev/null
	read_refusals
	expect_match 'line of error_log' "$refusal" '[0-9]* a?[[]2Jb[[][0-9]*] bench/op: *'
	LC_ALL=C grep -n '[^ -~]' "$D/error_log" && complain 'unprintable bytes in error_log'
	lines=$(count_lines <"$D/error_log")
	expect_awk 'error_log lines' "$lines <= 16"
}

# Text that contains a NUL byte is refused.
test_nul_byte()
{
	read_refusals
	if printf 'mmap\0nonsense' >"$D/bench/op" 2>/dev/null; then
		complain "'mmap\\0nonsense' was taken as '$(knob bench/op)'"
	else
		expect_refusal 'a NUL byte' '' '' "$refusals"
	fi
}

# error_log keeps the last sixteen refusals.
test_log_length()
{
	for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18; do
		put bench/op "word$i" >/dev/null
	done
	expect_equal lines "$(count_lines <"$D/error_log")" 16
	grep -q word18 "$D/error_log" || complain 'the last one is missing'
	grep -q word3 "$D/error_log" || complain 'the sixteenth last is missing'
	! grep -q word2\" "$D/error_log" || complain 'the seventeenth last is there'
}

# A line of error_log names the file by its path.
test_log_names_file()
{
	for file in bench/op bench/size bench/run bench/stop heap/orders; do
		put $file x >/dev/null
		expect_match 'error_log' "$(tail -n 1 "$D/error_log")" "* $file: *"
	done
}

# Files that are only read refuse to be written; those only written, to be read.
test_directions()
{
	for file in README error_log heap/stats bench/status bench/results \
		bench/results.csv bench/samples.csv; do
		got=$(put $file x)
		expect_match "write to $file" "$got" 'E*'
	done
	for file in bench/run bench/stop; do
		! cat "$D/$file" >/dev/null 2>&1 || complain "$file can be read"
	done
}
