# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# What the topics share: cases with a verdict, complaints, and the files of the
# module. A topic is a file of functions test_NAME, each of which runs in a
# subshell; one passes when it neither complained nor failed.
#
#   complain TEXT    this is wrong; go on
#   fail TEXT        this is wrong; no use in going on
#   skip TEXT        what is missing for this case
#   note TEXT        a figure worth a diagnostic

D=/sys/kernel/debug/dmabuf_bench
# shellcheck disable=SC2034 # for the topics
tracefs=/sys/kernel/tracing
node=/dev/dma_heap/bench_system
module=dmabuf_bench
: "${test_dir:?}"
: "${scratch:?}"

# Bytes of a page, and how many times 4096 that is: sizes that stand for so many
# pages or chunks are written as for pages of 4096 bytes, times this.
page=$(($(sed -n 's/^KernelPageSize: *\([0-9]*\) kB$/\1/p' /proc/self/smaps | head -n 1) * 1024))
# shellcheck disable=SC2034 # for the topics
pages4k=$((page / 4096))
# The page order of a PMD: a page of page table entries, of eight bytes each.
pmd_order=0
while [ $((8 << pmd_order)) -lt "$page" ]; do
	pmd_order=$((pmd_order + 1))
done

# --- verdicts ---

complain()
{
	printf '%s\n' "$*"
	: >"$scratch/complained"
}

fail()
{
	complain "$*"
	exit 1
}

skip()
{
	printf '%s\n' "$*" >"$scratch/skip"
	exit 0
}

note()
{
	printf '%s\n' "$*"
}

# expect_equal WHAT VALUE WANTED
expect_equal()
{
	[ "$2" = "$3" ] || complain "$1: '$2', expected '$3'"
}

# expect_match WHAT VALUE PATTERN, a pattern of the shell
expect_match()
{
	# shellcheck disable=SC2254 # a pattern it is
	case $2 in
	$3) ;;
	*) complain "$1: '$2', expected '$3'" ;;
	esac
}

# expect_true WHAT COMMAND...: COMMAND says why not.
expect_true()
{
	what=$1
	shift
	"$@" || complain "$what: status $? from: $*"
}

# expect_awk WHAT CONDITION: a comparison of decimal numbers.
expect_awk()
{
	awk "BEGIN { exit !($2) }" </dev/null || complain "$1: not $2"
}

# expect_status WANTED COMMAND...: output goes to $scratch/output.
expect_status()
{
	wanted=$1
	shift
	"$@" >"$scratch/output" 2>&1
	status=$?
	[ "$status" = "$wanted" ] || {
		complain "status $status, expected $wanted, from: $*"
		tail -n 5 "$scratch/output"
	}
}

expect_output()
{
	grep -q -e "$1" "$scratch/output" || {
		complain "no '$1' in the output:"
		tail -n 5 "$scratch/output"
	}
}

# A tracing session that is on: events with a past, which expect_session has to find.
open_session()
{
	echo 1408 >"$tracefs/buffer_size_kb"
	echo >"$tracefs/trace"
	echo 1 >"$tracefs/events/sched/sched_process_exec/enable"
	sh -c : && sh -c :
	recorded=$(grep -c sched_process_exec: "$tracefs/trace")
}

expect_session()
{
	expect_equal 'the event of another session' \
		"$(cat "$tracefs/events/sched/sched_process_exec/enable")" 1
	[ "$(grep -c sched_process_exec: "$tracefs/trace")" -gt "$recorded" ] ||
		complain 'events of another session are gone'
	echo 0 >"$tracefs/events/sched/sched_process_exec/enable"
}

# How many seconds the guest has waited for a CPU of the host so far, as guest.sh says.
lost_s()
{
	read -r seconds 2>/dev/null </ctl/lost || seconds=0
	echo "$seconds"
}

# Sets uptime, in seconds. A process is some 30 ms of an emulated CPU: what each case
# does is done by the shell itself.
read_uptime()
{
	read -r uptime _ </proc/uptime
	uptime=${uptime%%.*}
}

# What the kernel log holds since the case's marker, if it is of a guest. Sets
# stalled when that is only stalls of a guest that was starved of CPU.
kernel_complaints()
{
	stalled=
	[ -n "${in_guest:-}" ] || return 0
	dmesg | sed "1,/dbb-test: $1\$/d" >"$scratch/logged"
	[ -s "$scratch/logged" ] || return 0
	sh "$test_dir/../vm/kernel_log.sh" /ctl/starved /ctl/provoked <"$scratch/logged" >"$scratch/log"
	case $? in
	0) return ;;
	2) stalled=1 ;;
	*) : >"$scratch/complained" ;;
	esac
	sed 's/^/kernel log: /' "$scratch/log" >>"$scratch/said"
}

# run_case NAME FUNCTION: prints diagnostics, then the verdict, as run_tests.sh
# expects them. $scratch is empty when a case begins. A case during which the guest
# was starved and stalled is run once more; the second time a stall is a failure.
run_case()
{
	echo "start $1"
	{ echo "dbb-test: $1" >/dev/kmsg; } 2>/dev/null || :
	rm -rf "$scratch"
	mkdir -p "$scratch"
	: >"$scratch/pids"
	read_uptime
	begin=$uptime
	echo "$begin" >"$scratch.begin"
	("$2") >"$scratch/said" 2>&1 </dev/null
	status=$?
	end_jobs
	kernel_complaints "$1"
	# busybox tr has no classes
	[ ! -s "$scratch/said" ] ||
		head -n 25 "$scratch/said" | LC_ALL=C tr -c '\n -~' '?' | sed 's/^/# /'
	read_uptime
	[ $((uptime - begin)) -lt 10 ] || echo "# took $((uptime - begin)) s"
	if [ -n "$stalled" ] && [ -z "${3:-}" ]; then
		echo '# stalled, starved of CPU, outside the module: once more'
		is_loaded || load
		restore_knobs
		run_case "$1" "$2" again
		return
	fi
	[ -z "$stalled" ] || : >"$scratch/complained"
	if [ "$status" != 0 ] || [ -e "$scratch/complained" ]; then
		: >"$scratch.failed"
		echo "not ok $1"
	elif [ -e "$scratch/skip" ]; then
		echo "skip $1 $(cat "$scratch/skip")"
	else
		echo "ok $1"
	fi
}

# --- jobs and waiting ---

# spawn COMMAND...: in the background, sets pid; ended with the case.
spawn()
{
	"$@" &
	pid=$!
	echo "$pid" >>"$scratch/pids"
}

end_jobs()
{
	while read -r job; do
		kill -KILL "$job" 2>/dev/null
		# several cases' worth of "Killed" would hide what matters
		wait "$job" 2>/dev/null
	done <"$scratch/pids"
}

# Repeats COMMAND for up to ten seconds until it succeeds.
wait_until()
{
	tries=100
	until "$@"; do
		tries=$((tries - 1))
		[ "$tries" -gt 0 ] || return 1
		sleep 0.1
	done
}

helper()
{
	name=$1
	shift
	"$test_dir/bin/$name" "$@"
}

# plant FILE SED [FILE SED]...: a copy of the sources, $planted, with each FILE
# changed by the commands SED, which have to change it. The copy is always in the
# same place, so that a build compiles only what differs from the last one; it is
# this case's until its end.
plant()
{
	planted=${XDG_CACHE_HOME:-$HOME/.cache}/dmabuf-bench/planted
	planted=$planted/$(printf '%s' "$test_dir" | cksum | cut -d ' ' -f 1)
	mkdir -p "$planted"
	exec 7>"$planted.lock"
	flock 7
	rm -rf "$planted"
	mkdir "$planted"
	for name in Kbuild heap bench trace scripts; do
		cp -r "$test_dir/../../$name" "$planted/$name"
	done
	while [ $# -gt 0 ]; do
		cp "$planted/$1" "$scratch/unplanted"
		sed -i "$2" "$planted/$1"
		! cmp -s "$planted/$1" "$scratch/unplanted" ||
			fail "sed '$2' changes nothing in $1"
		shift 2
	done
}

# --- the module ---

is_loaded()
{
	[ -d "/sys/module/$module" ]
}

load()
{
	insmod "$test_dir/../../$module.ko"
}

# Buffers go a moment after their last user did.
unload()
{
	wait_until rmmod "$module" 2>/dev/null
}

# stat_of NAME: a line of heap/stats. One that is not there is never equal to
# another one.
stat_of()
{
	while IFS='=' read -r key value; do
		if [ "$key" = "$1" ] && [ -n "$value" ]; then
			echo "$value"
			return
		fi
	done <"$D/heap/stats"
	: >"$scratch/complained"
	echo "no-$1"
}

all_is_freed()
{
	[ "$(stat_of bytes_alive)" = 0 ] && [ "$(stat_of buffers_alive)" = 0 ]
}

# Nothing is alive, and what was made is undone.
expect_nothing_left()
{
	is_loaded || fail 'the module is not loaded'
	wait_until all_is_freed ||
		complain "$(stat_of bytes_alive) bytes are still alive"
	expect_equal buffers_freed "$(stat_of buffers_freed)" "$(stat_of buffers_created)"
	expect_equal mmaps_undone "$(stat_of mmaps_undone)" "$(stat_of mmaps_made)"
	expect_equal vmaps_undone "$(stat_of vmaps_undone)" "$(stat_of vmaps_made)"
	expect_equal detaches "$(stat_of detaches)" "$(stat_of attaches)"
}

# The last case of each topic: nothing is left, and the module goes.
test_clean()
{
	expect_nothing_left
	unload || fail "rmmod: $(rmmod "$module" 2>&1)"
	[ ! -e "$D" ] || complain "$D is still there"
	[ ! -e "$node" ] || complain "$node is still there"
}

# shellcheck source-path=SCRIPTDIR source-path=SCRIPTDIR/.. source=case_knobs.sh
. "$test_dir/case_knobs.sh"
# shellcheck source-path=SCRIPTDIR source-path=SCRIPTDIR/.. source=case_results.sh
. "$test_dir/case_results.sh"
