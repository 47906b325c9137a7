# SPDX-License-Identifier: GPL-2.0
# From a trace of callers.sh: a line for each call, fields separated by tabs:
#   function, caller, module of the caller, process, driver, exporter, ns, bytes,
#   real (0: the buffer was mapped before, 1, or - where that is not known), failed,
#   begin (ns of the trace's clock), stack (outermost first, separated by ";")
# "-" is what the kernel does not say. Usage:
#   awk -v times=FILE [-v drivers=FILE] [-v summary=FILE] [-v probes_ns=N] \
#       -f calls.awk TRACE
# probes_ns is what the probes take of a call; one that took less took nothing.
# For awk of busybox too.

# The next time in ns; the two readings of the buffer have to agree.
function next_ns(pid,    words, line)
{
	while ((getline line <times) > 0)
		if (split(line, words, " ") >= 3 && line ~ /^[0-9]+ [0-9]+ [0-9]+ /) {
			if (words[1] != pid)
				return disagree()
			return words[3]
		}
	return disagree()
}

function disagree()
{
	print "calls.awk: " times " is not of this trace" >"/dev/stderr"
	failed = 1
	exit 1
}

# The value of a field, without its quotes; "" where the kernel could not read it.
function value(text, name,    at, rest, end)
{
	at = index(text, " " name "=")
	if (!at)
		return ""
	rest = substr(text, at + length(name) + 2)
	if (substr(rest, 1, 1) == "\"") {
		rest = substr(rest, 2)
		end = index(rest, "\"")
	} else {
		end = index(rest, " ")
	}
	if (end)
		rest = substr(rest, 1, end - 1)
	return rest == "(fault)" ? "" : rest
}

function is_word(text)
{
	return text ~ /^[A-Za-z_][A-Za-z0-9_.:@-]*$/
}

# The first sixteen bytes of a text that was read as two numbers, the lowest byte first;
# what is no letter of a name becomes "?".
function text_at(text, place,    digits, word, i, code)
{
	digits = hex_of(value(text, "more" place)) hex_of(value(text, "exp" place))
	word = ""
	for (i = 31; i > 0; i -= 2) {
		code = 16 * (index("0123456789abcdef", substr(digits, i, 1)) - 1) + \
			index("0123456789abcdef", substr(digits, i + 1, 1)) - 1
		if (!code)
			break
		word = word (code > 32 && code < 127 ? sprintf("%c", code) : "?")
	}
	return word
}

# "0x12" with all of its sixteen digits
function hex_of(number)
{
	sub(/^0x/, "", number)
	return substr("0000000000000000", length(number) + 1) number
}

# Sets exporter and mapped of a call from its entry's fields. Where there is no type
# information, the place that holds a word is that of the exporter's name, and tells
# where the number of mappings is. Else it is named by its functions.
function read_exporter(call, text,    name)
{
	mapped[call] = value(text, "cnt")
	name = value(text, "exp")
	if (!is_word(name)) {
		if (is_word(name = text_at(text, 64)))
			mapped[call] = value(text, "cnt40")
		else if (is_word(name = text_at(text, 88)) || is_word(name = text_at(text, 96)))
			mapped[call] = value(text, "cnt72")
		else
			name = value(text, "ops")
	}
	sub(/\+0x0.*/, "", name)
	exporter[call] = name == "" ? "-" : name
}

function driver_of(device)
{
	if (device == "")
		return "-"
	return device in driver ? driver[device] : device
}

function enter(pid, process, event, ns, text,    call)
{
	call = ++calls
	kind[call] = event
	task[call] = process
	begin[call] = ns
	buffer[call] = value(text, "buf")
	bytes[call] = value(text, "size")
	if (event == "mmap_internal")
		bytes[call] = value(text, "end") - value(text, "start")
	device[call] = value(text, "dev")
	read_exporter(call, text)
	open[pid, ++depth[pid]] = call
	take_stack(call, "before " pid)
	# the function that takes the lock is the caller, not another call
	if (depth[pid] > 1 && kind[open[pid, depth[pid] - 1]] == event "_unlocked")
		wraps[open[pid, depth[pid] - 1]] = 1
	return call
}

# Where the stack is an event of its own, it comes right before the entry.
function take_stack(call, before)
{
	if (!(before in stack))
		return
	callers[call] = callers[before]
	stack[call] = stack[before]
	delete callers[before]
	delete stack[before]
	delete outside[before]
}

# Calls above the one that returns are those whose return was lost.
function leave(pid, event, ns, text,    call)
{
	while (depth[pid] > 0) {
		call = open[pid, depth[pid]]
		delete open[pid, depth[pid]--]
		if (kind[call] != event) {
			unfinished++
			continue
		}
		took[call] = elapsed(begin[call], ns) - probes_ns
		if (took[call] < 0)
			took[call] = 0
		result[call] = value(text, "ret")
		if (match(text, /\([^ )]+( \[[^]]*\])? <- /))
			returns_to[call] = substr(text, RSTART + 1, RLENGTH - 5)
		return call
	}
	unfinished++
	return 0
}

# A double holds fewer digits than a clock may have; the last fifteen are exact.
function elapsed(from, to)
{
	if (length(from) == length(to) && length(to) > 15)
		return tail(to) - tail(from) + (tail(to) < tail(from) ? 1e15 : 0)
	return to - from
}

function tail(digits)
{
	return substr(digits, length(digits) - 14) + 0
}

# "name+0x12/0x34 [module]": sets frame_name and frame_module.
function read_frame(text,    at)
{
	frame_module = "kernel"
	at = index(text, " [")
	if (at) {
		frame_module = substr(text, at + 2)
		sub(/\].*/, "", frame_module)
		text = substr(text, 1, at - 1)
	}
	at = index(text, "+0x")
	frame_name = at ? substr(text, 1, at - 1) : text
}

# Frames come innermost first. Those up to the function itself, to the trampoline through
# which it returned, or before the place that it returns to, are the tracer's.
function add_frame(call, text)
{
	read_frame(text)
	if (!outside[call] && text == returns_to[call]) {
		callers[call] = stack[call] = ""
		outside[call] = 1
	}
	if (frame_name == "dma_buf_" kind[call] || (!outside[call] && is_trampoline(text))) {
		callers[call] = stack[call] = ""
		outside[call] = !is_trampoline(text)
		return
	}
	if (is_trampoline(text) || frame_name ~ /^dma_buf_.*_unlocked$/)
		return
	if (callers[call] == "")
		callers[call] = frame_name SUBSEP frame_module
	stack[call] = frame_name (frame_module == "kernel" ? "" : " [" frame_module "]") \
		(stack[call] == "" ? "" : ";" stack[call])
}

function is_trampoline(text)
{
	return text ~ /kretprobe|rethook/
}

# Which device a call is for: its attachment's, that of the V4L2 queue or DRM object
# whose function is on its stack, else the one that mapped this buffer last.
function find_device(call, pid)
{
	if (device[call] != "")
		;
	else if (stack[call] ~ /(^|;)vb2_core_qbuf/)
		device[call] = queue_of[pid]
	else if (stack[call] ~ /(^|;)drm_gem_vmap/)
		device[call] = gem_of[pid]
	else if (buffer[call] in device_of)
		device[call] = device_of[buffer[call]]
	if (device[call] != "" && buffer[call] != "")
		device_of[buffer[call]] = device[call]
}

# An errno, as an int that was widened either way or as a pointer. A vmap that returns
# a pointer, as before 5.11, fails with none: such a failure is not seen.
function is_error(code)
{
	return (code < 0 && code > -4096) || (code > 4294963200 && code < 4294967296)
}

function print_call(call, pid,    parts, name, real, bad)
{
	name = kind[call]
	if (!wraps[call]) {
		find_device(call, pid)
		sub(/_unlocked$/, "", name)
		if (callers[call] == "" && returns_to[call] != "") {
			read_frame(returns_to[call])
			callers[call] = frame_name SUBSEP frame_module
		}
		split(callers[call] == "" ? "-" SUBSEP "-" : callers[call], parts, SUBSEP)
		real = mapped[call] == "" ? "-" : name == "vunmap" ? mapped[call] == 1 : mapped[call] == 0
		bad = is_error(result[call] + 0)
		printf "dma_buf_%s\t%s\t%s\t%s\t%s\t%s\t%.0f\t%s\t%s\t%d\t%s\t%s\n", name,
			parts[1], parts[2], task[call], driver_of(device[call]), exporter[call],
			took[call], bytes[call] == "" ? "-" : bytes[call], real, bad, begin[call],
			stack[call] == "" ? "-" : stack[call]
	}
	forget(call)
}

function forget(call)
{
	delete kind[call]; delete task[call]; delete begin[call]; delete buffer[call]
	delete bytes[call]; delete device[call]; delete exporter[call]; delete mapped[call]
	delete took[call]; delete result[call]; delete returns_to[call]
	delete callers[call]; delete stack[call]; delete wraps[call]
	delete outside[call]
}

# A call that has returned waits for its stack, which follows at once.
function flush(pid)
{
	if (pid in ready) {
		print_call(ready[pid], pid)
		delete ready[pid]
	}
}

BEGIN {
	FS = "\n"
	while (drivers != "" && (getline line <drivers) > 0)
		if (split(line, words, " ") == 2)
			driver[words[1]] = words[2]
}

# Most lines are frames: they are told by their beginning, for speed.
substr($0, 1, 4) == " => " {
	if (stacked)
		add_frame(stacked, substr($0, 5))
	next
}

match($0, /-[0-9]+ +\[[0-9]+\] +[^ ]* +[0-9]+\.[0-9]+: /) {
	pid = substr($0, RSTART + 1)
	sub(/ .*/, "", pid)
	process = substr($0, 1, RSTART - 1)
	gsub(/^ +| +$/, "", process)
	# what separates fields of the tables and frames of stacks
	gsub(/[\t,;"]/, "_", process)
	sub(/^kworker.*/, "kworker", process)
	text = substr($0, RSTART + RLENGTH)
	ns = next_ns(pid)
	if (text ~ /^<stack trace>/) {
		stacked = last[pid]
		next
	}
	stacked = 0
	flush(pid)
	event = text
	sub(/:.*/, "", event)
	text = substr(text, length(event) + 2)
	sub(/\+0x.*/, "", event)
	if (event == "tracing_mark_write") {
		if (text ~ /begin/)
			from = ns
		else
			to = ns
	} else if (event == "vb2_queue") {
		queue_of[pid] = value(text, "dev")
	} else if (event == "gem") {
		gem_of[pid] = value(text, "dev")
		if (!is_device(gem_of[pid]))
			gem_of[pid] = value(text, "dev24")
	} else if (event == "attach") {
		device_of[value(text, "buf")] = value(text, "dev")
	} else if (event ~ /_stack$/) {
		last[pid] = "before " pid
		kind[last[pid]] = substr(event, 1, length(event) - 6)
		callers[last[pid]] = stack[last[pid]] = ""
	} else if (event ~ /_ret$/) {
		sub(/_ret$/, "", event)
		last[pid] = leave(pid, event, ns, text)
		if (last[pid])
			ready[pid] = last[pid]
	} else {
		last[pid] = enter(pid, process, event, ns, text)
	}
	next
}

function is_device(name)
{
	return name ~ /^[A-Za-z0-9_.:@-]+$/
}

END {
	if (failed)
		exit 1
	for (pid in ready)
		print_call(ready[pid], pid)
	for (pid in depth)
		unfinished += depth[pid]
	if (summary != "")
		printf "wall_ns=%.0f\nunfinished=%d\n", elapsed(from, to), unfinished >summary
}
