# SPDX-License-Identifier: GPL-2.0
# From calls, sorted by what makes a row and then by duration: a row for each, in
# the order of the columns of callers.csv. -v wall_ns=N: of the recording.
BEGIN { FS = "\t"; OFS = "," }

# The k-th smallest of n, as percentiles of the module: the nearest rank.
function rank(percent,    k)
{
	k = int((percent * n + 99) / 100)
	return ns[k < 1 ? 1 : k]
}

function print_row()
{
	if (!n)
		return
	printf "%s,%d,%s,%d,%.3f,%.0f,%.0f,%.0f,%s,%.0f,%s,%.4f\n", row, n,
		is_known ? real : "-", bad, n * 1e9 / wall_ns, rank(50), rank(99), ns[n],
		sized ? sprintf("%.0f", largest) : "-", total,
		sized ? sprintf("%.0f", bytes) : "-", 100 * total / wall_ns
}

{
	key = $1 "," $2 "," $3 "," $4 "," $5 "," $6
	if (key != row) {
		print_row()
		row = key
		n = real = bad = total = bytes = largest = sized = is_known = 0
	}
	ns[++n] = $7
	total += $7
	if ($8 != "-") {
		sized = 1
		bytes += $8
		if ($8 + 0 > largest)
			largest = $8 + 0
	}
	if ($9 != "-")
		is_known = 1
	real += $9 == 1
	bad += $10
}

END { print_row() }
