# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# What the programs of the kselftest folder share: the module loaded for them, and the
# statuses of a kselftest, 0 pass, 1 fail, 4 skip. Sourced in the folder of the program,
# which also has dmabuf_bench.ko and scripts/.

here=$(cd scripts && pwd) || exit 1
[ -r "$here/device/session.sh" ] || exit 1
# shellcheck source-path=SCRIPTDIR source-path=SCRIPTDIR/.. source=device/session.sh
. "$here/device/session.sh"
module=$PWD/dmabuf_bench.ko

fail_case()
{
	echo "# $*"
	exit 1
}

# What is missing is no fault of the module.
skip_case()
{
	echo "1..0 # SKIP $*"
	exit 4
}

# Whether the module is built for another kernel, and which; insmod has refused it.
find_other_kernel()
{
	other=$(LC_ALL=C tr '\000' '\n' <"$module" 2>/dev/null |
		LC_ALL=C sed -n 's/^vermagic=\([^ ]*\) .*/\1/p')
	[ -n "$other" ] && [ "$other" != "$(uname -r)" ]
}

# Loads the module, unless it is loaded. What is loaded here goes with the program.
load_case()
{
	(need_root) 2>/dev/null || skip_case 'root is needed for debugfs and the module'
	(mount_debugfs) 2>/dev/null || skip_case 'this kernel has no debugfs'
	if [ ! -e "$DBB_DEBUGFS/bench/run" ]; then
		[ -e "$module" ] || skip_case "there is no $module"
		insmod "$module" 2>"$scratch/insmod" || explain_insmod
		loaded_here=1
	fi
	{ read -r _ <"$DBB_DEBUGFS/bench/status"; } 2>/dev/null ||
		skip_case "$DBB_DEBUGFS/bench/status cannot be read"
}

# shellcheck disable=SC2154 # mode is of is_locked_down
explain_insmod()
{
	! is_locked_down || skip_case "kernel lockdown ($mode) refuses the module"
	! find_other_kernel || skip_case "the module is for kernel $other, this is $(uname -r)"
	fail_case "insmod: $(cat "$scratch/insmod")"
}

# shellcheck disable=SC2317 # called by the trap
end_case()
{
	status=$?
	trap '' INT TERM HUP
	[ -z "$loaded_here" ] || rmmod dmabuf_bench || status=1
	remove_scratch
	exit "$status"
}

# What a runner ends has to leave nothing behind.
start_case()
{
	make_scratch .
	trap end_case EXIT
	trap 'exit 1' INT TERM HUP
	load_case
}

# run_selftest WORD: prints the module's KTAP, indented: it is the program's subtests.
run_selftest()
{
	start_case
	sh -c 'echo "$1" >"$2"' sh "$1" "$DBB_DEBUGFS/selftest" ||
		fail_case "the write of $1 to selftest was refused: $(tail -n 1 "$DBB_DEBUGFS/error_log")"
	cat "$DBB_DEBUGFS/selftest" >"$scratch/ktap" || exit 1
	cat "$scratch/ktap"
	! grep -q '^not ok ' "$scratch/ktap"
}
