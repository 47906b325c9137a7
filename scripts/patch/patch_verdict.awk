# SPDX-License-Identifier: GPL-2.0
# What the figures say in one sentence, which parts of a performance patch's mail they
# give, and the exit status of patch.sh: judge() sets sentence, has[], why[] and status.

function judge(   i)
{
	status = 0
	find_control()
	sentence = refused ? refusal() : finding() "; " control_text()
	if (control_moved && !refused)
		sentence = "control moved: " control_list " of code that " changer() " does not change" \
			" moved, so nothing here may be called list-ready; " sentence
	judge_callers()
	judge_seen()
	judge_slopes()
	judge_figures()
	judge_control()
	judge_worst()
	judge_failing()
	judge_command()
	for (i = 1; i <= parts; i++)
		if (!has[i])
			status = 1
	if (refused)
		status = 1
	else if (control_moved)
		status = 2
}

function refusal()
{
	return "refused: step " step[refused] \
		(subject[refused] == "" ? "" : ", " subject[refused]) ": " said[refused]
}

function have(i, text)
{
	has[i] = 1
	why[i] = text
}

function lack(i, text)
{
	has[i] = 0
	why[i] = text
}

# --- the sentence ---

# What all target rows come to: the totals, or where these did not move, the phases.
function direction(totals,   i, list)
{
	for (i = 1; i <= rows; i++)
		if (role[i] == "target" && arm[i] == "after" &&
		    (phase[i] == "total") == totals && moved(i) && !index(list, verdict[i]))
			list = join(list, verdict[i], " ")
	return list ~ / / ? "mixed" : list
}

function finding(   i, label, text, told, left)
{
	label = direction(1)
	if (label == "")
		label = direction(0)
	if (label == "")
		return still()
	for (i = 1; i <= rows; i++) {
		if (role[i] != "target" || arm[i] != "after" || is_told(i, told))
			continue
		told[op[i], orders[i], size[i]] = 1
		if (cell_moved(i) && told[""]++ < 3)
			text = join(text, cell_finding(i), "; ")
	}
	left = told[""] - 3
	return label ": " changed() " " text (left > 0 ? "; " left " more in the table" : "")
}

function is_told(row, told)
{
	return (op[row], orders[row], size[row]) in told
}

function cell_moved(row,   i)
{
	for (i = 1; i <= rows; i++)
		if (is_same_cell(i, row) && arm[i] == "after" && moved(i))
			return 1
	return 0
}

# One size and orders of an op: the total first, then the phases that moved.
function cell_finding(row,   i, text, total)
{
	for (i = 1; i <= rows; i++)
		if (is_same_cell(i, row) && arm[i] == "after" && moved(i)) {
			if (phase[i] == "total")
				total = change_text(i) " in total"
			else
				text = join(text, change_text(i) " in phase " phase[i], ", ")
		}
	return cell_text(row) " takes " (total != "" && text != "" ? total ", " text : total text)
}

# Nothing moved: is that sure?
function still(   i, row, unclear)
{
	for (i = 1; i <= rows; i++) {
		if (role[i] != "target" || arm[i] != "after")
			continue
		if (!row || (phase[i] == "total" && phase[row] != "total"))
			row = i
		if (verdict[i] != "same")
			unclear = unclear == 0 ? i : unclear
	}
	if (!row && how["way"] == "heaps" && how["functions"] == "")
		return "same: the patch changes no machine code of " how["files"]
	if (!row)
		return "unclear: no op whose code " changer() " changes was measured"
	if (unclear)
		return "unclear: whether " cell_text(unclear) " changes in phase " phase[unclear] \
			" is not known, before/after " interval_text(unclear)
	return "same: " changed() " " cell_text(row) " takes " change_text(row) \
		(phase[row] == "total" ? " in total" : " in phase " phase[row])
}

# --- the control ---

function find_control(   i, far)
{
	for (i = 1; i <= rows; i++) {
		if (role[i] != "control" || arm[i] != "after")
			continue
		controls++
		if (!index(" " control_ops " ", " " op[i] " "))
			control_ops = join(control_ops, op[i], " ")
		if (moved(i)) {
			control_moved++
			control_list = join(control_list, op[i] " (" phase[i] ", " \
				interval_text(i) ")", ", ")
		} else if (verdict[i] != "same")
			control_unclear = join(control_unclear, op[i] " (" phase[i] ", " \
				interval_text(i) ")", ", ")
		if (!control_row || (phase[i] == "total" && phase[control_row] != "total"))
			control_row = i
	}
	for (i = 1; i <= rows; i++) {
		far = twin(i, "builtin")
		if (arm[i] == "before" && far && moved(far) && role[i] != "worst" &&
		    role[i] != "slope")
			rebuilt_differs = rebuilt_differs ? rebuilt_differs : far
	}
}

function control_text()
{
	if (!controls)
		return "no control was measured"
	if (control_moved)
		return "the control moved"
	if (control_unclear != "")
		return "whether the control moved is not known: " control_unclear
	return "the control " control_ops " did not move, before/after " interval_text(control_row)
}

function judge_control()
{
	if (!controls)
		lack(5, advice["control"])
	else if (control_moved)
		lack(5, "the control moved: " control_list ": " advice["moved"])
	else if (control_unclear != "")
		lack(5, "the interval is too wide: " control_unclear \
			": " advice["rounds"])
	else if (rebuilt_differs)
		lack(5, "the heap that was only rebuilt does not cost what the built-in one costs: " \
			cell_text(rebuilt_differs) ", phase " phase[rebuilt_differs] \
			", rebuilt/built-in " interval_text(rebuilt_differs) \
			": take the second way, both kernels compiled")
	else
		have(5, control_ops ", before/after " interval_text(control_row))
}

# --- the other parts ---

function judge_callers(   i, found, first)
{
	for (i = 1; i <= callers; i++)
		if (place[i] ~ /:[0-9]+$/ && !found++)
			first = place[i]
	if (found)
		have(1, first (found > 1 ? " and " (found - 1) " more" : ""))
	else
		lack(1, "no caller in this tree: " advice["caller"])
}

function judge_seen()
{
	if (how["seen"] != "")
		have(2, how["seen"])
	else
		lack(2, advice["seen"])
}

function judge_slopes(   i, fits, arms)
{
	for (i = 1; i <= slopes; i++)
		if (slope_fits[i] == 1 && slope_phase[i] == "total")
			fits[slope_arm[i]] = fits[slope_arm[i]] == "" ? i : fits[slope_arm[i]]
	arms = ("before" in fits) + ("after" in fits)
	if (arms == 2)
		have(3, slope_text(fits["before"]) "; " slope_text(fits["after"]))
	else if (no_r != "")
		lack(3, no_r)
	else if (!slopes)
		lack(3, advice["slopes"])
	else
		lack(3, "the costs are no line of pages and chunks, see the table: look for what" \
			" grows otherwise with the size")
}

# "before 35.10 (35.09 to 35.11) a page and 24.0 (23.9 to 24.1) a chunk"
function slope_text(i,   text)
{
	text = slope_term(i, "page") " a page"
	if (slope[i, "chunk"] != "NA")
		text = text " and " slope_term(i, "chunk") " a chunk"
	return slope_op[i] " " slope_arm[i] " " text \
		(slope_orders[i] == "all" ? "" : " (orders " slope_orders[i] ")")
}

function slope_term(i, term)
{
	return number(slope[i, term]) (slope[i, term "_lo"] == "NA" ? "" : \
		" (" number(slope[i, term "_lo"]) " to " number(slope[i, term "_hi"]) ")")
}

# Four digits; a sum of errors is not "-0.0000"
function number(x)
{
	if (x == "NA" || x == "")
		return "-"
	x += 0
	return x < 0.00005 && x > -0.00005 ? "0" : sprintf(x < 1000 && x > -1000 ? "%.4g" : "%.0f", x)
}

function judge_figures(   i, list, name, absent, targets, unclear)
{
	split(needed_facts, list, " ")
	for (i = 1; i in list; i++)
		if (how[list[i]] == "")
			absent = join(absent, list[i], ", ")
	for (i = 1; i <= rows; i++)
		if (role[i] == "target" && arm[i] == "after" && twin(i, "before")) {
			targets++
			if (verdict[i] == "unclear" && !unclear)
				unclear = i
		}
	if (!targets)
		lack(4, "nothing was measured before and after")
	else if (absent != "")
		lack(4, "the conditions are not known: " absent)
	else if (how["unfit"] != "")
		lack(4, how["unfit"])
	else if (unclear)
		lack(4, "the interval of " cell_text(unclear) ", phase " phase[unclear] \
			", is too wide: " interval_text(unclear) ": " advice["rounds"])
	else
		have(4, targets " figures")
}

function judge_worst(   i, slower, unclear, row)
{
	for (i = 1; i <= rows; i++) {
		if (role[i] != "worst" || arm[i] != "after")
			continue
		if (!row || phase[i] == "total")
			row = i
		if (verdict[i] == "slower")
			slower = slower ? slower : i
		else if (verdict[i] == "unclear")
			unclear = unclear ? unclear : i
	}
	if (!row)
		lack(6, advice["worst"])
	else if (slower)
		lack(6, cell_text(slower) " takes " change_text(slower) " in phase " phase[slower] \
			": " advice["slower"])
	else if (unclear)
		lack(6, "the interval of " cell_text(unclear) ", phase " phase[unclear] \
			", is too wide: " interval_text(unclear) ": more rounds")
	else
		have(6, cell_text(row) ", before/after " interval_text(row))
}

function judge_failing(   i, good, bad)
{
	for (i = 1; i <= checks; i++) {
		if (step[i] != "failing")
			continue
		if (outcome[i] == "ok")
			good = join(good, check_text(i), "; ")
		else
			bad = join(bad, outcome[i] ": " check_text(i), "; ")
	}
	if (bad == "" && good != "")
		have(7, good)
	else
		lack(7, bad != "" ? bad : advice["failing"])
}

function check_text(i)
{
	return subject[i] == "" ? said[i] : subject[i] (said[i] == "" ? "" : ", " said[i])
}

function judge_command()
{
	if (how["command"] != "")
		have(8, how["command"])
	else
		lack(8, "the result does not say how it was made")
}
