# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# Topic: what labs run on a device, in a guest of busybox: the kselftest folder by the
# kernel's run_kselftest.sh, the steps of the LAVA definition. kunit.py of the kernel's
# source reads the KTAP; both are shown to refuse what they should.
# shellcheck disable=SC2154 # kernel and arch come from run_tests.sh

: "${test_dir:?}"
# shellcheck source-path=SCRIPTDIR source=../case.sh
. "$test_dir/case.sh"
# shellcheck source-path=SCRIPTDIR source=../../host/packages.sh
. "$test_dir/../host/packages.sh"

lab=$test_dir/../lab
# what the guest leaves outlives the case that boots it
guest=$scratch.guest

# What the guest does: the collection as run_kselftest.sh runs it, as a whole and with
# what should fail or be skipped, then the steps of the LAVA test definition.
guest_script()
{
	cat <<-'END_GUEST'
	cp -r /out/kselftest /tmp/kselftest
	cd /tmp/kselftest || exit
	# run_kselftest.sh wants that of coreutils, or none
	rm /usr/bin/timeout
	if [ -e /out/timeout ]; then cp /out/timeout /usr/bin/timeout; fi
	bench="vmap size=1M strategies=page,sg iterations=11"
	kselftest() {
		log=$1
		shift
		# it opens its output once more, so only what appends is whole in a file
		KSELFTEST_MEASUREMENTS_SH_ARGS="$bench" ./run_kselftest.sh "$@" >>/out/$log.log 2>&1
		echo $? >/out/$log.status
		[ ! -d /sys/module/dmabuf_bench ] || echo "$log" >>/out/leftovers
	}
	: >/out/leftovers
	kselftest list -l
	kselftest passed -t dmabuf_bench:selftest_mappings.sh -t dmabuf_bench:measurements.sh
	cp -r dmabuf_bench/results/*-kselftest /out/measured
	mv dmabuf_bench/dmabuf_bench.ko /tmp
	kselftest skipped -t dmabuf_bench:measurements.sh
	echo no module >dmabuf_bench/dmabuf_bench.ko
	kselftest broken -t dmabuf_bench:measurements.sh
	mv /tmp/dmabuf_bench.ko dmabuf_bench
	bench="vmap size=1M strategies=page,none iterations=11"
	kselftest failed -t dmabuf_bench:measurements.sh
	# a self-test that finds something
	insmod dmabuf_bench/dmabuf_bench.ko
	mkfifo /tmp/selftest
	mount --bind /tmp/selftest /sys/kernel/debug/dmabuf_bench/selftest
	{ read -r _ </tmp/selftest; printf "KTAP version 1\n1..1\nnot ok 1 planted\n" >/tmp/selftest; } &
	kselftest found -t dmabuf_bench:selftest_mappings.sh >/dev/null
	umount /sys/kernel/debug/dmabuf_bench/selftest
	rmmod dmabuf_bench
	if [ -e /out/timeout ]; then
		echo timeout=3 >dmabuf_bench/settings
		bench="vmap size=1M strategies=page,sg iterations=1000000"
		kselftest late -t dmabuf_bench:measurements.sh
	fi
	mkdir /tmp/bin
	for name in lava-test-case lava-test-set; do
		echo 'echo "${0##*/} $*" >>/out/lava.commands' >/tmp/bin/$name
		chmod +x /tmp/bin/$name
	done
	# the measurement takes a minute: it is skipped, as a kselftest says it
	echo 'exit 4' >dmabuf_bench/selftest_measurement.sh
	insmod dmabuf_bench/dmabuf_bench.ko
	PATH=/tmp/bin:$PATH sh -c '
		LINE="vmap size=1M strategies=page,sg iterations=11"
		. /out/lava.steps' >/out/lava.log 2>&1
	cp -r /tmp/dmabuf_bench_results.*/*-kselftest /out/measured_by_lava
	cp /sys/kernel/debug/dmabuf_bench/selftest /out/selftest.ktap
	rmmod dmabuf_bench
	: >/out/end
	END_GUEST
}

# Leaves what the guest left in $guest, once for all cases.
need_guest()
{
	[ ! -e "$guest/end" ] || return 0
	[ ! -e "$guest" ] || fail 'the guest failed in the case before'
	mkdir "$guest"
	stage=$(DBB_QUIET=1 "$test_dir/../vm/build.sh" "$kernel" "$arch") || fail 'no module'
	linux=$(DBB_QUIET=1 "$test_dir/../vm/source.sh" 7.3 amd64) || fail 'no source of 7.3'
	sh "$lab/kselftest_install.sh" --linux "$linux" --module "$stage/dmabuf_bench.ko" \
		--programs "$stage/bench/user" "$guest/kselftest" >"$scratch/installed" 2>&1 ||
		fail "$(cat "$scratch/installed")"
	[ "$arch" != "$(dpkg --print-architecture)" ] || cp /usr/bin/timeout "$guest"
	sed -n 's/^ *- sh \(.*\)/sh \1/p' "$lab/lava_test.yaml" >"$guest/lava.steps"
	guest_script >"$guest/script"
	"$test_dir/../vm/guest.sh" --quiet --kernel "$kernel" --arch "$arch" --mem 1G \
		--out "$guest" -- sh /out/script >"$guest/said" 2>&1 || fail "$(tail -n 5 "$guest/said")"
	[ -e "$guest/end" ] || fail "the guest's script did not reach its end: $(tail -n 3 "$guest/said")"
}

# expect_kselftest LOG STATUS PATTERN: of run_kselftest.sh and its last result
expect_kselftest()
{
	expect_equal "status of run_kselftest.sh, $1" "$(cat "$guest/$1.status")" "$2"
	expect_match "result, $1" "$(grep -E '^(not )?ok ' "$guest/$1.log" | tail -n 1)" "$3"
}

# run_kselftest.sh takes the folder as it is, in a guest of busybox.
test_runner()
{
	need_guest
	expect_equal 'collection:test' "$(cat "$guest/list.log")" \
		"$(cat "$guest/kselftest/kselftest-list.txt")"
	expect_kselftest passed 0 'ok 2 *dmabuf_bench: measurements.sh'
	expect_equal 'results of the mappings, and of the program' \
		"$(grep -c '^# ok [0-9]* mappings: ' "$guest/passed.log") $(grep -c '^ok ' "$guest/passed.log")" \
		"$(sed -n 's/^1\.\.//p' "$guest/selftest.ktap") 2"
	expect_kselftest skipped 0 'ok 1 * # SKIP'
	grep -q '^# 1\.\.0 # SKIP there is no .*dmabuf_bench.ko' "$guest/skipped.log" ||
		complain "no reason why it was skipped: $(tail -n 3 "$guest/skipped.log")"
	expect_kselftest broken 1 'not ok 1 * exit=1'
	expect_kselftest failed 1 'not ok 1 * exit=1'
	expect_match 'why it failed' "$(grep -E 'none' "$guest/failed.log" | tail -n 1)" '*accepted*'
	[ ! -e "$guest/late.log" ] || expect_kselftest late 1 'not ok 1 * # TIMEOUT 3 seconds'
	expect_kselftest found 1 'not ok 1 * exit=1'
	# only the one that was there before
	expect_equal 'the module stays after' "$(cat "$guest/leftovers")" found
	expect_equal settings "$(cat "$guest/kselftest/dmabuf_bench/settings")" timeout=900
}

# The figures in the output are those of the csv that it leaves.
test_figures()
{
	need_guest
	sed -n 's/^# # \([0-9]*-[a-z]*\) \([^ ]*\) complete \([^ ]*\) \([^ ]*\)$/\1 \2 complete \3 \4/p' \
		"$guest/passed.log" >"$scratch/printed"
	sh "$lab/cells.sh" "$guest/measured" | diff - "$scratch/printed" ||
		complain 'other figures than in the csv'
	[ -s "$scratch/printed" ] || complain 'no figures'
	need_jq 2>"$scratch/needed" || skip "$(tail -n 1 "$scratch/needed")"
	need_miller 2>"$scratch/needed" || skip "$(tail -n 1 "$scratch/needed")"
	for format in json kcidb lava benchstat lines; do
		expect_true "as $format" "$test_dir/../export.sh" --format $format --origin lab \
			"$guest/measured" >"$scratch/$format"
		[ -s "$scratch/$format" ] || complain "nothing as $format"
	done
	expect_equal faults "$(jq -r -f "$test_dir/../export/kcidb_check.jq" "$scratch/kcidb")" ''
}

# On the device the job's steps tell LAVA the tests and each figure of the measurement.
test_lava_run()
{
	need_guest
	expect_equal 'results of the programs' "$(grep -v -e ' --measurement ' -e '^lava-test-set' \
		"$guest/lava.commands" | tr '\n' ,)" \
		"lava-test-case selftest_mappings --result pass,lava-test-case selftest_measurement --result skip,lava-test-case measurements --result pass,"
	expect_equal 'sets' "$(grep '^lava-test-set' "$guest/lava.commands" | tr '\n' ,)" \
		'lava-test-set start 01-vmap,lava-test-set stop,'
	expect_equal figures "$(grep -c ' --measurement [0-9.]* --units [a-zB/]*$' "$guest/lava.commands")" \
		"$(sh "$lab/cells.sh" "$guest/measured_by_lava" | count_lines)"
}

# kunit FILE: sets status and verdict, the last line of kunit.py parse
kunit()
{
	linux=$(DBB_QUIET=1 "$test_dir/../vm/source.sh" 7.3 amd64) || fail 'no source of 7.3'
	status=0
	PYTHONDONTWRITEBYTECODE=1 python3 "$linux/tools/testing/kunit/kunit.py" parse "$1" \
		>"$scratch/kunit" 2>&1 || status=$?
	verdict=$(sed -n 's/.*Testing complete\. Ran //p' "$scratch/kunit")
}

# kunit_takes FILE VERDICT
kunit_takes()
{
	kunit "$1"
	expect_equal "kunit.py on ${1##*/}" "$status $verdict" "0 $2"
}

# kunit_refuses FILE SED: what is changed so is no success
kunit_refuses()
{
	sed "$2" "$1" >"$scratch/changed"
	! cmp -s "$1" "$scratch/changed" || fail "sed '$2' changes nothing in ${1##*/}"
	kunit "$scratch/changed"
	[ "$status" != 0 ] || complain "kunit.py takes ${1##*/} after $2: $verdict"
}

# kunit.py of the kernel reads the self-test in debugfs, the output of make test, and what
# run_kselftest.sh prints of the folder.
test_kunit()
{
	need_guest
	kept_ktap=$guest/selftest.ktap
	passed=$(grep -c '^ok [^#]*$' "$kept_ktap") skipped=$(grep -c '^ok .* # SKIP ' "$kept_ktap")
	kunit_takes "$kept_ktap" "$((passed + skipped)) tests: passed: $passed, skipped: $skipped"
	kunit_refuses "$kept_ktap" 's/^ok 2 /not ok 2 /'
	kunit_refuses "$kept_ktap" '/^ok 2 /d'
	kunit_refuses "$kept_ktap" 's/^KTAP/ktap/'
	kunit_takes "$guest/passed.log" '2 tests: passed: 2'
	# nothing that passed is no success to it
	kunit "$guest/skipped.log"
	expect_equal 'kunit.py on skipped.log' "$status $verdict" '1 1 tests: skipped: 1'
	kunit "$guest/failed.log"
	expect_equal 'kunit.py on failed.log' "$status $verdict" '1 1 tests: failed: 1'
	"$test_dir/run_tests.sh" --kernel "$kernel" --arch "$arch" disturbers \
		>"$scratch/tests.ktap" 2>"$scratch/tests.err" || fail "$(tail -n 3 "$scratch/tests.err")"
	passed=$(sed -n 's/^\([0-9]*\) passed, 0 failed, 0 skipped$/\1/p' "$scratch/tests.ktap")
	kunit_takes "$scratch/tests.ktap" "$passed tests: passed: $passed"
	kunit_refuses "$scratch/tests.ktap" 's/^ok 1 /not ok 1 /'
	kunit_refuses "$scratch/tests.ktap" '/^ok 1 /d'
}

# make kselftest-install adds to a folder of the kernel's, and spoils none.
test_install()
{
	linux=$(DBB_QUIET=1 "$test_dir/../vm/source.sh" 7.3 amd64) || fail 'no source of 7.3'
	: >"$scratch/dmabuf_bench.ko"
	mkdir "$scratch/theirs"
	echo size:get_size >"$scratch/theirs/kselftest-list.txt"
	echo theirs >"$scratch/theirs/run_kselftest.sh"
	install="$lab/kselftest_install.sh --module $scratch/dmabuf_bench.ko"
	# shellcheck disable=SC2086 # words
	expect_status 0 $install --linux "$linux" "$scratch/theirs"
	expect_equal 'their runner' "$(cat "$scratch/theirs/run_kselftest.sh")" theirs
	expect_equal 'the list' "$(tr '\n' ' ' <"$scratch/theirs/kselftest-list.txt")" \
		'size:get_size dmabuf_bench:selftest_mappings.sh dmabuf_bench:selftest_measurement.sh dmabuf_bench:measurements.sh '
	cut -d : -f 2 "$scratch/theirs/kselftest-list.txt" | grep '\.sh$' | while read -r name; do
		[ -x "$scratch/theirs/dmabuf_bench/$name" ] || complain "$name cannot be executed"
	done
	# shellcheck disable=SC2086 # words
	expect_status 3 $install "$scratch/theirs"
	expect_output 'is there already'
	expect_equal 'the list again' "$(count_lines <"$scratch/theirs/kselftest-list.txt")" 4
	# shellcheck disable=SC2086 # words
	expect_status 3 $install --linux "$scratch" "$scratch/new"
	expect_output 'no source of a kernel'
	expect_status 3 "$lab/kselftest_install.sh" --module "$scratch/none.ko" "$scratch/new"
	expect_output 'none.ko'
	expect_status 3 "$lab/kselftest_install.sh"
	[ ! -e "$scratch/new" ] || complain 'a refused call left a folder'
}
