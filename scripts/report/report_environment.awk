# SPDX-License-Identifier: GPL-2.0
# What the figures were measured on, as a table in html with a column for each csv. Rows
# that differ are marked.
# usage: awk -f report_read.awk -f report_html.awk -f report_environment.awk CSV...

END {
	names = "of"
	for (f = 1; f <= files; f++)
		names = names " " (f == 1 ? "first" : f == 2 ? "second" : f "th")
	open_table(files == 1 ? "of value" : names, "")
	for (k = 1; k <= keys; k++)
		print_key(key_order[k])
	close_table()
}

function print_key(key,   f, differs)
{
	for (f = 2; f <= files; f++)
		if (env[f, key] != env[1, key])
			differs = 1
	open_row(differs ? "differs" : "")
	text_cell(key)
	for (f = 1; f <= files; f++)
		text_cell(env[f, key])
	close_row()
}
