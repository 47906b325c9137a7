# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# shellcheck disable=SC2154 # what the parts of callers.sh share
# The report of callers.sh, from the folder that a recording left. It needs awk and
# sort, and nothing of the machine that was recorded. Sourced by callers.sh.

# awk of a device may be busybox's; texts of the kernel may hold any byte
run_awk()
{
	LC_ALL=C awk "$@"
}

# value_of NAME FILE: of the line NAME=VALUE
value_of()
{
	sed -n "s/^$1=//p" "$2"
}

# What tracing costs: sets probes_ns, the time of a call that does next to nothing, which
# is that of its probes, and traced_ns, what tracing adds to each call as a whole.
report_cost()
{
	probes_ns='' traced_ns=''
	[ -s "$out/ruler.txt" ] || return 0
	run_awk -v times="$out/ruler.times" -v summary="$scratch/traced" \
		-f "$here/callers/calls.awk" "$out/ruler.txt" >"$scratch/ruler" || return
	run_awk -v times="$out/untraced.times" -v summary="$scratch/untraced" \
		-f "$here/callers/calls.awk" "$out/untraced.txt" >/dev/null || return
	ruler_calls=$(wc -l <"$scratch/ruler")
	[ "$ruler_calls" -gt 0 ] || return 0
	probes_ns=$(cut -f 7 "$scratch/ruler" | sort -n | sed -n "$(((ruler_calls + 1) / 2))p")
	traced_ns=$(run_awk -v traced="$(value_of wall_ns "$scratch/traced")" \
		-v untraced="$(value_of wall_ns "$scratch/untraced")" -v calls="$ruler_calls" \
		-v least="$probes_ns" 'BEGIN {
			# other work may have made the calls without probes the slower ones
			added = (traced - untraced) / calls
			printf "%.0f", (added > least ? added : least)
		}')
}

# make_tables: callers.csv and stacks.folded, from the calls.
make_tables()
{
	run_awk -v times="$out/trace.times" -v drivers="$out/drivers.txt" \
		-v summary="$scratch/summary" -v probes_ns="${probes_ns:-0}" \
		-f "$here/callers/calls.awk" \
		"$out/trace.txt" >"$scratch/calls" || return
	wall_ns=$(value_of wall_ns "$scratch/summary")
	unfinished=$(value_of unfinished "$scratch/summary")
	# by all that makes a row, then by duration
	tab=$(printf '\t')
	LC_ALL=C sort -t "$tab" -k 1,6 -k 7,7n "$scratch/calls" |
		run_awk -v wall_ns="$wall_ns" -f "$here/callers/rows.awk" |
		LC_ALL=C sort -t , -k 15,15nr >"$scratch/rows"
	{
		sed 's/^/# /' "$out/recording.txt"
		echo "# wall_ns=$wall_ns"
		echo "# probes_ns=$probes_ns"
		echo "# unfinished=$unfinished"
		echo function,caller,caller_module,process,driver,exporter,calls,real_calls,failed_calls,calls_per_s,p50_ns,p99_ns,max_ns,size_bytes,total_ns,bytes,share_of_wall_pct
		cat "$scratch/rows"
	} >"$out/callers.csv"
	run_awk -F '\t' '{ ns[$4 ";" $12 ";" $1] += $7 }
		END { for (stack in ns) printf "%s %.0f\n", stack, ns[stack] }' "$scratch/calls" |
		LC_ALL=C sort >"$out/stacks.folded"
}

# The first line: who pays most.
say_most()
{
	if [ ! -s "$scratch/rows" ]; then
		say "Nobody called any of the functions in $(seconds_of "$wall_ns") s."
		return
	fi
	head -n 1 "$scratch/rows" | run_awk -F , -v wall_ns="$wall_ns" '{
		who = $5 == "-" ? "" : " for the driver " $5
		printf "%s [%s]%s pays most: %s took %.3f ms of %.3f s in %d calls, %.3f %% of the time.\n",
			$2, $3, who, $1, $15 / 1e6, wall_ns / 1e9, $7, $17
		printf "One call takes %.3f ms (p50), %.2f %% of a frame at 60 Hz.\n",
			$11 / 1e6, $11 / 166666.67
	}'
}

seconds_of()
{
	run_awk "BEGIN { printf \"%.3f\", $1 / 1e9 }"
}

say_table()
{
	say ''
	run_awk -F , 'BEGIN {
			form = "%12s %8s %8s %10s %10s %10s %12s  %s\n"
			printf form, "total_ns", "calls", "real", "calls_per_s", "p50_ns", "p99_ns",
				"bytes", "function < caller [module], driver, process, exporter"
		}
		{
			printf form, $15, $7, $8, $10, $11, $12, $16,
				$1 " < " $2 " [" $3 "], " $5 ", " $4 ", " $6
		}' "$scratch/rows"
}

# live_buffers FILE: bytes and number by exporter and size.
live_buffers()
{
	run_awk -F '\t' '$1 ~ /^ *[0-9]+$/ && NF >= 5 {
			key = $5 "\t" $1 + 0
			count[key]++
		}
		END { for (key in count) print key "\t" count[key] }' "$1" | LC_ALL=C sort
}

say_buffers()
{
	say ''
	if [ ! -s "$out/buffers-before.txt" ] && [ ! -s "$out/buffers-after.txt" ]; then
		say "live buffers: not known, this kernel has no debugfs file dma_buf/bufinfo"
		return
	fi
	live_buffers "$out/buffers-before.txt" | sed 's/^/before	/' >"$scratch/live"
	live_buffers "$out/buffers-after.txt" | sed 's/^/after	/' >>"$scratch/live"
	[ -s "$scratch/live" ] || {
		say "live buffers: none at the start, none at the end"
		return
	}
	run_awk -F '\t' 'BEGIN {
			form = "%12s %8s %8s  %s\n"
			printf form, "size_bytes", "at start", "at end", "live buffers of exporter"
		}
		{
			key = $3 SUBSEP $2
			if (!(key in seen))
				order[++keys] = key
			seen[key] = 1
			count[key, $1] = $4
		}
		END {
			for (i = 1; i <= keys; i++) {
				split(order[i], part, SUBSEP)
				printf form, part[1], count[order[i], "before"] + 0,
					count[order[i], "after"] + 0, part[2]
			}
		}' "$scratch/live"
}

# What a reader has to know of the figures.
say_limits()
{
	say ''
	if [ -n "$probes_ns" ]; then
		say "Tracing added $traced_ns ns to each call. The times are net of $probes_ns ns, what the" \
			"probes take of each (p50 of $ruler_calls calls of umask())."
		run_awk -F , -v probes_ns="$probes_ns" '$11 < 2 * probes_ns {
				rows++
			}
			END {
				if (rows)
					printf "In %d rows p50_ns is rough: less than twice what was subtracted.\n",
						rows
			}' "$scratch/rows"
	else
		say "What tracing itself costs is not known and part of all times: this kernel took no" \
			"probe of umask()."
	fi
	[ -z "$absent" ] || say "Not seen, because this kernel takes no probe of it: $absent"
	[ -z "$unnamed" ] || say "Drivers behind ${unnamed} are not named: no such function" \
		"when the recording began."
	cut -d , -f 6 "$scratch/rows" | grep -q -v -x -e - ||
		[ ! -s "$scratch/rows" ] || say "This kernel does not tell the exporter of a buffer."
	[ "$unfinished" = 0 ] ||
		say "$unfinished calls had begun before or not ended by then, and are not counted."
	[ "$lost" = 0 ] ||
		warn "$lost events were lost: use a larger --buffer-kb or a shorter time"
}

# report: from $out.
report()
{
	command -v awk >/dev/null || {
		say "no awk here; on another machine: scripts/callers.sh --report $out"
		return
	}
	lost=$(value_of lost "$out/recording.txt")
	absent=$(value_of absent "$out/recording.txt")
	unnamed=$(value_of unnamed "$out/recording.txt")
	report_cost || return
	make_tables || return
	{
		say_most
		say_table
		say_buffers
		say_limits
	} >"$scratch/report"
	cat "$scratch/report" >"$out/report.txt"
	cat "$scratch/report"
}
