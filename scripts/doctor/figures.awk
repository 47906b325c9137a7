# SPDX-License-Identifier: GPL-2.0
# Reads what doctor.sh has collected, and answers questions about a source's figures for
# the rules of doctor.awk: 2 yes, the 95 % interval says so; 1 the median does, but the
# interval does not, or there is none; 0 no. The files are told apart by the variable
# kind: facts, bufinfo, maps, probe.

kind == "facts" {
	at = index($0, "=")
	fact[substr($0, 1, at - 1)] = substr($0, at + 1)
	next
}

# size, flags, mode, count, exporter, inode, name; below that its devices
kind == "bufinfo" {
	if (split($0, part, "\t") >= 6 && part[1] ~ /^ *[0-9]+ *$/)
		inode = plain(part[6])
	if ($0 ~ /^Total [0-9]+ devices attached/) {
		split($0, part, " ")
		attachments[inode] = part[2]
	}
	next
}

# "sample N", then what maps of the process had of dma-bufs
kind == "maps" {
	if (split($0, part, " ") == 2 && part[1] == "sample") {
		samples++
	} else if (part[5] != "") {
		where[plain(part[5]), samples] = where[plain(part[5]), samples] " " part[1]
	}
	next
}

/^# (source|reference)=/ {
	split_facts(substr($0, 3), given)
	for (key in given)
		if ("source" in given)
			source[given["source"], key] = given[key]
		else
			reference[given["of"], key] = given[key]
	next
}

/^# not_measured=/ {
	split_facts(substr($0, 3), given)
	unmeasured[++refusals] = given["not_measured"] ": " given["errno"] " (" given["failed"] ")"
	next
}

/^# [a-z_]+=/ {
	at = index($0, "=")
	environment[substr($0, 3, at - 3)] = substr($0, at + 1)
	next
}

/^#/ {
	next
}

/^run,/ {
	for (i = 1; i <= NF; i++)
		column[$i] = i
	next
}

NF > 30 {
	take_row($column["run"], $column["strategy"], $column["phase"], $column["size_bytes"])
}

# Without zeroes in front, which some awk take for octal.
function plain(text_of) {
	sub(/^ *0*/, "", text_of)
	return text_of + 0
}

function split_facts(text, given,    words, n, i, at) {
	for (i in given)
		delete given[i]
	n = split(text, words, " ")
	for (i = 1; i <= n; i++) {
		at = index(words[i], "=")
		given[substr(words[i], 1, at - 1)] = substr(words[i], at + 1)
	}
}

function take_row(run, arm, phase, size,    names, n, i) {
	if (arm == "exporter" && !(run in name)) {
		name[run] = $column["heap"]
		runs[++sources] = run
	}
	if (!((run, phase) in largest) || size > largest[run, phase])
		largest[run, phase] = size + 0
	if (!((run, phase) in smallest) || size < smallest[run, phase])
		smallest[run, phase] = size + 0
	n = split("p50_ns p50_lo_ns p50_hi_ns speedup speedup_lo speedup_hi diff_ns diff_lo_ns flags",
		names, " ")
	for (i = 1; i <= n; i++)
		cell[run, arm, phase, size + 0, names[i]] = $column[names[i]]
}

# --- figures of a phase at the largest size ---

function figure(run, arm, phase, what) {
	return cell[run, arm, phase, largest[run, phase], what]
}

function has(run, phase) {
	return (run, phase) in largest && figure(run, "exporter", phase, "p50_ns") != ""
}

# ns a byte; end is "", "lo_" or "hi_". More than none, though the clock may not see it.
function per_byte(run, arm, phase, end,    ns) {
	ns = figure(run, arm, phase, "p50_" end "ns")
	if (ns == "")
		return ""
	return (ns > 1 ? ns : 1) / largest[run, phase]
}

# of - lo to hi - is at least limit
function above(of, lo, limit) {
	if (of < limit)
		return 0
	return lo != "" && lo >= limit ? 2 : 1
}

function below(of, hi, limit) {
	if (of > limit)
		return 0
	return hi != "" && hi <= limit ? 2 : 1
}

function both(a, b) {
	return a < b ? a : b
}

function either(a, b) {
	return a > b ? a : b
}

# It takes so many times as long as ordinary memory;
function slower(run, phase, times) {
	return has(run, phase) ? below(figure(run, "exporter", phase, "speedup"),
		figure(run, "exporter", phase, "speedup_hi"), 1 / times) : 0
}

# or it does not.
function close_to(run, phase, times) {
	return has(run, phase) ? above(figure(run, "exporter", phase, "speedup"),
		figure(run, "exporter", phase, "speedup_lo"), 1 / times) : 0
}

function times_slower(run, phase) {
	return figure(run, "exporter", phase, "p50_ns") / (figure(run, "anon", phase, "p50_ns") + 1e-6)
}

# --- costs: set cost and cost_lo, ns of a frame that is the whole buffer ---

function frame_bytes(run) {
	return source[name[run], "buffer_bytes"] + 0
}

function pages_of(bytes) {
	return bytes / environment["page_size_bytes"]
}

# What a phase takes beyond ordinary memory.
function cost_beyond(run, phase) {
	cost = cost_lo = 0
	if (!has(run, phase))
		return
	cost = figure(run, "exporter", phase, "diff_ns")
	cost_lo = figure(run, "exporter", phase, "diff_lo_ns")
	scale_cost(frame_bytes(run) / largest[run, phase])
}

function scale_cost(factor) {
	cost *= factor
	if (cost_lo != "")
		cost_lo *= factor
}

function add_cost(run, phase, size,    hi) {
	if (!has(run, phase))
		return
	cost += cell[run, "exporter", phase, size, "p50_ns"]
	# without an interval it takes something, or nothing
	cost_lo += cell[run, "exporter", phase, size, "p50_lo_ns"]
	hi = cell[run, "exporter", phase, size, "p50_hi_ns"]
	cost_hi = hi == "" || cost_hi == "" ? "" : cost_hi + hi
}

# What phases, separated by spaces, take together at that size.
function cost_of(run, phases, size,    list, n, i) {
	cost = cost_lo = cost_hi = 0
	n = split(phases, list, " ")
	for (i = 1; i <= n; i++)
		add_cost(run, list[i], size)
}

function matters() {
	return above(cost, cost_lo, MATTERS_PCT / 100 * FRAME_NS)
}

# --- cost against size ---

function has_sizes(run, phase) {
	return has(run, phase) && smallest[run, phase] < largest[run, phase]
}

# Most of the cost of phases at the largest size is not there at the smallest.
function grows(run, phases,    list, small, small_hi, large) {
	split(phases, list, " ")
	if (!has_sizes(run, list[1]))
		return 0
	cost_of(run, phases, smallest[run, list[1]])
	small = cost
	small_hi = cost_hi
	cost_of(run, phases, largest[run, list[1]])
	large = cost
	return above(large - small, small_hi == "" ? "" : cost_lo - small_hi, GROWS * large)
}

# Or most of it is.
function stays(run, phases,    list, small, small_lo) {
	split(phases, list, " ")
	if (!has_sizes(run, list[1]))
		return 0
	cost_of(run, phases, smallest[run, list[1]])
	small = cost
	small_lo = cost_lo
	cost_of(run, phases, largest[run, list[1]])
	if (small < GROWS * cost)
		return 0
	return cost_hi != "" && small_lo >= GROWS * cost_hi ? 2 : 1
}

# --- words ---

function in_digits(value) {
	if (value >= 100)
		return sprintf("%.0f", value)
	return sprintf(value >= 10 ? "%.1f" : "%.2f", value)
}

function duration(ns) {
	if (ns >= 1e9)
		return in_digits(ns / 1e9) " s"
	if (ns >= 1e6)
		return in_digits(ns / 1e6) " ms"
	return ns >= 1e3 ? in_digits(ns / 1e3) " us" : in_digits(ns) " ns"
}

function in_bytes(n) {
	if (n >= 1048576)
		return in_digits(n / 1048576) " MiB"
	return n >= 1024 ? in_digits(n / 1024) " KiB" : sprintf("%.0f bytes", n)
}

function rate(run, arm, phase,    ns) {
	ns = per_byte(run, arm, phase, "")
	return in_digits(1e3 / (ns > 0 ? ns : 1e-3)) " MB/s"
}

function of_frame(ns) {
	return sprintf("%s, %s %% of a frame at 60 Hz", duration(ns), in_digits(100 * ns / FRAME_NS))
}

function in_times(value) {
	return in_digits(value) " x"
}
