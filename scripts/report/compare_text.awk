# SPDX-License-Identifier: GPL-2.0
# What compare_rows.awk printed, in lines for a mail: the total of each op and strategy, or
# all phases where there is no total.

FNR == 1 {
	for (i = 1; i <= NF; i++)
		at[$i] = i
	next
}

{
	row[++n] = $0
	if ($at["phase"] == "total")
		has_total[$at["op"]] = 1
}

END {
	for (i = 1; i <= n; i++) {
		$0 = row[i]
		if (has_total[$at["op"]] && $at["phase"] != "total")
			continue
		printf "  %-8s %-6s %s -> %s\n", $at["op"], $at["strategy"], $at["old_p50"],
			$at["new_p50"]
		printf "  %-15s %s %% (%s to %s), %s\n", "", $at["change_pct"], $at["lo95_pct"],
			$at["hi95_pct"], $at["verdict"]
	}
}
