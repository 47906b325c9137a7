# SPDX-License-Identifier: GPL-2.0
# Prints the figures as the kernel test robot does. What stands for its %stddev is half
# the 95 % interval of the p50, as counts have no standard deviation to speak of.
# usage: awk -f patch_facts.awk -f patch_verdict.awk -f patch_lkp.awk part=how HOW ...

END {
	judge()
	if (refused || !rows)
		exit
	print_head()
	for (i = 1; i <= rows; i++)
		if (arm[i] == "before" && role[i] != "slope" && twin(i, "after"))
			print_line(i, twin(i, "after"))
	print "half95: half of the 95 % interval of the p50. Instructions, not time."
	print sentence
}

function print_head(   line)
{
	line = sprintf("%80s", "")
	gsub(/ /, "=", line)
	print line
	print "arch/compiler/emulator/kernel/testcase:"
	print "  " how["arch"] "/" how["compiler"] "/" how["emulator"] "/" how["release"] \
		"/dmabuf-bench"
	print ""
	print "commit:"
	print "  before (" how["source"] ")"
	print "  after  (" how["files"] ")"
	print ""
	print "          before                       after"
	print "---------------- ---------------------------"
	print "         %half95     %change         %half95"
	print "             \\          |                \\"
}

function print_line(before, after)
{
	printf "%s %+9.1f%% %s  %s\n", count_text(before), \
		p50[before] ? 100 * (p50[after] / p50[before] - 1) : 0, count_text(after), \
		metric(before)
}

function count_text(row)
{
	return sprintf("%11.0f ±%5.2f%%", p50[row], \
		p50[row] ? 50 * (p50_hi[row] - p50_lo[row]) / p50[row] : 0)
}

# The first size and orders of an op need no name.
function metric(row)
{
	if (!(op[row] in first))
		first[op[row]] = row
	return "dmabuf." op[row] "." (orders[row] == orders[first[op[row]]] &&
		size[row] == size[first[op[row]]] ? "" : where_text(row)) phase[row] ".instructions"
}

function where_text(row,   name)
{
	name = size_name(size[row])
	sub(/ /, "", name)
	return "order" orders[row] "." name "."
}
