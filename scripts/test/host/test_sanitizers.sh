# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# config: KASAN KCSAN
# Whether the tests fail for what a debug kernel finds: each kind of bug is planted in the
# guest of a topic that passes without it.
# shellcheck disable=SC2154 # kernel and arch come from run_tests.sh

: "${test_dir:?}"
# shellcheck source-path=SCRIPTDIR source=../case.sh
. "$test_dir/case.sh"

config=${XDG_CACHE_HOME:-$HOME/.cache}/dmabuf-bench/kernel/$kernel-$arch/headers/.config

# expect_found BUG OPTION TEXT: a kernel with the option reports the bug in this text, and
# the run of tests fails.
expect_found()
{
	grep -q -x "CONFIG_$2=y" "$config" || skip "a kernel with CONFIG_$2"
	status=0
	DBB_PLANT=$1 "$test_dir/run_tests.sh" --guests --kernel "$kernel" --arch "$arch" \
		smoke.clean >"$scratch/run" 2>&1 || status=$?
	expect_equal "status of the tests with $1" "$status" 1
	grep -q -e "$3" "$scratch/run" || {
		complain "no '$3'"
		tail -n 30 "$scratch/run"
	}
}

# Without a bug the same tests pass.
test_none()
{
	expect_status 0 "$test_dir/run_tests.sh" --guests --kernel "$kernel" --arch "$arch" \
		smoke.clean
}

test_use_after_free()
{
	expect_found use_after_free KASAN 'KASAN: .*use-after-free in planted_use_after_free'
}

test_out_of_bounds()
{
	expect_found out_of_bounds KASAN 'KASAN: slab-out-of-bounds in planted_out_of_bounds'
}

test_leak()
{
	expect_found leak DEBUG_KMEMLEAK 'unreferenced object'
}

test_lock_inversion()
{
	expect_found lock_inversion PROVE_LOCKING 'possible circular locking dependency'
}

test_data_race()
{
	expect_found data_race KCSAN 'KCSAN: data-race in planted_'
}
