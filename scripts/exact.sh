#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# What "make exact" runs: counts the instructions of a fixed list of cells in a
# guest and holds them against the baseline in this repository.
set -eu

vm=$(cd "$(dirname "$0")/vm" && pwd)
# shellcheck source-path=SCRIPTDIR source=vm/common.sh
. "$vm/common.sh"

usage()
{
	cat <<-END
	usage: scripts/exact.sh [OPTION...] [KERNEL [ARCH]]
	  --update         write the baseline, and say what moved
	  --limit PERCENT  how far a cell may move (default 0.5)
	  --baseline FILE  default: scripts/exact/KERNEL-ARCH.csv
	  --cells FILE     what to count (default: scripts/exact/cells)
	  --out DIR        the guest's files go there (default: in the cache)
	KERNEL and ARCH are a line of scripts/vm/kernels (default 6.1 amd64). The
	guest runs on an emulated CPU that counts its instructions (QEMU -icount):
	figures repeat from boot to boot and machine to machine. They are work, not
	speed: caches, TLBs and memory cost nothing in them.

	A cell is a strategy and phase of a run; its figure is the fewest
	instructions that one of the rounds took, since interrupts only add to it.
	The median may move by the limit and its timer ticks ($tick each, one and
	one more every $period): an extra that comes in half of the rounds does not
	hide behind the fewest.

	Both directions fail. An improvement that the baseline does not know would
	cover the next regression: run with --update and commit the file with the
	change that caused it, so that its reviewer sees the gain. A difference of
	up to $noise instructions never counts.

	Exit status: 0 no cell moved; 1 a cell moved, appeared or is gone; 2 there is
	no baseline; 3 used wrongly, or the guest could not count.
	END
}

# A step of the arm64 guest's clock is 16 instructions; a figure is a difference.
noise=32
# What an interrupt of the timer adds to a phase, at most: 9,000 when the task
# that it interrupts makes way for another one. Some phases keep step with it.
tick=12000
# Instructions between two ticks, at 250 Hz and one a ns.
period=4000000

parse()
{
	kernel=6.1 arch=amd64 update='' limit=0.5 baseline='' cells='' out=''
	while [ $# -gt 0 ]; do
		case $1 in
		--limit | --baseline | --cells | --out)
			[ $# -ge 2 ] || usage_error "$1 needs a value" ;;
		esac
		case $1 in
		--limit) limit=$2 && shift ;;
		--baseline) baseline=$2 && shift ;;
		--cells) cells=$2 && shift ;;
		--out) out=$2 && shift ;;
		--update) update=1 ;;
		--help | -h) usage && exit ;;
		-*) usage_error "unknown option '$1'" ;;
		*) break ;;
		esac
		shift
	done
	[ $# -le 2 ] || usage_error "too many arguments"
	kernel=${1:-$kernel} arch=${2:-$arch}
	case $limit in
	'' | *[!0-9.]* | *.*.* | .) usage_error "--limit '$limit' is not a number of percent" ;;
	esac
	[ -n "$baseline" ] || baseline=$repo/scripts/exact/$kernel-$arch.csv
	[ -n "$cells" ] || cells=$repo/scripts/exact/cells
	[ -r "$cells" ] || usage_error "cannot read $cells"
	again="make exact-update KERNEL=$kernel ARCH=$arch"
}

# Fills $out with the result files of each line of cells.
#
# What made figures of the same module differ from boot to boot, by how much at
# most, and what was done about it (6.1 amd64):
#   timer tick     2,500 to 9,000 instructions: 1.3 %   the fewest of many rounds
#   in step with it, in every round of a boot: 0.6 %    five runs, staggered
#   free lists: array of the vmap of 64 MiB: 0.7 %      drop caches, compact
#   address space layout: munmap, 0.08 %                norandmaps
#   slices ended by a timer of their own, DAMON: 1 %    switched off (7.3)
#   page tables of the mapping before: 0.8 % (7.3)      freed between two samples
# and, already in guest.sh, the layout of the kernel (nokaslr, -seed). What is left
# is below 0.12 % (6.1 amd64, 7.3 arm64), but for the array of vmalloc:sg, 0.3 % of
# 18,700 instructions.
count()
{
	if [ -z "$out" ]; then
		mkdir -p "$cache/out"
		out=$(mktemp -d "$cache/out/$(date +%Y%m%d-%H%M%S)-exact-XXXX")
	fi
	mkdir -p "$out"
	rm -f "$out"/[0-9]*.csv
	cp "$cells" "$out/cells"
	"$vm/guest.sh" --kernel "$kernel" --arch "$arch" --icount --mem 5G \
		--timeout 600 --append norandmaps --out "$out" -- \
		sh -c 'sh scripts/exact/count.sh </out/cells' >"$out/guest.log" || {
		cat "$out/guest.log" >&2
		printf '%s: the guest could not count; its files are in %s\n' \
			"${0##*/}" "$out" >&2
		exit 3
	}
}

# Prints what the figures depend on, apart from this project.
describe()
{
	grep -h -E '^# (kernel|arch|module_compiler)=' "$out"/[0-9][0-9][0-9].csv |
		awk '!said[$0]++'
}

# Turns the engine's csv into ours: its ns are instructions here. Of the
# repetitions of a run, the fewest instructions and the middle median. A total
# is the sum of phases that are there themselves, and of their interrupts.
collect()
{
	describe
	echo 'op,phase,strategy,orders,size_bytes,instructions,median_instructions'
	for file in "$out"/[0-9][0-9][0-9].csv; do
		awk -F , '
		/^# orders=/ {
			orders = substr($0, 10)
			gsub(/[ ,]/, "+", orders)
		}
		/^#/ { next }
		$1 == "run" {
			for (i = 1; i <= NF; i++)
				at[$i] = i
			next
		}
		# an empty figure is that of a step that the strategy does not take
		$at["phase"] != "total" && $at["flags"] !~ /absent/ {
			heap = $at["heap"] ":"
			if (heap == "system:" || heap == "none:")
				heap = ""
			cell = $at["op"] "," $at["phase"] "," heap $at["strategy"] "," \
				orders "," $at["size_bytes"]
			if (!n[cell]++)
				order[++cells] = cell
			if (n[cell] == 1 || $at["min_ns"] < fewest[cell])
				fewest[cell] = $at["min_ns"]
			# in order, by insertion
			for (i = n[cell]; i > 1 && median[cell, i - 1] > $at["p50_ns"]; i--)
				median[cell, i] = median[cell, i - 1]
			median[cell, i] = $at["p50_ns"]
		}
		END {
			for (i = 1; i <= cells; i++)
				print order[i] "," fewest[order[i]] "," \
					median[order[i], int((n[order[i]] + 1) / 2)]
		}' "$file"
	done
}

# Prints the table and what moved; ends with a sentence. Fails when a cell did.
compare()
{
	awk -F , -v limit="$limit" -v noise="$noise" -v tick="$tick" \
		-v period="$period" -v update="$update" -v again="$again" '
	function percent(old, new) {
		if (old == new)
			return 0
		return (new - old) * 100 / (old > 0 ? old : 1)
	}
	function moved(old, new, slack) {
		slack += old * limit / 100
		return new - old > slack ? 1 : old - new > slack ? -1 : 0
	}
	function name(cell,   part) {
		split(cell, part, ",")
		gsub(/\+/, " ", part[4])
		return part[1] " " part[2] " " part[3] ", orders " part[4] ", " \
			part[5] " bytes"
	}
	function tell(cell, what, old, new) {
		said[++nsaid] = sprintf("%s: %s: %d -> %d instructions, %+.3f %%",
			what, name(cell), old, new, percent(old, new))
	}
	/^# / {
		key = value = substr($0, 3)
		sub(/=.*/, "", key)
		sub(/^[^=]*=/, "", value)
		if (FILENAME == "-")
			here[key] = value
		else
			there[key] = value
		next
	}
	$1 == "op" { next }
	{ cell = $1 "," $2 "," $3 "," $4 "," $5 }
	FILENAME != "-" {
		old[cell] = $6
		old_median[cell] = $7
		order[++n] = cell
		next
	}
	{
		if (!header++)
			printf "%-6s %-7s %-12s %-6s %11s %13s %13s %13s %8s\n", "op",
				"phase", "strategy", "orders", "size_bytes",
				"instructions", "median", "baseline", "moved_%"
		orders = $4
		gsub(/\+/, ",", orders)
		printf "%-6s %-7s %-12s %-6s %11s %13d %13d ", $1, $2, $3, orders, $5, $6, $7
		measured[cell] = 1
		if (!(cell in old)) {
			printf "%13s %8s\n", "-", "-"
			said[++nsaid] = "new: " name(cell) ": " $6 " instructions"
			next
		}
		printf "%13d %+8.3f\n", old[cell], percent(old[cell], $6)
		was_moved = moved(old[cell], $6, noise)
		if (was_moved)
			tell(cell, was_moved > 0 ? "REGRESSED" : "improved", old[cell], $6)
		was_moved_median = moved(old_median[cell], $7,
			tick * (1 + int(old_median[cell] / period)))
		if (was_moved_median && !was_moved)
			tell(cell, (was_moved_median > 0 ? "REGRESSED" : "improved") \
				" in the median", old_median[cell], $7)
	}
	END {
		for (i = 1; i <= n; i++)
			if (!(order[i] in measured))
				said[++nsaid] = "gone: " name(order[i]) ": was " \
					old[order[i]] " instructions"
		print ""
		for (key in here)
			if (n && there[key] != here[key])
				print "note: " key " is " here[key] \
					"; the baseline was made with " there[key]
		for (i = 1; i <= nsaid; i++)
			print said[i]
		if (!nsaid) {
			print "exact: no cell moved by more than " limit " %"
			exit 0
		}
		if (update)
			exit 1
		print "exact: " nsaid " of the above; if that is what the change is for, run"
		print "    " again
		print "and commit the baseline with it"
		exit 1
	}' "$@"
}

check()
{
	if [ ! -e "$baseline" ]; then
		printf '%s: no baseline for kernel %s %s (%s); make one with\n    %s\n' \
			"${0##*/}" "$kernel" "$arch" "$baseline" "$again" >&2
		exit 2
	fi
	count
	collect >"$out/exact.csv"
	compare "$baseline" - <"$out/exact.csv"
}

update()
{
	count
	collect >"$out/exact.csv"
	old=$baseline
	[ -e "$old" ] || old=/dev/null
	compare "$old" - <"$out/exact.csv" || :
	cp "$out/exact.csv" "$baseline"
	say "wrote $baseline"
}

parse "$@"
if [ -n "$update" ]; then
	update
else
	check
fi
