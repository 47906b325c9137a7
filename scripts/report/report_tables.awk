# SPDX-License-Identifier: GPL-2.0
# Prints a table of each run as html, in the figures of its csv, phase by phase.
# usage: awk -v unit=ns|instructions -v what=list|table|legend [-v cell_wanted=NUMBER]
#            -f report_read.awk -f shares.awk -f report_html.awk -f report_tables.awk CSV...
# list: a line "NUMBER|HEADING|BATCH|CSV" for each run; legend: "NUMBER|PIECE" for each
# piece of the total.

END {
	for (i = 1; i <= cells; i++) {
		if (cell_wanted != "" && i != cell_wanted)
			continue
		if (what == "list")
			print i "|" heading(i) "|" cell_batch[i] "|" file_name[cell_file[i]]
		else if (what == "legend")
			print_legend(i)
		else
			print_cell(i)
	}
}

function print_legend(cell,   p)
{
	find_pieces(cell)
	for (p = 1; p <= pieces; p++)
		print p "|" piece_name[p]
}

function print_cell(cell,   r, i, done, any)
{
	find_pieces(cell)
	open_table("phase strategy speedup lo95 hi95 verdict p50 p50_lo95 p50_hi95 share_% " \
		"rounds min p90 p99 max mad flags", heading(cell) ", in " unit)
	# a phase of all strategies stands together
	for (r = cell_first[cell]; r <= cell_last[cell]; r++) {
		if (phase[r] in done)
			continue
		done[phase[r]] = 1
		for (i = r; i <= cell_last[cell]; i++)
			if (phase[i] == phase[r])
				print_row(i)
	}
	close_table()
}

# "vmap of 2 GiB in 2048 chunks, heap system"
function heading(cell,   text)
{
	text = cell_op[cell] " of " size_name(cell_size[cell])
	if (cell_role[cell] != "")
		text = cell_role[cell] ": " text
	if (cell_chunks[cell] > 0)
		text = text " in " cell_chunks[cell] (cell_chunks[cell] == 1 ? " chunk" : " chunks")
	else if (cell_orders[cell] != "")
		text = text ", orders " cell_orders[cell]
	if (cell_heap[cell] != "")
		text = text ", heap " (cell_heaps[cell] > 1 ? "as named" : cell_heap[cell])
	if (cell_threads[cell] > 1)
		text = text ", " cell_threads[cell] " threads"
	return text
}

function print_row(r,   share)
{
	share = ""
	if (arm_name(r) in arm_of && bar[arm_of[arm_name(r)]] > 0 && p50[r] != "")
		share = sprintf("%.1f", 100 * p50[r] / bar[arm_of[arm_name(r)]])
	open_row(verdict[r])
	text_cell(phase[r])
	text_cell(arm_name(r))
	number_cell(speedup[r])
	number_cell(speedup_lo[r])
	number_cell(speedup_hi[r])
	text_cell(verdict[r])
	number_cell(p50[r])
	number_cell(p50_lo[r])
	number_cell(p50_hi[r])
	number_cell(share)
	number_cell(iterations[r] (complete[r] == 1 ? "" : ", stopped"))
	number_cell(least_cost[r])
	number_cell(p90[r])
	number_cell(p99[r])
	number_cell(most_cost[r])
	number_cell(mad[r])
	text_cell(flags[r])
	close_row()
}
