# SPDX-License-Identifier: GPL-2.0
# Turns csv of the engine and of sweep.sh into the figures.csv that patch_report.sh
# reads: two strategies of a run are its "before" and "after".
# usage: awk -v unit=ns|instructions [-v after=STRATEGY] [-v facts=FILE]
#            -f report_read.awk -f mail_rows.awk CSV...
# facts gets lines "key=value" for the file "how": which strategies, and what was left out.

END {
	print "role,op,phase,orders,size_bytes,arm,n,p50_" unit ",p50_lo_" unit ",p50_hi_" \
		unit ",ratio,ratio_lo,ratio_hi,verdict"
	choose_pair()
	for (i = 1; i <= cells; i++)
		if (has_pair(i))
			note_cell(i)
	for (i = 1; i <= cells; i++)
		if (has_pair(i))
			print_cell(i)
	print_facts()
}

# The strategies of the first run that has two decide; a mail is about one change.
function choose_pair(   i, other)
{
	for (i = 1; i <= cells && second == ""; i++) {
		first = baseline_of(i)
		other = after != "" ? after : first == "page" && has_arm(i, "sg") ? "sg" : next_arm(i)
		if (first != "" && other != "" && other != first && has_arm(i, other))
			second = other
	}
}

function has_pair(cell)
{
	if (second != "" && baseline_of(cell) == first && has_arm(cell, second))
		return 1
	if (!(cell_op[cell] in left_out))
		skipped = skipped (skipped == "" ? "" : ", ") cell_op[cell]
	left_out[cell_op[cell]] = 1
	return 0
}

function baseline_of(cell,   r)
{
	for (r = cell_first[cell]; r <= cell_last[cell]; r++)
		if (verdict[r] == "baseline")
			return arm_name(r)
	return ""
}

function has_arm(cell, name,   r)
{
	for (r = cell_first[cell]; r <= cell_last[cell]; r++)
		if (arm_name(r) == name)
			return 1
	return 0
}

function next_arm(cell,   r, base)
{
	base = baseline_of(cell)
	for (r = cell_first[cell]; r <= cell_last[cell]; r++)
		if (arm_name(r) != base)
			return arm_name(r)
	return ""
}

# --- what a row is to the change ---

# Is the code of this phase that of both strategies? Phases that wrap others are not.
function is_control(cell, phase,   op)
{
	op = cell_op[cell]
	if (op ~ /^(noop|alloc|attach|sync|tables)$/)
		return cell_heaps[cell] == 1
	if (op ~ /^(vmap|vtouch)$/ && fills_array(first) && fills_array(second))
		return phase !~ /^(vmap|fill|total)$/
	if (op == "replay" && fills_array(first) && fills_array(second))
		return phase !~ /^(frame|vmap)$/
	if (op ~ /^(mmap|touch)$/ && maps_all(first) && maps_all(second))
		return phase !~ /^(mmap|total)$/
	return 0
}

# They differ in the loop that fills the page array, and in nothing else.
function fills_array(name)
{
	return name ~ /^(page|sg|unrolled)$/
}

# They write all page table entries in mmap(), and leave the same ones.
function maps_all(name)
{
	return name ~ /^(page|sg|apply|table)$/
}

function is_worst(cell)
{
	return cell_chunks[cell] > 0 && cell_chunks[cell] * page_bytes == cell_size[cell]
}

# The same for runs that repeat each other; their order of rounds is not.
function key_of(cell,   line)
{
	line = env[cell_file[cell], "params"]
	sub(/ seed=[0-9]*/, "", line)
	return cell_swept[cell] SUBSEP cell_op[cell] SUBSEP cell_heap[cell] SUBSEP \
		cell_size[cell] SUBSEP cell_orders[cell] SUBSEP \
		env[cell_file[cell], "caching"] SUBSEP line
}

# Of a run that was repeated the one with the least speedup; of a sweep the largest size
# for each op, at several orders if there are some.
function note_cell(cell,   key, gain)
{
	gain = total_speedup(cell)
	key = key_of(cell)
	if (!(key in chosen) || gain < least[key]) {
		chosen[key] = cell
		least[key] = gain
	}
	if (gain > most[key])
		most[key] = gain
	runs_of[key]++
	if (!cell_swept[cell] && !is_worst(cell))
		measured[cell_op[cell]] = 1
	if (cell_swept[cell])
		note_swept(cell)
}

function note_swept(cell,   op, best, size)
{
	op = cell_op[cell]
	size = cell_size[cell] + (cell_orders[cell] ~ /\+/ ? 0.5 : 0)
	if (size > widest[op]) {
		widest[op] = size
		widest_cell[op] = cell
	}
	if (is_worst(cell) && (!(op in smallest) || cell_size[cell] < smallest[op])) {
		smallest[op] = cell_size[cell]
		smallest_cell[op] = cell
	}
}

function total_speedup(cell,   r, answer)
{
	for (r = cell_first[cell]; r <= cell_last[cell]; r++)
		if (arm_name(r) == second && (phase[r] == "total" || answer == ""))
			answer = speedup[r]
	return answer + 0
}

function all_arms(   r, known, list)
{
	for (r = 1; r <= rows; r++) {
		if (!(arm_name(r) in known))
			list = list (list == "" ? "" : ", ") arm_name(r)
		known[arm_name(r)] = 1
	}
	return list
}

# --- printing ---

function print_cell(cell,   op)
{
	op = cell_op[cell]
	if (chosen[key_of(cell)] != cell)
		return
	if (cell_swept[cell]) {
		print_rows(cell, "slope")
		if (smallest_cell[op] == cell)
			print_rows(cell, "worst")
		if (!(op in measured) && widest_cell[op] == cell)
			print_rows(cell, "")
		return
	}
	if (is_worst(cell))
		print_rows(cell, "worst")
	if (!is_worst(cell) || (!(op in measured) && !(op in widest)))
		print_rows(cell, "")
}

# Without a role it depends on the phase.
function print_rows(cell, role,   r, name, orders)
{
	orders = cell_orders[cell] ~ /\+/ ? "mixed" : cell_orders[cell]
	if (!cell_swept[cell])
		orders = is_worst(cell) && role == "worst" ? "0" : "own"
	for (r = cell_first[cell]; r <= cell_last[cell]; r++) {
		name = arm_name(r)
		if (name != first && name != second || speedup[r] == "")
			continue
		printf "%s,%s,%s,%s,%.0f,%s,%s,%s,%s,%s,%s,%s,%s,%s\n", \
			role != "" ? role : is_control(cell, phase[r]) ? "control" : "target", \
			label_of(cell), phase[r], orders, cell_size[cell], \
			name == first ? "before" : "after", iterations[r], \
			role == "slope" && unit == "instructions" ? least_cost[r] : p50[r], \
			p50_lo[r], p50_hi[r], speedup[r], speedup_lo[r], speedup_hi[r], verdict[r]
		if (complete[r] != 1)
			incomplete = label_of(cell)
	}
}

# "vmap", "contig vmap", "4-thread vmap", "page array" of op pages
function label_of(cell)
{
	return (cell_threads[cell] > 1 ? cell_threads[cell] "-thread " : "") \
		(cell_heap[cell] == "system" || cell_heaps[cell] > 1 ? "" : cell_heap[cell] " ") \
		(cell_op[cell] == "pages" ? "page array" : cell_op[cell])
}

function print_facts(   key, cell)
{
	if (facts == "")
		return
	print "before=" first >facts
	print "after=" second >facts
	print "incomplete=" incomplete >facts
	print "skipped=" skipped >facts
	print "arms=" all_arms() >facts
	for (key in runs_of)
		if (runs_of[key] > 1 && !cell_swept[chosen[key]]) {
			cell = chosen[key]
			repeats = repeats (repeats == "" ? "" : ", ") sprintf("%s of %s: %.3f to %.3f", \
				label_of(cell), size_name(cell_size[cell]), least[key], most[key])
		}
	print "repeats=" repeats >facts
}
