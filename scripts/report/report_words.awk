# SPDX-License-Identifier: GPL-2.0
# What is said of two strategies of the module, where patch_words.awk says something
# else of a patch. report_mail.sh writes the facts.

BEGIN {
	ratio_form = "%.3f"
	worst_name = "chunks of one page"
	no_callers = "not known"
	# there is no file that has the rest
	most_callers = 200
	needed_facts = "release arch machine governor"
	advice["caller"] = "give the kernel's sources with --tree DIR, or name the driver that" \
		" is to call it, by file and line"
	advice["seen"] = "say what it is in ms of a frame or of the program with --seen TEXT, or" \
		" give a recording of that device too: sh scripts/callers.sh"
	advice["slopes"] = "one size has no slope: give a sweep too, sh scripts/sweep.sh" \
		" --iterations 7 --orders '8+4+0 0 4 8'"
	advice["rounds"] = "more rounds, iterations=N"
	advice["control"] = "run something that both strategies do alike too, such as" \
		" \"attach strategies=page,sg iterations=31\""
	advice["moved"] = "find out why: repeat the run on a quiet machine"
	advice["worst"] = "no buffer of chunks of one page was measured: sh scripts/sweep.sh" \
		" --iterations 7 --orders 0, or echo 0 >heap/orders before bench.sh"
	advice["slower"] = "say who pays it and why it is worth it"
	advice["failing"] = "say with --failing TEXT what a mapping that fails midway leaves" \
		" behind and returns, and how it was made to fail; patch.sh finds that out for a patch"
}

function changer()
{
	return how["after"] == "" ? "a second strategy" : "strategy " how["after"]
}

function changed()
{
	return "with strategy " fact("after") " in place of " fact("before") ","
}

function conditions(   text)
{
	text = "Linux " fact("release") " (" fact("arch") "), " fact("machine")
	if (text !~ /CPUs$/)
		text = text ", " how["cpus"] (how["cpus"] == 1 ? " CPU" : " CPUs")
	text = text ", preemption " how["preempt"]
	if (unit != "instructions")
		text = text ", governor " fact("governor") ", " \
			(how["cpu"] ~ /^[0-9]+$/ ? "pinned to CPU " how["cpu"] : "not pinned")
	text = text ". "
	if (how["debug_options"] !~ /^(|none|KFENCE)$/)
		text = text "Debug options that cost time: " how["debug_options"] ". "
	text = text "Both strategies map the same buffer and take turns in random order. "
	if (how["verify"] == 1)
		text = text "Every page of every mapping was verified. "
	if (how["repeats"] != "")
		text = text "Of repeated runs the one with the least speedup; all of them: " \
			how["repeats"] ". "
	if (unit == "instructions")
		return text "These are counts of instructions, not time."
	return text "Times are net of the clock's overhead."
}
