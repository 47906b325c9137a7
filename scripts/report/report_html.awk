# SPDX-License-Identifier: GPL-2.0
# Tables in html, for the programs beside it.

function escaped(text)
{
	gsub(/&/, "\\&amp;", text)
	gsub(/</, "\\&lt;", text)
	gsub(/>/, "\\&gt;", text)
	gsub(/"/, "\\&quot;", text)
	return text
}

# open_table NAMES: of columns, separated by blanks; "_" stands for one in a name
function open_table(names, caption,   n, i, name)
{
	if (caption != "")
		print "<p class=\"dim\">" escaped(caption) ":</p>"
	print "<div class=\"wide\"><table>"
	printf "<thead><tr>"
	n = split(names, name, " ")
	for (i = 1; i <= n; i++) {
		gsub(/_/, " ", name[i])
		printf "<th>%s</th>", escaped(name[i])
	}
	print "</tr></thead><tbody>"
}

function close_table()
{
	print "</tbody></table></div>"
}

function open_row(class)
{
	printf "<tr class=\"%s\">", escaped(class)
}

function close_row()
{
	print "</tr>"
}

function text_cell(text)
{
	printf "<td>%s</td>", escaped(text)
}

# A reader gets groups of three digits, who copies them the plain number.
function number_cell(text)
{
	printf "<td class=\"n\">%s</td>", text ~ /^-?[0-9][0-9][0-9][0-9][0-9]+$/ ? \
		grouped(text) : escaped(text)
}

function grouped(number,   text)
{
	while (length(number) > 3) {
		text = "<i>" substr(number, length(number) - 2) "</i>" text
		number = substr(number, 1, length(number) - 3)
	}
	return number text
}
