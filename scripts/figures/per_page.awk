# SPDX-License-Identifier: GPL-2.0
# Prints what a page of an op takes, from a baseline of "make exact": a line for each of
# the strategies, with a figure for each of the orders, NaN where it was not counted. A
# vmap is with its vunmap, an mmap alone; of two sizes the larger one counts.
# usage: awk -F , -v op=OP -v strategies=LIST -v orders=LIST -f per_page.awk CSV

$1 == op && ($2 == op || $2 == "vunmap") && $5 >= size[$3, $4] {
	size[$3, $4] = $5
	pages[$3, $4, $2] = $6 / ($5 / 4096)
}

function figure(name, mix)
{
	if (!((name, mix) in size))
		return "NaN"
	return sprintf("%.1f", pages[name, mix, op] + pages[name, mix, "vunmap"])
}

END {
	count = split(strategies, name, " ")
	columns = split(orders, mix, " ")
	for (i = 1; i <= count; i++)
		for (j = 1; j <= columns; j++)
			printf "%s%s", figure(name[i], mix[j]), j < columns ? " " : "\n"
}
