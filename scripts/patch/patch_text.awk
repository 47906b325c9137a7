# SPDX-License-Identifier: GPL-2.0
# Prints one of the texts about a result of patch.sh.
# usage: awk -v what=verdict|report|commit|cover|mail|parts|status [-v no_r=WHY] [-v patches=TEXT]
#            [-v warning=TEXT]
#            -f patch_facts.awk -f patch_words.awk -f patch_verdict.awk -f patch_text.awk
#            part=how HOW part=checks CHECKS ... part=slopes SLOPES

END {
	judge()
	if (what == "verdict")
		print sentence
	else if (what == "status")
		print status
	else if (what == "report")
		print_report()
	else if (what == "parts")
		list_parts()
	else if (what == "mail")
		print_whole_mail()
	else if (!refused && rows)
		print_mail(what == "cover")
}

# --- for a reader at a terminal ---

function print_report()
{
	print sentence
	if (warning != "")
		print warning
	print_checks()
	if (rows) {
		print ""
		print_wrapped("The patch changes " fact("functions") " in " fact("files") ".")
		print_wrapped(conditions())
		print_rows("target", "Before and after, " unit ", p50 with its 95 % interval:")
		print_shares()
		print_slopes()
		print_rows("control", "Control, of code that " changer() " does not change:")
		print_built_in()
		print_rows("worst", "The worst case, " worst_name ":")
	}
	print_failing()
	print_callers(0)
	print_parts()
	print_repeat()
}

function title(text)
{
	print ""
	print text
}

# What passed is a line for each step, all else one of its own.
function print_checks(   i, passed, names, order)
{
	if (checks)
		title("Checks:")
	for (i = 1; i <= checks; i++) {
		if (step[i] == "failing")
			continue
		if (outcome[i] != "ok") {
			printf "  %-10s %-7s %s\n", step[i], outcome[i], check_text(i)
			continue
		}
		if (!passed[step[i]]++)
			order = order " " step[i]
		names[step[i]] = names[step[i]] ", " subject[i]
	}
	print_passed(order, passed, names)
}

function print_passed(order, passed, names,   i, n, steps)
{
	n = split(order, steps, " ")
	for (i = 1; i <= n; i++)
		printf "  %-10s %-7s %s\n", steps[i], passed[steps[i]] " ok", \
			substr(names[steps[i]], 3)
}

function print_rows(wanted, heading,   i, any, form)
{
	for (i = 1; i <= rows; i++) {
		if (role[i] != wanted)
			continue
		if (!any++) {
			form = "  %-7s %9s %6s %-7s %-8s %5s %13s %13s %13s %9s %9s %9s  %s\n"
			title(heading)
			printf form, "op", "size", "orders", "phase", "arm", "n", "p50", "lo", \
				"hi", "ratio", "lo", "hi", "verdict"
		}
		printf form, op[i], size_name(size[i]), orders[i], phase[i], arm[i], n[i], \
			whole(p50[i]), whole(p50_lo[i]), whole(p50_hi[i]), ratio_text(ratio[i]), \
			ratio_text(ratio_lo[i]), ratio_text(ratio_hi[i]), verdict[i]
	}
	if (!any)
		title(heading " not measured")
}

function whole(x)
{
	return x ? sprintf("%.0f", x) : "-"
}

# Shares of the phases of the total
function print_shares(row,   i, after, total, any)
{
	for (i = 1; i <= rows; i++) {
		if (role[i] != "target" || arm[i] != "before" || phase[i] == "total" ||
		    (row && !is_same_cell(i, row)))
			continue
		after = twin(i, "after")
		total = total_of(i)
		if (!after || !p50[total] || !p50[total_of(after)])
			continue
		if (!any++)
			title("Shares of the total, before and after:")
		printf "  %-24s %-7s %6.1f %% %6.1f %%\n", cell_text(i), phase[i], \
			100 * p50[i] / p50[total], 100 * p50[after] / p50[total_of(after)]
	}
}

function total_of(row,   key)
{
	key = role[row] SUBSEP op[row] SUBSEP "total" SUBSEP orders[row] SUBSEP size[row] \
		SUBSEP arm[row]
	return key in row_of ? row_of[key] : 0
}

function print_slopes(   i, form, all)
{
	if (!slopes) {
		title("Cost a page and a chunk: " why[3])
		return
	}
	title("Cost = fixed + per page + per chunk, " unit ", with 95 % intervals of lm():")
	form = "  %-6s %-7s %-8s %-7s %-25s %-25s %-25s %s\n"
	printf form, "op", "phase", "arm", "orders", "fixed", "per page", "per chunk", "off by"
	for (i = 1; i <= slopes; i++) {
		printf form, slope_op[i], slope_phase[i], slope_arm[i], slope_orders[i], \
			slope_term(i, "fixed"), slope_term(i, "page"), slope_term(i, "chunk"), \
			number(slope_off[i]) " %" (slope_fits[i] == 1 ? "" : ": does not fit, at " \
			slope_at[i])
		all += slope_orders[i] == "all"
	}
	if (all)
		print "Of orders \"all\" are those of which the chunks are known: 0, 4 and 8."
}

function print_built_in(   i, before, any)
{
	for (i = 1; i <= rows; i++) {
		before = twin(i, "before")
		if (arm[i] != "builtin" || !before || role[i] == "slope")
			continue
		if (!any++)
			title("The heap that was only rebuilt against the built-in one:")
		printf "  %-24s %-7s %s -> %s, rebuilt/built-in %s: %s\n", cell_text(i), phase[i], \
			whole(p50[i]), whole(p50[before]), interval_text(i), verdict[i]
	}
	if (!any && how["way"] == "heaps")
		title("The built-in heap was not measured.")
}

function print_failing(   i, any)
{
	for (i = 1; i <= checks; i++)
		if (step[i] == "failing") {
			if (!any++)
				title("The failing path:")
			printf "  %-7s %s\n", outcome[i], check_text(i)
		}
	if (!any)
		title("The failing path: not tried")
}

function print_callers(is_mail,   i)
{
	if (!callers) {
		title("Callers in the tree: " no_callers)
		return
	}
	title("Callers in " fact("source") ":")
	for (i = 1; i <= callers && i <= most_callers; i++)
		if (is_mail)
			print_place(i)
		else
			print "  " place[i] ": " \
				(call[i] ~ symbol[i] ? call[i] : symbol[i] ", " call[i])
	if (callers > most_callers)
		printf "  and %d more, see callers.csv\n", callers - most_callers
}

# A caller without its code, in lines that fit into a mail
function print_place(i,   where)
{
	where = call[i]
	if (sub(/^in /, "", where) && sub(/:.*/, "", where))
		where = where "()"
	else
		where = symbol[i] ", " where
	where = (length(place[i] " " where) > 70 ? "\n    " : " ") where
	print "  " place[i] where
}

function print_parts(   i)
{
	title("What a list asks of such a patch:")
	for (i = 1; i <= parts; i++)
		print "  " i " " names[i] ": " (has[i] ? "have: " : "missing: ") why[i]
	print enough_text()
}

function enough_text()
{
	return status == 0 ? "This is enough for the list." : \
		status == 2 ? "A control moved: this is not enough for the list." : \
		"This is not enough for the list."
}

function print_repeat(   i, list)
{
	title("To repeat it: " fact("command"))
	print "  or, elsewhere: sh repro.sh CHECKOUT"
	title("Sums of what was measured:")
	split("kernel release source before_cksum after_cksum config_cksum compiler " \
		"module_srcversion", list, " ")
	for (i = 1; i in list; i++)
		if (how[list[i]] != "")
			print "  " list[i] ": " how[list[i]]
	if (patches != "")
		print patches
}

# --- for a mail ---

# The first figure that the patch changes, or 0
function first_pair(   i)
{
	for (i = 1; i <= rows; i++)
		if (role[i] == "target" && arm[i] == "before" && twin(i, "after"))
			return i
	return 0
}

function print_mail(is_cover,   row)
{
	row = first_pair()
	if (!row)
		return
	if (control_moved)
		print_wrapped("Not for the list: " sentence ".\n")
	print_wrapped(unit_title() " of " cell_text(row) ", p50 with its 95 % interval, " n[row] \
		" rounds before and " n[twin(row, "after")] " after:")
	print ""
	print_pairs(row)
	print_others(row)
	print ""
	print_wrapped(conditions())
	print ""
	print_wrapped(mail_control())
	if (is_cover)
		print_cover(row)
}

# The verdict, what a mail has, and whether that is enough.
function print_whole_mail()
{
	print_wrapped(toupper(substr(sentence, 1, 1)) substr(sentence, 2) ".")
	if (!refused && first_pair()) {
		print ""
		print_mail(1)
	} else
		print_missing()
	print ""
	print enough_text()
}

function list_parts(   i)
{
	for (i = 1; i <= parts; i++)
		print i "\t" names[i] "\t" (has[i] ? "have" : "missing") "\t" why[i]
}

# Each phase of one size and orders, in three lines that no mail program breaks
function print_pairs(row,   i, after)
{
	for (i = 1; i <= rows; i++) {
		after = twin(i, "after")
		if (!is_same_cell(i, row) || arm[i] != "before" || !after)
			continue
		print_pair(phase[i], "before", i)
		print_pair("", "after", after)
		printf "  %-8s %-12s %s\n", "", "before/after", interval_text(after)
	}
}

# What else the patch changes: in total, and the phases that moved
function print_others(row,   i, after, told)
{
	for (i = 1; i <= rows; i++) {
		after = twin(i, "after")
		if (role[i] != "target" || arm[i] != "before" || !after || is_same_cell(i, row) ||
		    (phase[i] != "total" && !moved(after)))
			continue
		if (!is_told(i, told)) {
			title("The same of " cell_text(i) ":")
			print ""
		}
		told[op[i], orders[i], size[i]] = 1
		print_pair(phase[i], "before", i)
		print_pair("", "after", after)
		printf "  %-8s %-12s %s\n", "", "before/after", interval_text(after)
	}
}

function print_pair(name, which, row)
{
	printf "  %-8s %-12s %.0f %s\n", name, which, p50[row], p50_hi[row] ? \
		sprintf("(%.0f to %.0f)", p50_lo[row], p50_hi[row]) : "(no interval)"
}

function mail_control()
{
	if (!controls)
		return "No control was measured."
	if (control_moved)
		return "The control, code that " changer() " does not change, moved: " control_list "."
	if (control_unclear != "")
		return "Whether the control moved is not known: " control_unclear "."
	return "Control, code that " changer() " does not change: " cell_text(control_row) \
		(phase[control_row] == "total" ? "" : ", phase " phase[control_row] ",") \
		" takes " as_much() " as before, before/after " interval_text(control_row) "."
}

function print_cover(row)
{
	print_shares(row)
	print_mail_slopes()
	print ""
	print_wrapped("Worst case, " worst_name ": " worst_text())
	print ""
	print_wrapped("Failing path: " (has[7] ? why[7] : "not shown. " why[7]) ".")
	print_callers(1)
	print ""
	print_wrapped("What a user sees of it: " (has[2] ? why[2] : "not measured") ".")
	print ""
	# in one line, for a shell
	print "To repeat it, with dmabuf-bench:"
	print "  " why[8]
	if (warning != "") {
		print ""
		print_wrapped(warning)
	}
	print_missing()
}

function print_missing(   i)
{
	for (i = 1; i <= parts; i++)
		if (!has[i]) {
			print ""
			print_wrapped("[missing, part " i ", " names[i] ": " why[i] "]")
		}
}

function print_mail_slopes(   i, any, cell, told)
{
	for (i = 1; i <= slopes; i++) {
		cell = slope_op[i] " " slope_arm[i]
		if (slope_phase[i] != "total" || slope_fits[i] != 1)
			continue
		# what the model of all orders says need not be said of each
		if (slope_orders[i] == "all")
			told[cell] = 1
		else if (told[cell] && slope_orders[i] ~ /^[0-9]+$/)
			continue
		if (!any++)
			title("Cost a page and a chunk, in total, from several sizes (lm()):")
		print "  " cell ", orders " (slope_orders[i] == "all" ? "0, 4 and 8" : slope_orders[i]) ":"
		print "    " slope_term(i, "page") " a page"
		if (slope[i, "chunk"] != "NA")
			print "    " slope_term(i, "chunk") " a chunk"
	}
	if (!any) {
		print ""
		print_wrapped("Cost a page and a chunk: not known: " why[3] ".")
	}
}

function worst_text(   i, text)
{
	for (i = 1; i <= rows; i++)
		if (role[i] == "worst" && arm[i] == "after" && phase[i] == "total")
			text = join(text, cell_text(i) " takes " change_text(i) \
				(verdict[i] == "unclear" ? ", which is not sure" : ""), "; ")
	return (text == "" ? "not measured" : text) "."
}

# print_wrapped TEXT: in lines of at most 72 characters
function print_wrapped(text,   words, count, i, line)
{
	count = split(text, words, /[ \n]+/)
	for (i = 1; i <= count; i++) {
		if (line != "" && length(line) + 1 + length(words[i]) > 72) {
			print line
			line = ""
		}
		line = join(line, words[i], " ")
	}
	print line
}
