# SPDX-License-Identifier: GPL-2.0
# Which kernel functions a step of a sample spent its time in. Reads what the tracer
# function_graph recorded of dbb_sample_take(), with the options funcgraph-proc and
# funcgraph-tail, and the events dbb_sample among it; writes a line of -v csv=FILE for
# each step, arm and function, and prints those with the most time.
#
# A step is what dbb_sample_take() calls between two reads of the run's clock. Which arm
# and phase it was is known when the round is over: of each arm in the order of the
# round, dbb_sample names its phases, steps first. Rounds without dbb_sample are warm-up.
#
#   depth[pid], name_at[pid, d], below[pid, d]   the calls that a task is in, and what
#                                                those in the d-th took so far, in ns
#   step[pid]                                    of the sample at hand; 0: none yet
#   is_timed[pid]                                between two clock reads
#   ncalls, self, whole[sample, step, name]      of the samples since the last round

BEGIN {
	SUBSEP = ";"
	most = 10
	print "op,phase,arm,strategy,function,samples,calls,self_ns,total_ns" >csv
}

# --- calls ---

function enter(name) {
	name_at[pid, ++depth[pid]] = name
	below[pid, depth[pid]] = 0
	is_in[pid, name]++
	if (depth[pid] == 1) {
		if (nevents)
			end_round()
		sample[pid] = ++nsamples
		step[pid] = is_timed[pid] = 0
	} else if (depth[pid] == 2 && is_read(name)) {
		ends_step[pid] = is_timed[pid]
		is_timed[pid] = 0
	}
}

function leave(ns,   name, d) {
	d = depth[pid]
	if (!d)
		return
	name = name_at[pid, d]
	is_in[pid, name]--
	depth[pid]--
	if (d == 2 && is_read(name)) {
		if (!ends_step[pid]) {
			is_timed[pid] = 1
			step[pid]++
		}
	} else if (is_timed[pid] && d > 1)
		count_call(name, ns, ns - below[pid, d])
	if (d > 1)
		below[pid, d - 1] += ns
}

function is_read(name) {
	return name ~ /^dbb_clock_[a-z]+_now( |$)/
}

# The whole of a function that calls itself is that of its outermost call.
function count_call(name, ns, own,   key) {
	key = sample[pid] SUBSEP step[pid]
	if (!((key, name) in ncalls)) {
		called[key] = called[key] SUBSEP name
		ncalls[key, name] = self[key, name] = whole[key, name] = 0
	}
	ncalls[key, name]++
	self[key, name] += own > 0 ? own : 0
	if (!is_in[pid, name])
		whole[key, name] += ns
}

# --- rounds ---

# value(NAME): of "NAME=value " in the event
function value(text, name,   at) {
	at = index(" " text, " " name "=")
	text = substr(text, at + length(name) + 1)
	sub(/ .*/, "", text)
	return text
}

function note_sample(text,   order, phase) {
	nevents++
	op = value(text, "op")
	order = value(text, "order") + 0
	phase = value(text, "phase")
	if (nevents == 1 || order < first_order)
		first_order = order
	if (!(order in arm_at)) {
		narms++
		arm_at[order] = value(text, "arm") "," value(text, "strategy")
	}
	if (value(text, "thread") + 1 > nthreads)
		nthreads = value(text, "thread") + 1
	if (!(phase in is_phase)) {
		is_phase[phase] = 1
		phases[++nphases] = phase
	}
}

# The last samples are those of the round; before them came warm-up.
function end_round(   i, s, first) {
	first = nsamples - narms * nthreads
	for (s = first > 0 ? first + 1 : 1; s <= nsamples; s++)
		for (i = 1; i <= nphases; i++)
			add_step(s SUBSEP i, op "," phases[i] "," \
				arm_at[first_order + int((s - first - 1) / nthreads)])
	drop_round()
}

function add_step(key, row,   names, n, i) {
	if (!(key in called))
		return
	if (!(row in rows)) {
		rows[row] = ++nrows
		row_at[nrows] = row
	}
	nsteps[row]++
	n = split(substr(called[key], 2), names, SUBSEP)
	for (i = 1; i <= n; i++) {
		if (!((row, names[i]) in sum_calls)) {
			functions[row] = functions[row] SUBSEP names[i]
			sum_calls[row, names[i]] = sum_self[row, names[i]] = 0
			sum_whole[row, names[i]] = 0
		}
		sum_calls[row, names[i]] += ncalls[key, names[i]]
		sum_self[row, names[i]] += self[key, names[i]]
		sum_whole[row, names[i]] += whole[key, names[i]]
		all_self[row] += self[key, names[i]]
	}
}

function drop_round() {
	split("", called)
	split("", ncalls)
	split("", self)
	split("", whole)
	split("", arm_at)
	split("", phases)
	split("", is_phase)
	nsamples = nevents = narms = nphases = nthreads = 0
}

# --- the lines of a trace ---

/^#/ || !/\|.*\|/ {
	# what is missing may have been calls or returns
	if (/LOST/) {
		drop_round()
		split("", depth)
		split("", is_in)
	}
	next
}

{
	pid = substr($0, 1, index($0, "|") - 1)
	rest = substr($0, index($0, "|") + 1)
	took = substr(rest, 1, index(rest, "|") - 1)
	rest = substr(rest, index(rest, "|") + 1)
	gsub(/^ +| +$/, "", rest)
	sub(/^.*-/, "", pid)
	pid += 0
	gsub(/[^0-9.]/, "", took)
	took = sprintf("%.0f", took * 1000)
}

rest ~ /^\/\* dbb_sample: / {
	note_sample(substr(rest, 16))
	next
}

rest ~ /^\/\*/ { next }

# "}" or "} /* NAME */"
rest ~ /^}/ {
	leave(took)
	next
}

rest ~ /\(.*\)( \{|;)/ {
	name = rest
	sub(/\(.*/, "", name)
	# of a call whose beginning is not in the trace
	if (!depth[pid] && name !~ /^dbb_sample_take( |$)/)
		next
	enter(name)
	if (rest !~ /\{/)
		leave(took)
}

# --- report ---

# Sets best[1] to best[nbest] to the functions of a row, those with the most time first.
function sort_functions(row,   names, n, i, j) {
	nbest = split(substr(functions[row], 2), names, SUBSEP)
	for (i = 1; i <= nbest; i++) {
		for (j = i; j > 1 && sum_self[row, best[j - 1]] < sum_self[row, names[i]]; j--)
			best[j] = best[j - 1]
		best[j] = names[i]
	}
}

function report(row,   i, cells) {
	sort_functions(row)
	split(row, cells, ",")
	printf "%s %s, strategy %s: %d samples, %d functions\n", cells[1], cells[2], cells[4],
		nsteps[row], nbest
	printf "%12s %14s %14s %7s  %s\n", "calls", "self_ns", "total_ns", "self_%", "function"
	for (i = 1; i <= nbest; i++) {
		printf "%s,%s,%d,%d,%.0f,%.0f\n", row, best[i], nsteps[row],
			sum_calls[row, best[i]], sum_self[row, best[i]],
			sum_whole[row, best[i]] >csv
		if (i <= most)
			printf "%12.1f %14.0f %14.0f %7.1f  %s\n",
				sum_calls[row, best[i]] / nsteps[row],
				sum_self[row, best[i]] / nsteps[row],
				sum_whole[row, best[i]] / nsteps[row],
				all_self[row] ? 100 * sum_self[row, best[i]] / all_self[row] : 0,
				best[i]
	}
	print ""
}

END {
	if (nevents)
		end_round()
	if (!nrows) {
		print "no step of a sample in the trace"
		exit
	}
	for (i = 1; i <= nrows; i++)
		report(row_at[i])
}
