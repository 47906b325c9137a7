# SPDX-License-Identifier: GPL-2.0
# Who disturbed the samples of a trace: the interrupts, softirqs and tasks that had the
# CPU inside the window of each disturbed step. Reads the text of a tracefs trace or of
# "trace-cmd report -N"; writes a line of -v csv=FILE for each step and disturber, and
# prints a summary.
#
# Of each CPU it follows the task and the interrupts on top of it, and keeps pieces of
# time with a name, each nanosecond in one piece:
#
#   piece_name[cpu, i], piece_pid[cpu, i]  -1 for an interrupt
#   piece_begin[cpu, i], piece_end[cpu, i]
#   piece_new[cpu, i]                      it began here, and was not resumed
#   npieces[cpu]
#
# A step that was disturbed is a line dbb_disturbed, as soon as it is over; what it
# found waits in found[] until the round's lines dbb_sample say that the sample is
# kept: those of warm-up rounds are not. Times are ns.

BEGIN {
	SUBSEP = ";"
	print "run,round,arm,thread,phase,strategy,flags,kind,name,count,ns" >csv
}

# --- the lines of a trace ---

# Sets pid, cpu, now, event and rest from "  comm-pid  [cpu] flags  seconds: event: rest".
function read_line(   head, at) {
	if (!match($0, /-[0-9]+ +\[[0-9]+\] /))
		return 0
	head = substr($0, RSTART + 1, RLENGTH - 1)
	rest = substr($0, RSTART + RLENGTH)
	pid = head + 0
	sub(/^[^[]*\[0*/, "", head)
	cpu = head + 0
	if (!match(rest, /[0-9]+\.[0-9]+: /))
		return 0
	now = nanoseconds(substr(rest, RSTART, RLENGTH - 2))
	rest = substr(rest, RSTART + RLENGTH)
	sub(/^ +/, "", rest)
	at = index(rest, ":")
	if (!at)
		return 0
	event = substr(rest, 1, at - 1)
	rest = substr(rest, at + 1)
	sub(/^ +/, "", rest)
	return 1
}

# To the awk of busybox, digits after a 0 are octal.
function nanoseconds(seconds,   at, part) {
	at = index(seconds, ".")
	part = "1" substr(substr(seconds, at + 1) "000000000", 1, 9)
	return substr(seconds, 1, at - 1) * 1000000000 + part - 1000000000
}

# value(NAME): of "NAME=value " in rest
function value(name,   at, text) {
	at = index(" " rest, " " name "=")
	if (!at)
		return ""
	text = substr(rest, at + length(name) + 1)
	sub(/ .*/, "", text)
	return text
}

# between(FROM, TO): the text of rest between them, which may have blanks
function between(from, to,   at, text) {
	at = index(rest, from)
	if (!at)
		return ""
	text = substr(rest, at + length(from))
	at = to == "" ? 0 : index(text, to)
	return at ? substr(text, 1, at - 1) : text
}

# --- what a CPU does ---

# Ends the piece of time that goes on, whoever has it.
function end_piece(c,   n) {
	if (top_name(c) != "" && now > last[c]) {
		n = ++npieces[c]
		piece_name[c, n] = top_name(c)
		piece_pid[c, n] = depth[c] ? -1 : task_pid[c]
		piece_begin[c, n] = last[c]
		piece_end[c, n] = now
		piece_new[c, n] = is_new[c]
	}
	is_new[c] = 0
	last[c] = now
}

function top_name(c) {
	return depth[c] ? stack[c, depth[c]] : task_name[c]
}

function enter(c, name) {
	end_piece(c)
	stack[c, ++depth[c]] = name
	is_new[c] = 1
}

# What was entered before the trace began ends nothing.
function leave(c, name,   d) {
	end_piece(c)
	for (d = depth[c]; d && stack[c, d] != name; d--)
		;
	if (d)
		depth[c] = d - 1
}

# Sets where each task is, for those that leave a CPU in a step.
function switch_task(c,   next_pid) {
	end_piece(c)
	next_pid = value("next_pid") + 0
	depth[c] = 0
	task_pid[c] = next_pid
	task_name[c] = next_pid ? "task," between("next_comm=", " next_pid=") : "task,idle"
	is_new[c] = 1
	if (!next_pid)
		return
	nhomes[next_pid]++
	home_cpu[next_pid, nhomes[next_pid]] = c
	home_since[next_pid, nhomes[next_pid]] = now
}

# After lost events nobody knows who has the CPU.
function forget(c) {
	depth[c] = 0
	task_name[c] = ""
	last[c] = 0
}

# "[action=TIMER]" or "(Rescheduling interrupts)"
function in_brackets(text) {
	sub(/^[^[(]*[[(]/, "", text)
	sub(/[])].*/, "", text)
	sub(/^action=/, "", text)
	return text
}

function follow(   name) {
	if (event == "sched_switch")
		switch_task(cpu)
	else if (event == "irq_handler_entry") {
		irq_name[cpu, value("irq")] = between("name=", "")
		enter(cpu, "irq," value("irq") " " irq_name[cpu, value("irq")])
	} else if (event == "irq_handler_exit")
		leave(cpu, "irq," value("irq") " " irq_name[cpu, value("irq")])
	else if (event == "softirq_entry")
		enter(cpu, "softirq," in_brackets(rest))
	else if (event == "softirq_exit")
		leave(cpu, "softirq," in_brackets(rest))
	else if (event == "ipi_entry")
		enter(cpu, "ipi," in_brackets(rest))
	else if (event == "ipi_exit")
		leave(cpu, "ipi," in_brackets(rest))
	else if (rest ~ /^vector=[0-9]+ *$/ && event ~ /_entry$/)
		enter(cpu, "vector," substr(event, 1, length(event) - 6))
	else if (rest ~ /^vector=[0-9]+ *$/ && event ~ /_exit$/)
		leave(cpu, "vector," substr(event, 1, length(event) - 5))
}

# --- disturbed steps ---

# Adds what others had of the CPU c from begin to end, to found[]. In a step that slept
# or lost its CPU, the task itself is no other.
function charge(c, begin, end,   i, from, to) {
	for (i = npieces[c]; i && piece_end[c, i] > begin; i--) {
		if (piece_pid[c, i] == pid || piece_begin[c, i] >= end)
			continue
		from = piece_begin[c, i] > begin ? piece_begin[c, i] : begin
		to = piece_end[c, i] < end ? piece_end[c, i] : end
		add_found(piece_name[c, i], piece_new[c, i] && from == piece_begin[c, i], to - from)
	}
}

function add_found(name, count, ns) {
	if (!((nsteps, name) in found_ns)) {
		found_name[nsteps, ++nfound[nsteps]] = name
		found_ns[nsteps, name] = found_count[nsteps, name] = 0
	}
	found_ns[nsteps, name] += ns
	found_count[nsteps, name] += count
}

# Whoever had the CPU that the task was last on: after it was moved, that is another
# one.
function note_step(   begin, end, n) {
	end_piece(cpu)
	if (sampled)
		drop_steps()
	sampled = 0
	nsteps++
	step_key[nsteps] = step_of_line()
	step_flags[nsteps] = flags_of(value("from_cpu") != value("cpu"), value("switched"), value("interrupted"))
	begin = now - value("window_ns")
	end = now
	for (n = nhomes[pid]; n && home_since[pid, n] > begin; n--) {
		charge(home_cpu[pid, n], home_since[pid, n], end)
		end = home_since[pid, n]
	}
	if (end > begin)
		charge(n ? home_cpu[pid, n] : value("from_cpu") + 0, begin, end)
}

function flags_of(migrated, switched, interrupted,   text) {
	text = (migrated ? "+migrated" : "") (switched + 0 ? "+switched" : "") \
		(interrupted + 0 ? "+interrupted" : "")
	return substr(text, 2)
}

function drop_steps() {
	split("", found_ns)
	split("", nfound)
	nsteps = 0
}

# The rounds are over that these pieces of time belong to.
function drop_pieces(   c, i) {
	for (c in npieces)
		npieces[c] = 0
	for (i in nhomes)
		if (nhomes[i] > 1) {
			home_cpu[i, 1] = home_cpu[i, nhomes[i]]
			home_since[i, 1] = home_since[i, nhomes[i]]
			nhomes[i] = 1
		}
}

function step_of_line() {
	return value("arm") ";" value("thread") ";" value("phase") ";" value("ns")
}

# A line dbb_sample: the last of these steps that is the same is kept.
function note_sample(   sample, key, i) {
	if (!sampled)
		drop_pieces()
	sampled = 1
	if (value("disturbed") != 1)
		return
	sample = value("run") ";" value("round") ";" value("arm") ";" value("thread")
	if (!(sample in explained)) {
		explained[sample] = 0
		ndisturbed++
	}
	key = step_of_line()
	for (i = nsteps; i && step_key[i] != key; i--)
		;
	if (i)
		keep_step(i, sample)
}

function keep_step(i, sample,   j, name) {
	step_key[i] = ""
	for (j = 1; j <= nfound[i]; j++) {
		name = found_name[i, j]
		write_row(i, name, found_count[i, name], found_ns[i, name])
		sum_up(sample, name, found_count[i, name], found_ns[i, name])
	}
	if (!nfound[i])
		write_row(i, "unknown,", "", "")
}

function write_row(i, name, count, ns) {
	printf "%s,%s,%s,%s,%s,%s,%s,%s,%s,%s\n", value("run"), value("round"), value("arm"),
		value("thread"), value("phase"), value("strategy"), step_flags[i], quoted(name),
		count, ns == "" ? "" : sprintf("%.0f", ns) >csv
}

# "task,a,b" -> "task,a;b": a name may have anything in it.
function quoted(name,   at) {
	at = index(name, ",")
	gsub(/[,"]/, ";", name)
	return substr(name, 1, at - 1) "," substr(name, at + 1)
}

function sum_up(sample, name, count, ns) {
	if (!(name in total_ns)) {
		names[++nnames] = name
		total_ns[name] = total_count[name] = total_samples[name] = 0
	}
	total_ns[name] += ns
	total_count[name] += count
	if (!((sample, name) in is_counted)) {
		is_counted[sample, name] = 1
		total_samples[name]++
	}
	if (!explained[sample]++)
		nexplained++
}

/^#/ { next }

/^CPU:[0-9]+ \[LOST/ {
	sub(/^CPU:/, "")
	forget($0 + 0)
	next
}

!read_line() { next }

event == "dbb_disturbed" { note_step(); next }
event == "dbb_sample" { note_sample(); next }
event == "dbb_run_begin" { drop_steps(); drop_pieces(); next }
{ follow() }

# --- summary ---

# The worst first.
function sort_names(   i, j, kept) {
	for (i = 2; i <= nnames; i++) {
		kept = names[i]
		for (j = i; j > 1 && total_ns[names[j - 1]] < total_ns[kept]; j--)
			names[j] = names[j - 1]
		names[j] = kept
	}
}

function show_name(name,   at) {
	at = index(name, ",")
	printf "%-8s %-28s %8d %14.0f %8d %8.1f\n", substr(name, 1, at - 1),
		substr(name, at + 1), total_count[name], total_ns[name], total_samples[name],
		100 * total_samples[name] / ndisturbed
}

END {
	if (!ndisturbed) {
		print "no sample was disturbed"
		exit
	}
	sort_names()
	printf "%-8s %-28s %8s %14s %8s %8s\n", "kind", "disturber", "count", "ns", "samples", "share_%"
	for (i = 1; i <= nnames && i <= 12; i++)
		show_name(names[i])
	if (nnames > 12)
		print nnames - 12 " more in " csv
	printf "%d samples were disturbed; nobody was found for %d of them\n", ndisturbed,
		ndisturbed - nexplained
}
