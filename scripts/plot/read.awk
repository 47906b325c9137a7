# SPDX-License-Identifier: GPL-2.0
# Reads the csv of sweep.sh for the programs beside it. -v figure=min or p50
# chooses the cost.
#
#   env[key]                         the "# key=value" lines
#   unit                             of the cost, as the columns are named
#   phases[1..nphases]               "op phase", in the order of the file;
#   strategies[], orders[], sizes[]  and so on, sizes in bytes, ascending
#   cost[phase, strategy, orders, size]
#   speedup[...], speedup_lo[...], speedup_hi[...]
#   is_baseline[phase, strategy]
#   place[phase, strategy]           1, 2, ... among the strategies of its op

BEGIN {
	FS = ","
	SUBSEP = ";"
}

function remember(list, n, known, what) {
	if (what in known)
		return n
	known[what] = 1
	list[n + 1] = what
	return n + 1
}

# Single orders first, ascending, then those of several.
function comes_after(a, b,   several) {
	several = (a ~ /\+/) - (b ~ /\+/)
	return several ? several > 0 : a + 0 > b + 0
}

function swap(list, i, j,   kept) {
	kept = list[i]
	list[i] = list[j]
	list[j] = kept
}

function sort_lists(   i, j) {
	for (i = 2; i <= nsizes; i++)
		for (j = i; j > 1 && sizes[j - 1] + 0 > sizes[j] + 0; j--)
			swap(sizes, j - 1, j)
	for (i = 2; i <= norders; i++)
		for (j = i; j > 1 && comes_after(orders[j - 1], orders[j]); j--)
			swap(orders, j - 1, j)
}

function give_up(text) {
	print "plot.sh: " FILENAME ": " text >"/dev/stderr"
	failed = 1
	exit 3
}

function read_columns(   i) {
	for (i = 1; i <= NF; i++) {
		at[$i] = i
		if ($i ~ "^" figure "_[a-z]+$") {
			unit = substr($i, length(figure) + 2)
			at["cost"] = i
		}
	}
	if (!at["orders"] || !at["refused"] || !at["cost"])
		give_up("not a csv of sweep.sh: no column orders, refused or " figure)
}

function read_place(phase, op, strategy) {
	if (!((op, strategy) in place_in_op))
		place_in_op[op, strategy] = ++nplaces[op]
	place[phase, strategy] = place_in_op[op, strategy]
}

function read_row(   phase, key) {
	phase = $at["op"] " " $at["phase"]
	key = phase ";" $at["strategy"] ";" $at["orders"] ";" $at["size_bytes"]
	cost[key] = $at["cost"]
	speedup[key] = $at["speedup"]
	speedup_lo[key] = $at["speedup_lo"]
	speedup_hi[key] = $at["speedup_hi"]
	if ($at["verdict"] == "baseline")
		is_baseline[phase, $at["strategy"]] = 1
	read_place(phase, $at["op"], $at["strategy"])
	nphases = remember(phases, nphases, known_phases, phase)
	nstrategies = remember(strategies, nstrategies, known_strategies, $at["strategy"])
	norders = remember(orders, norders, known_orders, $at["orders"])
	nsizes = remember(sizes, nsizes, known_sizes, $at["size_bytes"])
}

/^# [a-z_]+=/ {
	key = value = substr($0, 3)
	sub(/=.*/, "", key)
	sub(/^[^=]*=/, "", value)
	env[key] = value
	next
}

/^#/ { next }

$1 == "run" {
	read_columns()
	next
}

!at["cost"] { give_up("not a csv of sweep.sh: no line of column names") }

# Refused ones have no figures.
$at["phase"] != "" && $at["complete"] == 1 { read_row() }

# 67108864 -> "64 MiB"
function size_name(bytes,   i, unit_name) {
	split("B KiB MiB GiB TiB", unit_name, " ")
	for (i = 1; i < 5 && bytes >= 1024; i++)
		bytes /= 1024
	return sprintf("%.4g %s", bytes, unit_name[i])
}

function pages_of(bytes) {
	return bytes / env["page_size_bytes"]
}
