# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# The parts of a vmap add up to the whole.

: "${test_dir:?}"
# shellcheck source-path=SCRIPTDIR source=../case.sh
. "$test_dir/case.sh"

# Array, fill, map and vunmap of 2 GiB are within 2 % of the total.
test_vmap_2g()
{
	run 'vmap size=2G strategies=page,sg iterations=6 warmup=1'
	expect_shares page sg
}
