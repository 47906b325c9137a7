# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# What the device scripts share: messages, mounts, the module, one run of the
# engine with progress, and its results. Sourced after $here was set to the
# folder of the scripts. Runs in busybox ash, dash and mksh with toybox: no awk,
# no arithmetic beyond 32 bits.
#
# Environment:
#   DBB_DEBUGFS  the module's debugfs directory
#                (default /sys/kernel/debug/dmabuf_bench)
#   DBB_TRACEFS  tracefs (default /sys/kernel/tracing)

: "${here:?}"
: "${DBB_DEBUGFS:=/sys/kernel/debug/dmabuf_bench}"
: "${DBB_TRACEFS:=/sys/kernel/tracing}"

quiet=
loaded_here=
interrupted=
unwatched=
scratch=
module=
keep=
out=results

# --- messages ---

say()
{
	[ -n "$quiet" ] || printf '%s\n' "$*"
}

warn()
{
	printf '%s: %s\n' "${0##*/}" "$*" >&2
}

die()
{
	warn "$*"
	exit 1
}

usage_error()
{
	warn "$*"
	usage >&2
	exit 2
}

title()
{
	say ''
	say "=== $1"
}

# --- options that all scripts have ---

# common_option ARGUMENT...: takes one of them and sets taken to how many
# arguments it was; 0 when it is none.
# shellcheck disable=SC2034 # read by the scripts that source this file
common_option()
{
	taken=1
	case $1 in
	--module | --out)
		[ $# -gt 1 ] || usage_error "$1 takes a value"
		taken=2
		if [ "$1" = --out ]; then out=$2; else module=$2; fi
		;;
	--quiet) quiet=1 ;;
	--keep) keep=1 ;;
	--help | -h)
		usage
		exit 0
		;;
	*) taken=0 ;;
	esac
}

# --- from start to end ---

# start_session DIR: with the results in DIR, gets everything ready for runs.
# From then on the script's cleanup is called at its end.
start_session()
{
	need_root
	mkdir -p "$1" || exit 1
	prepare_runs
	trap cleanup EXIT
	make_scratch "$1"
	start_kernel_log
	mount_debugfs
	load_module "$module"
}

# The last thing that cleanup does.
end_session()
{
	[ -n "$keep" ] || unload_module
	remove_scratch
}

# --- where things are ---

# Sets scratch, a private directory that cleanup removes.
make_scratch()
{
	scratch=${TMPDIR:-/tmp}
	[ -w "$scratch" ] || scratch=$1
	scratch=$scratch/dmabuf_bench.$$
	(umask 077 && mkdir "$scratch") || exit 1
}

remove_scratch()
{
	[ -z "$scratch" ] || rm -rf "$scratch"
	scratch=
}

# Sets found to PROGRAM of bench/user, built in the tree or installed.
find_program()
{
	found=$here/../bench/user/$1
	[ -x "$found" ] || found=$(command -v "$1")
}

need_root()
{
	[ "$(id -u)" = 0 ] || die "must be root, for debugfs and the module"
}

is_mounted()
{
	while read -r _ mountpoint _; do
		[ "$mountpoint" != "$1" ] || return 0
	done </proc/mounts
	return 1
}

mount_debugfs()
{
	[ ! -d "$DBB_DEBUGFS" ] || return 0
	is_mounted /sys/kernel/debug ||
		mount -t debugfs debugfs /sys/kernel/debug ||
		die "debugfs does not mount: is CONFIG_DEBUG_FS on?"
}

mount_tracefs()
{
	[ ! -d "$DBB_TRACEFS/events" ] || return 0
	mount -t tracefs tracefs "$DBB_TRACEFS" ||
		die "tracefs does not mount: is CONFIG_TRACING on?"
}

# --- the module ---

# load_module FILE: FILE may be empty for the one beside the scripts.
load_module()
{
	[ ! -e "$DBB_DEBUGFS/bench/run" ] || return 0
	file=${1:-$here/../dmabuf_bench.ko}
	[ -e "$file" ] ||
		die "dmabuf_bench is not loaded and $file is not there (--module FILE)"
	insmod "$file" || die "insmod $file failed; the reason may be in dmesg"
	loaded_here=1
	[ -e "$DBB_DEBUGFS/bench/run" ] ||
		die "the module is loaded, but $DBB_DEBUGFS/bench/run is not there"
}

# Only if load_module loaded it.
unload_module()
{
	[ -n "$loaded_here" ] || return 0
	loaded_here=
	rmmod dmabuf_bench || warn "the module stays loaded"
}

# --- the kernel log ---

start_kernel_log()
{
	log_mark="dmabuf_bench: ${0##*/} $$ starts"
	{ echo "$log_mark" >/dev/kmsg; } 2>/dev/null || log_mark=
}

# save_kernel_log FILE: the lines since start_kernel_log.
save_kernel_log()
{
	dmesg >"$scratch/dmesg" 2>/dev/null || return 0
	if [ -n "$log_mark" ] && grep -q "$log_mark" "$scratch/dmesg"; then
		sed "1,/$log_mark/d" "$scratch/dmesg" >>"$1"
	else
		# no mark, or it fell out of the ring: all there is
		cat "$scratch/dmesg" >>"$1"
	fi
}

# --- one run of the engine ---

# A signal to the script sets interrupted; run_line then ends the run in order.
prepare_runs()
{
	trap 'interrupted=1' INT TERM HUP
	choose_tick
}

# Sets tick to what sleep takes and ticks_per_line to ticks of about 10 s.
choose_tick()
{
	if sleep 0.01 2>/dev/null; then
		tick=0.2 ticks_per_line=50
	else
		tick=1 ticks_per_line=10
	fi
}

# Sets status_line, state, op, finished, total and eta_ms from bench/status.
read_status()
{
	status_line='' state='' op='' finished='' total='' eta_ms=''
	read -r status_line 2>/dev/null <"$DBB_DEBUGFS/bench/status" || return 1
	state=${status_line%% *}
	for word in $status_line; do
		case $word in
		op=*) op=${word#*=} ;;
		done=*) finished=${word#*=} ;;
		total=*) total=${word#*=} ;;
		eta_ms=*) eta_ms=${word#*=} ;;
		esac
	done
}

# Sets eta to "12.3 s"; empty when the engine does not know yet.
format_eta()
{
	eta=
	case $eta_ms in
	'' | *[!0-9]*) return ;;
	esac
	# six digits fit any shell's arithmetic; more is minutes of waiting
	if [ ${#eta_ms} -gt 6 ]; then
		eta="${eta_ms%???} s"
	else
		eta="$((eta_ms / 1000)).$((eta_ms % 1000 / 100)) s"
	fi
}

show_progress()
{
	[ -z "$quiet" ] || return 0
	ticks=$((ticks + 1))
	if [ ! -t 2 ] && [ $((ticks % ticks_per_line)) != 0 ]; then
		return
	fi
	read_status || return 0
	[ "$state" = running ] || return 0
	format_eta
	if [ -t 2 ]; then
		printf '\r\033[K%s %s/%s%s' "$op" "$finished" "$total" \
			"${eta:+, $eta left}" >&2
	else
		printf '%s %s/%s%s\n' "$op" "$finished" "$total" \
			"${eta:+, $eta left}" >&2
	fi
}

clear_progress()
{
	[ -n "$quiet" ] || [ ! -t 2 ] || printf '\r\033[K' >&2
}

# Writes LINE to bench/run in the background; $scratch/status appears at the end.
# By env, because the printf and echo of some shells use several writes.
start_writer()
{
	rm -f "$scratch/status" "$scratch/pid"
	(
		# mksh does not do this for background jobs once INT is trapped
		trap '' INT QUIT HUP
		# shellcheck disable=SC2016 # for the inner shell
		sh -c 'echo $$ >"$1/pid" && exec env echo "$2" >"$3"' \
			writer "$scratch" "$1" "$DBB_DEBUGFS/bench/run" \
			2>"$scratch/stderr"
		echo $? >"$scratch/code" && mv "$scratch/code" "$scratch/status"
	) &
	writer=$!
}

writer_runs()
{
	[ ! -e "$scratch/status" ] && kill -0 "$writer" 2>/dev/null
}

# The stop file asks; the signal makes sure, whatever the writer does on EINTR.
stop_writer()
{
	{ echo 1 >"$DBB_DEBUGFS/bench/stop"; } 2>/dev/null
	waited=0
	while writer_runs && [ "$waited" -lt 20 ]; do
		sleep "$tick"
		waited=$((waited + 1))
	done
	[ -e "$scratch/status" ] || kill "$(cat "$scratch/pid")" 2>/dev/null
}

# Where all else is quiet, waking up to look would disturb the run.
wait_for_writer()
{
	if [ -n "$unwatched" ]; then
		wait "$writer"
	else
		sleep "$tick"
		show_progress
	fi
}

# run_line LINE: returns 0 done, 130 stopped by a signal or through bench/stop,
# 1 refused or failed, with the reason printed. Sets have_result when the
# engine's results are this run's: a stopped run may not have got that far.
run_line()
{
	try_line "$1"
	tried=$?
	[ "$tried" != 1 ] || say_refusal "$1"
	return "$tried"
}

# As run_line, but a refusal is not printed.
try_line()
{
	ticks=0
	read_status
	status_before=$status_line
	start_writer "$1"
	while writer_runs && [ -z "$interrupted" ]; do
		wait_for_writer
	done
	clear_progress
	[ -z "$interrupted" ] || stop_writer
	# a trapped signal ends wait early
	while writer_runs; do
		wait "$writer"
	done
	wait "$writer"

	read -r code 2>/dev/null <"$scratch/status" || code=1
	have_result=
	read_status
	if [ "$status_line" != "$status_before" ]; then
		case $state in
		done) have_result=1 ;;
		stopped)
			have_result=1
			return 130
			;;
		esac
	fi
	[ -z "$interrupted" ] || return 130
	[ "$code" = 0 ]
}

say_refusal()
{
	warn "refused or failed: $1"
	sed 's/^/    /' "$scratch/stderr" >&2
	[ "$state" != failed ] || [ "$status_line" = "$status_before" ] ||
		printf '    %s\n' "$status_line" >&2
	tail -n 1 "$DBB_DEBUGFS/error_log" 2>/dev/null | sed 's/^/    /' >&2
}

# run_child COMMAND [ARG...]: in the foreground, but a signal to the script alone
# reaches it as TERM and is waited for. Its status, or 130.
run_child()
{
	"$@" &
	child=$!
	wait "$child"
	status=$?
	# a trapped signal ends wait early
	while kill -0 "$child" 2>/dev/null; do
		[ -z "$interrupted" ] || kill "$child" 2>/dev/null
		wait "$child"
		status=$?
	done
	[ -z "$interrupted" ] || status=130
	return "$status"
}

# --- results ---

# Sets number: one after the highest that DIR holds, so nothing is overwritten.
next_number()
{
	number=1
	for file in "$1"/[0-9][0-9]-*; do
		[ -e "$file" ] || continue
		file=${file##*/}
		file=${file%%-*}
		[ "${file#0}" -lt "$number" ] || number=$((${file#0} + 1))
	done
	[ "$number" -ge 10 ] || number=0$number
}

# save_results DIR NAME: sets saved to what the files begin with.
save_results()
{
	next_number "$1"
	saved=$1/$number-$2
	cat "$DBB_DEBUGFS/bench/results" >"$saved.results.txt" || return 1
	cat "$DBB_DEBUGFS/bench/results.csv" >"$saved.csv" || return 1
	cat "$DBB_DEBUGFS/bench/samples.csv" >"$saved.samples.csv" || return 1
	[ ! -e "$DBB_DEBUGFS/bench/results.json" ] ||
		cat "$DBB_DEBUGFS/bench/results.json" >"$saved.json"
}

show_file()
{
	cat "$1"
	say "saved as ${1%.results.txt}.*"
}

# run_and_save DIR LINE: as run_line. A partial result is worth keeping too.
run_and_save()
{
	run_line "$2"
	status=$?
	[ -n "$have_result" ] || return "$status"
	save_results "$1" "${2%% *}" || die "cannot save results in $1"
	show_file "$saved.results.txt"
	return "$status"
}
