# SPDX-License-Identifier: GPL-2.0
# Prints what evidence.csv says: a line for each driver and preset over all kernels,
# and what follows from it.
# usage: awk [-v brief=1] -f evidence_table.awk evidence.csv
#   brief: only what maps in each frame

BEGIN {
	FS = ","
	# one instruction a ns
	frame = 1e9 / 60
}

NR == 1 { next }

!(($1, $2) in guests) {
	guests[$1, $2] = 1
	list = list (list == "" ? "" : ", ") $1 " " $2
}

!($4 in kind) {
	order[++names] = $4
	kind[$4] = $3
}

# One that a kernel does not have, or refuses
$7 == "" {
	absent[$4] = absent[$4] (absent[$4] == "" ? "" : ", ") $1 " " $2
	why[$4] = $12
	next
}

{
	rows[$4]++
	per[$4] = $5
	size[$4] = $6
	vmaps[$4] = widen(vmaps[$4], $7)
	saved[$4] = widen(saved[$4], $11)
	if ($8 > 0 && $7 > 0) {
		cost[$4] = widen(cost[$4], $8)
		share[$4] = widen(share[$4], 100 * $9 / $8)
		shares = widen(shares, 100 * $9 / $8)
	}
	if ($5 == "frame" && $3 != "control" && $11 + 0 > worst + 0) {
		worst = $11
		worst_at = $4 " on " $1 " " $2
	}
	if ($3 == "control")
		control[$4] += $7
}

# The least and the most so far, as "LEAST MOST"
function widen(range, value,   ends)
{
	if (range == "")
		return value " " value
	split(range, ends, " ")
	if (value + 0 < ends[1] + 0)
		ends[1] = value
	if (value + 0 > ends[2] + 0)
		ends[2] = value
	return ends[1] " " ends[2]
}

# show RANGE FORMAT SCALE: "12" or "12-15"
function show(range, format, scale,   ends, least, most)
{
	if (range == "")
		return "-"
	split(range, ends, " ")
	least = sprintf(format, ends[1] / scale)
	most = sprintf(format, ends[2] / scale)
	return least == most ? least : least "-" most
}

function line(name)
{
	printf "%-15s %5s %7.2f %9s %13s %9s %13s %11s\n", name, per[name],
		size[name] / 1048576, show(vmaps[name], "%.3g", 1),
		show(cost[name], "%.0f", 1000), show(share[name], "%.0f", 1),
		show(saved[name], "%.1f", 1000),
		per[name] == "frame" ? show(saved[name], "%.2f", frame / 100) : "-"
}

END {
	if (!names) {
		print "no rows" >"/dev/stderr"
		exit 1
	}
	printf "Instructions, not time, on Linux %s; least-most of these.\n", list
	printf "%-15s %5s %7s %9s %13s %9s %13s %11s\n", "importer", "per", "MiB",
		"vmaps", "vmap, 1000", "fill, %", "saved, 1000", "of 60 Hz, %"
	for (i = 1; i <= names; i++)
		if (rows[order[i]] && (!brief || maps(order[i])))
			line(order[i])
	for (i = 1; i <= names && !brief; i++)
		if (absent[order[i]] != "")
			printf "%s: not on %s: %s\n", order[i], absent[order[i]], why[order[i]]
	conclude()
}

function maps(name)
{
	return kind[name] != "control" && per[name] == "frame" && cost[name] != ""
}

function conclude(   i, busy, quiet)
{
	for (i = 1; i <= names; i++) {
		if (!rows[order[i]] || kind[order[i]] == "control" || per[order[i]] != "frame")
			continue
		if (maps(order[i]))
			busy++
		else
			quiet = quiet (quiet == "" ? "" : ", ") order[i]
	}
	if (!brief)
		print ""
	printf "%d map in each frame%s.\n", busy, quiet == "" ? "" : ", not so: " quiet
	printf "Filling the page array is %s %% of a vmap; the vmap patch saves at most %.1f thousand\n",
		show(shares, "%.0f", 1), worst / 1000
	printf "instructions a frame (%s), %.2f %% of 60 Hz at one a ns.\n", worst_at,
		100 * worst / frame
	for (i = 1; i <= names; i++)
		if (kind[order[i]] == "control" && rows[order[i]])
			printf "Control: %s imports and maps %.3g times.\n", order[i], control[order[i]]
}
