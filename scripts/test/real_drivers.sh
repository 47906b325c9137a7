# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# shellcheck disable=SC2034 # for the topics
# What the topics share that have drivers of the kernel import our buffers, and
# callers.sh look on.
: "${test_dir:?}" "${scratch:?}"

# shellcheck source-path=SCRIPTDIR source-path=SCRIPTDIR/.. source=../vm/guest_drivers.sh
. "$test_dir/../vm/guest_drivers.sh"

callers=$test_dir/../callers.sh
user=$test_dir/../../bench/user
folder=$scratch/importers

# need_driver STATUS NAME: STATUS is that of load_driver.
need_driver()
{
	case $1 in
	0) ;;
	2) skip "this kernel has no driver $2" ;;
	*) fail "driver $2 cannot be loaded" ;;
	esac
}

need_vivid()
{
	load_vivid
	need_driver $? vivid
	wait_until find_video vivid-001-vid-cap || fail 'vivid has no devices'
}

need_cirrus()
{
	load_driver cirrus || load_driver cirrus-qemu
	need_driver $? 'of Cirrus cards'
	wait_until find_card 'cirrus*' || fail 'no Cirrus card'
	cirrus=$card_driver
}

# output_of NAME: the value of NAME=VALUE in $scratch/output
output_of()
{
	sed -n "s/.*\b$1=\([^ ]*\).*/\1/p" "$scratch/output" | tail -n 1
}

record()
{
	rm -rf "$folder"
	expect_status 0 sh "$callers" --out "$folder" "$@"
}

row()
{
	select_rows "$@" <"$folder/callers.csv"
}
