# SPDX-License-Identifier: GPL-2.0
# What compare_rows.awk printed, as a table in html.

FNR == 1 {
	names = $0
	gsub(/,/, " ", names)
	open_table(names, "")
	for (i = 1; i <= NF; i++)
		is_word[i] = $i ~ /^(op|phase|strategy|heap|of|verdict)$/
	next
}

{
	open_row($NF)
	for (i = 1; i <= NF; i++)
		if (is_word[i])
			text_cell($i)
		else
			number_cell($i)
	close_row()
}

END { close_table() }
