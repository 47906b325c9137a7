# SPDX-License-Identifier: GPL-2.0
# The parts that a mail needs, as patch_report.sh lists them, in html.
# usage: awk -F '\t' -f report_html.awk -f report_parts.awk PARTS

NR == 1 { open_table("part of is why", "") }

{
	open_row($3)
	text_cell($1)
	text_cell($2)
	text_cell($3)
	printf "<td class=\"text\">%s</td>", escaped($4)
	close_row()
}

END { close_table() }
