#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Hostile input, as much as wanted: runs fuzz in guests, one after the other, each of them
# with several series, which are the inputs of a random seed each. Each finding is one line,
# with the command that repeats it.
set -eu

test_dir=$(cd "$(dirname "$0")/.." && pwd)
vm=$test_dir/../vm
# shellcheck source-path=SCRIPTDIR source=../../vm/common.sh
. "$vm/common.sh"
# shellcheck source-path=SCRIPTDIR source=../../device/results.sh
. "$test_dir/../device/results.sh"

# Inputs of a series: a difference can be repeated by as many at most.
per_series=20000

usage()
{
	cat <<-END
	usage: scripts/test/fuzz/fuzz.sh [OPTION...]
	  --kernel K       a kernel of scripts/vm/kernels (default 6.1)
	  --arch A         amd64 or arm64 (default amd64)
	  --inputs N       how many in all (default 1000000), $per_series for each series
	  --seed S         the first series; the others follow it (default 1)
	  --part N/M       the N-th of M equal parts of the series, for several at a time
	  --guest N        series for each guest (default 5)
	  --show STEP      print all inputs from this step on, to repeat a finding
	  --resume DIR     go on there: series that have a verdict are not run again
	Verdicts, findings and the guests' logs go to a new folder in results/. Exit
	status: 0 nothing was found; 1 something was; 2 a guest could not run; 3 used
	wrongly.
	END
}

number()
{
	case $2 in
	'' | *[!0-9]* | 0*) usage_error "$1 '$2' is not a number" ;;
	esac
}

parse()
{
	kernel=6.1 arch=amd64 inputs=1000000 first=1 part=1/1 in_guest=5 shown='' resume=''
	while [ $# -gt 0 ]; do
		case $1 in
		--kernel | --arch | --inputs | --seed | --part | --guest | --show | --resume)
			[ $# -ge 2 ] || usage_error "$1 needs a value" ;;
		esac
		case $1 in
		--kernel) kernel=$2 && shift ;;
		--arch) arch=$2 && shift ;;
		--inputs) inputs=$2 && shift ;;
		--seed) first=$2 && shift ;;
		--part) part=$2 && shift ;;
		--guest) in_guest=$2 && shift ;;
		--show) shown=$2 && shift ;;
		--resume) resume=$2 && shift ;;
		--help | -h) usage && exit ;;
		*) usage_error "unknown option '$1'" ;;
		esac
		shift
	done
	number --inputs "$inputs"
	number --seed "$first"
	number --guest "$in_guest"
	case $shown in
	*[!0-9]*) usage_error "--show '$shown' is not a step" ;;
	esac
	case $part in
	[1-9]/[1-9]) ;;
	*) usage_error "--part '$part' is not N/M" ;;
	esac
	[ "${part%/*}" -le "${part#*/}" ] || usage_error "there is no part $part"
	[ -z "$resume" ] || [ -e "$resume/verdicts" ] ||
		usage_error "$resume holds no verdicts to go on with"
}

# Writes the series of this part that have no verdict yet.
list_todo()
{
	[ "$inputs" -ge "$per_series" ] || per_series=$inputs
	last=$((first + (inputs + per_series - 1) / per_series - 1))
	seq "$first" "$last" | awk -v n="${part%/*}" -v parts="${part#*/}" \
		'NR % parts == n % parts' >"$results_dir/series"
	awk 'FILENAME != ARGV[1] { if (!($1 in done)) print; next }
		$1 != "begun" { done[$2] }' \
		"$results_dir/verdicts" "$results_dir/series" >"$results_dir/todo"
}

# finding SERIES TEXT: the series is in the same line as what was found.
finding()
{
	printf 'series %s: %s\n' "$1" "$2" >>"$results_dir/findings"
	printf '  repeat: scripts/test/fuzz/fuzz.sh --kernel %s --arch %s --seed %s --inputs %s\n' \
		"$kernel" "$arch" "$1" "$per_series" >>"$results_dir/findings"
	printf 'FOUND series %s: %s\n' "$1" "$2"
}

# Of a guest that died, the last step that its log has, and what the kernel said.
describe_death()
{
	grep -a -o -h 'fuzz [0-9]*: step [0-9]*' "$guest_dir/console.log" \
		"$guest_dir/kernel.log" 2>/dev/null | tail -n 1
	grep -a -h -E "$(sed -n 's/^bug //p' "$vm/trouble" | tr '\n' '|')Kernel panic" \
		"$guest_dir/console.log" "$guest_dir/kernel.log" 2>/dev/null | head -n 2
}

# Differences are printed before the last line of their series.
collect_differences()
{
	awk '/^fuzz [0-9]+: [0-9]+ of / { sub(":", "", $2); for (i = 0; i < n; i++)
			print $2 "\t" said[i]; n = 0; next }
		!/^step [0-9]+: [^:]*$/ && n < 50 { said[n++] = $0 }' \
		"$guest_dir/output.log" >"$guest_dir/differences"
	while IFS="$tab" read -r series text; do
		grep -q "^differs $series " "$guest_dir/verdicts" || continue
		finding "$series" "$text"
	done <"$guest_dir/differences"
}

# Runs one guest with the series that are the arguments.
run_guest()
{
	guests=$((guests + 1))
	guest_dir=$results_dir/guest-$guests
	until mkdir "$guest_dir" 2>/dev/null; do
		guests=$((guests + 1))
		guest_dir=$results_dir/guest-$guests
	done
	: >"$guest_dir/verdicts"
	status=0
	"$vm/guest.sh" --quiet --kernel "$kernel" --arch "$arch" --mem 2G --timeout 7200 \
		--out "$guest_dir" -- sh scripts/test/fuzz/fuzz_series.sh /out/verdicts "$per_series" \
		"$shown" "$@" >"$guest_dir/said" 2>&1 || status=$?
	[ -z "$shown" ] || cat "$guest_dir/output.log"
	# nothing was begun: that says nothing of the module
	if [ "$status" = 126 ] || { [ "$status" = 125 ] && [ ! -s "$guest_dir/verdicts" ]; }; then
		failed=$((failed + 1))
		tail -n 20 "$guest_dir/said"
		echo "a guest of kernel $kernel $arch did not come up ($failed of 3)"
		[ "$failed" -lt 3 ] || exit 2
		return
	fi
	failed=0
	grep -v '^begun ' "$guest_dir/verdicts" >>"$results_dir/verdicts" || :
	collect_differences
	case $status in
	0 | 1) return ;;
	esac
	series=$(sed -n 's/^begun //p' "$guest_dir/verdicts" | tail -n 1)
	finding "${series:-$1}" \
		"guest.sh ended with status $status: $(describe_death | tr '\n' ';') see $guest_dir"
	grep -q "^[a-z]* ${series:-$1} " "$results_dir/verdicts" ||
		echo "died ${series:-$1} see $guest_dir" >>"$results_dir/verdicts"
}

show_progress()
{
	left=$(wc -l <"$results_dir/todo") now=$(seconds)
	done_now=$((all - left))
	[ "$done_now" -gt 0 ] || return 0
	printf '%s of %s inputs, %s findings, %s s so far, about %s s left\n' \
		$((done_now * per_series)) $((all * per_series)) \
		"$(grep -c '^series' "$results_dir/findings" || :)" $((now - begin)) \
		$(((now - begin) * left / done_now))
}

parse "$@"
tab='	' guests=0 failed=0 begin=$(seconds)
if [ -n "$resume" ]; then
	results_dir=$(cd "$resume" && pwd)
else
	# shellcheck disable=SC2034 # for index_results
	results_machine="guest, $arch" results_kernel=$kernel
	new_results "$repo/results" fuzz
	index_results "$repo/results" "fuzz.sh --kernel $kernel --arch $arch --inputs $inputs --seed $first"
	: >"$results_dir/verdicts"
	: >"$results_dir/findings"
fi
"$vm/fetch.sh" "$kernel" "$arch"
list_todo
all=$(wc -l <"$results_dir/todo")
while [ -s "$results_dir/todo" ]; do
	# shellcheck disable=SC2046 # a list of series
	run_guest $(head -n "$in_guest" "$results_dir/todo")
	list_todo
	show_progress
done
found=$(grep -c '^series' "$results_dir/findings" || :)
awk '$1 == "ok" || $1 == "differs" { n++; accepted += $3; inputs += $5; refused += $8 }
	END { printf "%d series, %d inputs, %d accepted, %d refused by the module\n", n,
		inputs, accepted, refused }' "$results_dir/verdicts"
echo "$found findings; see $results_dir"
[ "$found" = 0 ] || {
	cat "$results_dir/findings"
	exit 1
}
