# SPDX-License-Identifier: GPL-2.0
# The rows of callers.csv in html, at most -v most= of them.

BEGIN {
	FS = ","
	shown = "function caller caller_module driver process exporter calls real_calls p50_ns" \
		" p99_ns max_ns total_ns share_of_wall_pct"
	columns = split(shown, name, " ")
}

/^#/ { next }

!header++ {
	for (i = 1; i <= NF; i++)
		at[$i] = i
	open_table(shown, "")
	next
}

++n <= most {
	open_row("")
	for (i = 1; i <= columns; i++)
		if (i < 7)
			text_cell($at[name[i]])
		else
			number_cell($at[name[i]])
	close_row()
}

END {
	if (header)
		close_table()
	if (n > most)
		print "<p class=\"dim\">" n - most " more rows are in callers.csv.</p>"
}
