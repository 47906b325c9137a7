# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# shellcheck disable=SC2034,SC2154 # what the parts of the device scripts share
# One run of the engine, with its progress. Sourced by session.sh.

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

# Sets status_line, state, op, finished, total, eta_ms and warmup from
# bench/status.
read_status()
{
	status_line='' state='' op='' finished='' total='' eta_ms='' warmup=''
	read -r status_line 2>/dev/null <"$DBB_DEBUGFS/bench/status" || return 1
	state=${status_line%% *}
	for word in $status_line; do
		case $word in
		op=*) op=${word#*=} ;;
		done=*) finished=${word#*=} ;;
		total=*) total=${word#*=} ;;
		eta_ms=*) eta_ms=${word#*=} ;;
		warmup=*) warmup=${word#*=} ;;
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

# Sets progress to "vmap: measured 3 of 21, 35.4 s left". The first warmup
# rounds are not measured; how many it takes is known when they are over.
format_progress()
{
	format_eta
	: "${warmup:=0}"
	if [ "$finished" -lt "$warmup" ]; then
		progress="$op: warm-up $finished of at most $warmup"
	else
		progress="$op: measured $((finished - warmup)) of $((total - warmup))"
	fi
	progress=$progress${eta:+, $eta left}
}

# Once a run, as soon as a round was done: how long this takes, unless it is
# over in a few seconds.
announce_time()
{
	[ -z "$announced" ] && [ "$finished" -gt 0 ] || return 0
	format_eta
	[ -n "$eta" ] || return 0
	announced=1
	[ ${#eta_ms} -gt 4 ] || return 0
	clear_progress
	if [ "$finished" -lt "${warmup:-0}" ]; then
		printf '%s: this run takes about %s, less if its warm-up ends early\n' \
			"$op" "$eta" >&2
	else
		printf '%s: this run takes about %s\n' "$op" "$eta" >&2
	fi
}

show_progress()
{
	[ -z "$quiet" ] || return 0
	ticks=$((ticks + 1))
	if [ ! -t 2 ] && [ -n "$announced" ] && [ $((ticks % ticks_per_line)) != 0 ]; then
		return
	fi
	read_status || return 0
	[ "$state" = running ] || return 0
	announce_time
	format_progress
	if [ -t 2 ]; then
		printf '\r\033[K%s' "$progress" >&2
	elif [ $((ticks % ticks_per_line)) = 0 ]; then
		printf '%s\n' "$progress" >&2
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
# 1 a mapping showed wrong pages, 3 refused or failed otherwise; the reason is
# printed. Sets have_result when the engine's results are this run's: a stopped
# run may not have got that far.
run_line()
{
	try_line "$1"
	tried=$?
	case $tried in
	1 | 3) say_refusal "$1" ;;
	130) say_stop ;;
	esac
	return "$tried"
}

# As run_line, but nothing is printed.
try_line()
{
	ticks=0 announced=
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
	judge_run
}

# The status of try_line, from what the writer and bench/status say.
judge_run()
{
	code=
	read -r code 2>/dev/null <"$scratch/status"
	have_result=
	read_status
	[ "$status_line" != "$status_before" ] || state=unchanged
	case $state in
	stopped)
		have_result=1
		return 130
		;;
	done)
		[ -n "$code" ] ||
			warn "no space in $scratch; bench/status says that the run is done"
		# another writer's run, when ours was refused
		[ "${code:-0}" != 0 ] || have_result=1
		;;
	failed)
		case $status_line in
		*errno=5\ *) return 1 ;;
		esac
		;;
	esac
	[ -z "$interrupted" ] || return 130
	[ -n "$have_result" ] || [ "$code" = 0 ] || return 3
}

say_stop()
{
	case $status_line in
	*'reason="stopped after 0 of '*)
		warn "stopped before the first measured round: there are no figures" ;;
	esac
}

say_refusal()
{
	warn "refused or failed: $1"
	sed 's/^/    /' "$scratch/stderr" >&2
	[ "$state" != failed ] ||
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
