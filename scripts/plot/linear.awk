# SPDX-License-Identifier: GPL-2.0
# How linear costs are in the size: prints a table, after read.awk and fit.awk. With
# -v limit=PERCENT the exit status is 1 when one of -v pte="STRATEGIES", which
# write an entry for each page, is further from its line, and 2 when none of them
# could be judged.

function per_page(phase, strategy, how, i) {
	return cost[phase, strategy, how, sizes[i]] / pages_of(sizes[i])
}

# What costs the same whatever the size has no slope to be judged by.
function grows(phase, strategy, how) {
	return cost[phase, strategy, how, sizes[largest]] >= \
		2 * cost[phase, strategy, how, sizes[smallest]]
}

function judge(phase, strategy, how,   off) {
	if (!index(" " pte " ", " " strategy " "))
		return "-"
	if (!grows(phase, strategy, how))
		return "constant"
	off = deviation < 0 ? -deviation : deviation
	judged++
	if (off >= worst) {
		worst = off
		worst_name = phase " " strategy " orders " how " at " size_name(deviation_size)
	}
	if (limit == "")
		return "-"
	if (off <= limit)
		return "ok"
	exceeded++
	return "EXCEEDED"
}

function print_row(phase, strategy, how,   name) {
	if (!fit(phase, strategy, how)) {
		short++
		return
	}
	split(phase, name, " ")
	printf "%-7s %-8s %-10s %-8s %5d %11.2f %11.2f %11.0f %11.3f %+8.3f %9s  %s\n",
		name[1], name[2], strategy, how, n,
		per_page(phase, strategy, how, smallest),
		per_page(phase, strategy, how, largest), constant, slope, deviation,
		size_name(deviation_size), judge(phase, strategy, how)
}

function print_verdict() {
	print ""
	if (short)
		print short " of fewer than three sizes are left out"
	if (!judged) {
		print "linear: nothing could be judged"
		return limit == "" ? 0 : 2
	}
	printf "linear: of %d, the furthest from its line by %.3f %%: %s\n", judged, worst,
		worst_name
	if (exceeded)
		printf "linear: %d by more than %s %%\n", exceeded, limit
	return exceeded > 0
}

END {
	if (failed)
		exit 3
	sort_lists()
	unit_name = unit_label == "" ? unit : unit_label
	print "Cost against size: " unit_name " = constant + per page * pages, by least squares of the relative error"
	printf "%-7s %-8s %-10s %-8s %5s %11s %11s %11s %11s %8s %9s  %s\n", "op", "phase",
		"strategy", "orders", "sizes", "page_small", "page_large", "constant",
		"per_page", "off_%", "at", "verdict"
	for (p = 1; p <= nphases; p++)
		for (s = 1; s <= nstrategies; s++)
			for (o = 1; o <= norders; o++)
				if (any_cost(phases[p], strategies[s], orders[o]))
					print_row(phases[p], strategies[s], orders[o])
	exit print_verdict()
}

function any_cost(phase, strategy, how,   i) {
	for (i = 1; i <= nsizes; i++)
		if ((phase, strategy, how, sizes[i]) in cost)
			return 1
	return 0
}
