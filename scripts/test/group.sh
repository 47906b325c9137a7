# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# Runs one group of cases: those of one kind of guest, or one topic of the host.
# Its verdicts go to standard output without a number, "ok NAME", "not ok NAME" or
# "skip NAME REASON", with "# TEXT" before them. Sourced by run_tests.sh, which sets
# these; $lane is a folder of this group's own.
: "${test_dir:?}" "${work:=}" "${kernel:?}" "${arch:?}" "${lane:=}" "${log_dir:=}" "${planned:=}" "${topic:=}"

# What a guest may take, in seconds, without the time that it waited for a CPU.
guest_limit=3600

# verdict ok|'not ok'|skip NAME [REASON]
verdict()
{
	echo "$*"
	[ "$1" != 'not ok' ] || echo "not ok $2" >&2
}

# Passes on what the cases print; $lane/seen gets those with a verdict,
# $lane/started the one that has begun last.
follow()
{
	while read -r first rest; do
		case $first in
		start)
			echo "$rest" >"$lane/started"
			echo >>"$work/begun"
			echo "[$(wc -l <"$work/begun")/$planned] $rest" >&2
			continue
			;;
		ok | skip) verdict "$first" "$rest" ;;
		not)
			rest=${rest#ok }
			verdict 'not ok' "$rest"
			;;
		finished)
			: >"$lane/finished"
			continue
			;;
		'#') echo "# $rest" && continue ;;
		*) echo "# $first $rest" && continue ;;
		esac
		echo "${rest%% *}" >>"$lane/seen"
	done
}

# Prints the topics' cases that have no verdict yet, as run_topics.sh takes them.
arguments_of()
{
	while read -r file name; do
		[ "$(options_of "$file")" = "$1" ] || continue
		case $file in
		*/guest/*) ;;
		*) continue ;;
		esac
		topic_of "$file"
		grep -q -x -F "$topic.$name" "$lane/seen" || echo "$topic $name"
	done <"$work/cases" | awk '
		$1 != topic { printf "%s%s:%s", separator, $1, $2; topic = $1; separator = " "; next }
		{ printf ",%s", $2 }'
}

# Boots one guest for the topics that want these options.
boot()
{
	logs=$log_dir/$slug$boots
	rm -f "$lane/finished" "$lane/started"
	# shellcheck disable=SC2086 # lists of words
	"$test_dir/../vm/guest.sh" --kernel "$kernel" --arch "$arch" --timeout $guest_limit \
		--out "$logs" $options -- \
		${DBB_STRESS_S:+env DBB_STRESS_S="$DBB_STRESS_S"} \
		sh scripts/test/run_topics.sh ${DBB_PLANT:-} $arguments >"$lane/output" &
	child=$!
	follow <"$lane/output"
	status=0
	wait "$child" || status=$?
	child=
	if [ -e "$logs/stalls.log" ]; then
		echo "# starved of CPU, stalled outside the module ($logs/kernel.log):"
		sed 's/^/# /' "$logs/stalls.log"
	fi
	if [ "$status" = 0 ] && [ ! -e "$lane/finished" ]; then
		status='0 before its time'
	fi
}

# Whether the guest was well until its emulator failed. A case has that excuse once.
emulator_failed()
{
	[ "$status" = 124 ] && [ -n "$started" ] || return
	! grep -q -x -F "$started" "$lane/excused" 2>/dev/null || return
	blame=$(awk -f "$test_dir/../vm/stale_code.awk" "$logs/console.log") || return
	sed '/detected stalls/,$d' "$logs/console.log" |
		sh "$test_dir/../vm/kernel_log.sh" >/dev/null || return
	echo "$started" >>"$lane/excused"
}

# The case that took the guest down fails; the ones after it get another guest.
explain_death()
{
	started=$(cat "$lane/started" 2>/dev/null) || started=
	if emulator_failed; then
		echo "# the emulator failed in $started, which gets another guest: $blame," \
			"see $logs/console.log"
		return 0
	fi
	well=
	case $status in
	99)
		echo "# the kernel log holds warnings ($logs/kernel.log):"
		sed 's/^/# /' "$logs/warnings.log"
		;;
	*) echo "# the guest ended with status $status, see $logs" ;;
	esac
	[ ! -e "$lane/finished" ] || return 0
	if [ -z "$started" ] || grep -q -x -F "$started" "$lane/seen"; then
		return 1
	fi
	echo "# the guest died in this case, see $logs/console.log"
	tail -n 12 "$logs/console.log" | tr -d '\r' | sed 's/^/# /'
	verdict 'not ok' "$started"
	echo "$started" >>"$lane/seen"
}

# Boots guests until each case has its verdict, or nothing comes of it any more.
# One more verdict says that no guest died, or warned.
run_guests()
{
	options=$1 boots='' well=1
	slug=guest$(echo "$options" | tr -s ' =:-' '-')
	slug=${slug%-}
	while :; do
		arguments=$(arguments_of "$options")
		[ -n "$arguments" ] || break
		boot
		[ "$status" != 0 ] || break
		explain_death || break
		boots=$((${boots:-0} + 1))
		[ "$boots" -lt 6 ] || break
	done
	for argument in $(arguments_of "$options"); do
		for name in $(echo "${argument#*:}" | tr , ' '); do
			echo '# did not run'
			verdict 'not ok' "${argument%%:*}.$name"
		done
	done
	if [ -n "$well" ]; then
		verdict ok "$slug.kernel_log"
	else
		verdict 'not ok' "$slug.kernel_log"
	fi
}

run_host_topic()
{
	(
		scratch=$lane/case
		export kernel arch
		# shellcheck source-path=SCRIPTDIR source=case.sh
		. "$test_dir/case.sh"
		set +e
		topic_of "$1"
		# shellcheck source=/dev/null
		. "$1"
		sed -n "s|^$1 ||p" "$work/cases" >"$lane/names"
		while read -r name; do
			run_case "$topic.$name" "test_$name"
		done <"$lane/names"
	) >"$lane/output" &
	child=$!
	follow <"$lane/output"
	wait "$child" || :
	child=
}

# run_group guest OPTIONS | host FILE
run_group()
{
	mkfifo "$lane/output"
	: >"$lane/seen"
	kind=${1%% *}
	case $kind in
	guest) run_guests "${1#* }" ;;
	host) run_host_topic "${1#* }" ;;
	esac
}
