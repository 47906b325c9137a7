# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# The VM runner itself: a test that cannot fail is worth nothing, so each way
# of failing is tried here.
# shellcheck disable=SC2154 # kernel and arch come from run.sh

: "${test_dir:?}"
# shellcheck source-path=SCRIPTDIR source=../lib.sh
. "$test_dir/lib.sh"

# guest STATUS ARGUMENT...: scripts/vm/run.sh has to end with STATUS.
guest()
{
	wanted=$1
	shift
	status=0
	"$test_dir/../vm/run.sh" --kernel "$kernel" --arch "$arch" --mem 512M \
		--out "$scratch/runner" "$@" >"$scratch/runner.out" \
		2>"$scratch/runner.err" || status=$?
	expect_equal 'exit status of scripts/vm/run.sh' "$status" "$wanted"
	[ "$status" = "$wanted" ] || tail -n 5 "$scratch/runner.err"
}

# Exit status, output, odd arguments and files come back as they were.
test_status_and_output()
{
	# shellcheck disable=SC2016 # for the guest
	guest 3 -- sh -c 'printf "%s|" "$@"; echo kept >/out/file; exit 3' \
		sh 'two words' "a'quote" '$HOME' ''
	expect_equal output "$(cat "$scratch/runner.out")" \
		"two words|a'quote|\$HOME||"
	expect_equal file "$(cat "$scratch/runner/file")" kept
}

# A warning in the kernel log is a failure, though the command has none.
test_warning()
{
	guest 99 -- sh -c 'echo "WARNING: planted" >/dev/kmsg'
	grep -q planted "$scratch/runner/warnings.log" ||
		complain 'the warning is not in warnings.log'
}

# A kernel that panics is told from a command that fails.
test_panic()
{
	guest 125 -- sh -c 'echo c >/proc/sysrq-trigger'
	grep -q 'sysrq triggered crash' "$scratch/runner/console.log" ||
		complain 'the panic is not in console.log'
}

# A real WARN() of the kernel brings the guest down at once.
test_panic_on_warn()
{
	guest 0 -- grep -q -w panic_on_warn=1 /proc/cmdline
}

# A guest that hangs is stopped.
test_timeout()
{
	guest 124 --timeout 8 -- sleep 1000
}
