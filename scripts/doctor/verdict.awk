# SPDX-License-Identifier: GPL-2.0
# Asks all rules of doctor.awk about each source, and says what they found: what each
# access pays first, then what only some programs pay, each by what it costs. The exit
# status is that of doctor.sh.

# Rules whose cost depends on what the program does in a frame, and those of them that
# are about the program alone: what is not sure of these is not said.
BEGIN {
	split("alloc mmap faults bytes_read bytes_written tlb", list, " ")
	for (i in list)
		is_conditional[list[i]] = 1
	split("bytes_read bytes_written tlb", list, " ")
	for (i in list)
		is_advice[list[i]] = 1
}

END {
	for (i = 1; i <= sources; i++)
		examine(runs[i])
	for (i = 1; i <= refusals; i++)
		print unmeasured[i] ", not measured"
	if (!sources)
		print "Nothing was measured, so nothing can be said."
	if (fact["probe_status"] == 1)
		print "Wrong bytes were read, see probe.err: no figure matters until that is mended."
	say_limits()
	if (named || fact["probe_status"] == 1)
		exit 1
	exit doubted || !sources ? 2 : 0
}

function examine(run) {
	found = 0
	doubts = ""
	ask_memory(run)
	ask_mappings(run)
	ask_sync(run)
	if (found)
		say_causes(run)
	else if (doubts != "" || unexplained(run))
		say_doubts(run)
	else
		say_healthy(run)
}

function ask_memory(run) {
	take("uncached", rule_uncached(run))
	take("write_combined", rule_write_combined(run))
	take("not_cached", rule_not_cached(run))
	take("bytes_read", rule_bytes(run, "read", "reading"))
	take("bytes_written", rule_bytes(run, "write", "writing"))
	take("tlb", rule_tlb(run))
	take("contradiction", contradiction(run))
}

function ask_mappings(run) {
	take("unmappable", rule_unmappable(run))
	take("faults", rule_faults(run))
	take("mappings_lost", rule_mappings_lost(run))
	take("mmap", rule_mmap(run))
	take("mapped_each_frame", rule_mapped_each_frame(run))
	take("alloc", rule_alloc(run))
}

function ask_sync(run) {
	take("fence", rule_fence(run))
	take("bounced", rule_bounced(run))
	take("attached", rule_attached(run))
	take("sync_whole", rule_sync_whole(run))
	take("sync_fixed", rule_sync_fixed(run))
}

# What cannot be: copies are slow and loads are not, or the other way round.
function contradiction(run) {
	cost_beyond(run, "copy_out")
	if (both(slower(run, "copy_out", READ_SLOW), close_to(run, "read_8", LINEAR_CLOSE)) == 2)
		return matters() == 2
	cost_beyond(run, "read_8")
	return matters() == 2 && both(slower(run, "read_8", READ_SLOW), \
		close_to(run, "copy_out", LINEAR_CLOSE)) == 2
}

# Is something slow that no rule knows of?
function unexplained(run,    list, n, i) {
	n = split("copy_in copy_out read_8 write_8 second", list, " ")
	for (i = 1; i <= n; i++) {
		cost_beyond(run, list[i])
		if (both(slower(run, list[i], READ_SLOW), matters()) == 2) {
			doubts = "unexplained, as " list[i] " is " \
				in_times(times_slower(run, list[i])) " slower than in ordinary memory"
			return 1
		}
	}
	return 0
}

function take(rule, score) {
	if (score == 1 && !(rule in is_advice))
		doubts = doubts (doubts == "" ? "" : ", ") rule
	if (score < 2)
		return
	found++
	rules[found] = rule
	texts[found] = text
	costs[found] = cost
	taken[found] = 0
}

# The dearest that was not said yet.
function next_cause(    i, best) {
	for (i = 1; i <= found; i++)
		if (!taken[i] && (!best || goes_before(i, best)))
			best = i
	taken[best] = 1
	return best
}

function goes_before(a, b) {
	if ((rules[a] in is_conditional) != (rules[b] in is_conditional))
		return !(rules[a] in is_conditional)
	return costs[a] > costs[b]
}

function say_causes(run,    i, cause) {
	named++
	for (i = 1; i <= found; i++) {
		cause = next_cause()
		print name[run] (i > 1 ? ", also: " : ": ") texts[cause] " [" rules[cause] "]"
	}
	if (doubts != "")
		print name[run] ", perhaps also: " doubts "; run it again for longer to know"
}

function say_doubts(run) {
	doubted++
	print name[run] ": cannot tell: it may be " doubts ", but the 95 % intervals are too wide," \
		" missing or at odds; run it again for longer, or on a quieter machine"
}

function say_healthy(run,    sync) {
	dearest_sync(run)
	sync = has(run, "begin_read") ? duration(cost) : "not measured"
	print name[run] ": nothing is wrong: copying out of " in_bytes(frame_bytes(run)) " runs at " \
		rate(run, "exporter", "copy_out") ", ordinary memory at " \
		rate(run, "anon", "copy_out") "; synchronising: " sync \
		"; no step takes " MATTERS_PCT " % of a frame at 60 Hz longer than it should"
}

function say_limits() {
	if (environment["accel"] ~ /tcg|icount/ || environment["virtualised"] ~ /TCG/)
		print "These times are an emulated machine's (accel=" environment["accel"] \
			"), not a device's."
	if (fact["bufinfo"] != "" && fact["bufinfo"] != "read")
		print "Attached devices are not known: " fact["bufinfo"] "."
	if (fact["swiotlb_used"] + 0 > 0 && fact["swiotlb"] != "force")
		print "Bounce buffers are in use here (" fact["swiotlb_used"] \
			" slots), by whom is not known."
}
