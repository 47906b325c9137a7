# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# guest: --mem 512M --append nopat
# config: X86_PAT
# heap/caching on an x86 machine without PAT: there, write-combining is an uncached mapping
# under another name.

: "${test_dir:?}"
# shellcheck source-path=SCRIPTDIR source=../case.sh
. "$test_dir/case.sh"
# shellcheck source-path=SCRIPTDIR source=../page_attributes.sh
. "$test_dir/page_attributes.sh"

# wc is refused, with the reason.
test_choices()
{
	expect_equal choices "$(head -n 1 "$D/heap/caching")" '[cached] uncached'
	expect_equal remarks "$(grep -c '^# wc: PAT is off' "$D/heap/caching")" 1
	refuse EOPNOTSUPP heap/caching wc wc 'PAT is off'
	run 'noop iterations=2'
	expect_equal pat "$(environment pat)" off
}

# uncached is what it says, by each strategy, and undone.
test_uncached()
{
	load_reader
	before=$(linear_of_all)
	set_knob heap/caching uncached
	for strategy in $(choices_of heap/mmap_strategy); do
		set_knob heap/mmap_strategy "$strategy"
		what="mmap strategy $strategy"
		expect_shown $node uncached 39
	done
	wait_until all_is_freed || complain 'something is still alive'
	expect_equal 'the linear map' "$(linear_of_all)" "$before"
}

# The module that reads attributes goes, too.
test_clean()
{
	unload_reader
	expect_nothing_left
	unload || fail "rmmod: $(rmmod "$module" 2>&1)"
}
