# SPDX-License-Identifier: GPL-2.0
# What is said of a patch, where report.sh says something else of strategies
# (scripts/report/report_words.awk): patch_verdict.awk and patch_text.awk ask for these.

BEGIN {
	ratio_form = "%.4f"
	worst_name = "one page in one chunk"
	no_callers = "none found"
	needed_facts = "release arch compiler emulator"
	advice["caller"] = "name the driver that is to call it, by file and line"
	advice["seen"] = "counts of an emulated machine are no time: measure before and after on a" \
		" device with \"sh scripts/bench.sh\", and give ms of a frame or of the program" \
		" with --seen TEXT"
	advice["slopes"] = "no sizes at orders 0, 4, 8 and mixed were measured"
	advice["rounds"] = "more rounds, --line \"OP ... iterations=N\""
	advice["control"] = "measure an op that the patch does not change: --line \"OP ...\""
	advice["moved"] = "find out why, or name an op that the patch does not change with --line"
	advice["worst"] = "one page in one chunk was not measured"
	advice["slower"] = "make the patch not slower there, or say who pays it and why it is worth it"
	advice["failing"] = "no allocation was made to fail: use a kernel with CONFIG_FAULT_INJECTION"
}

function changer()
{
	return "the patch"
}

function changed()
{
	return "with the patch"
}

function conditions()
{
	return "Linux " fact("release") " (" fact("arch") "), " fact("compiler") "; " \
		fact("emulator") ", one CPU. " way_text() " These are counts of instructions, not time."
}

function way_text()
{
	return how["way"] == "heaps" ? "Both modules are loaded in one boot and take turns." : \
		"Two kernels, booted in the order before, after, after, before."
}
